package sla

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// facts are those of a lead in a band.
func facts(reg *condition.Registry, band lifecycle.Band) *condition.Facts {
	f := reg.NewFacts(time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC))
	f.SetText(condition.LeadBand, string(band))
	return f
}

func TestANewWorkspaceIsFastFromTheFirstMinute(t *testing.T) {
	t.Parallel()
	reg, p := condition.NewRegistry(nil), Default()
	require.NoError(t, p.Check(reg))
	terms, err := p.Compile(reg)
	require.NoError(t, err)
	for _, s := range Stages {
		for _, b := range append([]lifecycle.Band{""}, lifecycle.Bands...) {
			r := terms.RuleFor(s, facts(reg, b))
			require.NotNil(t, r, s)
			now := time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC)
			c := Start(r, terms.Timetable(r, nil), now, now)
			require.Equal(t, Running, c.State)
			require.True(t, c.WarnAt.Before(*c.DueAt))
		}
	}
	require.Equal(t, 60, terms.RuleFor(Accept, facts(reg, lifecycle.Hot)).Minutes)
	require.Equal(t, 240, terms.RuleFor(Accept, facts(reg, lifecycle.Warm)).Minutes)
	require.Equal(t, 480, terms.RuleFor(Accept, facts(reg, "")).Minutes, "a lead without a score has a deadline as well")
	require.True(t, p.MayPause(Engage, WaitingForLead).CountsAfterReply)
	require.Nil(t, p.MayPause(Accept, WaitingForLead), "nobody waits for the lead before taking it")
}

func TestRulesCountTheHoursTheyName(t *testing.T) {
	t.Parallel()
	p := Default()
	p.Rules[2].Unit, p.Rules[2].Calendar, p.Rules[2].OwnerHours = clause.WallMinutes, nil, false
	terms, err := p.Compile(condition.NewRegistry(nil))
	require.NoError(t, err)
	owner := compiled(t, office())
	night := time.Date(2026, 2, 3, 22, 0, 0, 0, time.UTC)
	require.True(t, terms.Timetable(&p.Rules[2], owner).IsOpen(night), "wall minutes pass at night")
	require.Same(t, owner, terms.Timetable(&p.Rules[4], owner))
	require.Equal(t, time.UTC.String(), terms.Timetable(&p.Rules[0], owner).NextOpen(night).Location().String())
	require.Equal(t, 9, terms.Timetable(&p.Rules[0], owner).NextOpen(night).Hour(), "marketing's rules name the office")
	require.Equal(t, 9, terms.Timetable(&p.Rules[4], nil).NextOpen(night).Hour(), "nobody owns the lead")
}

func TestAPolicyThatContradictsItselfIsRefusedWhereItIsWrong(t *testing.T) {
	t.Parallel()
	wrong := condition.Condition{Attribute: &condition.Attribute{Name: "lead.bund", Op: condition.IsSet}}
	for name, x := range map[string]struct {
		change func(p *Policy)
		want   []string
	}{
		"a stage without an answer":    {func(p *Policy) { p.Rules = p.Rules[:10] }, []string{"rules"}},
		"no rule at all":               {func(p *Policy) { p.Rules = nil }, []string{"rules", "rules", "rules", "rules", "rules", "rules", "rules"}},
		"a stage that is off, and not": {func(p *Policy) { p.Off = []Stage{Pass} }, []string{"rules[0].stage", "rules[1].stage"}},
		"off twice":                    {func(p *Policy) { p.Rules, p.Off = p.Rules[:10], []Stage{TakeBack, TakeBack} }, []string{"off[1]"}},
		"a rule that no lead reaches":  {func(p *Policy) { p.Rules[0], p.Rules[1] = p.Rules[1], p.Rules[0] }, []string{"rules[1]"}},
		"a key twice":                  {func(p *Policy) { p.Rules[1].Key = "pass-hot" }, []string{"rules[1].key"}},
		"no name":                      {func(p *Policy) { p.Rules[1].Name = "" }, []string{"rules[1].name"}},
		"no time":                      {func(p *Policy) { p.Rules[1].Minutes = 0 }, []string{"rules[1].minutes"}},
		"400 days":                     {func(p *Policy) { p.Rules[1].Minutes = 576_000 }, []string{"rules[1].minutes"}},
		"a share over one":             {func(p *Policy) { p.Rules[1].WarnAt = new(1.5) }, []string{"rules[1].warnAt"}},
		"no unit":                      {func(p *Policy) { p.Rules[1].Unit = "DAYS" }, []string{"rules[1].unit"}},
		"no stage":                     {func(p *Policy) { p.Rules[1].Stage = "CLOSE" }, []string{"rules[1].stage", "rules"}},
		"a calendar for wall minutes":  {func(p *Policy) { p.Rules[1].Unit = clause.WallMinutes }, []string{"rules[1].unit"}},
		"business without a calendar":  {func(p *Policy) { p.Rules[1].Calendar = nil }, []string{"rules[1].calendar"}},
		"an unknown calendar":          {func(p *Policy) { p.Rules[1].Calendar = new("moon") }, []string{"rules[1].calendar"}},
		"a calendar that is wrong":     {func(p *Policy) { p.Calendars[0].Calendar.Hours[0].Opens = "nine" }, []string{"calendars[0].calendar.hours[0].opens"}},
		"a calendar's key twice":       {func(p *Policy) { p.Calendars = append(p.Calendars, p.Calendars[0]) }, []string{"calendars[1].key"}},
		"a deadline beyond ten years":  {func(p *Policy) { p.Rules[1].Minutes, p.Calendars[0].Calendar.Hours[0].Closes = 2_601, "09:01" }, []string{"rules[1].minutes"}},
		"a condition that is wrong":    {func(p *Policy) { p.Rules[0].When = &condition.Condition{Not: &wrong} }, []string{"rules[0].when.not.attribute.name"}},
		"an escalation twice":          {func(p *Policy) { p.Rules[1].EscalateTo = []Escalation{ToManager, "BOSS", ToManager} }, []string{"rules[1].escalateTo[1]", "rules[1].escalateTo[2]"}},
		"a reason twice":               {func(p *Policy) { p.Pauses[1].Reason = WaitingForLead }, []string{"pauses[1].reason"}},
		"no such reason":               {func(p *Policy) { p.Pauses[1].Reason = "LUNCH" }, []string{"pauses[1].reason"}},
		"a reason for no stage":        {func(p *Policy) { p.Pauses[1].Stages = nil }, []string{"pauses[1].stages"}},
		"a reply that ends no wait":    {func(p *Policy) { p.Pauses[3].CountsAfterReply = true }, []string{"pauses[3].countsAfterReply"}},
		"too many pauses":              {func(p *Policy) { p.Pauses = make([]PauseRule, 10_000) }, []string{"pauses"}},
		"too many calendars":           {func(p *Policy) { p.Calendars = append(p.Calendars, make([]NamedCalendar, 10_000)...) }, []string{"calendars"}},
		"ten thousand rules":           {func(p *Policy) { p.Rules = make([]Rule, 10_000) }, []string{"rules"}},
		"ten thousand stages off":      {func(p *Policy) { p.Off = make([]Stage, 10_000) }, []string{"off"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Default()
			x.change(&p)
			got := places(t, p.Check(condition.NewRegistry(nil)))
			if name == "too many calendars" { // and the rules do not know theirs
				got = got[:1]
			}
			require.Equal(t, x.want, got)
		})
	}
}

func TestAMinuteLessThan400DaysIsKept(t *testing.T) {
	t.Parallel()
	p := Default()
	p.Rules[1].Minutes = 575_999
	require.NoError(t, p.Check(condition.NewRegistry(nil)))
}

func TestAPolicyIsTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	p := Default()
	p.Off, p.Calendars[0].Calendar.Exceptions, p.Rules[0].EscalateTo = []Stage{}, []Exception{}, []Escalation{}
	first, err := json.Marshal(p)
	require.NoError(t, err)
	var read Policy
	require.NoError(t, json.Unmarshal(first, &read))
	require.Nil(t, read.Off)
	second, err := json.Marshal(read)
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
}

func TestTwoPoliciesAreComparedInWords(t *testing.T) {
	t.Parallel()
	before, after := Default(), Default()
	after.Rules[2].Minutes = 30
	after.Rules[3], after.Rules[2] = after.Rules[2], after.Rules[3]
	after.Calendars[0].Calendar.Exceptions = []Exception{{Date: "2026-12-24", Kind: Open, Name: new("Christmas Eve"), Hours: []Span{{"09:00", "12:00"}}}}
	after.Rules, after.Off = after.Rules[:10], []Stage{TakeBack}
	after.Pauses = after.Pauses[1:]
	office := "Office hours: in Etc/UTC; MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY from 09:00 to 17:00"
	require.Equal(t, []clause.Difference{
		{Change: clause.Changed, Key: "calendars.office", Before: new(office + "."), After: new(office + "; 2026-12-24 OPEN from 09:00 to 12:00 (Christmas Eve).")},
		{
			Change: clause.Changed, Key: "rules.accept-hot",
			Before: new(`ACCEPT: Hot leads are accepted or rejected within 60 minutes of the owner's working hours, or else of office, if lead.band is "HOT"; a warning at 75 %; a breach goes to MANAGER, QUEUE.`),
			After:  new(`ACCEPT: Hot leads are accepted or rejected within 30 minutes of the owner's working hours, or else of office, if lead.band is "HOT"; a warning at 75 %; a breach goes to MANAGER, QUEUE.`),
		},
		{Change: clause.Removed, Key: "rules.take-back", Before: new("TAKE_BACK: Returned leads are taken back within 480 minutes of office; a warning at 75 %; a breach goes to MANAGER."), After: nil},
		{Change: clause.Changed, Key: "order.ACCEPT", Before: new("ACCEPT: the first that holds of accept-hot, accept-warm, accept."), After: new("ACCEPT: the first that holds of accept-warm, accept-hot, accept.")},
		{Change: clause.Removed, Key: "pauses.WAITING_FOR_LEAD", Before: new("Clocks of ENGAGE, STEP, RETURN may pause for WAITING_FOR_LEAD; what was paused after the lead had replied counts again."), After: nil},
		{Change: clause.Added, Key: "off.TAKE_BACK", Before: nil, After: new("TAKE_BACK has no clock.")},
	}, clause.Diff(before.Clauses(), after.Clauses()))
}
