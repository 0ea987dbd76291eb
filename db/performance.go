package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/id"
)

// PersonaPerformance is what became of the leads of a persona in a period, and in the one of equal length before.
type PersonaPerformance struct {
	PersonaID *id.UUID // nil: leads that fit none
	Period    *PersonaNumbers
	Before    *PersonaNumbers
	Months    []*PersonaNumbers // of the period, oldest first
}

// PersonaNumbers are the counts of a stretch of time.
type PersonaNumbers struct {
	From, To                              time.Time
	Leads, Qualified, Accepted, Won, Lost int
}

// add counts what the statement found.
func (n *PersonaNumbers) add(what string, count int64) {
	into := map[string]*int{"LEADS": &n.Leads, "QUALIFIED": &n.Qualified, "ACCEPTED": &n.Accepted, "WON": &n.Won, "LOST": &n.Lost}[what]
	*into += int(count)
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

// PersonaPerformance counts what became of leads by persona in a period; without an end it ends now, without a beginning it has 90 days.
// Personas come with most leads first.
func (r *Reader) PersonaPerformance(ctx context.Context, from, to *time.Time, now time.Time) ([]*PersonaPerformance, error) {
	start, end, err := period(from, to, now)
	if err != nil {
		return nil, err
	}
	length := end.Sub(start)
	rows, err := r.PersonaCounts(ctx, PersonaCountsParams{WorkspaceID: r.Workspace, BeforeAt: start.Add(-length), FromAt: start, ToAt: end})
	if err != nil {
		return nil, fmt.Errorf("count leads by persona: %w", err)
	}
	return performances(rows, start, end), nil
}

// performances puts counts together, by persona.
func performances(rows []*PersonaCountsRow, from, to time.Time) []*PersonaPerformance {
	byPersona := map[id.UUID]*PersonaPerformance{}
	all := []*PersonaPerformance{}
	for _, row := range rows {
		var key id.UUID
		if row.PersonaID != nil {
			key = *row.PersonaID
		}
		p := byPersona[key]
		if p == nil {
			p = &PersonaPerformance{PersonaID: row.PersonaID, Period: &PersonaNumbers{From: from, To: to}, Before: &PersonaNumbers{From: from.Add(-to.Sub(from)), To: from}, Months: months(from, to)}
			byPersona[key] = p
			all = append(all, p)
		}
		if !row.Current {
			p.Before.add(row.What, row.N)
			continue
		}
		p.Period.add(row.What, row.N)
		for _, m := range p.Months {
			if row.Month.Equal(time.Date(m.From.Year(), m.From.Month(), 1, 0, 0, 0, 0, time.UTC)) {
				m.add(row.What, row.N)
			}
		}
	}
	slices.SortFunc(all, func(a, b *PersonaPerformance) int {
		return cmp.Or(cmp.Compare(b.Period.Leads, a.Period.Leads), cmp.Compare(b.Before.Leads, a.Before.Leads), bytesOf(a.PersonaID, b.PersonaID))
	})
	return all
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

// months are the months of UTC that a period touches, cut at its ends.
func months(from, to time.Time) []*PersonaNumbers {
	var all []*PersonaNumbers
	for from.Before(to) {
		next := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		if next.After(to) {
			next = to
		}
		all = append(all, &PersonaNumbers{From: from, To: next})
		from = next
	}
	return all
}
