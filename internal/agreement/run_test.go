package agreement

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/scoring"
	"github.com/leadgraph/leadgraph/internal/sla"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// known is a lead of whom something is known, with touches.
func known(reg *condition.Registry) *condition.Facts {
	f := reg.NewFacts(noon)
	f.SetText(condition.ContactTitle, "Director of Marketing")
	f.SetNumber(condition.AccountEmployees, 250)
	f.SetBool(condition.ContactHasEmail, true)
	var touches []condition.Touch
	for i := range 20 {
		touches = append(touches, condition.Touch{ID: id.UUID{byte(i)}, Kind: contact.TouchKinds[i], Channel: contact.ChannelWeb, Direction: contact.DirectionInbound, At: noon.Add(time.Duration(-i) * 30 * time.Hour)})
	}
	f.SetTouches(touches)
	return f
}

// runs compiles a body and asks it about a lead. The error is the compiler's.
func runs(t require.TestingT, b *Body, reg *condition.Registry) error {
	f := known(reg)
	switch {
	case b.ScoringModel != nil:
		p, err := scoring.Compile(b.ScoringModel, reg)
		if err != nil {
			return err
		}
		s := p.Score(f)
		for _, n := range []float64{s.FitRaw, s.Fit, s.EngagementRaw, s.Engagement, s.Raw, s.Clamped} {
			require.False(t, math.IsNaN(n) || math.IsInf(n, 0), "%+v", s)
		}
		p.Explain(f, new(scoring.Explanation))
		p.Next(f, scoring.Edges{Score: []float64{30}})
		p.PathTo(f, lifecycle.Hot)
	case b.LeadDefinition != nil:
		p, err := definition.Compile(b.LeadDefinition, reg)
		if err != nil {
			return err
		}
		require.Equal(t, p.Qualifies(f), p.Qualify(f).Passed)
		p.SecondGate(f)
		p.Next(f)
	case b.SlaPolicy != nil:
		return deadlines(t, b.SlaPolicy, f, reg)
	case b.RoutingPolicy != nil:
		r, err := routing.Compile(b.RoutingPolicy, reg)
		if err != nil {
			return err
		}
		rep := routing.Candidate{Member: id.UUID{1}, Email: "rep1@example.com", Department: auth.Sales, Active: true, Always: true}
		r.Pool(f)
		out := r.Route(routing.Request{Facts: f, Owner: &rep.Member, Candidates: []routing.Candidate{rep}, Ledger: routing.NewLedger(), At: noon})
		for _, v := range out.Candidates {
			require.False(t, v.Level != nil && math.IsNaN(*v.Level))
		}
	case b.FollowUpPolicy != nil:
		p, err := followup.Compile(b.FollowUpPolicy, reg)
		if err != nil {
			return err
		}
		plan := p.Plan(f, noon, func(start time.Time, minutes int, _ bool) time.Time {
			return start.Add(time.Duration(minutes) * time.Minute)
		})
		for _, s := range plan.Steps {
			require.False(t, s.DueAt.Before(noon) || s.LatestAt.Before(s.DueAt))
		}
		plan.Certificate(followup.Effort{Attempts: []followup.Attempt{{At: noon, Channel: new(contact.ChannelPhone)}}}, noon.Add(time.Hour))
	case b.ContactPolicy != nil:
		return contacts(t, b.ContactPolicy)
	}
	return nil
}

// deadlines asks for every stage when it is due.
func deadlines(t require.TestingT, p *sla.Policy, f *condition.Facts, reg *condition.Registry) error {
	terms, err := p.Compile(reg)
	if err != nil {
		return err
	}
	for _, stage := range sla.Stages {
		r := terms.RuleFor(stage, f)
		if r == nil {
			continue
		}
		due := terms.Timetable(r, nil).Due(noon, r.Target())
		require.True(t, due.After(noon), "%s", due)
		if warn := r.Warn(); warn != nil {
			require.False(t, terms.Timetable(r, nil).Due(noon, *warn).After(due))
		}
	}
	return nil
}

// contacts asks whether a person may be contacted who was just written to.
func contacts(t require.TestingT, policy *contactpolicy.Policy) error {
	p, err := contactpolicy.Compile(policy)
	if err != nil {
		return err
	}
	for _, c := range []contact.Channel{contact.ChannelEmail, contact.ChannelPhone, "FAX"} {
		s := contactpolicy.State{Ledger: []contactpolicy.Entry{{At: noon.Add(-time.Minute), Channel: c, Purpose: contact.PurposeMarketing, Department: auth.Sales}}}
		d := p.Decide(&s, contactpolicy.Ask{Channel: c, Purpose: contact.PurposeSales, Department: auth.Marketing, At: noon})
		require.False(t, d.NextAllowedAt != nil && !d.NextAllowedAt.After(noon))
	}
	for _, e := range contactpolicy.FloorEvents {
		p.FloorAfter(e, noon)
	}
	return nil
}

// TestAnyBodyRunsOrIsAnError changes the defaults at random, to what no check would let through. What compiles answers.
func TestAnyBodyRunsOrIsAnError(t *testing.T) {
	t.Parallel()
	reg := condition.NewRegistry(nil)
	ran, drawn := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		body := Default(rapid.SampledFrom(Kinds).Draw(r, "kind"))
		written, err := json.Marshal(&body)
		require.NoError(r, err)
		var tree any
		require.NoError(r, json.Unmarshal(written, &tree))
		for range rapid.IntRange(1, 4).Draw(r, "changes") {
			spoil(r, tree)
		}
		written, err = json.Marshal(tree)
		require.NoError(r, err)
		var spoilt Body
		if json.Unmarshal(written, &spoilt) != nil {
			return
		}
		checked := spoilt.Check(reg)
		if err := runs(r, &spoilt, reg); err != nil {
			require.Error(r, checked, "what can be kept can be run, not: %s\n%s", err, written)
		} else if checked != nil {
			ran++
		}
		drawn++
	})
	t.Logf("%d of %d ran that cannot be kept", ran, drawn)
	require.Positive(t, ran)
}

// spoil changes one place of a document.
func spoil(r *rapid.T, tree any) {
	for {
		var keys []any
		switch v := tree.(type) {
		case map[string]any:
			for k := range v {
				keys = append(keys, k)
			}
		case []any:
			for i := range v {
				keys = append(keys, i)
			}
		}
		if len(keys) == 0 {
			return
		}
		place := keys[rapid.IntRange(0, len(keys)-1).Draw(r, "place")]
		get, set := func() any { return nil }, func(any) {}
		switch v := tree.(type) {
		case map[string]any:
			get, set = func() any { return v[place.(string)] }, func(n any) { v[place.(string)] = n }
		case []any:
			get, set = func() any { return v[place.(int)] }, func(n any) { v[place.(int)] = n }
		}
		switch now := get().(type) {
		case map[string]any:
			if rapid.IntRange(0, 9).Draw(r, "deeper") > 0 {
				tree = now
				continue
			}
		case []any:
			switch n := rapid.IntRange(0, 9).Draw(r, "deeper"); {
			case n > 2:
				tree = now
				continue
			case n > 0 && len(now) > 0:
				set(append(now, now[rapid.IntRange(0, len(now)-1).Draw(r, "again")]))
				return
			}
		}
		some := []any{nil, []any{}, map[string]any{}}
		switch get().(type) {
		case float64:
			some = []any{0, -1, 1, 2, 0.5, 7, 60, 576_000, 1_000_000_000, math.MaxInt64, 1e300, -1e300, 1e-300, nil}
		case string:
			some = []any{"", "x", "hot", "24:00", "00:00", "09:00", "UTC", "Local", "HOT", "A", "PASS", "CALL", "account.employees", "contact.gone", "IS_SET", "2026-13-01", nil}
		case bool:
			some = []any{true, false}
		}
		set(rapid.SampledFrom(some).Draw(r, "becomes"))
		return
	}
}

// TestWhatIsInForceRunsAlthoughNobodyCouldWriteItToday has bodies that checks of an earlier day let through.
func TestWhatIsInForceRunsAlthoughNobodyCouldWriteItToday(t *testing.T) {
	t.Parallel()
	reg := condition.NewRegistry(nil)
	mail := condition.Condition{Attribute: &condition.Attribute{Name: "contact.hasEmail", Op: condition.EQ, Value: new(condition.Bool(true))}}
	never := condition.Condition{All: []condition.Condition{mail, {Not: &mail}}}
	for name, test := range map[string]struct {
		kind   Kind
		change func(b *Body)
	}{
		"a deadline of 400 days":         {SLAPolicy, func(b *Body) { b.SlaPolicy.Rules[1].Minutes = 400 * 24 * 60 }},
		"a stage with two rules for all": {SLAPolicy, func(b *Body) { b.SlaPolicy.Rules = append(b.SlaPolicy.Rules, b.SlaPolicy.Rules...) }},
		"a stage without a rule":         {SLAPolicy, func(b *Body) { b.SlaPolicy.Rules = b.SlaPolicy.Rules[1:2] }},
		"a holiday without a name": {SLAPolicy, func(b *Body) {
			b.SlaPolicy.Calendars[0].Calendar.Exceptions = []sla.Exception{{Date: "2026-12-24", Kind: sla.Closed, Name: new("")}}
		}},
		"a rule of no points":          {ScoringModel, func(b *Body) { b.ScoringModel.Fit[0].Points = 0 }},
		"points over the bound":        {ScoringModel, func(b *Body) { b.ScoringModel.Fit[0].Points = 20_000 }},
		"a condition of two rules":     {ScoringModel, func(b *Body) { b.ScoringModel.Fit[1].When = b.ScoringModel.Fit[0].When }},
		"a rule that never gives":      {ScoringModel, func(b *Body) { b.ScoringModel.Fit[0].When = never }},
		"a better grade that cools":    {ScoringModel, func(b *Body) { b.ScoringModel.Bands[0].Band = lifecycle.Cool }},
		"a criterion that never holds": {LeadDefinition, func(b *Body) { b.LeadDefinition.Criteria[0].When = never }},
		"two labels that are the same": {LeadDefinition, func(b *Body) { b.LeadDefinition.Labels[0].Label = b.LeadDefinition.Labels[1].Label }},
		"a route with a blank name":    {RoutingPolicy, func(b *Body) { b.RoutingPolicy.Fallback.Queue, b.RoutingPolicy.Seed = " ", "" }},
		"an exclusion that never holds": {RoutingPolicy, func(b *Body) {
			b.RoutingPolicy.Exclusions = []routing.Exclusion{{Key: "a", Name: "A", When: never, Queue: "q"}}
		}},
		"steps that are too few":             {FollowUpPolicy, func(b *Body) { b.FollowUpPolicy.Rules[0].Steps = b.FollowUpPolicy.Rules[0].Steps[:1] }},
		"plans for some leads only":          {FollowUpPolicy, func(b *Body) { b.FollowUpPolicy.Rules = b.FollowUpPolicy.Rules[:1] }},
		"a cap of more than a thousand":      {ContactPolicy, func(b *Body) { b.ContactPolicy.Caps[0].Limit = 2_000 }},
		"a floor of ten years":               {ContactPolicy, func(b *Body) { b.ContactPolicy.Floors[0].Hours = clause.MaxMinutes / 60 }},
		"channels of consents that are gone": {ContactPolicy, func(b *Body) { b.ContactPolicy.Consents[0].Channels = []contact.Channel{"FAX"} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := Default(test.kind)
			test.change(&body)
			require.Error(t, body.Check(reg))
			require.NoError(t, runs(t, &body, reg))
		})
	}
}
