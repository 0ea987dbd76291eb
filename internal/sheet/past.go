package sheet

import (
	"io"
	"math/big"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Past is what a row says of a pursuit that another system has seen through: models are tried on, and learned from, what became of leads.
type Past struct {
	OpenedAt         *time.Time      `json:"openedAt,omitempty"`
	HandedOffAt      *time.Time      `json:"handedOffAt,omitempty"`
	AcceptedAt       *time.Time      `json:"acceptedAt,omitempty"`
	SalesQualifiedAt *time.Time      `json:"salesQualifiedAt,omitempty"`
	Outcome          lifecycle.Stage `json:"outcome,omitempty"` // WON, LOST or DISQUALIFIED; empty for a lead that is open
	ClosedAt         *time.Time      `json:"closedAt,omitempty"`
}

// outcomes are the stages in which a pursuit ends.
var outcomes = []lifecycle.Stage{lifecycle.Won, lifecycle.Lost, lifecycle.Disqualified}

// KnownFrom says from when on the values of a column were known.
type KnownFrom string

// The moments, as in the SDL.
const (
	KnownFromCapture KnownFrom = "CAPTURE" // from the lead's beginning
	KnownFromOutcome KnownFrom = "OUTCOME" // only once it was decided: what rests on it would have been no forecast
)

// KnownFroms lists every KnownFrom.
var KnownFroms = []KnownFrom{KnownFromCapture, KnownFromOutcome}

// MarshalGQL writes the enum's name.
func (k KnownFrom) MarshalGQL(w io.Writer) { enum.Write(w, k) }

// UnmarshalGQL refuses what is no KnownFrom.
func (k *KnownFrom) UnmarshalGQL(v any) error { return enum.Read(v, k, KnownFroms) }

// pastTargets are the places of a record's past.
var pastTargets = []target{
	pastTime("openedAt", func(p *Past) **time.Time { return &p.OpenedAt }),
	pastTime("handedOffAt", func(p *Past) **time.Time { return &p.HandedOffAt }),
	pastTime("acceptedAt", func(p *Past) **time.Time { return &p.AcceptedAt }),
	pastTime("salesQualifiedAt", func(p *Past) **time.Time { return &p.SalesQualifiedAt }),
	{name: "outcome", past: true,
		put: func(r *Record, text string, _ *big.Rat) *refusal { return parseWord(text, outcomes, &r.past().Outcome) },
		get: func(r *Record) (string, bool) {
			if r.Past == nil || r.Past.Outcome == "" {
				return "", false
			}
			return string(r.Past.Outcome), true
		}},
	pastTime("closedAt", func(p *Past) **time.Time { return &p.ClosedAt }),
}

func pastTime(name string, at func(*Past) **time.Time) target {
	return target{name: name, timed: true, past: true,
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			t, bad := parseTime(text)
			*at(r.past()) = &t
			return bad
		},
		get: func(r *Record) (string, bool) {
			if r.Past == nil {
				return "", false
			}
			return show(*at(r.Past), func(t time.Time) string { return t.Format(time.RFC3339Nano) })
		},
	}
}

func (r *Record) past() *Past {
	if r.Past == nil {
		r.Past = &Past{}
	}
	return r.Past
}

// Times are the row's instants in the order in which they must come, by target.
func (p *Past) Times() (names []string, at []*time.Time) {
	return []string{"openedAt", "handedOffAt", "acceptedAt", "salesQualifiedAt", "closedAt"}, []*time.Time{p.OpenedAt, p.HandedOffAt, p.AcceptedAt, p.SalesQualifiedAt, p.ClosedAt}
}

// earliest is the first time that is believed of a past pursuit: before it, spreadsheets mean an empty cell.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// Check finds what cannot have been, by target; now is the latest that anything can have happened.
func (p *Past) Check(now time.Time) *fault.Error {
	names, at := p.Times()
	var last *time.Time
	before := ""
	for i, t := range at {
		switch {
		case t == nil:
			continue
		case t.After(now):
			return fault.Input(names[i], "%s lies in the future.", names[i])
		case t.Before(earliest):
			return fault.Input(names[i], "%s lies before 1990. Map a value that means none to nothing.", names[i])
		case last != nil && t.Before(*last):
			return fault.Input(names[i], "%s lies before %s.", names[i], before)
		case i > 0 && p.Outcome == "":
			return fault.Input(names[i], "A row with %s needs an outcome: leads that are still open come in as new ones.", names[i])
		}
		last, before = t, names[i]
	}
	return nil
}

// attributeOf is the attribute that a target fills, as conditions name it; empty for a target that fills none.
func attributeOf(to string) string {
	switch to {
	case "title", "function", "seniority", "country", "city", "language", "timeZone":
		return "contact." + to
	case "industry", "employees", "revenue":
		return "account." + to
	case "accountCountry":
		return "account.country"
	case "accountTier":
		return "account.tier"
	case "interest":
		return "lead.interest"
	}
	if strings.Contains(to, ".custom.") {
		return to
	}
	return ""
}

// past checks that what a pursuit came to is said where its times are: only openedAt is for leads that are still open too.
func (c *checker) past() {
	if c.taken["outcome"] != "" {
		return
	}
	for _, t := range pastTargets {
		if path := c.taken[t.name]; path != "" && t.name != "openedAt" {
			c.refuse(path, "The target %s needs outcome beside it: leads that are still open come in as new ones. Map a column to outcome, or give it a default.", t.name)
			return
		}
	}
}

// known checks from when on a column's values are known.
func (c *checker) known(path string, m ColumnMapping) {
	switch {
	case m.KnownFrom == nil || *m.KnownFrom == KnownFromCapture:
	case enum.Read(string(*m.KnownFrom), new(KnownFrom), KnownFroms) != nil:
		c.refuse(path+".knownFrom", "knownFrom is one of %s.", enum.List(KnownFroms))
	case attributeOf(m.To) == "":
		c.refuse(path+".knownFrom", "From when on %s was known is not kept: that is for attributes that rules can ask for, such as title or lead.custom.budget. Leave knownFrom out.", m.To)
	}
}
