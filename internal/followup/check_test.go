package followup

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// places are the paths of an error's faults.
func places(err error) []string {
	list := []string{}
	if faults, ok := err.(fault.List); ok {
		for _, f := range faults {
			list = append(list, f.Field)
		}
	}
	return list
}

func TestAPolicyThatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	band := &condition.Condition{Attribute: &condition.Attribute{Name: "lead.band", Op: condition.EQ, Value: new(condition.Text("HOT"))}}
	phone, email := contact.ChannelPhone, contact.ChannelEmail
	for name, c := range map[string]struct {
		change func(r *Rule)
		want   []string
	}{
		"this one can":                       {func(*Rule) {}, []string{}},
		"every lead has a plan":              {func(r *Rule) { r.When = band }, []string{"rules[0].when"}},
		"a rule has a key":                   {func(r *Rule) { r.Key = "" }, []string{"rules[0].key"}},
		"and a name":                         {func(r *Rule) { r.Name = "" }, []string{"rules[0].name"}},
		"no attempt is no plan":              {func(r *Rule) { r.MinAttempts = 0 }, []string{"rules[0].minAttempts", "rules[0].minChannels"}},
		"no gap would count a double click":  {func(r *Rule) { r.MinGapMinutes = 0 }, []string{"rules[0].minGapMinutes"}},
		"more channels than attempts":        {func(r *Rule) { r.MinAttempts, r.MinChannels = 1, 2 }, []string{"rules[0].minChannels"}},
		"giving up before the least is done": {func(r *Rule) { r.GiveUp.Attempts = 2 }, []string{"rules[0].giveUp.attempts"}},
		"silence is not negative":            {func(r *Rule) { r.GiveUp.Days = -1 }, []string{"rules[0].giveUp.days"}},
		"nobody excuses themselves":          {func(r *Rule) { r.MayExcuse = []auth.Role{auth.Manager, auth.Worker} }, []string{"rules[0].mayExcuse[1]"}},
		"analysts only read":                 {func(r *Rule) { r.MayExcuse = []auth.Role{auth.Analyst} }, []string{"rules[0].mayExcuse[0]"}},
		"roles stand once":                   {func(r *Rule) { r.MayExcuse = []auth.Role{auth.Manager, auth.Manager} }, []string{"rules[0].mayExcuse[1]"}},
		"fewer steps than attempts":          {func(r *Rule) { r.Steps = r.Steps[:2] }, []string{"rules[0].steps"}},
		"steps that follow too soon":         {func(r *Rule) { r.Steps[1].OffsetMinutes = 59 }, []string{"rules[0].steps[1].offsetMinutes"}},
		"a step before the acceptance":       {func(r *Rule) { r.Steps[0].OffsetMinutes = -1 }, []string{"rules[0].steps[0].offsetMinutes"}},
		"a step that is late at once":        {func(r *Rule) { r.Steps[0].MaxDelayMinutes = 0 }, []string{"rules[0].steps[0].maxDelayMinutes"}},
		"days are no unit":                   {func(r *Rule) { r.Steps[0].Unit = "DAYS" }, []string{"rules[0].steps[0].unit"}},
		"there is no fax":                    {func(r *Rule) { r.Steps[0].Channels = []contact.Channel{"FAX"} }, []string{"rules[0].steps[0].channels[0]"}},
		"three channels by two steps that differ": {func(r *Rule) {
			channels(r, 3, []contact.Channel{phone}, []contact.Channel{phone}, []contact.Channel{phone, email, "SMS"})
		}, []string{"rules[0].steps"}},
		"three by three": {func(r *Rule) {
			channels(r, 3, []contact.Channel{phone, email}, []contact.Channel{phone}, []contact.Channel{email, "SMS"})
		}, []string{}},
		"a step that is open finds another": {func(r *Rule) { channels(r, 3, []contact.Channel{phone}, nil, []contact.Channel{email}) }, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rule()
			c.change(&r)
			p := Policy{Rules: []Rule{r}}
			require.Equal(t, c.want, places(p.Check(condition.NewRegistry(nil))))
		})
	}
}

// channels sets the channels of a rule's steps, and how many must differ.
func channels(r *Rule, least int, steps ...[]contact.Channel) {
	r.MinChannels, r.Steps = least, r.Steps[:len(steps)]
	for i, s := range steps {
		r.Steps[i].Channels = s
	}
}

func TestRulesAreTriedInTheirOrder(t *testing.T) {
	t.Parallel()
	reg := condition.NewRegistry(nil)
	body := Default()
	p, err := Compile(&body, reg)
	require.NoError(t, err)
	f := reg.NewFacts(accepted)
	require.Equal(t, "all", p.Plan(f, accepted, due).Rule.Key)
	f.SetText(condition.LeadBand, "HOT")
	plan := p.Plan(f, accepted, due)
	require.Equal(t, "hot", plan.Rule.Key)
	require.Equal(t, plan, body.Rule("hot").Plan(accepted, due), "a plan can be made again from its rule's key")
	require.Nil(t, body.Rule("cold"))

	body = Policy{Rules: []Rule{rule(), rule()}}
	body.Rules[1].Key = "b"
	require.Equal(t, []string{"rules[0].when"}, places(body.Check(reg)), "a rule after one for every lead")
	body.Rules[0].When = &condition.Condition{Attribute: &condition.Attribute{Name: "lead.bnad", Op: condition.IsSet}}
	require.Equal(t, []string{"rules[0].when.attribute.name"}, places(body.Check(reg)))
	_, err = Compile(&body, reg)
	require.Error(t, err)
}

func TestTenThousandRulesAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	r := rule()
	r.Steps, r.MayExcuse = make([]StepRule, 10_000), make([]auth.Role, 10_000)
	start := time.Now()
	for _, c := range []struct {
		rules []Rule
		want  []string
	}{{make([]Rule, 10_000), []string{"rules"}}, {nil, []string{"rules"}}, {[]Rule{r}, []string{"rules[0].mayExcuse", "rules[0].steps"}}} {
		p := Policy{Rules: c.rules}
		require.Equal(t, c.want, places(p.Check(condition.NewRegistry(nil))))
	}
	require.Less(t, time.Since(start), 10*time.Second)
}

func TestTheDefaultIsAPolicyInWords(t *testing.T) {
	t.Parallel()
	p := Default()
	require.NoError(t, p.Check(condition.NewRegistry(nil)))
	all := p.Clauses()
	require.Len(t, all, 1+4+6+4+4)
	require.Equal(t, []clause.Clause{
		{Key: "order", Text: "The first rule that is for a lead makes its plan: hot, all."},
		{Key: "rules.hot.when", Text: `Hot leads: lead.band is "HOT".`},
		{Key: "rules.hot.minimum", Text: "Hot leads: at least 6 attempts by 2 different channels, each 60 minutes after the last."},
		{Key: "rules.hot.steps.1", Text: "Hot leads, step 1: by PHONE, from 0 business minutes after the acceptance, at most 60 later."},
	}, all[:4])
	require.Equal(t, []clause.Clause{
		{Key: "rules.all.steps.4", Text: "All other leads, step 4: by any channel, from 3840 business minutes after the acceptance, at most 480 later."},
		{Key: "rules.all.giveUp", Text: "All other leads: given up after 4 attempts without an answer and 5 days of silence."},
		{Key: "rules.all.mayExcuse", Text: "All other leads: in sales a DIRECTOR or MANAGER may excuse giving up earlier."},
	}, all[len(all)-3:])
}

func TestABodyKeepsItsBytes(t *testing.T) {
	t.Parallel()
	bare := Policy{Rules: []Rule{{Steps: []StepRule{{Channels: []contact.Channel{}}}, MayExcuse: []auth.Role{}}}}
	for _, p := range []Policy{Default(), bare} {
		first, err := json.Marshal(p)
		require.NoError(t, err)
		var read Policy
		require.NoError(t, json.Unmarshal(first, &read))
		second, err := json.Marshal(read)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
	}
}
