package routing

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

func TestTheDefaultWorksInTheFirstMinute(t *testing.T) {
	t.Parallel()
	p := Default()
	require.NoError(t, p.Check(condition.NewRegistry(nil)))
	out := router(t, p).Route(asking(t, reps(1)))
	require.Equal(t, numbered(1), *out.Member)
	out = router(t, p).Route(asking(t, nil))
	require.Equal(t, "sales", out.Queue)
	require.True(t, out.Alert)
}

func TestABodyIsTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	empty := full()
	empty.Exclusions, empty.Rules, empty.Bands = []Exclusion{}, []Rule{}, []Band{}
	empty.Pools[0].Members, empty.Pools[0].Shares, empty.AccountOwner.Tiers, empty.Fallback.Alert = []string{}, []Share{}, []string{}, []string{}
	absent := empty
	absent.Exclusions, absent.Rules, absent.Bands, absent.AccountOwner.Tiers, absent.Fallback.Alert = nil, nil, nil, nil, nil
	absent.Pools = []Pool{empty.Pools[0], empty.Pools[1]}
	absent.Pools[0].Members, absent.Pools[0].Shares = nil, nil
	for _, p := range []Policy{Default(), full(), empty} {
		body, err := json.Marshal(p)
		require.NoError(t, err)
		var again Policy
		require.NoError(t, json.Unmarshal(body, &again))
		same, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(body), string(same))
	}
	one, err := json.Marshal(empty)
	require.NoError(t, err)
	other, err := json.Marshal(absent)
	require.NoError(t, err)
	require.Equal(t, string(other), string(one))
}

func TestFaultsNameTheirPlace(t *testing.T) {
	t.Parallel()
	for path, spoil := range map[string]func(p *Policy){
		"exclusions[0].when.attribute.name":  func(p *Policy) { p.Exclusions[0].When = is("contact.titel", "x") },
		"exclusions[0].queue":                func(p *Policy) { p.Exclusions[0].Queue = " " },
		"exclusions[0].name":                 func(p *Policy) { p.Exclusions[0].Name = "a\x00b" },
		"exclusions":                         func(p *Policy) { p.Exclusions = make([]Exclusion, 10_000) },
		"rules":                              func(p *Policy) { p.Rules = make([]Rule, 10_000) },
		"rules[1].key":                       func(p *Policy) { p.Rules[1].Key = "enterprise" },
		"rules[2].when":                      func(p *Policy) { p.Rules[2].When = p.Rules[0].When },
		"rules[0].when":                      func(p *Policy) { p.Rules[0].When = condition.Condition{} },
		"rules[1].when":                      func(p *Policy) { p.Rules[1].When = p.Exclusions[0].When },
		"rules[2].to":                        func(p *Policy) { p.Rules[2].To = Target{} },
		"rules[0].to":                        func(p *Policy) { p.Rules[0].To.Queue = new("x") },
		"rules[0].to.pool":                   func(p *Policy) { p.Rules[0].To.Pool = new("openers") },
		"rules[1].to.member":                 func(p *Policy) { p.Rules[1].To.Member = new("rep 2@example.com") },
		"rules[2].to.queue":                  func(p *Policy) { p.Rules[2].To.Queue = new("later ") },
		"bands[0].band":                      func(p *Policy) { p.Bands[0].Band = "LUKEWARM" },
		"bands[1].band":                      func(p *Policy) { p.Bands = append(p.Bands, p.Bands[0]) },
		"bands[0].to.pool":                   func(p *Policy) { p.Bands[0].To = Target{Pool: new("")} },
		"bands":                              func(p *Policy) { p.Bands = make([]Band, 4) },
		"accountOwner.tiers[1]":              func(p *Policy) { p.AccountOwner.Tiers = []string{"A", "a"} },
		"defaultPool":                        func(p *Policy) { p.DefaultPool = new("nobody") },
		"pools":                              func(p *Policy) { p.Pools = append(p.Pools, make([]Pool, 10_000)...) },
		"pools[1].key":                       func(p *Policy) { p.Pools[1].Key = "sales"; p.Rules[0].To.Pool = new("sales") },
		"pools[0].name":                      func(p *Policy) { p.Pools[0].Name = strings.Repeat("x", 101) },
		"pools[0].department":                func(p *Policy) { p.Pools[0].Department = auth.Marketing },
		"pools[1].members[2]":                func(p *Policy) { p.Pools[1].Members = append(p.Pools[1].Members, "REP1@example.com") },
		"pools[0].members":                   func(p *Policy) { p.Pools[0].Members = make([]string, 10_000) },
		"pools[1].territories[0]":            func(p *Policy) { p.Pools[1].Territories = []string{""} },
		"pools[1].skills[0]":                 func(p *Policy) { p.Pools[1].Skills = []string{"\xff"} },
		"pools[1].languages":                 func(p *Policy) { p.Pools[1].Languages = make([]string, 301) },
		"pools[1].shares[0].weight":          func(p *Policy) { p.Pools[1].Shares[0].Weight = 0 },
		"pools[1].shares[0].calibration":     func(p *Policy) { p.Pools[1].Shares[0].Calibration = 1e9 },
		"pools[1].shares[0].email":           func(p *Policy) { p.Pools[1].Shares[0].Email = "rep3@example.com" },
		"pools[1].shares[1].email":           func(p *Policy) { p.Pools[1].Shares = append(p.Pools[1].Shares, p.Pools[1].Shares[0]) },
		"gates.available":                    func(p *Policy) { p.Gates.Available = "" },
		"gates.openCap":                      func(p *Policy) { p.Gates.OpenCap = new(0) },
		"gates.dailyCap":                     func(p *Policy) { p.Gates.DailyCap = new(-1) },
		"gates.territory":                    func(p *Policy) { p.Gates.Territory = new("account.place") },
		"gates.skill":                        func(p *Policy) { p.Gates.Skill = new("account.employees") },
		"fallback.queue":                     func(p *Policy) { p.Fallback.Queue = "" },
		"fallback.alert[0]":                  func(p *Policy) { p.Fallback.Alert = []string{"boss"} },
		"seed":                               func(p *Policy) { p.Seed = "" },
		"exclusions[0].when.attribute.value": func(p *Policy) { p.Exclusions[0].When.Attribute.Value = nil },
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			p := full()
			reg := condition.NewRegistry(nil)
			require.NoError(t, p.Check(reg))
			spoil(&p)
			err := p.Check(reg)
			require.True(t, fault.Is(err, fault.BadUserInput))
			require.Equal(t, path, fault.As(err).Field, "%v", err)
			require.Empty(t, err.(fault.List)[1:], "one mistake, one fault")
		})
	}
}

func TestAnAttributeThatIsGoneIsNamed(t *testing.T) {
	t.Parallel()
	p := full()
	p.Gates.Skill = new("lead.custom.product")
	require.NoError(t, p.Check(condition.NewRegistry([]condition.Custom{{Entity: condition.EntityLead, Key: "product", Type: condition.TypeText}})))
	_, err := Compile(&p, condition.NewRegistry(nil))
	require.ErrorContains(t, err, "lead.custom.product")
}

func TestThePolicyInWords(t *testing.T) {
	t.Parallel()
	p := full()
	require.Equal(t, []clause.Clause{
		{Key: "exclusions.rivals", Text: `Competitors: when account.industry is "leads", the lead goes to nobody and waits in the queue competitors.`},
		{Key: "accountOwner", Text: "A lead of an account of one of the tiers Gold, Silver goes to its owner, if there is one who passes the gates."},
		{Key: "rules.enterprise", Text: `Enterprise: when account.tier is "gold", the lead goes to the pool closers.`},
		{Key: "rules.partners", Text: `Partners: when source.kind is "PARTNER", the lead goes to Rep2@example.com.`},
		{Key: "rules.inbox", Text: `Low value: when account.tier is "bronze", the lead goes to the queue later.`},
		{Key: "rules", Text: "They are asked in this order: enterprise, partners, inbox."},
		{Key: "bands.HOT", Text: "A lead of the band HOT that no rule takes goes to the queue hot."},
		{Key: "defaultPool", Text: "All other leads go to the pool sales."},
		{Key: "pools.sales", Text: "Everybody in sales: all of SALES."},
		{Key: "pools.closers", Text: "Closers: of SALES rep1@example.com, rep2@example.com; they serve one of the territories DE; they have all of the skills German tax; they speak one of the languages de."},
		{Key: "pools.closers.shares.rep1@example.com", Text: "In the pool closers rep1@example.com has the weight 2 and the calibration -1."},
		{Key: "gates.available", Text: "A member works at the moment of routing."},
		{Key: "gates.openCap", Text: "A member has at most 10 leads open."},
		{Key: "gates.dailyCap", Text: "A member is given at most 3 leads a day."},
		{Key: "gates.territory", Text: "In a pool, the lead's account.country is one of the member's territories; a member without any serves all."},
		{Key: "gates.skill", Text: "In a pool, the lead's lead.interest is one of the member's skills."},
		{Key: "gates.language", Text: "In a pool, the lead's contact.language is one of the member's languages; a member without any speaks all."},
		{Key: "fallback", Text: "Where nobody is eligible the lead waits in the queue sales, and boss@example.com are told."},
		{Key: "seed", Text: `Ties are decided by the seed "leadgraph".`},
	}, p.Clauses())
	swapped := full()
	swapped.Rules[0], swapped.Rules[1] = swapped.Rules[1], swapped.Rules[0]
	diff := clause.Diff(p.Clauses(), swapped.Clauses())
	require.Len(t, diff, 1, "another order is a change")
	require.Equal(t, "rules", diff[0].Key)
}

// TestEveryFieldIsInTheWords spoils one field after the other and asks the comparison of versions to show it.
func TestEveryFieldIsInTheWords(t *testing.T) {
	t.Parallel()
	before := full()
	for i, change := range []func(p *Policy){
		func(p *Policy) { p.Exclusions[0].Queue = "x" }, func(p *Policy) { p.AccountOwner.On = false }, func(p *Policy) { p.AccountOwner.Tiers = nil },
		func(p *Policy) { p.Rules[0].Name = "x" }, func(p *Policy) { p.Rules[0].To = Target{Queue: new("x")} }, func(p *Policy) { p.Bands[0].Band = lifecycle.Cool },
		func(p *Policy) { p.DefaultPool = nil }, func(p *Policy) { p.Pools[1].Department = auth.Marketing }, func(p *Policy) { p.Pools[1].Members = nil },
		func(p *Policy) { p.Pools[1].Territories = nil }, func(p *Policy) { p.Pools[1].Skills = nil }, func(p *Policy) { p.Pools[1].Languages = nil },
		func(p *Policy) { p.Pools[1].Shares[0].Weight = 3 }, func(p *Policy) { p.Pools[1].Shares[0].Calibration = 0 }, func(p *Policy) { p.Gates.Available = AnyTime },
		func(p *Policy) { p.Gates.Available = WithinGoal }, func(p *Policy) { p.Gates.OpenCap = nil }, func(p *Policy) { p.Gates.DailyCap = new(4) },
		func(p *Policy) { p.Gates.Territory = nil }, func(p *Policy) { p.Gates.Skill = nil }, func(p *Policy) { p.Gates.Language = nil },
		func(p *Policy) { p.Fallback.Queue = "x" }, func(p *Policy) { p.Fallback.Alert = nil }, func(p *Policy) { p.Seed = "x" },
	} {
		after := full()
		change(&after)
		require.NotEmpty(t, clause.Diff(before.Clauses(), after.Clauses()), "change %d", i)
	}
	unsaid := Policy{Rules: []Rule{{Key: "x", When: condition.Condition{}}}}
	require.NotPanics(t, func() { unsaid.Clauses() }, "drafts have words too")
}

// TestWhatPassesCheckIsRouted routes leads under policies of any kind, a few of them broken: whatever Check lets through answers.
func TestWhatPassesCheckIsRouted(t *testing.T) {
	t.Parallel()
	reg := condition.NewRegistry(nil)
	target := rapid.SampledFrom([]Target{{Pool: new("sales")}, {Pool: new("closers")}, {Member: new("rep1@example.com")}, {Member: new("gone@example.com")}, {Queue: new("q")}})
	weight := rapid.OneOf(rapid.SampledFrom([]float64{0.1, 1, 100}), rapid.Float64Range(0.05, 101))
	kept, broken := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		p := full()
		p.Exclusions, p.Rules, p.Bands = nil, nil, nil
		when := rapid.Permutation([]condition.Condition{is("lead.band", "HOT"), is("account.tier", "gold"), is("account.country", "DE"), {Not: new(is("lead.band", "HOT"))}}).Draw(rt, "when")
		for i := range rapid.IntRange(0, 4).Draw(rt, "rules") {
			p.Rules = append(p.Rules, Rule{fmt.Sprintf("r%d", i), "R", when[i], target.Draw(rt, "to")})
		}
		for _, b := range lifecycle.Bands[:rapid.IntRange(0, 3).Draw(rt, "bands")] {
			p.Bands = append(p.Bands, Band{b, target.Draw(rt, "to")})
		}
		if rapid.Bool().Draw(rt, "no pool for the rest") {
			p.DefaultPool = nil
		}
		p.Gates.Available = rapid.SampledFrom(Availabilities).Draw(rt, "available")
		p.Gates.Territory = rapid.Ptr(rapid.SampledFrom([]string{"account.country", "lead.stage"}), true).Draw(rt, "territory")
		p.Pools[1].Shares[0].Weight = weight.Draw(rt, "weight")
		p.Pools[1].Shares[0].Calibration = rapid.Float64Range(-110_000, 110_000).Draw(rt, "calibration")
		r, err := Compile(&p, reg)
		if err != nil {
			broken++
			return
		}
		kept++
		q := asking(t, someCandidates(rt), "account.tier", rapid.SampledFrom([]string{"", "gold"}).Draw(rt, "tier"), "lead.band", rapid.SampledFrom([]string{"", "HOT"}).Draw(rt, "band"))
		out := r.Route(q)
		require.NotEqual(rt, out.Member == nil, out.Queue == "")
		require.Contains(rt, Steps, out.Step)
		require.NotEmpty(rt, out.Clause)
	})
	require.Greater(t, kept, broken)
}
