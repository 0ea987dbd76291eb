package demo

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// item is a thing that a number counts.
type item struct {
	id, member, team, source, persona, campaign, detail string
	at                                                  time.Time
	minor                                               int64
}

// raw is the rows of the workspace as they are, to count them one by one.
type raw struct {
	leads    map[string]*rawLead
	team     map[string]string // of members who are in one
	negative map[string]bool   // of personas
	moves    map[string][]rawMove
	handoffs map[string][]rawHandoff // to sales, by number
	attempts map[string][]rawTry
	clocks   []rawClock
	deals    []rawDeal
	spends   []rawSpend
}

type (
	rawLead struct {
		ID, Owner, Source, Persona, Campaign, Stage string
		At                                          time.Time
	}
	rawMove struct {
		From, To string
		At       time.Time
	}
	rawHandoff struct {
		ID, Member, State, Reason string
		Offered                   time.Time
		Decided                   *time.Time
	}
	rawTry struct {
		Touch string
		At    time.Time
	}
	rawClock struct {
		ID, Lead, Member, Stage, State, Department, Rule string
		At                                               time.Time
		Done, Late                                       bool
	}
	rawDeal struct {
		ID, Lead, Handoff, Owner, Outcome, Currency string
		Minor                                       int64
		Closed                                      time.Time
	}
	rawSpend struct {
		ID, Currency string
		scorecard.Spend
	}
)

func dial(t *testing.T, f fixture) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(context.Background(), f.url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// found reads rows of a shape.
func found[T any](t *testing.T, c *pgx.Conn, sql string) []T {
	t.Helper()
	read, err := c.Query(t.Context(), sql)
	require.NoError(t, err)
	all, err := pgx.CollectRows(read, pgx.RowToStructByPos[T])
	require.NoError(t, err)
	return all
}

func readRaw(t *testing.T, f fixture) *raw {
	t.Helper()
	c := dial(t, f)
	w := &raw{leads: map[string]*rawLead{}, team: map[string]string{}, negative: map[string]bool{}, moves: map[string][]rawMove{}, handoffs: map[string][]rawHandoff{}, attempts: map[string][]rawTry{}}
	for _, l := range found[rawLead](t, c, "select id::text, coalesce(owner_id::text, ''), source_id::text, coalesce(persona_id::text, ''), coalesce(campaign_id::text, ''), stage, created_at from leads") {
		w.leads[l.ID] = &l
	}
	for _, m := range found[struct{ ID, Team string }](t, c, "select id::text, team from members where team is not null") {
		w.team[m.ID] = m.Team
	}
	for _, p := range found[struct {
		ID       string
		Negative bool
	}](t, c, "select id::text, negative from personas") {
		w.negative[p.ID] = p.Negative
	}
	for _, m := range found[struct {
		Lead, From, To string
		At             time.Time
	}](t, c, "select lead_id::text, from_stage, to_stage, at from moves order by at, id") {
		w.moves[m.Lead] = append(w.moves[m.Lead], rawMove{m.From, m.To, m.At})
	}
	for _, h := range found[struct {
		Lead, ID, Member, State, Reason string
		Offered                         time.Time
		Decided                         *time.Time
	}](t, c, `select lead_id::text, id::text, coalesce(member_id::text, ''), state, coalesce(reason_id::text, ''), offered_at, decided_at from handoffs
		where direction = 'MARKETING_TO_SALES' order by number`) {
		w.handoffs[h.Lead] = append(w.handoffs[h.Lead], rawHandoff{h.ID, h.Member, h.State, h.Reason, h.Offered, h.Decided})
	}
	for _, a := range found[struct {
		Lead, Touch string
		At          time.Time
	}](t, c, "select lead_id::text, touch_id::text, at from attempts") {
		w.attempts[a.Lead] = append(w.attempts[a.Lead], rawTry{a.Touch, a.At})
	}
	w.clocks = found[rawClock](t, c, "select id::text, lead_id::text, coalesce(member_id::text, ''), stage, state, department, rule, starts_at, fulfilled_at is not null, overdue_us > 0 from clocks")
	w.deals = found[rawDeal](t, c, "select id::text, lead_id::text, coalesce(handoff_id::text, ''), coalesce(owner_id::text, ''), outcome, currency, amount_minor, closed_at from deals where closed_at is not null")
	for _, s := range found[struct {
		ID, Currency string
		Minor        int64
		Starts       time.Time
		Ends         *time.Time
	}](t, c, "select id::text, currency, cost_minor, starts_at, ends_at from campaigns") {
		w.spends = append(w.spends, rawSpend{s.ID, s.Currency, scorecard.Spend{Minor: s.Minor, Starts: s.Starts, Ends: s.Ends}})
	}
	return w
}

// of is an item of a lead.
func (w *raw) of(id, lead, member string, at time.Time) item {
	l := w.leads[lead]
	return item{id: id, at: at, member: member, team: w.team[member], source: l.Source, persona: l.Persona, campaign: l.Campaign}
}

// first is when a lead first came to a stage after an instant; nil where it did not before another one.
func (w *raw) first(lead, stage string, after, until time.Time) *time.Time {
	for _, m := range w.moves[lead] {
		if m.To == stage && m.At.After(after) && m.At.Before(until) {
			return &m.At
		}
	}
	return nil
}

// items are what a number counts above and below the line, found one by one; nil below where nothing is divided.
func (w *raw) items(m scorecard.Metric, p period) (top, bottom []item) {
	switch m {
	case scorecard.Passed, scorecard.Accepted, scorecard.AcceptanceRate, scorecard.RejectRate, scorecard.CloseRatio, scorecard.FollowUps:
		return w.handed(m, p)
	case scorecard.AcceptCompliance, scorecard.EngageCompliance:
		bottom = []item{}
		for _, c := range w.clocks {
			if c.Stage+"_COMPLIANCE" != string(m) || !p.has(c.At) || c.State != "MET" && c.State != "BREACHED" {
				continue
			}
			i := w.of(c.ID, c.Lead, c.Member, c.At)
			if bottom = append(bottom, i); c.State == "MET" {
				top = append(top, i)
			}
		}
		return top, bottom
	case scorecard.RecycleYield, scorecard.RecycleWinRate:
		return w.recycled(m, p)
	case scorecard.WinRate, scorecard.Revenue:
		return w.closed(m, p)
	}
	return w.captured(m, p)
}

// closed counts deals by their close.
func (w *raw) closed(m scorecard.Metric, p period) (top, bottom []item) {
	bottom = []item{}
	for _, d := range w.deals {
		if !p.has(d.Closed) {
			continue
		}
		i := w.of(d.ID, d.Lead, d.Owner, d.Closed)
		i.detail, i.minor = d.Currency, d.Minor
		if bottom = append(bottom, i); d.Outcome == "WON" {
			top = append(top, i)
		}
	}
	if m == scorecard.Revenue {
		bottom = nil
	}
	return top, bottom
}

func (p period) has(at time.Time) bool { return !at.Before(p.From) && at.Before(p.To) }

// handed counts hand-offs to sales.
func (w *raw) handed(m scorecard.Metric, p period) (top, bottom []item) {
	if m != scorecard.Passed && m != scorecard.Accepted {
		bottom = []item{}
	}
	for lead, all := range w.handoffs {
		for n, h := range all {
			if !p.has(h.Offered) {
				continue
			}
			i := w.of(h.ID, lead, h.Member, h.Offered)
			i.detail = h.Reason
			decided := h.Decided != nil && h.Decided.Before(p.until)
			accepted, rejected := decided && h.State == "ACCEPTED", decided && h.State == "REJECTED"
			add := func(to *[]item, is bool) {
				if is {
					*to = append(*to, i)
				}
			}
			switch m {
			case scorecard.Passed:
				add(&top, !decided || accepted || rejected)
			case scorecard.Accepted:
				add(&top, accepted)
			case scorecard.AcceptanceRate:
				add(&top, accepted)
				add(&bottom, accepted || rejected)
			case scorecard.RejectRate:
				add(&top, rejected)
				add(&bottom, accepted || rejected)
			case scorecard.CloseRatio:
				won := false
				for _, d := range w.deals {
					won = won || d.Handoff == h.ID && d.Outcome == "WON" && d.Closed.Before(p.until)
				}
				add(&top, accepted && won)
				add(&bottom, accepted)
			case scorecard.FollowUps:
				if add(&bottom, accepted); accepted {
					top = append(top, w.tries(lead, all[n:], p, i)...)
				}
			}
		}
	}
	return top, bottom
}

// tries are the attempts that belong to the first of some hand-offs: those after its acceptance and before the next.
func (w *raw) tries(lead string, from []rawHandoff, p period, like item) (out []item) {
	for _, a := range w.attempts[lead] {
		later := false
		for _, h := range from[1:] {
			later = later || h.State == "ACCEPTED" && !h.Decided.After(a.At)
		}
		if !later && !a.At.Before(*from[0].Decided) && a.At.Before(p.until) {
			like.id = a.Touch
			out = append(out, like)
		}
	}
	return out
}

// recycled counts leads that were returned or went to retargeting.
func (w *raw) recycled(m scorecard.Metric, p period) (top, bottom []item) {
	bottom = []item{}
	for lead := range w.leads {
		var at *time.Time
		for _, stage := range []string{"RETURNED", "RETARGETING"} {
			if f := w.first(lead, stage, time.Time{}, noon.AddDate(9, 0, 0)); f != nil && (at == nil || f.Before(*at)) {
				at = f
			}
		}
		if at == nil || !p.has(*at) {
			continue
		}
		member := ""
		for _, h := range w.handoffs[lead] {
			if h.State == "ACCEPTED" && !h.Decided.After(*at) {
				member = h.Member
			}
		}
		i := w.of(lead, lead, member, *at)
		bottom = append(bottom, i)
		stage := map[scorecard.Metric]string{scorecard.RecycleYield: "ACCEPTED", scorecard.RecycleWinRate: "WON"}[m]
		if w.first(lead, stage, *at, p.until) != nil {
			top = append(top, i)
		}
	}
	return top, bottom
}

// captured counts leads by their capture.
func (w *raw) captured(m scorecard.Metric, p period) (top, bottom []item) {
	bottom = []item{}
	for _, l := range w.leads {
		if !p.has(l.At) {
			continue
		}
		i := w.of(l.ID, l.ID, l.Owner, l.At)
		bottom = append(bottom, i)
		is := false
		switch m {
		case scorecard.Leads:
			is = true
		case scorecard.InPersona:
			negative, known := w.negative[l.Persona]
			is = known && !negative
		case scorecard.Qualification, scorecard.LeadsAcceptance, scorecard.Conversion:
			stage := map[scorecard.Metric]string{scorecard.Qualification: "QUALIFIED", scorecard.LeadsAcceptance: "ACCEPTED", scorecard.Conversion: "WON"}[m]
			is = w.first(l.ID, stage, time.Time{}, p.until) != nil
		case scorecard.LeadsRejection:
			for _, h := range w.handoffs[l.ID] {
				if h.State == "REJECTED" && h.Decided.Before(p.until) {
					is, i.detail = true, h.Reason
				}
			}
		case scorecard.AmountWon:
			for _, d := range w.deals {
				if d.Lead == l.ID && d.Outcome == "WON" && d.Closed.Before(p.until) {
					i.id, i.detail, i.minor = d.ID, d.Currency, d.Minor
					top = append(top, i)
				}
			}
		}
		if is {
			top = append(top, i)
		}
	}
	if m == scorecard.Leads || m == scorecard.AmountWon {
		bottom = nil
	}
	return top, bottom
}
