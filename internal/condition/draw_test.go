package condition

import (
	"slices"
	"strings"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/contact"
)

// someCondition draws valid conditions of at most so many levels.
func (w *world) someCondition(levels int) *rapid.Generator[Condition] {
	return rapid.Custom(func(rt *rapid.T) Condition {
		what := rapid.IntRange(0, 9).Draw(rt, "what")
		if levels == 1 {
			what %= 6
		}
		switch {
		case what < 4:
			a := w.someAttribute().Draw(rt, "attribute")
			return Condition{Attribute: &a}
		case what < 6:
			b := someBehaviour().Draw(rt, "behaviour")
			return Condition{Behaviour: &b}
		case what < 7:
			c := w.someCondition(levels-1).Draw(rt, "not")
			return Condition{Not: &c}
		}
		kids := rapid.SliceOfN(w.someCondition(levels-1), 1, 3).Draw(rt, "group")
		if what < 9 {
			return Condition{All: kids}
		}
		return Condition{Any: kids}
	})
}

// someBehaviour draws valid behaviours.
func someBehaviour() *rapid.Generator[Behaviour] {
	return rapid.Custom(func(rt *rapid.T) Behaviour {
		return Behaviour{
			Kinds: some(contact.TouchKinds[:3]).Draw(rt, "kinds"), Channels: some(contact.Channels[:2]).Draw(rt, "channels"),
			Direction:         rapid.Ptr(rapid.SampledFrom(contact.Directions), true).Draw(rt, "direction"),
			ResourcePositions: some(contact.FunnelPositions).Draw(rt, "positions"), CampaignKinds: some(contact.CampaignKinds).Draw(rt, "campaigns"),
			MinCount:   rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(rt, "count"),
			WithinDays: rapid.Ptr(rapid.SampledFrom([]int{1, 2, 7, 30}), true).Draw(rt, "days"),
		}
	})
}

// some draws a few words of a list, mostly none.
func some[T any](all []T) *rapid.Generator[[]T] {
	return rapid.Custom(func(rt *rapid.T) []T {
		if rapid.Bool().Draw(rt, "open") {
			return nil
		}
		return rapid.SliceOfN(rapid.SampledFrom(all), 0, 3).Draw(rt, "some")
	})
}

// someAttribute draws valid tests of any attribute.
func (w *world) someAttribute() *rapid.Generator[Attribute] {
	return rapid.Custom(func(rt *rapid.T) Attribute {
		return w.someTest(rapid.SampledFrom(w.reg.Definitions()).Draw(rt, "attribute")).Draw(rt, "test")
	})
}

// someTest draws valid tests of one attribute.
func (w *world) someTest(d Definition) *rapid.Generator[Attribute] {
	return rapid.Custom(func(rt *rapid.T) Attribute {
		a := Attribute{Name: d.Name}
		var r rule
		for { // most attributes and operators do not fit
			a.Op = rapid.SampledFrom(Ops).Draw(rt, "op")
			r = rules[a.Op]
			if slices.Contains(r.types, d.Type) {
				break
			}
		}
		if r.most == 0 {
			return a
		}
		values := rapid.SliceOfN(w.someValue(d, a.Op), r.least, min(r.most, 3)).Draw(rt, "values")
		if a.Op == Between && after(values[0], values[1]) {
			values[0], values[1] = values[1], values[0]
		}
		if r.most == 1 {
			a.Value = &values[0]
		} else {
			a.Values = values
		}
		return a
	})
}

func after(a, b Value) bool {
	x, _ := parseTime(a.text)
	y, _ := parseTime(b.text)
	return a.number > b.number || x > y
}

// someValue draws values that an operator takes.
func (w *world) someValue(d Definition, op Op) *rapid.Generator[Value] {
	switch {
	case op == WithinDays || op == OlderThanDays:
		return rapid.Map(rapid.SampledFrom([]float64{1, 2, 7, 30}), Number)
	case d.Type == TypeEnum:
		return rapid.Map(rapid.SampledFrom(d.Values[:3]), Text)
	case d.Type == TypeBoolean:
		return rapid.Map(rapid.Bool(), Bool)
	case d.Type == TypeTime:
		return rapid.Map(rapid.OneOf(someTime(), rapid.SampledFrom(w.times)), Time)
	case d.Type == TypeNumber:
		return rapid.Map(rapid.SampledFrom([]float64{0, 0.1, 1, 2, 3, 49, 50, 50.01, 51, 1e18, 9e299, -1}), Number)
	}
	held := rapid.Custom(func(rt *rapid.T) string { // a text that some lead has, or a part of it, written in another way
		s := rapid.SampledFrom(append([]string{"city manager"}, w.texts...)).Draw(rt, "held")
		if parts := strings.Fields(s); len(parts) > 1 && rapid.Bool().Draw(rt, "part") {
			s = rapid.SampledFrom(parts).Draw(rt, "word")
		}
		return rapid.SampledFrom([]func(string) string{strings.ToUpper, strings.ToLower, strings.Clone}).Draw(rt, "case")(s)
	})
	return rapid.Map(rapid.OneOf(held, held, someText()).Filter(func(s string) bool {
		return s != "" && utf8.RuneCountInString(s) <= maxText && (rules[op].of == EQ || tokens(s) != " ")
	}), Text)
}
