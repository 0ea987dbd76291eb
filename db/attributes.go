package db

import (
	"bytes"
	"encoding/json"
	"io"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// Attributes are custom attributes as a JSON object. They stay text from the database to the answer; only rules take them apart.
type Attributes []byte

// None is no attributes.
var None = Attributes("{}")

// ScanBytes reads a jsonb column.
func (a *Attributes) ScanBytes(b []byte) error {
	*a = bytes.Clone(b)
	return nil
}

// MarshalJSON writes the object as it is, for a jsonb parameter.
func (a Attributes) MarshalJSON() ([]byte, error) {
	if len(a) == 0 {
		return None, nil
	}
	return a, nil
}

// UnmarshalJSON takes the object as it is.
func (a *Attributes) UnmarshalJSON(b []byte) error { return a.ScanBytes(b) }

// MarshalGQL writes the object as it is.
func (a Attributes) MarshalGQL(w io.Writer) {
	b, _ := a.MarshalJSON() // never fails
	_, _ = w.Write(b)
}

// attributeKey is what a custom attribute may be called.
var attributeKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

// UnmarshalGQL reads an input: up to 200 keys with a text, number, boolean or null each.
func (a *Attributes) UnmarshalGQL(v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return fault.Input("", "Give an object of attributes, such as {\"budget\": 5000}.")
	}
	if len(m) > 200 {
		return fault.Input("", "Give at most 200 attributes at once.")
	}
	for k, v := range m {
		if !attributeKey.MatchString(k) {
			return fault.Input(k, "An attribute's key is 1 to 50 of a-z, 0-9 and underscore, from a letter on; %.60q is not.", k)
		}
		if err := checkValue(k, v); err != nil {
			return err
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		return fault.Input("", "The attributes cannot be read as JSON.")
	}
	*a = b
	return nil
}

// number is how a number may be written: Postgres spells 1e99999 out, digit by digit, and cannot read 1e999999.
var number = regexp.MustCompile(`^-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?$`)

func checkValue(key string, v any) error {
	switch v := v.(type) {
	case nil, bool, float64, int64, int:
		return nil
	case json.Number:
		if _, err := v.Float64(); err != nil || !number.MatchString(v.String()) {
			return fault.Input(key, "A number attribute has at most 40 digits on either side of the point and lies between -1.7e308 and 1.7e308.")
		}
		return nil
	case string:
		if len(v) > 2000 || !utf8.ValidString(v) || slices.Contains([]byte(v), 0) {
			return fault.Input(key, "A text attribute is valid UTF-8 of up to 2,000 bytes without NUL.")
		}
		return nil
	}
	return fault.Input(key, "An attribute is a text, a number, a boolean or null, not a list or an object.")
}

// Map takes the object apart. Numbers stay json.Number, so that nothing is rounded on the way.
func (a Attributes) Map() map[string]any {
	m := map[string]any{}
	if len(a) <= 2 {
		return m
	}
	d := json.NewDecoder(bytes.NewReader(a))
	d.UseNumber()
	_ = d.Decode(&m) // it was valid when it was written
	return m
}

// Merge lays changes over attributes: null clears, absent keeps. It tells whether anything is different.
func (a Attributes) Merge(changes Attributes) (Attributes, bool) {
	if len(changes) <= 2 {
		return a, false
	}
	m, differs := a.Map(), false
	for k, v := range changes.Map() {
		old, had := m[k]
		switch {
		case v == nil && had:
			delete(m, k)
			differs = true
		case v != nil && (!had || !sameValue(old, v)):
			m[k] = v
			differs = true
		}
	}
	if !differs {
		return a, false
	}
	b, _ := json.Marshal(m) // texts, numbers and booleans
	return b, true
}

// sameValue tells whether two values are the same, however their numbers are written: jsonb writes 1e3 as 1000.
func sameValue(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, areNumbers := b.(json.Number)
	if !isNumber || !areNumbers {
		return reflect.DeepEqual(a, b)
	}
	r, readable := new(big.Rat).SetString(x.String())
	s, both := new(big.Rat).SetString(y.String())
	return x == y || readable && both && r.Cmp(s) == 0
}

// ConditionReason is the answer of one leaf of a condition for one lead.
type ConditionReason struct {
	Path     string  `json:"path"`
	Passed   bool    `json:"passed"`
	Text     string  `json:"text"`
	Evidence *string `json:"evidence,omitempty"`
}

// Equal tells whether two answers say the same.
func (r ConditionReason) Equal(o ConditionReason) bool {
	return r.Path == o.Path && r.Passed == o.Passed && r.Text == o.Text && (r.Evidence == o.Evidence || r.Evidence != nil && o.Evidence != nil && *r.Evidence == *o.Evidence)
}

// List is a jsonb column that holds a list. It stays text until somebody asks for the items: most rows are read without.
type List[T any] struct{ raw []byte }

// ListOf makes a list to be stored.
func ListOf[T any](items []T) List[T] {
	b, _ := json.Marshal(items) // rules' results: plain structs
	return List[T]{b}
}

// document is the list as it is stored.
func (l List[T]) document() []byte {
	if len(l.raw) == 0 {
		return []byte("[]")
	}
	return l.raw
}

// Items takes the list apart.
func (l List[T]) Items() []T {
	out := []T{}
	if len(l.raw) > 0 {
		_ = json.Unmarshal(l.raw, &out) // it was valid when it was written
	}
	return out
}

// ScanBytes reads a jsonb column.
func (l *List[T]) ScanBytes(b []byte) error {
	l.raw = bytes.Clone(b)
	return nil
}

// MarshalJSON writes the list as it is, for a jsonb parameter.
func (l List[T]) MarshalJSON() ([]byte, error) { return l.document(), nil }

// UnmarshalJSON takes the list as it is.
func (l *List[T]) UnmarshalJSON(b []byte) error { return l.ScanBytes(b) }

// ConditionReasons are the answers of a condition's leaves, as stored with a lead.
type ConditionReasons = List[ConditionReason]
