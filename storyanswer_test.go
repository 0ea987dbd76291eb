package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// object is a JSON object with its fields in their order, so that a rewritten answer reads as it was sent.
type object []field

type field struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

func (o object) get(name string) (any, bool) {
	for _, f := range o {
		if f.name == name {
			return f.value, true
		}
	}
	return nil, false
}

// decode reads JSON with objects in order.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := next(d)
	if err != nil {
		return nil, fmt.Errorf("read %.200s: %w", text, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more than one value in %.200s", text)
	}
	return v, nil
}

func next(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			value, err := next(d)
			if err != nil {
				return nil, err
			}
			o = append(o, field{name.(string), value})
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			value, err := next(d)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err = d.Token()
		return list, err
	}
	return token, nil
}

// indent writes a value on one line where it fits, and otherwise each part on its own.
func indent(v any, margin string) string {
	line := oneLine(v)
	if utf8.RuneCountInString(margin+line) <= 150 {
		return line
	}
	var parts []string
	left, right := "[", "]"
	switch v := v.(type) {
	case object:
		left, right = "{", "}"
		for _, f := range v {
			parts = append(parts, oneLine(f.name)+": "+indent(f.value, margin+"  "))
		}
	case []any:
		for _, x := range v {
			parts = append(parts, indent(x, margin+"  "))
		}
	default:
		return line
	}
	return left + "\n" + margin + "  " + strings.Join(parts, ",\n"+margin+"  ") + "\n" + margin + right
}

func oneLine(v any) string {
	var parts []string
	switch v := v.(type) {
	case object:
		for _, f := range v {
			parts = append(parts, oneLine(f.name)+": "+oneLine(f.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, x := range v {
			parts = append(parts, oneLine(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts, numbers, booleans and null
	return strings.TrimSpace(b.String())
}

// variables are what a story has named so far: ids, tokens, cursors.
type variables map[string]any

var (
	variable   = regexp.MustCompile(`^\$(\w+)$`)
	moment     = regexp.MustCompile(`^<now([+-]\w+)?>$`)
	globalID   = regexp.MustCompile(`^([a-z]+)_[0-9a-hjkmnp-tv-z]{26}$`)
	secretName = regexp.MustCompile(`^(accessToken|refreshToken|secret|cursor|startCursor|endCursor|url|refusalsUrl|prefix)$`)
)

// fill puts variables and moments in their places in what is sent.
func (vs variables) fill(v any) (any, error) {
	switch v := v.(type) {
	case object:
		out := object{}
		for _, f := range v {
			value, err := vs.fill(f.value)
			if err != nil {
				return nil, err
			}
			out = append(out, field{f.name, value})
		}
		return out, nil
	case []any:
		out := []any{}
		for _, x := range v {
			value, err := vs.fill(x)
			if err != nil {
				return nil, err
			}
			out = append(out, value)
		}
		return out, nil
	case string:
		if m := variable.FindStringSubmatch(v); m != nil {
			value, known := vs[m[1]]
			if !known {
				return nil, fmt.Errorf("nothing is called %s yet", v)
			}
			return sent(value), nil
		}
		if m := moment.FindStringSubmatch(v); m != nil {
			shift, err := time.ParseDuration("0s" + strings.TrimPrefix(m[1], "+"))
			if strings.HasPrefix(m[1], "-") {
				shift, err = time.ParseDuration(m[1])
			}
			return time.Now().Add(shift).UTC().Format(time.RFC3339Nano), err
		}
	}
	return v, nil
}

// sent is what a story has named as an editor sends it back: without what is null.
func sent(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for _, f := range v {
			if f.value != nil {
				out = append(out, field{f.name, sent(f.value)})
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = sent(x)
		}
		return out
	}
	return v
}

// match compares an answer with what was expected and says where they differ. It names what the story asks to be remembered.
func (vs variables) match(at string, want, got any) []string {
	switch w := want.(type) {
	case object:
		g, ok := got.(object)
		if !ok {
			break
		}
		var faults []string
		for _, f := range w {
			value, there := g.get(f.name)
			if !there {
				faults = append(faults, fmt.Sprintf("%s.%s is missing", at, f.name))
				continue
			}
			faults = append(faults, vs.match(at+"."+f.name, f.value, value)...)
		}
		for _, f := range g {
			if _, there := w.get(f.name); !there {
				faults = append(faults, fmt.Sprintf("%s.%s was not expected: %.300s", at, f.name, oneLine(f.value)))
			}
		}
		return faults
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			break
		}
		var faults []string
		for i := range w {
			faults = append(faults, vs.match(fmt.Sprintf("%s[%d]", at, i), w[i], g[i])...)
		}
		return faults
	case string:
		if stands, ok := vs.stands(w, got); stands {
			if !ok {
				break
			}
			return nil
		}
	}
	if oneLine(want) == oneLine(got) {
		return nil
	}
	return []string{fmt.Sprintf("%s should be %.500s, but is %.500s", at, oneLine(want), oneLine(got))}
}

// stands tells whether a text of an expected answer stands for others, and whether it does for this one.
func (vs variables) stands(want string, got any) (stands, ok bool) {
	text, isText := got.(string)
	if m := variable.FindStringSubmatch(want); m != nil {
		value, known := vs[m[1]]
		if !known && got != nil {
			vs[m[1]] = got
			return true, true
		}
		return true, known && oneLine(value) == oneLine(got)
	}
	kind, isID := strings.CutPrefix(strings.TrimSuffix(want, ">"), "<id ")
	switch {
	case isID:
		m := globalID.FindStringSubmatch(text)
		return true, m != nil && m[1] == kind
	case want == "<time>":
		_, err := time.Parse(time.RFC3339Nano, text)
		return true, err == nil
	case want == "<text>":
		return true, isText && text != ""
	case want == "<number>":
		_, isNumber := got.(json.Number)
		return true, isNumber
	}
	return false, false
}

// rewrite is the answer as the next version of the story should expect it: what stood for something still does, where it can.
func (vs variables) rewrite(name string, want, got any) any {
	if w, ok := want.(string); ok {
		if _, ok := vs.stands(w, got); ok {
			return w
		}
	}
	switch g := got.(type) {
	case object:
		w, _ := want.(object)
		out := object{}
		for _, f := range g {
			old, _ := w.get(f.name)
			out = append(out, field{f.name, vs.rewrite(f.name, old, f.value)})
		}
		return out
	case []any:
		w, _ := want.([]any)
		out := []any{}
		for i, x := range g {
			var old any
			if i < len(w) {
				old = w[i]
			}
			out = append(out, vs.rewrite(name, old, x))
		}
		return out
	case string:
		return vs.placeholder(name, g)
	}
	return got
}

// placeholder stands for a text that is different every time.
func (vs variables) placeholder(name, text string) string {
	var names []string
	for n, v := range vs {
		if v == text && len(text) > 20 {
			names = append(names, "$"+n)
		}
	}
	slices.Sort(names)
	at, err := time.Parse(time.RFC3339Nano, text)
	switch m := globalID.FindStringSubmatch(text); {
	case len(names) > 0:
		return names[0]
	case m != nil:
		return "<id " + m[1] + ">"
	case secretName.MatchString(name):
		return "<text>"
	case err == nil && time.Since(at).Abs() < time.Hour:
		return "<time>"
	}
	return text
}
