package resource

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

func TestAnAddressIsAbsoluteOnTheWeb(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"https://a.example": "https://a.example", " HTTP://A.example/x?y=1#z ": "http://A.example/x?y=1#z", "https://bücher.example/ü": "https://b%C3%BCcher.example/%C3%BC",
		"https://[::1]:8080/": "https://[::1]:8080/", "https://a.example/%2e%2e?next=//evil.example": "https://a.example/%2e%2e?next=//evil.example"} {
		got, err := Address(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got)
	}
	for _, s := range []string{"", "a.example", "//a.example", "/guide", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a.example", "https:", "https://", "https:///a", "https:a.example",
		"https://u@a.example", "https://u:p@a.example", "https://:80/", `https:\\a.example`, `https://a.example\@b.example`, "https://a.example/a b", "https://a.example/\r\nX: y", "https://a.example/\x00",
		"https://a.example/" + strings.Repeat("x", 2000), "https://a.example/" + strings.Repeat("ü", 900), "https://%zz.example/", "https://a.example:port/"} {
		_, err := Address(s)
		require.Error(t, err, s)
	}
}

func TestAnAddressThatIsTakenLeadsWhereItSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`https?:/?/?[a-z.\\@:%/?#\[\]]{0,20}`)).Draw(t, "s")
		got, err := Address(s)
		if err != nil {
			return
		}
		again, err := Address(got)
		if err != nil || again != got {
			t.Fatalf("%q became %q, and that %q: %v", s, got, again, err)
		}
		u, err := url.Parse(got)
		if err != nil || u.Host == "" || u.User != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) || strings.ContainsAny(got, "\r\n\\ ") {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func TestEveryOpenStageHasAPositionOfContent(t *testing.T) {
	t.Parallel()
	want := map[lifecycle.Stage]contact.FunnelPosition{"NEW": "TOP", "NURTURING": "TOP", "RETURNED": "TOP", "RETARGETING": "MIDDLE", "QUALIFIED": "MIDDLE", "OFFERED": "MIDDLE", "ACCEPTED": "MIDDLE",
		"WORKING": "MIDDLE", "SALES_QUALIFIED": "BOTTOM", "OPPORTUNITY": "BOTTOM", "WON": "CUSTOMER"}
	for _, s := range lifecycle.Stages {
		p, ok := RungOf(s)
		require.Equal(t, want[s], p.Position, s)
		require.Equal(t, ok, s.Open() || s == lifecycle.Won, s)
	}
}

func TestForwardIsNearerToADealThatIsWon(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]lifecycle.Stage{{"NEW", "QUALIFIED"}, {"NEW", "ACCEPTED"}, {"QUALIFIED", "OFFERED"}, {"WORKING", "SALES_QUALIFIED"}, {"OPPORTUNITY", "WON"}, {"RETARGETING", "QUALIFIED"}} {
		require.True(t, Forward(pair[0], pair[1]), pair)
		require.False(t, Forward(pair[1], pair[0]), pair)
	}
	for _, pair := range [][2]lifecycle.Stage{{"NEW", "NURTURING"}, {"RETURNED", "NURTURING"}, {"LOST", "RETARGETING"}, {"DISQUALIFIED", "WORKING"}, {"NEW", "DISQUALIFIED"}, {"WORKING", "RETURNED"}, {"OFFERED", "OFFERED"}} {
		require.False(t, Forward(pair[0], pair[1]), pair)
	}
}

func TestTheLiftOfAFewViewsIsDrawnTowardsOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		l     *Lift
		want  float64
		known bool
	}{
		"nothing observed":                 {nil, 1, false},
		"no views":                         {&Lift{0, 0, 998, 99, time.Time{}}, 1, false},
		"viewers as the others":            {&Lift{100, 10, 998, 99, time.Time{}}, 1, true},
		"one view that moved":              {&Lift{1, 1, 998, 99, time.Time{}}, 3. / 21 / 0.1, false},
		"twenty that moved twice as often": {&Lift{20, 4, 998, 99, time.Time{}}, 1.5, true},
		"eighty that moved twice as often": {&Lift{80, 16, 998, 99, time.Time{}}, 1.8, true},
		"eighty that never moved":          {&Lift{80, 0, 998, 99, time.Time{}}, 0.2, true},
		"nobody else":                      {&Lift{80, 40, 0, 0, time.Time{}}, 1, false},
	} {
		require.InDelta(t, c.want, c.l.Factor(), 1e-12, name)
		require.Equal(t, c.known, c.l.Known(), name)
	}
}

func lifts(t *rapid.T, name string) *Lift {
	n := rapid.IntRange(0, 5000)
	l := &Lift{Viewers: n.Draw(t, name+" viewers"), Others: n.Draw(t, name+" others")}
	l.ViewersMoved, l.OthersMoved = rapid.IntRange(0, l.Viewers).Draw(t, name+" moved"), rapid.IntRange(0, l.Others).Draw(t, name+" others moved")
	return l
}

func TestMoreMovesLiftMoreAndMoreViewsSayMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := lifts(t, "l")
		f := l.Factor()
		if f <= 0 {
			t.Fatalf("%+v: %v", l, f)
		}
		if more := *l; l.ViewersMoved < l.Viewers {
			if more.ViewersMoved++; more.Factor() <= f {
				t.Fatalf("%+v: one more that moved lifts no more", l)
			}
		}
		double := *l
		double.Viewers, double.ViewersMoved = 2*l.Viewers, 2*l.ViewersMoved
		if d := double.Factor(); (f > 1 && d < f-1e-9) || (f < 1 && d > f+1e-9) {
			t.Fatalf("%+v: twice as many views drew it towards 1: %v, %v", l, f, d)
		}
	})
}

func TestRecommendedIsTheUnseenInTheOrderOfWhatMoved(t *testing.T) {
	t.Parallel()
	ids := []id.UUID{{1}, {2}, {3}, {4}, {5}, {6}}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	all := []Candidate{
		{ids[0], false, day, nil},
		{ids[1], true, day, nil},
		{ids[2], true, day.Add(time.Hour), nil},
		{ids[3], false, day, &Lift{100, 90, 100, 10, day}},
		{ids[4], true, day, &Lift{100, 90, 100, 10, day}},
		{ids[5], true, day, &Lift{100, 0, 100, 10, day}},
	}
	order := func(seen, first int) (got []byte) {
		for _, r := range Recommend(all, func(i id.UUID) bool { return seen > 0 && i == ids[seen-1] }, contact.PositionTop, first) {
			got = append(got, r.ResourceID[0])
		}
		return got
	}
	require.Equal(t, []byte{5, 4, 3, 2, 1, 6}, order(0, 10), "what moved leads, then their persona's, then the newer, last what held them up")
	require.Equal(t, []byte{4, 3}, order(5, 2), "without what was seen")
	codes := func(r *Recommendation) (all []ReasonCode) {
		for _, x := range r.Reasons() {
			require.NotEmpty(t, x.Text)
			all = append(all, x.Code)
		}
		return all
	}
	r := Recommend(all, func(id.UUID) bool { return false }, contact.PositionTop, 10)
	require.Equal(t, []ReasonCode{MatchesPersona, FitsPosition, Unseen, ObservedLift}, codes(r[0]))
	require.Equal(t, "Of 100 like leads that saw it 90 moved forward within 14 days, of 100 others 10.", r[0].Reasons()[3].Text)
	require.Equal(t, []ReasonCode{ForEverybody, FitsPosition, Unseen, FewData}, codes(r[4]))
}

func TestRecommendingLosesNothingAndKeepsItsOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all, seen := []Candidate{}, map[id.UUID]bool{}
		for i := range rapid.IntRange(0, 30).Draw(t, "n") {
			c := Candidate{ResourceID: id.UUID{byte(i)}, Own: rapid.Bool().Draw(t, "own"), PublishedAt: time.Unix(int64(rapid.IntRange(0, 3).Draw(t, "at")), 0)}
			if rapid.Bool().Draw(t, "observed") {
				c.Lift = lifts(t, "l")
			}
			seen[c.ResourceID] = rapid.Bool().Draw(t, "seen")
			all = append(all, c)
		}
		first := rapid.IntRange(1, 20).Draw(t, "first")
		is := func(i id.UUID) bool { return seen[i] }
		got := Recommend(all, is, contact.PositionTop, first)
		shuffled := rapid.Permutation(all).Draw(t, "shuffled")
		again := Recommend(shuffled, is, contact.PositionTop, first)
		unseen := 0
		for _, c := range all {
			if !seen[c.ResourceID] {
				unseen++
			}
		}
		if len(got) != min(first, unseen) || len(again) != len(got) {
			t.Fatalf("%d of %d unseen", len(got), unseen)
		}
		for i, r := range got {
			if seen[r.ResourceID] || again[i].ResourceID != r.ResourceID || i > 0 && got[i-1].Lift.Factor() < r.Lift.Factor() {
				t.Fatalf("place %d", i)
			}
		}
	})
}

func TestACellIsAGapOrStaleWhereAllItHasIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cell  Cell
		gap   bool
		stale []Stale
	}{
		"nothing":                {Cell{}, true, []Stale{}},
		"one as it should be":    {Cell{Resources: 1}, false, []Stale{}},
		"one of two is outdated": {Cell{Resources: 2, Outdated: 1}, false, []Stale{}},
		"both are":               {Cell{Resources: 2, Outdated: 2, Unused: 1}, false, []Stale{AllOutdated}},
		"all of it":              {Cell{Resources: 1, ExpireSoon: 1, Outdated: 1, Unused: 1}, false, []Stale{AllExpireSoon, AllOutdated, AllUnused}},
	} {
		require.Equal(t, c.gap, c.cell.Gap(), name)
		require.Equal(t, c.stale, c.cell.Stale(), name)
	}
}
