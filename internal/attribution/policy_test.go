package attribution

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestTheDefaultPolicyHolds(t *testing.T) {
	t.Parallel()
	p := Default()
	require.NoError(t, p.Check(condition.NewRegistry(nil)))
	body, err := json.Marshal(p)
	require.NoError(t, err)
	var again Policy
	require.NoError(t, json.Unmarshal(body, &again))
	require.Equal(t, p, again)
	p.Groups = nil
	body, err = json.Marshal(p)
	require.NoError(t, err)
	p.Groups = []GroupRule{}
	empty, err := json.Marshal(p)
	require.NoError(t, err)
	require.Equal(t, string(body), string(empty), "no rules and an empty list of rules are the same")
}

func TestTheDefaultPolicyHasNoMoreGroupsThanShapleyIsExactFor(t *testing.T) {
	t.Parallel()
	p := Default()
	a := New(&p)
	groups := map[int32]bool{}
	for _, c := range contact.Channels {
		groups[a.judge(&Touch{Channel: c}).group] = true
	}
	require.Len(t, groups, maxPlayers)
}

func TestFaultsOfAPolicyNameTheirPlace(t *testing.T) {
	t.Parallel()
	email := Pattern{Channels: []contact.Channel{"EMAIL"}}
	for want, spoil := range map[string]func(p *Policy){
		"defaultModel":            func(p *Policy) { p.DefaultModel = "BEST" },
		"lookBackDays":            func(p *Policy) { p.LookBackDays = 0 },
		"halfLifeDays":            func(p *Policy) { p.HalfLifeDays = 0 },
		"position":                func(p *Policy) { p.Position.Last = 0.5 },
		"position.first position": func(p *Policy) { p.Position.First = math.NaN() },
		"position.last":           func(p *Policy) { p.Position = PositionWeights{1, 1, -1} },
		"wShaped":                 func(p *Policy) { p.WShaped.Middle = 0.1001 },
		"wShaped.close":           func(p *Policy) { p.WShaped.Middle, p.WShaped.Close = 0, 0.1 },
		"fullPath":                func(p *Policy) { p.FullPath.Close = 0 },
		"repeats.count":           func(p *Policy) { p.Repeats = Repeats{Count: "NEVER"} },
		"repeats.minutes":         func(p *Policy) { p.Repeats.Minutes = nil },
		"ignored[1].key": func(p *Policy) {
			p.Ignored = []IgnoreRule{{"a", email}, {"a", Pattern{Channels: []contact.Channel{"CHAT"}}}}
		},
		"ignored[0].touches":      func(p *Policy) { p.Ignored[0].Touches = Pattern{} },
		"ignored[1].touches":      func(p *Policy) { p.Ignored = []IgnoreRule{{"a", email}, {"b", email}} },
		"groups[0].group":         func(p *Policy) { p.Groups = []GroupRule{{"a", "", email}} },
		"groups[1].touches":       func(p *Policy) { p.Groups = []GroupRule{{"rest", "Rest", Pattern{}}, {"a", "A", email}} },
		"markov.order":            func(p *Policy) { p.Markov.Order = 4 },
		"shapley.worth":           func(p *Policy) { p.Shapley.Worth = "" },
		"minimum.won":             func(p *Policy) { p.Minimum.Won = 0 },
		"minimum.lost":            func(p *Policy) { p.Minimum.Lost = -1 },
		"groups[0].touches.kinds": func(p *Policy) { p.Groups = []GroupRule{{"a", "A", Pattern{Kinds: make([]contact.TouchKind, 99)}}} },
		"groups":                  func(p *Policy) { p.Groups = make([]GroupRule, 10_000) },
		"ignored[0].touches.departments[1]": func(p *Policy) {
			p.Ignored[0].Touches = Pattern{Departments: []auth.Department{"SALES", "SALES"}}
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			p := Default()
			spoil(&p)
			var places []string
			list, ok := p.Check(nil).(fault.List) // what Check returns
			require.True(t, ok)
			for _, f := range list {
				require.Regexp(t, `^\p{Lu}.*\.$`, f.Message)
				places = append(places, f.Field)
			}
			require.Equal(t, want, strings.Join(places, " "))
		})
	}
}

func TestWeightsMayBeWrittenAsDecimals(t *testing.T) {
	t.Parallel()
	p := Default()
	p.FullPath = MilestoneWeights{0.1, 0.2, 0.3, 0.1, 0.3}
	require.NoError(t, p.Check(nil))
}

func TestTwoVersionsOfAPolicyAreComparedInWords(t *testing.T) {
	t.Parallel()
	p := Default()
	p.Groups = nil
	seen := map[string]bool{}
	for _, c := range p.Clauses() {
		require.False(t, seen[c.Key], c.Key)
		seen[c.Key] = true
		require.Regexp(t, `^\p{Lu}.*\.$`, c.Text)
	}
	q := Default()
	q.HalfLifeDays = 14.5
	q.Position = PositionWeights{0.29, 0.2, 0.51}
	q.Groups = []GroupRule{{"paid", "Paid media", Pattern{Channels: []contact.Channel{"DISPLAY", "PAID_SEARCH"}, Departments: []auth.Department{"MARKETING"}}}}
	var said []string
	for _, d := range clause.Diff(p.Clauses(), q.Clauses()) {
		said = append(said, fmt.Sprintf("%s %s: %s", d.Change, d.Key, *d.After))
	}
	require.Equal(t, []string{
		"CHANGED halfLifeDays: In TIME_DECAY a touch 14.5 days older than another weighs half.",
		"CHANGED position: POSITION gives 29 % to the first touch, 51 % to the last and 20 % to those between.",
		`ADDED groups.paid: Touches are in the channel group "Paid media" if they are by the channel DISPLAY or PAID_SEARCH and by the department MARKETING.`,
	}, said)
}
