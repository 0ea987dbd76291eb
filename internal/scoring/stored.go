package scoring

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Stored is a factor as it is kept with a score: what was found. What the version of the model says for all leads alike, names, caps and
// sentences, Restore puts back; a score is written far more often than anybody asks why.
type Stored struct {
	Rule    string         `json:"rule"`
	Reasons []StoredReason `json:"reasons,omitempty"` // of fit
	Raw     float64        `json:"raw,omitempty"`     // of engagement, as are the others
	Count   int            `json:"count,omitempty"`
	Touches []StoredTouch  `json:"touches,omitempty"`
}

// StoredReason is a test that holds: where it stands in the rule's condition, and what it found.
type StoredReason struct {
	Path    string           `json:"path"`
	Value   *condition.Value `json:"value,omitempty"`
	Count   int              `json:"count,omitempty"`
	Touches []StoredTouch    `json:"touches,omitempty"`
}

// StoredTouch is a touch that counts. It is written as ["id", microseconds of Unix time].
type StoredTouch struct {
	ID id.UUID
	At int64
}

// UnmarshalJSON reads a pair, or the object that touches were once.
func (t *StoredTouch) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		var before TouchPoints
		err := json.Unmarshal(b, &before)
		t.ID, t.At = before.ID, before.At.UnixMicro()
		return err
	}
	if err := json.Unmarshal(b, &[...]any{&t.ID, &t.At}); err != nil {
		return fmt.Errorf("read a touch of a score: %w", err)
	}
	return nil
}

// AppendStored adds the factors as they are kept, a JSON list of Stored.
func (x *Explanation) AppendStored(b []byte) []byte {
	b = append(b, '[')
	for i := range x.Factors {
		f := &x.Factors[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, `{"rule":"`...), f.Rule...), '"') // a key is made of letters, digits and hyphens
		if f.Side == Fit {
			b = appendReasons(b, f.Reasons)
		} else {
			b = strconv.AppendFloat(append(b, `,"raw":`...), f.Raw, 'g', -1, 64)
			b = appendTouches(b, f.Count, f.Touches, func(t *TouchPoints) condition.Seen { return condition.Seen{ID: t.ID, At: t.At} })
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendReasons(b []byte, reasons []condition.Leaf) []byte {
	for i := range reasons {
		l := &reasons[i]
		if i == 0 {
			b = append(b, `,"reasons":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(append(append(b, `{"path":"`...), l.Path...), '"') // a path is made of words, dots and places
		if l.Value != nil {
			b = l.Value.AppendJSON(append(b, `,"value":`...))
		}
		if l.Count > 0 {
			b = appendTouches(b, l.Count, l.Touches, func(t *condition.Seen) condition.Seen { return *t })
		}
		b = append(b, '}')
	}
	if len(reasons) > 0 {
		b = append(b, ']')
	}
	return b
}

func appendTouches[T any](b []byte, count int, touches []T, seen func(*T) condition.Seen) []byte {
	b = strconv.AppendInt(append(b, `,"count":`...), int64(count), 10)
	b = append(b, `,"touches":[`...)
	for i := range touches {
		t := seen(&touches[i])
		if i > 0 {
			b = append(b, ',')
		}
		b = append(t.ID.Append(append(b, `["`...)), `",`...)
		b = append(strconv.AppendInt(b, t.At.UnixMicro(), 10), ']')
	}
	return append(b, ']')
}

// Restore makes the factors of a score of what was kept of them, to the bit. The program is of the version that the score comes from, and
// the instant that of the score.
func (p *Program) Restore(stored []Stored, at time.Time) []Factor {
	factors := make([]Factor, 0, len(stored))
	fit, engagement := sum{p: p}, sum{p: p}
	first := 0
	for i := range stored {
		s := &stored[i]
		if r := p.fitRule(s.Rule); r != nil {
			fit.add(r.points, r.points, r.group)
			factors = append(factors, r.restore(s))
			first = len(factors)
		} else if r := p.engagementRule(s.Rule); r != nil {
			engagement.add(s.Raw, r.capped(s.Raw), r.group)
			factors = append(factors, r.restore(s, at.UnixMicro()))
		}
	}
	fit.share(factors[:first])
	engagement.share(factors[first:])
	return factors
}

func (p *Program) fitRule(key string) *fitRule {
	for i := range p.fit {
		if p.fit[i].key == key {
			return &p.fit[i]
		}
	}
	return nil
}

func (p *Program) engagementRule(key string) *engagementRule {
	for i := range p.engagement {
		if p.engagement[i].key == key {
			return &p.engagement[i]
		}
	}
	return nil
}

func (r *fitRule) restore(s *Stored) Factor {
	f := Factor{Rule: r.key, Name: r.name, Side: Fit, Raw: r.points, Capped: r.points, group: r.group, Reasons: make([]condition.Leaf, 0, len(s.Reasons))}
	for _, reason := range s.Reasons {
		if l, ok := r.when.Reason(reason.Path); ok {
			l.Value, l.Count = reason.Value, reason.Count
			for _, t := range reason.Touches {
				l.Touches = append(l.Touches, condition.Seen{ID: t.ID, At: time.UnixMicro(t.At).UTC()})
			}
			f.Reasons = append(f.Reasons, l)
		}
	}
	return f
}

func (r *engagementRule) restore(s *Stored, at int64) Factor {
	f := Factor{Rule: r.key, Name: r.name, Side: Engagement, Raw: s.Raw, Capped: r.capped(s.Raw), group: r.group, Count: s.Count, Touches: make([]TouchPoints, len(s.Touches))}
	for i, t := range s.Touches {
		f.Touches[i] = TouchPoints{ID: t.ID, At: time.UnixMicro(t.At).UTC(), Points: r.worth(t.At, at)}
	}
	return f
}
