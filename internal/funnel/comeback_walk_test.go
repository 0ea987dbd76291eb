package funnel

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// walker does anything that can happen with a lead in the hands of sales.
type walker struct {
	*desk
	t        *testing.T
	r        *rand.Rand
	now      time.Time
	sam, mia *auth.Viewer
	restore  lifecycle.Stage // where it was when it was disqualified
	done     []string
}

func TestPropertyNoLeadInTheHandsOfSalesIsWithoutAClock(t *testing.T) {
	t.Parallel()
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := &walker{desk: newDesk(t), t: t, r: rand.New(rand.NewPCG(seed, 0)), now: monday}
			ws, _, sam := w.accepted(t)
			w.sam, w.mia = sam, w.hire(t, ws, "Mia", auth.Marketing, auth.Director)
			for range 50 {
				w.now = w.now.Add(time.Duration(1+w.r.IntN([]int{30, 120, 600, 4000}[w.r.IntN(4)])) * time.Minute)
				w.at(w.now)
				w.happens()
				require.Empty(t, w.uncovered(t, ws), strings.Join(w.done, "\n"))
				require.Equal(t, []string{"1 0"}, w.texts(t, `select (count(*) filter (where fulfilled_at is null and ended_at is null) <= 1)::int || ' ' || count(due_at) filter (where state = 'BREACHED') - count(distinct due_at)
					filter (where state = 'BREACHED') from clocks where workspace_id = $1 and stage = 'RETURN'`, ws), strings.Join(w.done, "\n"))
			}
		})
	}
}

// before is now, or at times an instant of the last two days.
func (w *walker) before() time.Time {
	return w.now.Add(-time.Duration(w.r.IntN(3000)*w.r.IntN(2)) * time.Minute)
}

// may refuses errors that no verb should answer.
func (w *walker) may(err error) {
	if f := fault.As(err); err != nil && (f == nil || f.Code == fault.Internal) {
		require.NoError(w.t, err, strings.Join(w.done, "\n"))
	}
}

// happens does one thing.
func (w *walker) happens() {
	ws := w.sam.Workspace
	stage := w.lead(w.t, ws).Stage
	what := w.r.IntN(9)
	w.done = append(w.done, fmt.Sprint(w.now.Format("Mon 02 15:04 "), stage, " ", what))
	switch {
	case what < 2:
		_, err := w.tries(w.t, ws, w.sam, []contact.Channel{contact.ChannelPhone, contact.ChannelEmail}[w.r.IntN(2)], []followup.Outcome{followup.NoAnswer, followup.Sent, followup.Reached}[w.r.IntN(3)], w.before())
		w.may(err)
	case what == 2:
		w.answered(w.t, ws, w.before())
	case what < 5:
		w.holds()
	case what == 5 && stage == lifecycle.Working:
		w.move(w.t, ws, lifecycle.SalesQualified, lifecycle.Sales, w.sam)
	case what == 6 && stage == lifecycle.Disqualified:
		w.move(w.t, ws, w.restore, lifecycle.Sales, w.sam)
	case what == 6 && w.r.IntN(2) == 0:
		w.restore = stage
		w.move(w.t, ws, lifecycle.Disqualified, lifecycle.Marketing, nil)
	case what == 7 && stage != lifecycle.Disqualified && w.r.IntN(2) == 0:
		w.move(w.t, ws, lifecycle.Returned, lifecycle.Sales, nil)
	default:
		w.turn(w.t, w.now)
	}
	w.again()
}

// holds pauses or lets go what sales owes.
func (w *walker) holds() {
	ctx, ws := auth.With(w.t.Context(), w.sam), w.sam.Workspace
	owed := w.texts(w.t, `select stage || ' ' || coalesce(step, 0) from clocks where workspace_id = $1 and stage in ('STEP', 'RETURN') and fulfilled_at is null and ended_at is null order by stage, step`, ws)
	if len(owed) == 0 {
		return
	}
	var name string
	var step int
	one := owed[w.r.IntN(len(owed))]
	_, err := fmt.Sscan(one, &name, &step)
	require.NoError(w.t, err)
	which := w.clockOf(w.t, ws, name, step)
	w.done = append(w.done, one)
	if w.r.IntN(4) == 0 {
		_, err := w.PauseClock(ctx, PauseClockInput{ClockID: which, Reason: sla.WaitingForLead})
		w.may(err)
		return
	}
	asked, err := w.AskWaiver(ctx, AskWaiverInput{ClockID: which, Note: "They move house."})
	w.may(err)
	if err == nil {
		_, err = w.SignWaiver(auth.With(w.t.Context(), w.mia), AnswerWaiverInput{WaiverID: asked.Waiver.GlobalID()})
		w.may(err)
	}
}

// again brings a lead that sales gave back into its hands once more.
func (w *walker) again() {
	ws := w.sam.Workspace
	for {
		switch w.lead(w.t, ws).Stage {
		case lifecycle.Returned:
			w.move(w.t, ws, lifecycle.Nurturing, lifecycle.Marketing, nil)
		case lifecycle.Nurturing:
			w.move(w.t, ws, lifecycle.Qualified, lifecycle.System, nil)
		case lifecycle.Qualified:
			w.move(w.t, ws, lifecycle.Offered, lifecycle.Marketing, w.sam)
		case lifecycle.Offered:
			w.move(w.t, ws, lifecycle.Accepted, lifecycle.AssignedRep, w.sam)
		default:
			return
		}
	}
}
