package routing

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestMembersAreNamedWithTheirPlaces(t *testing.T) {
	t.Parallel()
	p := full()
	p.Bands[0].To = Target{Member: new("rep3@example.com")}
	require.Equal(t, []Named{
		{Path: "rules[1].to.member", Email: "Rep2@example.com"}, {Path: "bands[0].to.member", Email: "rep3@example.com"}, {Path: "pools[1].members[0]", Email: "rep1@example.com"},
		{Path: "pools[1].members[1]", Email: "rep2@example.com"}, {Path: "pools[1].shares[0].email", Email: "rep1@example.com"},
		{Path: "fallback.alert[0]", Email: "boss@example.com", Told: true},
	}, p.Members())
}

func TestAPolicyNamesWhoIsHereAndGetsLeads(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		change func(all []Known) []Known // rep1, rep2 and the boss, who run marketing
		want   map[string]string
	}{
		"all are here": {func(all []Known) []Known { return all }, map[string]string{}},
		"one is not": {func(all []Known) []Known { return all[1:] }, map[string]string{
			"pools[1].members[0]": `No member has the address "rep1@example.com": correct it, or bring the member in first.`, "pools[1].shares[0].email": `No member has the address "rep1@example.com": correct it, or bring the member in first.`,
		}},
		"one has gone": {func(all []Known) []Known { all[1].Active = false; return all }, map[string]string{
			"rules[1].to.member": "REP2@example.com is not active any more: name another member.", "pools[1].members[1]": "REP2@example.com is not active any more: name another member.",
		}},
		"one is in marketing": {func(all []Known) []Known { all[0].Department = auth.Marketing; return all }, map[string]string{
			"pools[1].members[0]":      "Leads are offered to SALES, and rep1@example.com is in MARKETING: name another member.",
			"pools[1].shares[0].email": "Leads are offered to SALES, and rep1@example.com is in MARKETING: name another member.",
		}},
		"one only reads": {func(all []Known) []Known { all[1].Role = auth.Analyst; return all }, map[string]string{
			"rules[1].to.member": "REP2@example.com is an ANALYST and gets no leads: name another member.", "pools[1].members[1]": "REP2@example.com is an ANALYST and gets no leads: name another member.",
		}},
		"whoever is told only reads": {func(all []Known) []Known { all[2].Role = auth.Analyst; return all }, map[string]string{}},
		"who shall be told has gone": {func(all []Known) []Known { all[2].Active = false; return all }, map[string]string{
			"fallback.alert[0]": "boss@example.com is not active any more: name another member.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, got := full(), map[string]string{}
			err := p.CheckMembers(x.change([]Known{{"rep1@example.com", auth.Sales, auth.Worker, true}, {"REP2@example.com", auth.Sales, auth.Worker, true}, {"boss@example.com", auth.Marketing, auth.Director, true}}))
			if err != nil {
				for _, f := range err.(fault.List) { //nolint:forcetypeassert // the test would fail
					require.Equal(t, fault.Input("", "").Code, f.Code)
					got[f.Field] = f.Message
				}
			}
			require.Equal(t, x.want, got)
		})
	}
}
