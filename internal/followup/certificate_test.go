package followup

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// accepted is when the tests' lead was accepted.
var accepted = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// after is so many hours after the acceptance.
func after(hours float64) time.Time { return accepted.Add(time.Duration(hours * float64(time.Hour))) }

// due is a calendar that is open half of the time.
func due(start time.Time, minutes int, business bool) time.Time {
	if business {
		minutes *= 2
	}
	return start.Add(time.Duration(minutes) * time.Minute)
}

// rule asks for three attempts by two channels, an hour apart.
func rule() Rule {
	return Rule{
		Key: "all", Name: "All", MinAttempts: 3, MinChannels: 2, MinGapMinutes: 60, GiveUp: GiveUp{Attempts: 4, Days: 2}, MayExcuse: []auth.Role{auth.Manager},
		Steps: []StepRule{
			{0, 30, clause.BusinessMinutes, []contact.Channel{contact.ChannelPhone}}, {600, 120, clause.BusinessMinutes, []contact.Channel{contact.ChannelEmail}},
			{2880, 600, clause.WallMinutes, []contact.Channel{contact.ChannelPhone, contact.ChannelSms}}, {4320, 600, clause.WallMinutes, nil},
		},
	}
}

// call and mail are attempts so many hours after the acceptance.
func call(hours float64) Attempt {
	return Attempt{At: after(hours), Channel: new(contact.ChannelPhone), Outcome: new(NoAnswer)}
}

func mail(hours float64) Attempt {
	return Attempt{At: after(hours), Channel: new(contact.ChannelEmail), Outcome: new(Sent)}
}

// with is an attempt with another outcome.
func (a Attempt) with(o Outcome) Attempt {
	a.Outcome = &o
	return a
}

// certificate judges attempts under rule.
func certificate(at time.Time, attempts ...Attempt) Certificate {
	r := rule()
	p := r.Plan(accepted, due)
	return p.Certificate(Effort{Attempts: attempts}, at)
}

func TestThePlanFollowsTheCalendar(t *testing.T) {
	t.Parallel()
	r := rule()
	p := r.Plan(accepted, due)
	require.Equal(t, []Step{
		{1, []contact.Channel{contact.ChannelPhone}, accepted, after(1)},
		{2, []contact.Channel{contact.ChannelEmail}, after(20), after(24)},
		{3, []contact.Channel{contact.ChannelPhone, contact.ChannelSms}, after(48), after(58)},
		{4, nil, after(72), after(82)},
	}, p.Steps)
}

func TestAFirstStepNeedNotWaitForTheCalendarToOpen(t *testing.T) {
	t.Parallel()
	opens := after(48)
	closed := func(start time.Time, minutes int, business bool) time.Time { // until then
		if business && start.Before(opens) {
			start = opens
		}
		return start.Add(time.Duration(minutes) * time.Minute)
	}
	r := rule()
	p := r.Plan(accepted, closed)
	for name, c := range map[string]struct {
		attempt Attempt
		first   bool // it does the first step
		second  bool
	}{
		"at once":                         {call(0), true, false},
		"while nobody works":              {call(0.01), true, false},
		"when work begins":                {call(48), true, false},
		"not by another channel":          {mail(0.01), false, false},
		"a later step keeps its distance": {mail(57), false, false},
		"and is done from then on":        {mail(58), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := p.Certificate(Effort{Attempts: []Attempt{c.attempt}}, after(60)).Steps
			require.Equal(t, []bool{c.first, c.second}, []bool{steps[0].DoneAt != nil, steps[1].DoneAt != nil})
		})
	}
	require.Equal(t, opens.Add(30*time.Minute), p.Steps[0].LatestAt, "which it is late after")
}

func TestWhatCounts(t *testing.T) {
	t.Parallel()
	unsaid, mute := call(5), call(5)
	unsaid.Channel, mute.Outcome = nil, nil
	at := after(10)
	for name, c := range map[string]struct {
		attempt Attempt
		want    Verdict
	}{
		"an attempt":                                 {call(5), Counts},
		"one without a channel does not":             {unsaid, NoChannel},
		"one without an outcome does not":            {mute, NoOutcome},
		"one before the acceptance does not":         {call(-1), BeforeAccept},
		"one at the acceptance does":                 {call(0), Counts},
		"one to come does not":                       {call(10.001), InTheFuture},
		"one at this instant does":                   {call(10), Counts},
		"one less than an hour after another's":      {call(2.99), TooSoon},
		"one an hour after it":                       {call(3), Counts},
		"a number that does not work counts as well": {call(5).with(Undeliverable), Counts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := certificate(at, c.attempt, mail(2)).Attempts
			require.Contains(t, list, Judged{c.attempt, c.want})
			require.Contains(t, list, Judged{mail(2), Counts})
		})
	}
}

func TestGivingUpEarlyIsRefusedWithWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attempts []Attempt
		want     string // empty: it may be given up
	}{
		"nothing was done": {nil, "It is too early to give up. 3 attempts are missing: 0 of 3 are done. 2 more channels are missing: none was used. In sales a MANAGER can excuse it."},
		"two calls":        {[]Attempt{call(1), call(2)}, "It is too early to give up. 1 attempt is missing: 2 of 3 are done. 1 more channel is missing: so far only PHONE. In sales a MANAGER can excuse it."},
		"the last of them a moment ago": {[]Attempt{call(1), call(99.5)}, "It is too early to give up. 1 attempt is missing: 2 of 3 are done. The next one counts from 2026-03-06T13:30:00Z on, 60 minutes after the last. " +
			"1 more channel is missing: so far only PHONE. In sales a MANAGER can excuse it."},
		"three calls by one channel":                            {[]Attempt{call(1), call(2), call(3)}, "It is too early to give up. 1 more channel is missing: so far only PHONE. In sales a MANAGER can excuse it."},
		"three in five minutes":                                 {[]Attempt{call(1), mail(1.05), call(1.1)}, "It is too early to give up. 2 attempts are missing: 1 of 3 are done. In sales a MANAGER can excuse it."},
		"all that is owed":                                      {[]Attempt{call(1), call(2), mail(3)}, ""},
		"a message right after a call is still another channel": {[]Attempt{call(1), mail(1.1), call(2), call(3)}, ""},
		"the person said no":                                    {[]Attempt{call(1).with(Refused)}, ""},
		"somebody talked with us, which is not the end of it":   {[]Attempt{call(1).with(Reached)}, "It is too early to give up. 2 attempts are missing: 1 of 3 are done. 1 more channel is missing: so far only PHONE. In sales a MANAGER can excuse it."},
		"a no that comes later is none yet":                     {[]Attempt{call(101).with(Refused)}, "It is too early to give up. 3 attempts are missing: 0 of 3 are done. 2 more channels are missing: none was used. In sales a MANAGER can excuse it."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cert := certificate(after(100), c.attempts...)
			err := cert.GiveUp()
			require.Equal(t, c.want == "", cert.Complete)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, c.want)
			require.True(t, fault.Is(err, fault.Conflict))
		})
	}
}

func TestOnlyThoseWhoMayExcuse(t *testing.T) {
	t.Parallel()
	r := rule()
	p := r.Plan(accepted, due)
	excused := func(x Excuse) bool {
		c := p.Certificate(Effort{Excuse: &x}, after(10))
		require.Equal(t, c.Excused, c.GiveUp() == nil)
		return c.Excused
	}
	require.True(t, excused(Excuse{auth.Sales, auth.Manager, after(5)}))
	require.False(t, excused(Excuse{auth.Sales, auth.Worker, after(5)}), "no rep")
	require.False(t, excused(Excuse{auth.Sales, auth.Director, after(5)}), "no role that the policy does not name")
	require.False(t, excused(Excuse{auth.Marketing, auth.Manager, after(5)}), "nobody in marketing")
	require.False(t, excused(Excuse{auth.Sales, auth.Manager, after(11)}), "not yet")
	require.False(t, excused(Excuse{auth.Sales, auth.Manager, after(-1)}), "not what excused an earlier pursuit")
	nobody := Certificate{Missing: []string{"1 attempt is missing."}}
	require.EqualError(t, nobody.GiveUp(), "It is too early to give up. 1 attempt is missing. Nobody can excuse it.")
}

func TestALeadIsExhaustedWhenNobodyAnswers(t *testing.T) {
	t.Parallel()
	r := rule()
	p := r.Plan(accepted, due)
	four := []Attempt{call(1), mail(2), call(3), call(4)}
	for name, c := range map[string]struct {
		effort Effort
		from   *time.Time
	}{
		"two days after the fourth attempt":            {Effort{Attempts: four}, new(after(52))},
		"later attempts do not put it off":             {Effort{Attempts: append([]Attempt{call(40)}, four...)}, new(after(52))},
		"three are not enough":                         {Effort{Attempts: four[:3]}, nil},
		"four by one channel are not":                  {Effort{Attempts: []Attempt{call(1), call(2), call(3), call(4)}}, nil},
		"what came before an answer counts no more":    {Effort{Attempts: four, LastAnswerAt: after(2)}, nil},
		"what comes after it counts":                   {Effort{Attempts: append([]Attempt{call(10), call(11), call(12), mail(13)}, four...), LastAnswerAt: after(5)}, new(after(61))},
		"an answer to an attempt is one as well":       {Effort{Attempts: append([]Attempt{call(5).with(Reached)}, four...)}, nil},
		"a no is no silence":                           {Effort{Attempts: append([]Attempt{call(0).with(Refused)}, four...)}, nil},
		"an answer from before the acceptance is none": {Effort{Attempts: four, LastAnswerAt: after(-1)}, new(after(52))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cert := p.Certificate(c.effort, after(50))
			require.Equal(t, c.from, cert.ExhaustedAt)
			require.False(t, cert.Exhausted)
			if c.from != nil {
				later := p.Certificate(c.effort, *c.from)
				require.True(t, later.Exhausted)
				earlier := p.Certificate(c.effort, c.from.Add(-time.Microsecond))
				require.False(t, earlier.Exhausted)
			}
		})
	}
}

func TestWhenALeadIsToBeGivenBack(t *testing.T) {
	t.Parallel()
	r := rule()
	p := r.Plan(accepted, due)
	four := []Attempt{call(1), mail(2), call(3), call(4)}
	for name, c := range map[string]struct {
		effort Effort
		since  time.Time // the last move
		left   bool      // of the steps
		from   time.Time
	}{
		"who does not answer, from the end of the plan":      {Effort{Attempts: four}, after(10), true, after(52)},
		"whatever is left of it":                             {Effort{Attempts: four}, after(10), false, after(52)},
		"who has answered, not while steps are left":         {Effort{Attempts: four, LastAnswerAt: after(5)}, after(1), true, time.Time{}},
		"then two days after the answer":                     {Effort{Attempts: four, LastAnswerAt: after(5)}, after(1), false, after(53)},
		"or after the last attempt":                          {Effort{Attempts: append([]Attempt{call(9)}, four...), LastAnswerAt: after(5)}, after(1), false, after(57)},
		"or after the last move":                             {Effort{Attempts: four, LastAnswerAt: after(5)}, after(30), false, after(78)},
		"who said no, likewise":                              {Effort{Attempts: []Attempt{call(1).with(Refused)}}, after(1), false, after(49)},
		"an attempt that says nothing puts nothing off":      {Effort{Attempts: []Attempt{{At: after(20)}, call(2)}}, after(1), false, after(50)},
		"nor does what is still to come":                     {Effort{Attempts: []Attempt{call(60), call(2)}, LastAnswerAt: after(70)}, after(1), false, after(50)},
		"nor an answer from before the lead was accepted":    {Effort{LastAnswerAt: after(-3)}, after(0), false, after(48)},
		"one attempt that came too soon is an attempt still": {Effort{Attempts: []Attempt{call(2), call(2.5)}}, after(0), false, after(50.5)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cert := p.Certificate(c.effort, after(50))
			require.Equal(t, c.from, p.ReturnFrom(&cert, c.effort.LastAnswerAt, c.since, c.left))
		})
	}
}

func TestStepsAreDoneInTheirTime(t *testing.T) {
	t.Parallel()
	type state struct {
		done *time.Time
		late bool
	}
	states := func(at time.Time, attempts ...Attempt) []state {
		var list []state
		for _, s := range certificate(at, attempts...).Steps {
			list = append(list, state{s.DoneAt, s.Late})
		}
		return list
	}
	require.Equal(t, []state{{new(after(0.5)), false}, {}, {}, {}}, states(after(10), call(0.5), mail(1)), "an e-mail before its step does not do it")
	require.Equal(t, []state{{nil, true}, {new(after(21)), false}, {}, {}}, states(after(30), mail(21)), "an e-mail does no step for calls")
	require.Equal(t, []state{{new(after(50)), true}, {nil, true}, {new(after(50)), false}, {}}, states(after(60), call(50)), "one late call does what was left of calls")
	require.Equal(t, []state{{new(after(1)), false}, {new(after(73)), true}, {nil, true}, {new(after(73)), false}}, states(after(80), call(1), mail(73)))
}
