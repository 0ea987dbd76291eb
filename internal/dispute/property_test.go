package dispute

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// round is a dispute in which anybody does anything, at any time.
type round struct {
	d       Dispute
	now     time.Time
	under   []agreement.Signature
	rulings int
}

// step does one thing that may be refused, and tells whether it was done.
func (r *round) step(t *rapid.T, crowd []Party) (act Act, by Party, done bool) {
	by = rapid.SampledFrom(crowd).Draw(t, "who")
	act = rapid.SampledFrom([]Act{Answer, Propose, Sign, Withdraw}).Draw(t, "act")
	var err error
	next := r.d
	switch act {
	case Answer:
		var counter *float64
		if rapid.Bool().Draw(t, "contests") {
			counter = new(rapid.Float64Range(-0.5, 1.5).Draw(t, "counter"))
		}
		next, err = r.d.Answer(counter, by, r.now)
	case Propose:
		if err = r.d.MayPropose(by); err == nil {
			r.under, r.rulings = nil, r.rulings+1
		}
	case Sign:
		if r.rulings == 0 {
			return act, by, false
		}
		if next, err = r.d.Sign("hash", "hash", r.under, by, r.now); err == nil {
			r.under = append(r.under, agreement.Signature{Member: by.Member, Department: by.Department})
		}
	case Withdraw:
		next, err = r.d.Withdraw(by, r.now)
	}
	if err != nil {
		require.Equal(t, r.d, next, "what is refused changes nothing")
	}
	r.d = next
	return act, by, err == nil
}

func TestWhateverPeopleDoADisputeEndsAndNobodyWinsItAlone(t *testing.T) {
	t.Parallel()
	both := Party{id.New(), auth.Marketing, auth.Director}
	crowd := []Party{ada, mara, mia, dora, tom, sam, both, {both.Member, auth.Sales, auth.Director}}
	rapid.Check(t, func(t *rapid.T) {
		held := rapid.Float64Range(0, 0.9).Draw(t, "held")
		claimant := rapid.SampledFrom([]Party{ada, tom}).Draw(t, "claimant")
		d, err := Open(held, min(held+rapid.Float64Range(0.01, 1).Draw(t, "more"), 1), claimant, noon)
		require.NoError(t, err)
		r := &round{d: d, now: noon}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			r.now = r.now.Add(time.Duration(rapid.Int64Range(0, int64(20*24*time.Hour)).Draw(t, "later")))
			r.d = r.d.Tick(r.now)
			ended := !r.d.State.Open()
			act, by, done := r.step(t, crowd)
			require.False(t, ended && done, "what has ended is over")
			require.Equal(t, r.d.State.Open(), r.d.DueAt != nil, "what waits has a deadline, and what has ended none")
			require.Equal(t, r.d.State.Open(), r.d.EndedAt == nil)
			require.Equal(t, []any{held, d.Claimed, d.Claimant}, []any{r.d.Held, r.d.Claimed, r.d.Claimant}, "what was claimed stays")
			if done && act == Answer {
				require.NotEqual(t, claimant.Department, by.Department)
				require.True(t, *r.d.Counter >= 0 && *r.d.Counter <= r.d.Claimed)
			}
			if r.d.State == Settled && done {
				require.Len(t, r.under, 2)
				require.NotEqual(t, r.under[0].Department, r.under[1].Department)
				require.NotEqual(t, r.under[0].Member, r.under[1].Member, "nobody signs for both")
			}
		}
		end := r.d.Tick(noon.Add(AnswerWindow + RuleWindow))
		require.False(t, end.State.Open() && end.Counter == nil, "44 days end every dispute that nobody answered")
		require.False(t, r.d.Tick(r.now.Add(AnswerWindow+RuleWindow)).State.Open(), "and 44 more every other one")
	})
}

func TestTimeIsSeenTheSameHoweverOftenSomebodyLooks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, at := claimed(t), noon
		often := d
		for range rapid.IntRange(1, 20).Draw(t, "looks") {
			at = at.Add(time.Duration(rapid.Int64Range(0, int64(10*24*time.Hour)).Draw(t, "later")))
			often = often.Tick(at)
			require.Equal(t, often, often.Tick(at))
		}
		require.Equal(t, d.Tick(at), often)
	})
}

func TestTheTwoPartsOfAnAmountAreTheAmount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Float64Range(0, 1).Draw(t, "share")
		r := Ruling{Marketing: share, Sales: 1 - share}
		require.NoError(t, r.Check())
		amount := rapid.Int64Range(0, 1_000_000_000_000_000).Draw(t, "amount")
		m, s := r.Parts(amount)
		require.Equal(t, amount, m+s)
		require.True(t, m >= 0 && s >= 0, "%d %d", m, s)
		require.InDelta(t, share*float64(amount), float64(m), 0.75)
	})
}
