package followup

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// someAttempts draws attempts, many of them too soon after another, some of them not genuine.
func someAttempts(rt *rapid.T) []Attempt {
	var list []Attempt
	for range rapid.IntRange(0, 10).Draw(rt, "attempts") {
		list = append(list, Attempt{
			At:      accepted.Add(time.Duration(rapid.IntRange(-60, 600).Draw(rt, "minutes")) * 6 * time.Minute),
			Channel: rapid.Ptr(rapid.SampledFrom([]contact.Channel{contact.ChannelPhone, contact.ChannelEmail, contact.ChannelSms}), true).Draw(rt, "channel"),
			Outcome: rapid.Ptr(rapid.SampledFrom([]Outcome{NoAnswer, Sent, LeftMessage, Reached, Refused, Sent, Sent, Sent}), true).Draw(rt, "outcome"),
		})
	}
	return list
}

// somePlan draws a plan of up to four steps.
func somePlan(rt *rapid.T) Plan {
	r := Rule{MinAttempts: rapid.IntRange(1, 4).Draw(rt, "min attempts"), MinChannels: rapid.IntRange(1, 3).Draw(rt, "min channels"), MinGapMinutes: rapid.IntRange(1, 600).Draw(rt, "gap")}
	r.GiveUp = GiveUp{Attempts: r.MinAttempts + rapid.IntRange(0, 2).Draw(rt, "more"), Days: rapid.IntRange(0, 3).Draw(rt, "days")}
	for i := range rapid.IntRange(0, 4).Draw(rt, "steps") {
		r.Steps = append(r.Steps, StepRule{i * 600, 120, clause.WallMinutes, rapid.SliceOfNDistinct(rapid.SampledFrom([]contact.Channel{contact.ChannelPhone, contact.ChannelEmail}), 0, 2, rapid.ID).Draw(rt, "channels")})
	}
	return r.Plan(accepted, due)
}

func TestMoreAttemptsNeverMakeACertificateLessComplete(t *testing.T) {
	t.Parallel()
	complete := 0
	rapid.Check(t, func(rt *rapid.T) {
		p, some, more, at := somePlan(rt), someAttempts(rt), someAttempts(rt), after(float64(rapid.IntRange(0, 60).Draw(rt, "at")))
		before := p.Certificate(Effort{Attempts: some}, at)
		later := p.Certificate(Effort{Attempts: append(more, some...)}, at)
		require.GreaterOrEqual(rt, later.Done, before.Done)
		require.Subset(rt, later.Channels, before.Channels)
		require.LessOrEqual(rt, len(later.Missing), len(before.Missing))
		require.True(rt, later.Complete || !before.Complete)
		require.Equal(rt, later.Complete, later.GiveUp() == nil)
		for i, s := range before.Steps {
			if s.DoneAt != nil {
				require.False(rt, later.Steps[i].DoneAt.After(*s.DoneAt))
				require.True(rt, s.Late || !later.Steps[i].Late)
			}
		}
		if before.Complete {
			complete++
		}
	})
	t.Logf("%d were complete", complete)
}

func TestTimeNeverMakesACertificateLessComplete(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p, some, at := somePlan(rt), someAttempts(rt), rapid.IntRange(0, 60).Draw(rt, "at")
		before := p.Certificate(Effort{Attempts: some}, after(float64(at)))
		later := p.Certificate(Effort{Attempts: some}, after(float64(at+rapid.IntRange(0, 60).Draw(rt, "later"))))
		require.GreaterOrEqual(rt, later.Done, before.Done)
		require.True(rt, later.Complete || !before.Complete)
	})
}

func TestTheOrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p, some, at := somePlan(rt), someAttempts(rt), after(float64(rapid.IntRange(0, 60).Draw(rt, "at")))
		require.Equal(rt, p.Certificate(Effort{Attempts: some}, at), p.Certificate(Effort{Attempts: rapid.Permutation(some).Draw(rt, "order")}, at))
	})
}

func TestAsManyAttemptsCountAsCanLieApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p, some, at := somePlan(rt), someAttempts(rt), after(float64(rapid.IntRange(0, 60).Draw(rt, "at")))
		most := 0
		for choice := range 1 << len(some) { // every choice of attempts
			n, apart := 0, true
			for i, a := range some {
				if choice&(1<<i) == 0 {
					continue
				}
				n++
				apart = apart && a.Channel != nil && a.Outcome != nil && !a.At.Before(accepted) && !a.At.After(at)
				for j, b := range some[:i] {
					apart = apart && (choice&(1<<j) == 0 || a.At.Sub(b.At).Abs() >= p.gap())
				}
			}
			if apart {
				most = max(most, n)
			}
		}
		require.Equal(rt, most, p.Certificate(Effort{Attempts: some}, at).Done)
	})
}

func TestWhoExcusesChangesNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p, e, at := somePlan(rt), Effort{Attempts: someAttempts(rt)}, after(60)
		p.Rule.MayExcuse = []auth.Role{auth.Manager}
		plain := p.Certificate(e, at)
		e.Excuse = &Excuse{auth.Sales, auth.Manager, accepted}
		excused := p.Certificate(e, at)
		require.True(rt, excused.Excused)
		require.NoError(rt, excused.GiveUp())
		excused.Excused = false
		require.Equal(rt, plain, excused)
	})
}
