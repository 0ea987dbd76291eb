package condition

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// Value is what an attribute has or is compared with: a text, a number, or true or false; a time is a text in RFC 3339. It is the
// SDL's scalar AttributeValue and a plain JSON value. Numbers are float64: whole numbers are exact up to 2^53. The zero Value is
// none of them.
type Value struct {
	kind    Type
	text    string
	number  float64
	boolean bool
}

// Text makes a text.
func Text(s string) Value { return Value{kind: TypeText, text: s} }

// Number makes a number.
func Number(n float64) Value { return Value{kind: TypeNumber, number: n} }

// Bool makes true or false.
func Bool(b bool) Value { return Value{kind: TypeBoolean, boolean: b} }

// Time makes the text of an instant, in UTC and whole microseconds as Postgres keeps it.
func Time(t time.Time) Value {
	return Text(time.UnixMicro(t.UnixMicro()).UTC().Format(time.RFC3339Nano))
}

// Number is the value where it is a number.
func (v Value) Number() (n float64, ok bool) { return v.number, v.kind == TypeNumber }

// Text is the value where it is a text.
func (v Value) Text() (s string, ok bool) { return v.text, v.kind == TypeText }

// String is the value as a sentence shows it: texts in quotes.
func (v Value) String() string {
	switch v.kind {
	case TypeText:
		return strconv.Quote(v.text)
	case TypeNumber:
		return strconv.FormatFloat(v.number, 'f', -1, 64)
	case TypeBoolean:
		return strconv.FormatBool(v.boolean)
	}
	return "nothing"
}

// MarshalJSON writes a JSON string, number, true or false.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case TypeText:
		return json.Marshal(v.text)
	case TypeNumber:
		return json.Marshal(v.number)
	case TypeBoolean:
		return json.Marshal(v.boolean)
	}
	return []byte("null"), nil
}

// AppendJSON adds what MarshalJSON writes, without memory of its own where the text needs no care.
func (v Value) AppendJSON(b []byte) []byte {
	switch {
	case v.kind == TypeBoolean:
		return strconv.AppendBool(b, v.boolean)
	case v.kind == TypeText && plainText(v.text):
		return append(append(append(b, '"'), v.text...), '"')
	}
	body, err := v.MarshalJSON()
	if err != nil {
		return append(b, "null"...) // a NaN made in Go: callers cannot send one
	}
	return append(b, body...)
}

// plainText tells whether a text stands in JSON as it is.
func plainText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// UnmarshalJSON reads a JSON string, number, true or false.
func (v *Value) UnmarshalJSON(body []byte) error {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	var raw any
	if err := d.Decode(&raw); err != nil {
		return err
	}
	return v.UnmarshalGQL(raw)
}

// MarshalGQL writes the scalar as JSON does.
func (v Value) MarshalGQL(w io.Writer) {
	body, err := v.MarshalJSON()
	if err != nil {
		body = []byte("null") // a NaN made in Go: callers cannot send one
	}
	_, _ = w.Write(body)
}

// UnmarshalGQL reads a literal or a variable of type AttributeValue.
func (v *Value) UnmarshalGQL(raw any) error {
	read := Value{}
	switch raw := raw.(type) {
	case string:
		read = Text(raw)
	case bool:
		read = Bool(raw)
	case json.Number:
		n, err := raw.Float64()
		if err != nil {
			return fault.Input("", "The number %.40s is out of range: send one that a 64-bit floating point number can hold.", raw)
		}
		read = Number(n)
	case float64:
		read = Number(raw)
	case int64:
		read = Number(float64(raw))
	case int:
		read = Number(float64(raw))
	default:
		return fault.Input("", "An attribute value is a text, a number, true or false; this is %s.", shape(raw))
	}
	if problem := read.problem(); problem != "" {
		return fault.Input("", "%s", problem)
	}
	*v = read
	return nil
}

// problem is what makes a value useless whatever it is compared with; empty where nothing does.
func (v Value) problem() string {
	switch {
	case v.kind == "":
		return "An attribute value is a text, a number, true or false; this is null."
	case math.IsNaN(v.number) || math.IsInf(v.number, 0):
		return "A number must be finite."
	case strings.ContainsRune(v.text, 0) || !utf8.ValidString(v.text):
		return "A text must be valid UTF-8 without the character NUL."
	case utf8.RuneCountInString(v.text) > maxText:
		return fmt.Sprintf("A text to compare with has at most %d characters.", maxText)
	}
	return ""
}

// shape names what stands where a value should, without repeating it.
func shape(raw any) string {
	switch raw.(type) {
	case nil:
		return "null"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("a %T", raw)
}

// instantShape is how an instant is written; lg_time of functions.sql asks the same, and that the day exists.
var instantShape = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$`)

// parseTime reads an instant in RFC 3339 with at most microseconds, from the year 1 on, as microseconds of Unix time.
func parseTime(s string) (int64, bool) {
	if !instantShape.MatchString(s) || strings.HasPrefix(s, "0000") {
		return 0, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UnixMicro(), err == nil
}
