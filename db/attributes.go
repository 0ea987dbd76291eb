package db

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
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

func checkValue(key string, v any) error {
	switch v := v.(type) {
	case nil, bool, json.Number, float64, int64, int:
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
		case v != nil && (!had || fmt.Sprint(old) != fmt.Sprint(v) || (fmt.Sprintf("%T", old) != fmt.Sprintf("%T", v))):
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

// ConditionReason is the answer of one leaf of a condition for one lead.
type ConditionReason struct {
	Path     string  `json:"path"`
	Passed   bool    `json:"passed"`
	Text     string  `json:"text"`
	Evidence *string `json:"evidence,omitempty"`
}

// ConditionReasons are the answers of a condition's leaves, as stored with a lead: a JSON list. It stays text until somebody asks why;
// most lists of leads are read without.
type ConditionReasons struct{ raw []byte }

// ReasonsOf are some answers, to be stored.
func ReasonsOf(of []ConditionReason) ConditionReasons {
	b, _ := json.Marshal(of) // texts and booleans
	return ConditionReasons{b}
}

// List takes the answers apart.
func (r ConditionReasons) List() []ConditionReason {
	out := []ConditionReason{}
	if len(r.raw) > 0 {
		_ = json.Unmarshal(r.raw, &out) // it was valid when it was written
	}
	return out
}

// ScanBytes reads a jsonb column.
func (r *ConditionReasons) ScanBytes(b []byte) error {
	r.raw = bytes.Clone(b)
	return nil
}

// MarshalJSON writes the list as it is, for a jsonb parameter.
func (r ConditionReasons) MarshalJSON() ([]byte, error) {
	if len(r.raw) == 0 {
		return []byte("[]"), nil
	}
	return r.raw, nil
}

// UnmarshalJSON takes the list as it is.
func (r *ConditionReasons) UnmarshalJSON(b []byte) error { return r.ScanBytes(b) }

// Equal tells whether two lists of answers say the same. Postgres writes JSON in its own way, so the texts cannot be compared.
func (r ConditionReasons) Equal(other ConditionReasons) bool {
	return slices.EqualFunc(r.List(), other.List(), func(a, b ConditionReason) bool {
		return a.Path == b.Path && a.Passed == b.Passed && a.Text == b.Text && (a.Evidence == nil) == (b.Evidence == nil) && (a.Evidence == nil || *a.Evidence == *b.Evidence)
	})
}
