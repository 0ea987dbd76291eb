package condition

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Facts is what is known of one lead at an instant: the values of its attributes and the touches with its contact. What is not
// set is missing. Reading keeps folded texts for the next condition, so one Facts serves one goroutine at a time; Reset makes it
// ready for the next lead without allocating.
type Facts struct {
	reg     *Registry
	at      int64 // microseconds of Unix time, like all times in here: as Postgres keeps them
	cells   []cell
	touches []Touch
	added   []Touch // newer ones, which do not stand there yet
	marks   []mark  // of each touch, what tests look at
	buffer  []byte  // holds folded texts and tokens
	work    int     // see Work
}

// cell is the value of one attribute.
type cell struct {
	set    bool
	text   string
	number float64 // a boolean is 0 or 1
	time   int64
	folded []byte // of the text, once asked for
	tokens []byte // of the text, once asked for
	shown  *Value // once asked for: several tests show the same
}

// Touch is one touch with the lead's contact.
type Touch struct {
	ID           id.UUID
	Kind         contact.TouchKind
	Channel      contact.Channel
	Direction    contact.Direction
	Position     contact.FunnelPosition // of the resource; empty without one
	CampaignKind contact.CampaignKind   // empty without a campaign
	At           time.Time
}

// NewFacts is what is known at an instant before anything is set.
func (r *Registry) NewFacts(at time.Time) *Facts {
	return &Facts{reg: r, at: at.UnixMicro(), cells: make([]cell, len(r.definitions))}
}

// Reset forgets everything but the registry.
func (f *Facts) Reset(at time.Time) {
	clear(f.cells)
	f.at, f.touches, f.added, f.marks, f.buffer = at.UnixMicro(), nil, nil, f.marks[:0], f.buffer[:0]
}

// At is the instant.
func (f *Facts) At() time.Time { return time.UnixMicro(f.at).UTC() }

// SetText sets a text or enum; an empty one is missing.
func (f *Facts) SetText(slot Slot, s string) { f.cells[slot] = cell{set: s != "", text: s} }

// SetNumber sets a number; NaN and infinities are missing.
func (f *Facts) SetNumber(slot Slot, n float64) {
	f.cells[slot] = cell{set: !math.IsNaN(n) && !math.IsInf(n, 0), number: n}
}

// SetMinor sets a number that is kept as an amount in minor units, a hundred to one: AccountRevenue.
func (f *Facts) SetMinor(slot Slot, minor int64) { f.SetNumber(slot, float64(minor)/100) }

// SetBool sets a boolean.
func (f *Facts) SetBool(slot Slot, b bool) {
	f.cells[slot] = cell{set: true}
	if b {
		f.cells[slot].number = 1
	}
}

// SetTime sets a time.
func (f *Facts) SetTime(slot Slot, t time.Time) { f.cells[slot] = cell{set: true, time: t.UnixMicro()} }

// Text is the text or enum of an attribute, if it has one.
func (f *Facts) Text(slot Slot) (string, bool) { return f.cells[slot].text, f.cells[slot].set }

// Number is the number of an attribute, or 1 for true and 0 for false, if it has a value.
func (f *Facts) Number(slot Slot) (float64, bool) { return f.cells[slot].number, f.cells[slot].set }

// Clear makes an attribute missing.
func (f *Facts) Clear(slot Slot) { f.cells[slot] = cell{} }

// SetCustom sets the custom attributes of a lead, contact or account from the jsonb that holds them. A value of another type
// than its definition's is missing.
func (f *Facts) SetCustom(e Entity, attributes []byte) error {
	var values map[string]json.RawMessage
	for i := len(Builtin); i < len(f.cells); i++ {
		d := &f.reg.definitions[i]
		if d.Entity != e || len(attributes) == 0 {
			continue
		}
		if values == nil {
			if err := json.Unmarshal(attributes, &values); err != nil {
				return fmt.Errorf("read the custom attributes of a %s: %w", e, err)
			}
		}
		f.setJSON(Slot(i), d.Type, values[d.key])
	}
	return nil
}

// setJSON sets a custom attribute as lg_text, lg_number, lg_boolean and lg_time of functions.sql read it.
func (f *Facts) setJSON(slot Slot, t Type, body []byte) {
	f.cells[slot] = cell{}
	if len(body) == 0 {
		return
	}
	switch first := body[0]; {
	case first == '"' && (t == TypeText || t == TypeTime):
		var s string
		if json.Unmarshal(body, &s) != nil {
			return
		}
		if t == TypeText {
			f.SetText(slot, s)
		} else if at, ok := parseTime(s); ok {
			f.cells[slot] = cell{set: true, time: at}
		}
	case (first == 't' || first == 'f') && t == TypeBoolean:
		f.SetBool(slot, first == 't')
	case (first == '-' || '0' <= first && first <= '9') && t == TypeNumber:
		n, err := strconv.ParseFloat(string(body), 64)
		if math.Abs(n) < 1e-300 {
			n = 0
		}
		if err == nil && math.Abs(n) < 1e300 {
			f.SetNumber(slot, n)
		}
	}
}

// SetTouches sets the touches with the contact, newest first and those of one moment by id, the last first; others are put in that
// order, so that it does not matter in which they arrived. The facts keep the slice.
func (f *Facts) SetTouches(touches []Touch) {
	if !slices.IsSortedFunc(touches, newest) {
		touches = slices.Clone(touches)
		slices.SortStableFunc(touches, newest)
	}
	f.touches, f.added, f.marks = touches, nil, f.marks[:0]
	for i := range touches {
		f.marks = append(f.marks, marked(&touches[i]))
	}
}

// marked is what tests look at of a touch.
func marked(t *Touch) mark { return mark{at: t.At.UnixMicro(), bits: touchBits(t)} }

// newest orders touches as facts keep them.
func newest(a, b Touch) int {
	if c := cmp.Compare(b.At.UnixMicro(), a.At.UnixMicro()); c != 0 {
		return c
	}
	return bytes.Compare(b.ID[:], a.ID[:])
}

// cell finds the value of an attribute. A condition may have been compiled with an older registry of the same workspace: its
// custom attributes are then found by name, and missing when they are gone or of another type.
func (f *Facts) cell(n *node) *cell {
	if int(n.slot) < len(Builtin) || f.reg == n.reg {
		return &f.cells[n.slot]
	}
	if slot, ok := f.reg.slots[n.def.Name]; ok && f.reg.definitions[slot].Type == n.def.Type {
		return &f.cells[slot]
	}
	return &cell{}
}

// foldedText is the folded text of a cell.
func (f *Facts) foldedText(c *cell) []byte {
	if c.folded == nil {
		from := len(f.buffer)
		f.buffer = appendFold(f.buffer, c.text)
		c.folded = f.buffer[from:len(f.buffer):len(f.buffer)]
	}
	return c.folded
}

// tokensOf are the tokens of a cell's text.
func (f *Facts) tokensOf(c *cell) []byte {
	if c.tokens == nil {
		from := len(f.buffer)
		f.buffer = appendTokens(f.buffer, c.text)
		c.tokens = f.buffer[from:len(f.buffer):len(f.buffer)]
	}
	return c.tokens
}
