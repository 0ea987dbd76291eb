package routing

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// office is a pool over time: it routes lead after lead and keeps the ledger.
type office struct {
	router *Router
	ledger Ledger
	leads  int
}

// next routes the next lead among these and books it.
func (o *office) next(tb testing.TB, among []Candidate, refused ...id.UUID) Outcome {
	tb.Helper()
	o.leads++
	q := asking(tb, among)
	q.Lead, q.Ledger, q.Refused = numbered(1_000_000+o.leads), o.ledger, refused
	out := o.router.Route(q)
	o.ledger.Put(out.Entries...)
	return out
}

// assigned is how many leads each of the first n reps was given.
func (o *office) assigned(n int) []int {
	all := make([]int, n)
	for i := range all {
		e, _ := o.ledger.Get("sales", numbered(i+1))
		all[i] = e.Assigned
	}
	return all
}

// someOffice is an office without a past.
func someOffice(tb testing.TB, shares ...Share) *office {
	tb.Helper()
	p := Default()
	p.Pools[0].Shares = shares
	return &office{router: router(tb, p), ledger: NewLedger()}
}

func TestEqualsAreGivenTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "reps")
		o := someOffice(t)
		for range rapid.IntRange(1, 60).Draw(rt, "leads") {
			o.next(t, rapid.Permutation(reps(n)).Draw(rt, "order"))
			all := o.assigned(n)
			require.LessOrEqual(rt, slices.Max(all)-slices.Min(all), 1, "%v", all)
		}
	})
}

// TestWeightsAreKeptInProportion holds the counts against what picking the lowest count/weight entails: after n leads among k members
// with weights w of sum W, member i has from (n-k+1)*w/W to (n-1)*w/W + 1.
func TestWeightsAreKeptInProportion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0.1, 10), 1, 8).Draw(rt, "weights")
		var shares []Share
		sum := 0.0
		for i, w := range weights {
			shares = append(shares, Share{Email: rep(i + 1).Email, Weight: w})
			sum += w
		}
		o, k := someOffice(t, shares...), len(weights)
		leads := rapid.IntRange(1, 200).Draw(rt, "leads")
		for n := 1; n <= leads; n++ {
			o.next(t, reps(k))
			for i, got := range o.assigned(k) {
				part := weights[i] / sum
				require.GreaterOrEqual(rt, float64(got), float64(n-k+1)*part-1e-9, "member %d of %v after %d", i, weights, n)
				require.LessOrEqual(rt, float64(got), float64(n-1)*part+1+1e-9, "member %d of %v after %d", i, weights, n)
			}
		}
	})
}

func TestTheOrderOfCandidatesDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all := someCandidates(rt)
		q := asking(t, all)
		for _, c := range all {
			if rapid.Bool().Draw(rt, "known") {
				q.Ledger.Put(Entry{Pool: "sales", Member: c.Member, Assigned: rapid.IntRange(0, 2).Draw(rt, "assigned")})
			}
		}
		q.Owner = rapid.Ptr(rapid.Just(numbered(1)), true).Draw(rt, "owner")
		p := Default()
		p.Gates.OpenCap, p.Gates.Available = new(3), Now
		r := router(t, p)
		want := r.Route(q)
		q.Candidates = rapid.Permutation(all).Draw(rt, "order")
		asked := slices.Clone(q.Candidates)
		require.Equal(rt, want, r.Route(q))
		require.Equal(rt, asked, q.Candidates, "the caller's list stays as it is")
	})
}

// someCandidates draws candidates of whom some do not pass.
func someCandidates(rt *rapid.T) []Candidate {
	all := reps(rapid.IntRange(0, 8).Draw(rt, "candidates"))
	for i := range all {
		all[i].Active = rapid.IntRange(0, 4).Draw(rt, "active") > 0
		all[i].Always = rapid.IntRange(0, 4).Draw(rt, "always") > 0
		all[i].Open = rapid.IntRange(0, 4).Draw(rt, "open")
		if rapid.IntRange(0, 4).Draw(rt, "department") == 0 {
			all[i].Department = auth.Marketing
		}
	}
	return all
}

func TestWhoRefusedALeadIsNeverGivenItAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all := someCandidates(rt)
		q := asking(t, all)
		p := Default()
		p.Rules = []Rule{{Key: "one", Name: "One", When: is("lead.queue", "one"), To: Target{Member: new("rep2@example.com")}}}
		if rapid.Bool().Draw(rt, "ruled") {
			q.Facts = facts(t, "lead.queue", "one")
		}
		q.Owner = rapid.Ptr(rapid.Just(numbered(1)), true).Draw(rt, "owner")
		r := router(t, p)
		for tries := 0; ; tries++ { // each who gets it refuses it
			require.LessOrEqual(rt, tries, len(all))
			out := r.Route(q)
			if out.Member == nil {
				require.Equal(rt, "sales", out.Queue)
				require.True(rt, out.Alert, "in the end nobody is left")
				return
			}
			require.NotContains(rt, q.Refused, *out.Member)
			q.Refused = append(q.Refused, *out.Member)
			q.Ledger.Put(out.Entries...)
		}
	})
}

// TestEveryoneOrTheFallback says that a lead goes to somebody who passes wherever there is one, and else to the fallback.
func TestEveryoneOrTheFallback(t *testing.T) {
	t.Parallel()
	p := Default()
	p.Gates.OpenCap = new(3)
	r := router(t, p)
	rapid.Check(t, func(rt *rapid.T) {
		all := someCandidates(rt)
		out := r.Route(asking(t, all))
		eligible := slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool { return !c.Active || !c.Always || c.Department != auth.Sales || c.Open >= 3 })
		require.Equal(rt, len(eligible) == 0, out.Alert)
		require.Equal(rt, out.Member == nil, out.Queue != "")
		require.Len(rt, out.Candidates, len(all))
		if out.Member == nil {
			require.Equal(rt, "sales", out.Queue)
			require.Equal(rt, StepFallback, out.Step)
			return
		}
		require.True(rt, slices.ContainsFunc(eligible, func(c Candidate) bool { return c.Member == *out.Member }))
	})
}

func TestANewcomerStartsAtThePoolsLevel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		shares := []Share{{Email: rep(5).Email, Weight: rapid.Float64Range(0.1, 10).Draw(rt, "weight"), Calibration: rapid.Float64Range(-5, 5).Draw(rt, "calibration")}}
		o := someOffice(t, shares...)
		for range rapid.IntRange(1, 100).Draw(rt, "before") {
			o.next(t, reps(4))
		}
		lowest := slices.Min(o.assigned(4))
		out := o.next(t, reps(5))
		at := slices.IndexFunc(out.Candidates, func(v Verdict) bool { return v.Member == numbered(5) })
		require.InDelta(rt, lowest, *out.Candidates[at].Level, 1e-9)
		e, known := o.ledger.Get("sales", numbered(5))
		require.True(rt, known, "seated, even where another got the lead")
		require.LessOrEqual(rt, e.Assigned, 1)
	})
}

func TestWhoJoinsIsNotFlooded(t *testing.T) {
	t.Parallel()
	o := someOffice(t)
	for range 40 {
		o.next(t, reps(4))
	}
	require.Equal(t, []int{10, 10, 10, 10}, o.assigned(4))
	for range 50 {
		o.next(t, reps(5))
	}
	require.Equal(t, []int{20, 20, 20, 20, 10}, o.assigned(5))
	away := reps(6)
	away[5].Always = false
	for range 10 {
		o.next(t, away)
	}
	_, known := o.ledger.Get("sales", numbered(6))
	require.False(t, known, "who cannot work yet is not seated yet")
}

func TestANewcomerIsNotMeasuredByThoseWhoAreAway(t *testing.T) {
	t.Parallel()
	o := someOffice(t)
	o.ledger.Put(Entry{Pool: "sales", Member: numbered(1), Assigned: 60}, Entry{Pool: "sales", Member: numbered(2), Assigned: 10}, Entry{Pool: "sales", Member: numbered(3), Assigned: 70})
	all := reps(4)
	all[1].Always = false
	out := o.next(t, all)
	require.InDelta(t, 60, *out.Candidates[3].Level, 0)
	all[0].Always, all[2].Always = false, false
	o.ledger = NewLedger(o.ledger.Entries()[:3]...)
	require.InDelta(t, 10, *o.next(t, all).Candidates[3].Level, 0, "where all others are away there is no other measure")
}

func TestABadLeadIsCreditedBack(t *testing.T) {
	t.Parallel()
	o := someOffice(t)
	for range 3 {
		o.next(t, reps(3))
	}
	e, _ := o.ledger.Get("sales", numbered(2))
	o.ledger.Put(e.Credit())
	require.Equal(t, numbered(2), *o.next(t, reps(3)).Member, "the next lead makes up for it")
	require.Equal(t, Entry{Assigned: 2, Credits: 2}, Entry{Assigned: 2, Credits: 1}.Credit())
	require.Equal(t, Entry{Assigned: 2, Credits: 2}, Entry{Assigned: 2, Credits: 2}.Credit(), "no more than was given")
}

func TestCalibrationPutsAMemberAheadOrBehind(t *testing.T) {
	t.Parallel()
	o := someOffice(t, Share{Email: "REP1@example.com", Weight: 1, Calibration: 3})
	o.ledger.Put(Entry{Pool: "sales", Member: numbered(1)}, Entry{Pool: "sales", Member: numbered(2)})
	for range 7 {
		o.next(t, reps(2))
	}
	require.Equal(t, []int{2, 5}, o.assigned(2))
}

func TestTiesAreDecidedBySeedAndLead(t *testing.T) {
	t.Parallel()
	first := func(seed string) []id.UUID {
		p := Default()
		p.Seed = seed
		r := router(t, p)
		var all []id.UUID
		for lead := range 64 {
			q := asking(t, reps(2))
			q.Lead = numbered(lead)
			all = append(all, *r.Route(q).Member)
		}
		return all
	}
	one := first("a")
	require.Equal(t, one, first("a"))
	require.NotEqual(t, one, first("b"))
	count := 0
	for _, m := range one {
		if m == numbered(1) {
			count++
		}
	}
	require.Less(t, math.Abs(float64(count)-32), 20.0, "neither is preferred")
	out := router(t, Default()).Route(asking(t, reps(2)))
	i := slices.IndexFunc(out.Candidates, func(v Verdict) bool { return v.Chosen })
	require.Equal(t, "has the lowest level, 0, and is first of 2 by the seed", out.Candidates[i].Text)
}

func TestEachPoolHasItsOwnTurns(t *testing.T) {
	t.Parallel()
	p := full()
	p.AccountOwner.On, p.Gates = false, Gates{Available: AnyTime}
	p.Pools[1].Territories, p.Pools[1].Skills, p.Pools[1].Languages, p.Pools[1].Shares = nil, nil, nil, nil
	r := router(t, p)
	q := asking(t, reps(2), "account.tier", "gold")
	q.Ledger.Put(Entry{Pool: "sales", Member: numbered(1), Assigned: 9}, Entry{Pool: "closers", Member: numbered(1)}, Entry{Pool: "closers", Member: numbered(2), Assigned: 1})
	out := r.Route(q)
	require.Equal(t, "closers", out.Pool)
	require.Equal(t, []Entry{{Pool: "closers", Member: numbered(1), Assigned: 1}}, out.Entries)
}
