package learning

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// The bounds of a table.
const (
	MaxRows     = 500_000
	MaxFeatures = 100
	maxWords    = 20_000 // different texts of one feature that are told apart; later ones count as rare
	maxWord     = 500    // characters of a text that a condition can name
)

// Feature is what a lead may be judged by: an attribute, or how many touches of a behaviour there were. Attributes are given by
// name, so that a condition can ask for them.
type Feature struct {
	Attribute string               // empty for a behaviour
	Behaviour *condition.Behaviour // its minCount is not looked at
	Log       bool                 // of a number x: ln(1 + x) is fitted, and below 0 counts as 0
	Exact     bool                 // texts that differ in case only are two levels: for comparison with other engines, since no condition can tell them apart
}

// Table holds leads with a known outcome by column: 8 bytes for each number, 4 for each text, and each different text once. All is
// as of the decision: what became known later is not for this table.
type Table struct {
	features []Feature
	columns  []column
	labels   []bool
	folds    []uint8
}

// column is one feature of all leads.
type column struct {
	slot    condition.Slot
	kind    condition.Type // NUMBER also for behaviours
	exact   bool
	matcher condition.Matcher // of a behaviour
	numbers []float64         // NaN where missing
	texts   []int32           // places in words, or missing, or unnamed
	words   []string          // as they came first
	places  map[string]int32  // of the folded words
}

// What stands for a text that is not in words.
const (
	missing int32 = -1
	unnamed int32 = -2 // too long, or one too many
)

// NewTable makes an empty table. An attribute that does not exist, a time and a behaviour that asks for nothing sensible are faults, with
// the place in features.
func NewTable(reg *condition.Registry, features []Feature) (*Table, error) {
	if len(features) == 0 || len(features) > MaxFeatures {
		return nil, fault.Input("features", "Name 1 to %d features.", MaxFeatures)
	}
	t := &Table{features: features, columns: make([]column, len(features))}
	seen := map[string]bool{}
	for i, f := range features {
		c, path := &t.columns[i], "features["+strconv.Itoa(i)+"]"
		c.places = map[string]int32{}
		if f.Behaviour != nil {
			b, err := *f.Behaviour, error(nil)
			b.MinCount = 1
			if c.matcher, err = b.Matcher(); err != nil {
				return nil, fault.Input(path+".behaviour", "%s", err)
			}
			if seen[f.name()] {
				return nil, fault.Input(path+".behaviour", "This behaviour is there twice: name each feature once.")
			}
			seen[f.name()] = true
			c.kind = condition.TypeNumber
			continue
		}
		slot, known := reg.Slot(f.Attribute)
		if !known || reg.Definitions()[slot].Type == condition.TypeTime {
			return nil, fault.Input(path+".attribute", "Name an attribute that is no time: the query attributes lists all.")
		}
		if seen[f.Attribute] {
			return nil, fault.Input(path+".attribute", "%s is there twice: name each feature once.", f.Attribute)
		}
		seen[f.Attribute] = true
		c.slot, c.kind, c.exact = slot, reg.Definitions()[slot].Type, f.Exact
	}
	return t, nil
}

// Rows is how many leads there are.
func (t *Table) Rows() int { return len(t.labels) }

// Add begins the row of a lead, with nothing known. The key, such as the lead's id, decides the fold: the first 8 hex digits of its
// SHA-256, mod 10. More than MaxRows are a fault.
func (t *Table) Add(key string, label bool) error {
	if len(t.labels) == MaxRows {
		return fault.Input("cohort", "There are over %d leads: choose a shorter time.", MaxRows)
	}
	sum := sha256.Sum256([]byte(key))
	t.labels = append(t.labels, label)
	t.folds = append(t.folds, uint8(binary.BigEndian.Uint32(sum[:4])%10))
	for i := range t.columns {
		if c := &t.columns[i]; c.kind == condition.TypeNumber {
			c.numbers = append(c.numbers, math.NaN())
		} else {
			c.texts = append(c.texts, missing)
		}
	}
	return nil
}

// AddFacts adds a lead whose features are read from its facts, made with the table's registry, at their instant.
func (t *Table) AddFacts(key string, label bool, f *condition.Facts) error {
	if err := t.Add(key, label); err != nil {
		return err
	}
	for i := range t.columns {
		c := &t.columns[i]
		if t.features[i].Behaviour != nil {
			n := 0
			for range c.matcher.Touches(f) {
				n++
			}
			t.SetNumber(i, float64(n))
			continue
		}
		n, set := f.Number(c.slot)
		text, _ := f.Text(c.slot)
		switch {
		case !set:
		case c.kind == condition.TypeNumber:
			t.SetNumber(i, n)
		case c.kind == condition.TypeBoolean:
			t.SetText(i, strconv.FormatBool(n == 1))
		default:
			t.SetText(i, text)
		}
	}
	return nil
}

// SetNumber sets a number, or the count of a behaviour's touches, of the row added last; NaN and infinities are missing.
func (t *Table) SetNumber(feature int, x float64) {
	if n := t.columns[feature].numbers; !math.IsInf(x, 0) {
		n[len(n)-1] = x
	}
}

// SetText sets a text, an enum, or "true" or "false" of a boolean, of the row added last. White space around it does not count, and nor
// does case but for an Exact feature; an empty text is missing.
func (t *Table) SetText(feature int, s string) {
	c := &t.columns[feature]
	s = strings.TrimSpace(s)
	if s == "" || s == levelNone {
		return
	}
	row := &c.texts[len(c.texts)-1]
	folded := c.fold(s)
	place, known := c.places[folded]
	switch {
	case known:
		*row = place
	case s == levelRare || len(c.words) == maxWords || utf8.RuneCountInString(s) > maxWord || strings.ContainsRune(s, 0) || !utf8.ValidString(s):
		*row = unnamed
	default:
		*row = int32(len(c.words))
		s = strings.Clone(s) // the caller's buffer is not kept
		c.words = append(c.words, s)
		c.places[strings.Clone(folded)] = *row
	}
}

// fold is what two spellings of one level share.
func (c *column) fold(s string) string {
	if c.kind == condition.TypeText && !c.exact {
		return condition.Fold(s)
	}
	return s
}
