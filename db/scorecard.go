package db

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scorecard"
)

// Scorecard are the numbers of a period: for all, and for each group.
type Scorecard struct {
	From, To, Until time.Time
	By              scorecard.Grouping
	Total           *ScorecardRow
	Rows            []*ScorecardRow
}

// ScorecardRow are the numbers of a group. Of what it is a group, is not nil.
type ScorecardRow struct {
	GroupKey
	Measures []*Measure
}

// GroupKey is a group of a report: a stretch of time, or what belongs to one object.
type GroupKey struct {
	Key                                       *string // of months, weeks and teams, and of clocks' stages, departments and rules
	From, To                                  time.Time
	SourceID, PersonaID, CampaignID, MemberID *id.UUID
}

// Measure is a number with what it is made of.
type Measure struct {
	Metric      scorecard.Metric
	Value       *float64
	Numerator   int64
	Denominator *int64
	Currency    *string
	ReasonID    *id.UUID
	Missing     *string // why there is no value; nil where there is one
	rests       Rests
	parts       map[scorecard.Part]*Counting
}

// Unit is what the value is.
func (m *Measure) Unit() scorecard.Unit { return m.Metric.Unit() }

// Definition says what the number is.
func (m *Measure) Definition() string { return m.Metric.Definition() }

// ScorecardAsk is what a scorecard is asked for; without an end it ends now, without a beginning it has 90 days, and without until what happened before its end counts.
type ScorecardAsk struct {
	From, To, Until *time.Time
	By              scorecard.Grouping
	Metrics         []scorecard.Metric
}

// CohortFilter says of which leads a report is; all that is given must hold.
type CohortFilter struct {
	PersonaIds, SourceIds, CampaignIds []id.Global
}

// check refuses ids of other types and too many.
func (f *CohortFilter) check() error {
	if f == nil {
		return nil
	}
	q := &query{}
	return cmp.Or(inIDs(q, "personaIds", "persona_id", id.Persona, f.PersonaIds), inIDs(q, "sourceIds", "source_id", id.Source, f.SourceIds),
		inIDs(q, "campaignIds", "campaign_id", id.Campaign, f.CampaignIds))
}

// add narrows what is counted. It was checked.
func (f *CohortFilter) add(q *query) (where string) {
	if f == nil {
		return ""
	}
	for _, of := range []struct {
		column string
		ids    []id.Global
	}{{"persona_id", f.PersonaIds}, {"source_id", f.SourceIds}, {"campaign_id", f.CampaignIds}} {
		if of.ids == nil {
			continue
		}
		ids := make([]id.UUID, len(of.ids))
		for i, g := range of.ids {
			ids[i] = g.UUID
		}
		where += " and p." + of.column + " = any(" + q.arg(ids) + ")"
	}
	return where
}

// asks makes the question of a period.
func asks(from, to, until *time.Time, by scorecard.Grouping, now time.Time) (*asking, error) {
	start, end, err := period(from, to, now)
	if err != nil {
		return nil, err
	}
	w := window{span: scorecard.Span{From: start, To: end}, until: end}
	if until != nil {
		if w.until = until.UTC().Truncate(time.Microsecond); w.until.Before(end) {
			return nil, fault.Input("until", "What counts ends with the period or later.")
		}
	}
	return &asking{windows: []window{w}, by: by, named: []any{from, to, until, by}}, nil
}

// Scorecard counts the numbers of a period.
func (r *Reader) Scorecard(ctx context.Context, ask ScorecardAsk, now time.Time) (*Scorecard, error) {
	a, err := asks(ask.From, ask.To, ask.Until, ask.By, now)
	if err == nil {
		err = eachOnce("metrics", ask.Metrics)
	}
	if err != nil {
		return nil, err
	}
	b := &board{asking: a, metrics: ask.Metrics}
	if err := b.count(ctx, r, now); err != nil {
		return nil, err
	}
	w := a.windows[0]
	out := &Scorecard{From: w.span.From, To: w.span.To, Until: w.until, By: ask.By, Total: &ScorecardRow{GroupKey: GroupKey{From: w.span.From, To: w.span.To}}}
	out.Total.Measures = b.measures(nil, w.span)
	out.Rows = []*ScorecardRow{}
	for _, g := range a.groups(b.tallies, b.costs) {
		out.Rows = append(out.Rows, &ScorecardRow{g.GroupKey, b.measures(&g.text, scorecard.Span{From: g.From, To: g.To})})
	}
	return out, nil
}

// group is a group with its key as the statements tell it.
type group struct {
	GroupKey
	text string
}

// groups are the groups that anything was counted or spent in, and of times all, in their order: times as they follow, others by their keys; what belongs to none comes last.
func (a *asking) groups(t tallies, spent costs) []group {
	span := a.windows[0].span
	var all []group
	if a.by.Timed() {
		for _, s := range a.by.Spans(span) {
			text := strconv.FormatInt(a.by.Begins(s.From).Unix(), 10)
			all = append(all, group{GroupKey{Key: new(a.by.Key(s.From)), From: s.From, To: s.To}, text})
		}
		return all
	}
	keys := map[string]bool{}
	for c, groups := range t {
		for g := range groups {
			keys[g] = keys[g] || c.of != pursued
		}
	}
	if a.by == scorecard.ByNothing {
		return nil
	}
	if a.by == scorecard.ByCampaign {
		for _, s := range spent.campaigns { // a campaign knows its own cost, whoever came by it
			keys[s.id.String()] = true
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(keys), last) {
		g := group{GroupKey{From: span.From, To: span.To}, k}
		if k != "" {
			g.name(a.by)
		}
		all = append(all, g)
	}
	return all
}

// name says of what the group is one.
func (g *group) name(by scorecard.Grouping) {
	var which id.UUID
	switch by {
	case scorecard.ByTeam, scorecard.ByStage, scorecard.ByDepartment, scorecard.ByRule:
		g.Key = &g.text
		return
	}
	_ = which.UnmarshalText([]byte(g.text)) // Postgres wrote it
	switch by {
	case scorecard.BySource:
		g.SourceID = &which
	case scorecard.ByPersona:
		g.PersonaID = &which
	case scorecard.ByCampaign:
		g.CampaignID = &which
	case scorecard.ByMember:
		g.MemberID = &which
	}
}
