package routing

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// noon is the instant of routing, a Monday.
var noon = time.Date(2026, 3, 30, 12, 0, 0, 0, time.UTC)

// numbered is an id that says which.
func numbered(n int) id.UUID {
	var u id.UUID
	binary.BigEndian.PutUint64(u[8:], uint64(n))
	return u
}

// rep is a member of sales who passes every gate.
func rep(n int) Candidate {
	return Candidate{Member: numbered(n), Email: fmt.Sprintf("rep%d@example.com", n), Department: auth.Sales, Active: true, Always: true}
}

// reps are the first n of them.
func reps(n int) []Candidate {
	all := make([]Candidate, n)
	for i := range all {
		all[i] = rep(i + 1)
	}
	return all
}

// is is a condition on a text.
func is(attribute, value string) condition.Condition {
	v := condition.Text(value)
	return condition.Condition{Attribute: &condition.Attribute{Name: attribute, Op: condition.EQ, Value: &v}}
}

// full is a policy with something of everything.
func full() Policy {
	p := Default()
	p.Exclusions = []Exclusion{{Key: "rivals", Name: "Competitors", When: is("account.industry", "leads"), Queue: "competitors"}}
	p.AccountOwner.Tiers = []string{"Gold", "Silver"}
	p.Rules = []Rule{
		{Key: "enterprise", Name: "Enterprise", When: is("account.tier", "gold"), To: Target{Pool: new("closers")}},
		{Key: "partners", Name: "Partners", When: is("source.kind", "PARTNER"), To: Target{Member: new("Rep2@example.com")}},
		{Key: "inbox", Name: "Low value", When: is("account.tier", "bronze"), To: Target{Queue: new("later")}},
	}
	p.Bands = []Band{{Band: lifecycle.Hot, To: Target{Queue: new("hot")}}}
	p.Pools = append(p.Pools, Pool{Key: "closers", Name: "Closers", Department: auth.Sales, Members: []string{"rep1@example.com", "rep2@example.com"},
		Territories: []string{"DE"}, Skills: []string{"German tax"}, Languages: []string{"de"}, Shares: []Share{{Email: "rep1@example.com", Weight: 2, Calibration: -1}}})
	p.Gates = Gates{Available: Now, OpenCap: new(10), DailyCap: new(3), Territory: new("account.country"), Skill: new("lead.interest"), Language: new("contact.language")}
	p.Fallback.Alert = []string{"boss@example.com"}
	return p
}

// router compiles a policy.
func router(tb testing.TB, p Policy) *Router {
	tb.Helper()
	r, err := Compile(&p, condition.NewRegistry(nil))
	require.NoError(tb, err)
	return r
}

// facts are those of a lead of which one attribute after the other is known.
func facts(tb testing.TB, known ...string) *condition.Facts {
	tb.Helper()
	reg := condition.NewRegistry(nil)
	f := reg.NewFacts(noon)
	for i := 0; i < len(known); i += 2 {
		slot, ok := reg.Slot(known[i])
		require.True(tb, ok, known[i])
		f.SetText(slot, known[i+1])
	}
	return f
}

// asking is a request for a lead of which this is known.
func asking(tb testing.TB, candidates []Candidate, known ...string) Request {
	tb.Helper()
	return Request{Lead: numbered(1000), Facts: facts(tb, known...), Candidates: candidates, Ledger: NewLedger(), AcceptBy: noon.Add(2 * time.Hour), At: noon}
}

func TestTheStepsAreAskedInTheirOrder(t *testing.T) {
	t.Parallel()
	r := router(t, full())
	owner := numbered(3)
	for name, c := range map[string]struct {
		known  []string
		want   Step
		clause string
		member int
		queue  string
	}{
		"an exclusion precedes the owner":                            {[]string{"account.industry", "Leads", "account.tier", "gold"}, StepExclusion, "exclusions.rivals", 0, "competitors"},
		"the owner precedes the rules":                               {[]string{"account.tier", "GOLD"}, StepAccountOwner, "accountOwner", 3, ""},
		"the owner's precedence is for the tiers alone":              {[]string{"account.tier", "bronze"}, StepRule, "rules.inbox", 0, "later"},
		"a rule can name a member":                                   {[]string{"source.kind", "PARTNER", "lead.band", "HOT"}, StepRule, "rules.partners", 2, ""},
		"a lead that no rule takes goes by its band":                 {[]string{"lead.band", "HOT"}, StepBand, "bands.HOT", 0, "hot"},
		"a lead of another band goes to the pool of all others":      {[]string{"lead.band", "WARM"}, StepPool, "defaultPool", 1, ""},
		"a lead without a score goes to the pool of all others, too": {nil, StepPool, "defaultPool", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := asking(t, reps(3), c.known...)
			q.Owner = &owner
			q.Ledger.Put(Entry{Pool: "sales", Member: numbered(2), Assigned: 1}, Entry{Pool: "sales", Member: numbered(3), Assigned: 1}, Entry{Pool: "sales", Member: numbered(1)})
			out := r.Route(q)
			require.Equal(t, c.want, out.Step)
			require.Equal(t, c.clause, out.Clause)
			require.Equal(t, c.queue, out.Queue)
			require.False(t, out.Alert)
			if c.member == 0 {
				require.Nil(t, out.Member)
			} else {
				require.Equal(t, numbered(c.member), *out.Member)
			}
		})
	}
}

func TestAnOwnerWhoIsStoppedLeavesTheLeadToTheRules(t *testing.T) {
	t.Parallel()
	r := router(t, Default())
	for name, owner := range map[string]int{"on holiday": 1, "no longer a candidate": 9} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := asking(t, reps(2))
			q.Owner = new(numbered(owner))
			q.Candidates[0].Absences = []Span{{noon.AddDate(0, 0, -1), noon.AddDate(0, 0, 1)}}
			out := r.Route(q)
			require.Equal(t, StepPool, out.Step)
			require.Equal(t, numbered(2), *out.Member)
			require.Len(t, out.Candidates, 3, "the owner's verdict as the owner, and the pool's two")
			require.Equal(t, StepAccountOwner, out.Candidates[0].Step)
			require.NotNil(t, out.Candidates[0].Gate)
		})
	}
	q := asking(t, reps(2))
	q.Owner = new(numbered(1))
	require.Equal(t, numbered(1), *r.Route(q).Member)
	p := Default()
	p.AccountOwner.On = false
	require.Equal(t, StepPool, router(t, p).Route(q).Step)
}

func TestEachGateStopsAndSaysWhy(t *testing.T) {
	t.Parallel()
	p := full()
	p.Pools[1].Members = []string{"rep1@example.com"}
	p.DefaultPool, p.Bands = new("closers"), nil
	r := router(t, p)
	closer := rep(1)
	closer.Territories, closer.Skills, closer.Languages = []string{"AT", "de "}, []string{"demo", "German TAX"}, []string{"DE"}
	known := []string{"account.country", "de", "lead.interest", "Demo", "contact.language", "de"}
	require.Equal(t, numbered(1), *r.Route(asking(t, []Candidate{closer}, known...)).Member)
	for _, c := range []struct {
		gate  Gate
		words string
		spoil func(c *Candidate, q *Request)
	}{
		{GateActive, "is not active", func(c *Candidate, _ *Request) { c.Active = false }},
		{GateDepartment, "is not in SALES", func(c *Candidate, _ *Request) { c.Department = auth.Marketing }},
		{GatePool, "is not one of the pool's members", func(c *Candidate, _ *Request) { c.Email = "rep2@example.com" }},
		{GateTerritory, "serves none of the pool's territories", func(c *Candidate, _ *Request) { c.Territories = nil }},
		{GateTerritory, "does not serve the lead's territory", func(_ *Candidate, q *Request) { q.Facts.SetText(condition.AccountCountry, "FR") }},
		{GateSkill, "lacks the pool's skill german tax", func(c *Candidate, _ *Request) { c.Skills = []string{"demo"} }},
		{GateSkill, "lacks the skill that the lead asks for", func(_ *Candidate, q *Request) { q.Facts.SetText(condition.LeadInterest, "pilot") }},
		{GateLanguage, "speaks none of the pool's languages", func(c *Candidate, _ *Request) { c.Languages = []string{"en"} }},
		{GateLanguage, "does not speak the lead's language", func(_ *Candidate, q *Request) { q.Facts.SetText(condition.ContactLanguage, "fr") }},
		{GateRefused, "had this lead before and did not keep it", func(c *Candidate, q *Request) { q.Refused = []id.UUID{numbered(7), c.Member} }},
		{GateAvailable, "does not work now", func(c *Candidate, _ *Request) { c.Always = false }},
		{GateOpenCap, "has 10 leads open, and 10 is the most", func(c *Candidate, _ *Request) { c.Open = 10 }},
		{GateDailyCap, "was given 3 leads today, and 3 is the most", func(c *Candidate, _ *Request) { c.AssignedToday = 3 }},
	} {
		q := asking(t, []Candidate{closer}, known...)
		c.spoil(&q.Candidates[0], &q)
		out := r.Route(q)
		require.Equal(t, []Verdict{{Step: StepPool, Member: numbered(1), Gate: &c.gate, Text: c.words}}, out.Candidates)
		require.Equal(t, "sales", out.Queue)
		require.True(t, out.Alert)
		require.Empty(t, out.Entries)
		require.Equal(t, `The policy's last step sends the lead to the pool "Closers", where nobody can take it: the lead waits in the queue sales.`, out.Text)
	}
}

func TestALeadWithoutATerritoryAndAMemberWithoutOneFit(t *testing.T) {
	t.Parallel()
	p := Default()
	p.Gates.Territory, p.Gates.Language, p.Gates.Skill = new("account.country"), new("contact.language"), new("lead.interest")
	r := router(t, p)
	bound := rep(1)
	bound.Territories, bound.Languages = []string{"DE"}, []string{"de"}
	require.NotNil(t, r.Route(asking(t, []Candidate{bound})).Member, "nothing is known of the lead")
	require.NotNil(t, r.Route(asking(t, reps(1), "account.country", "FR", "contact.language", "fr")).Member, "nothing limits the member")
	require.Nil(t, r.Route(asking(t, reps(1), "lead.interest", "demo")).Member, "a skill that nobody named is one that the member lacks")
}

func TestWhoIsAtWork(t *testing.T) {
	t.Parallel()
	at := func(hour int) time.Time { return noon.Truncate(24 * time.Hour).Add(time.Duration(hour) * time.Hour) }
	day := []Span{{at(9), at(12)}, {at(13), at(17)}}
	for _, c := range []struct {
		name     string
		who      Candidate
		from, to time.Time
		works    bool
	}{
		{"in hours", Candidate{Hours: day}, at(10), at(10), true},
		{"from their first instant", Candidate{Hours: day}, at(9), at(9), true},
		{"not at the instant they end", Candidate{Hours: day}, at(12), at(12), false},
		{"in the break until the goal", Candidate{Hours: day}, at(12), at(13), true},
		{"in a break that outlasts the goal", Candidate{Hours: day}, at(12), at(13).Add(-1), false},
		{"after hours", Candidate{Hours: day}, at(18), at(20), false},
		{"with a calendar that has no hours", Candidate{}, at(0), at(24), false},
		{"without a calendar", Candidate{Always: true}, at(3), at(3), true},
		{"without a calendar, but ill", Candidate{Always: true, Absences: []Span{{at(0), at(24)}}}, at(3), at(23), false},
		{"back before the goal", Candidate{Hours: day, Absences: []Span{{at(8), at(16)}}}, at(10), at(16), true},
		{"absent twice in a row, told in another order", Candidate{Hours: day, Absences: []Span{{at(14), at(17)}, {at(13), at(14)}, {at(8), at(12)}}}, at(9), at(24), false},
		{"between two absences", Candidate{Hours: day, Absences: []Span{{at(8), at(11)}, {at(12), at(18)}}}, at(9), at(17), true},
	} {
		require.Equal(t, c.works, c.who.WorksBetween(c.from, c.to), c.name)
	}
}

func TestWhenTheGoalIsFarOrPast(t *testing.T) {
	t.Parallel()
	r := router(t, Default())
	tomorrow := rep(1)
	tomorrow.Always, tomorrow.Hours = false, []Span{{noon.Add(20 * time.Hour), noon.Add(28 * time.Hour)}}
	q := asking(t, []Candidate{tomorrow})
	require.Nil(t, r.Route(q).Member, "the goal is in two hours")
	q.AcceptBy = time.Time{}
	require.NotNil(t, r.Route(q).Member, "no clock would run")
	q.AcceptBy = noon.Add(-time.Hour)
	require.Nil(t, r.Route(q).Member, "it ran out: who works now?")
	q.Candidates = reps(1)
	require.NotNil(t, r.Route(q).Member)
}

func TestAPolicyThatNamesNobodyFallsBack(t *testing.T) {
	t.Parallel()
	p := full()
	p.AccountOwner.On, p.DefaultPool = false, nil
	r := router(t, p)
	for clause, known := range map[string][]string{"fallback": nil, "rules.partners": {"source.kind", "PARTNER"}, "rules.enterprise": {"account.tier", "gold"}} {
		out := r.Route(asking(t, nil, known...))
		require.Equal(t, StepFallback, out.Step)
		require.Equal(t, clause, out.Clause)
		require.Equal(t, "sales", out.Queue)
		require.True(t, out.Alert)
	}
	out := r.Route(asking(t, []Candidate{{Member: numbered(2), Email: "rep2@example.com", Department: auth.Sales}}, "source.kind", "PARTNER"))
	require.Equal(t, `The rule "Partners" names a member who does not pass the gates: the lead waits in the queue sales.`, out.Text)
	require.Equal(t, GateActive, *out.Candidates[0].Gate)
}

func TestThePoolIsKnownBeforeItsLedgerIsRead(t *testing.T) {
	t.Parallel()
	r := router(t, full())
	require.Equal(t, "closers", r.Pool(facts(t, "account.tier", "gold")))
	require.Equal(t, "sales", r.Pool(facts(t)))
	require.Empty(t, r.Pool(facts(t, "source.kind", "PARTNER")))
	require.Empty(t, r.Pool(facts(t, "account.industry", "leads")))
}

func TestTheAnswerIsToldInWords(t *testing.T) {
	t.Parallel()
	q := asking(t, reps(3))
	q.Candidates[2].Active = false
	q.Ledger.Put(Entry{Pool: "sales", Member: numbered(1), Assigned: 4, Credits: 1}, Entry{Pool: "sales", Member: numbered(2), Assigned: 4})
	body, err := json.Marshal(router(t, Default()).Route(q))
	require.NoError(t, err)
	require.JSONEq(t, `{
		"step": "POOL", "clause": "defaultPool", "pool": "sales", "memberId": "00000000-0000-0000-0000-000000000001", "alert": false,
		"text": "The policy's last step sends the lead to the pool \"Everybody in sales\", where 2 can take it.",
		"candidates": [
			{"step": "POOL", "memberId": "00000000-0000-0000-0000-000000000001", "chosen": true, "level": 3, "text": "has the lowest level, 3"},
			{"step": "POOL", "memberId": "00000000-0000-0000-0000-000000000002", "level": 4, "text": "passes the gates with the level 4"},
			{"step": "POOL", "memberId": "00000000-0000-0000-0000-000000000003", "gate": "ACTIVE", "text": "is not active"}
		]
	}`, string(body))
}
