package db

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// PersonaPerformance is what became of the leads of a persona in a period, and in the one of equal length before.
type PersonaPerformance struct {
	PersonaID *id.UUID // nil: leads that fit none
	Period    *PersonaNumbers
	Before    *PersonaNumbers
	Months    []*PersonaNumbers // of the period, oldest first
}

// Definition says what is counted.
func (*PersonaPerformance) Definition() string { return scorecard.PersonaDefinition }

// PersonaNumbers are the counts of a stretch of time.
type PersonaNumbers struct {
	From, To                              time.Time
	Leads, Qualified, Accepted, Won, Lost int
	ask                                   *asking
	month                                 *string // as the statements tell it; nil: all that is asked for
	persona                               string  // as the statements tell it
}

// Rests is what the numbers rest on.
func (n *PersonaNumbers) Rests() Rests {
	return Rests{agreement.LeadDefinition, scorecard.Span{From: n.From, To: n.To}}
}

// Counts is what a number took in.
func (n *PersonaNumbers) Counts(of string) *Counting {
	return &Counting{ask: n.ask, what: personaCounts[of], group: n.month, detail: n.persona, n: int64(*n.number(of))}
}

// number is a number by its name in the API.
func (n *PersonaNumbers) number(of string) *int {
	return map[string]*int{"LEADS": &n.Leads, "QUALIFIED": &n.Qualified, "ACCEPTED": &n.Accepted, "WON": &n.Won, "LOST": &n.Lost}[of]
}

func (n *PersonaNumbers) wins() backtest.Share {
	return backtest.Share{Part: n.Won, Total: n.Won + n.Lost}
}

func (n *PersonaNumbers) qualifications() backtest.Share {
	return backtest.Share{Part: n.Qualified, Total: n.Leads}
}

// WinRate is won / (won + lost); nil where nothing was decided.
func (n *PersonaNumbers) WinRate() *float64 { return n.wins().Rate() }

// QualificationRate is qualified / leads; nil without leads.
func (n *PersonaNumbers) QualificationRate() *float64 { return n.qualifications().Rate() }

// WinRateChange is the win rate less that of the period before; nil where either is.
func (p *PersonaPerformance) WinRateChange() *float64 {
	return difference(p.Period.WinRate(), p.Before.WinRate())
}

// QualificationRateChange is the qualification rate less that of the period before; nil where either is.
func (p *PersonaPerformance) QualificationRateChange() *float64 {
	return difference(p.Period.QualificationRate(), p.Before.QualificationRate())
}

func difference(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	return new(*a - *b)
}

// WinRateDrift tells whether the win rate changed by more than chance.
func (p *PersonaPerformance) WinRateDrift() *backtest.Drift {
	return backtest.DriftOf(p.Before.wins(), p.Period.wins())
}

// QualificationDrift tells whether the qualification rate changed by more than chance.
func (p *PersonaPerformance) QualificationDrift() *backtest.Drift {
	return backtest.DriftOf(p.Before.qualifications(), p.Period.qualifications())
}

// The length of a period of performance where nobody says when it begins, and the longest, in days of 24 hours.
const (
	usualPeriod = 90 * 24 * time.Hour
	maxPeriod   = 1_830 * 24 * time.Hour
)

// byPersona tells leads apart by their persona; noPersona are those that fit none.
const (
	byPersona = "coalesce(p.persona_id::text, '" + noPersona + "')"
	noPersona = "none"
)

// personaCounts are the counts of a persona, by their names in the API.
var personaCounts = map[string]*counted{
	"LEADS":     {of: captured, detail: byPersona},
	"QUALIFIED": {of: captured, detail: byPersona, where: "p.qualified_at < {until}"},
	"ACCEPTED":  {of: captured, detail: byPersona, where: "p.accepted_at < {until}"},
	"WON":       {of: settled, detail: byPersona, where: "p.stage = 'WON'"},
	"LOST":      {of: settled, detail: byPersona, where: "p.stage = 'LOST'"},
}

// PersonaPerformance counts what became of leads by persona in a period; without an end it ends now, without a beginning it has 90 days.
// Personas come with most leads first.
func (r *Reader) PersonaPerformance(ctx context.Context, from, to *time.Time, now time.Time) ([]*PersonaPerformance, error) {
	current, err := asks(from, to, nil, scorecard.ByMonth, now)
	if err != nil {
		return nil, err
	}
	span := current.windows[0].span
	earlier := scorecard.Span{From: span.From.Add(-span.To.Sub(span.From)), To: span.From}
	before := &asking{windows: []window{{span: earlier, until: earlier.To}}, by: scorecard.ByNothing, named: append(slices.Clone(current.named), "before")}
	wanted := slices.Collect(maps.Values(personaCounts))
	counts, err := r.tally(ctx, current, wanted)
	if err != nil {
		return nil, err
	}
	past, err := r.tally(ctx, before, wanted)
	if err != nil {
		return nil, err
	}
	all := []*PersonaPerformance{}
	for persona := range personasIn(counts, past) {
		p := &PersonaPerformance{Period: current.numbers(counts, span, nil, persona), Before: before.numbers(past, earlier, nil, persona)}
		for _, month := range current.groups(counts, costs{}) {
			p.Months = append(p.Months, current.numbers(counts, scorecard.Span{From: month.From, To: month.To}, &month.text, persona))
		}
		if persona != noPersona {
			p.PersonaID = new(id.UUID)
			_ = p.PersonaID.UnmarshalText([]byte(persona)) // Postgres wrote it
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *PersonaPerformance) int {
		return cmp.Or(cmp.Compare(b.Period.Leads, a.Period.Leads), cmp.Compare(b.Before.Leads, a.Before.Leads), bytesOf(a.PersonaID, b.PersonaID))
	})
	return all, nil
}

// personasIn are the personas that anything was counted of, as the statements tell them.
func personasIn(of ...tallies) map[string]bool {
	all := map[string]bool{}
	for _, t := range of {
		for _, groups := range t {
			for _, details := range groups {
				for persona := range details {
					all[persona] = true
				}
			}
		}
	}
	return all
}

// numbers are the counts of a persona in a month of what is asked for; in all of it where the month is nil.
func (a *asking) numbers(t tallies, span scorecard.Span, month *string, persona string) *PersonaNumbers {
	n := &PersonaNumbers{From: span.From, To: span.To, ask: a, month: month, persona: persona}
	for of, c := range personaCounts {
		*n.number(of) = int(t.one(c, month, persona).rows)
	}
	return n
}

// bytesOf orders ids; none comes last.
func bytesOf(a, b *id.UUID) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return slices.Compare(a[:], b[:])
}
