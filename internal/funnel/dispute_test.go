package funnel

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// won is a deal that sales won.
func (w *town) won(email string) id.Global {
	_, deal := w.opportunity(email)
	_, err := w.WinDeal(w.by(w.sam), WinDealInput{DealID: deal})
	require.NoError(w.t, err)
	return deal
}

// claims is a claim of marketing to all of a deal.
func (w *town) claims(deal id.Global) (id.Global, error) {
	p, err := w.ClaimCredit(w.by(w.ada), ClaimCreditInput{DealID: deal, Share: new(1.0), Grounds: "It is ours.", Evidence: []CreditEvidenceInput{{Note: new("The page.")}}})
	if err != nil {
		return id.Global{}, err
	}
	return p.Dispute.GlobalID(), nil
}

// turns does what is due in disputes at an instant, and answers how much that was.
func (w *town) turns(t *testing.T, at time.Time) int {
	t.Helper()
	w.at(at)
	n, err := w.TurnDisputes(t.Context())
	require.NoError(t, err)
	return n
}

// states are the states of all disputes, oldest first, and the events about them.
func (w *town) states(t *testing.T) []string {
	t.Helper()
	return w.texts(t, "select concat_ws(' ', state, to_char(coalesce(due_at, ended_at) at time zone 'UTC', 'MM-DD HH24:MI')) from credit_disputes where workspace_id = $1 order by claimed_at, id", w.ws)
}

func TestADisputeThatNobodyAnswersGoesToTheDirectorsAndLapses(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	deal := w.won("ann@acme.example")
	frozen := w.texts(t, "select r::text from attribution_runs r where workspace_id = $1", w.ws)
	require.Len(t, frozen, 1)
	which, err := w.claims(deal)
	require.NoError(t, err)
	require.Equal(t, []string{"CLAIMED 03-16 12:00"}, w.states(t))
	require.Zero(t, w.turns(t, noon.Add(dispute.AnswerWindow-time.Microsecond)), "nothing happens before its instant")
	require.Equal(t, 1, w.turns(t, noon.Add(dispute.AnswerWindow)))
	require.Zero(t, w.turns(t, noon.Add(dispute.AnswerWindow)), "and once")
	require.Equal(t, []string{"UNANSWERED 04-15 12:00"}, w.states(t))

	w.at(noon.Add(dispute.AnswerWindow + dispute.RuleWindow))
	_, err = w.WithdrawClaim(w.by(w.ada), WithdrawClaimInput{DisputeID: which})
	w.refused(err, fault.Conflict, "This dispute is LAPSED")
	require.Equal(t, []string{"UNANSWERED 04-15 12:00"}, w.states(t), "what is refused writes nothing")
	require.Equal(t, 1, w.turns(t, noon.Add(dispute.AnswerWindow+dispute.RuleWindow)))
	require.Equal(t, []string{"LAPSED 04-15 12:00"}, w.states(t))
	require.Equal(t, []string{"CREDIT_CLAIMED", "CLAIM_UNANSWERED", "CLAIM_LAPSED"}, w.texts(t, "select kind from events where workspace_id = $1 and subject_id = $2 order by at, seq", w.ws, which.UUID))

	_, err = w.claims(deal)
	require.NoError(t, err, "within the window it can be claimed again")
	w.at(noon.Add(dispute.ClaimWindow))
	_, err = w.claims(w.won("bob@bolt.example"))
	require.NoError(t, err, "a deal has its own window")
	require.Equal(t, frozen, w.texts(t, "select r::text from attribution_runs r where workspace_id = $1 and deal_id = $2", w.ws, deal.UUID), "whatever is disputed, the run is what it was")
}

func TestALateVerbTellsFirstWhatTimeHasMadeOfADispute(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	which, err := w.claims(w.won("ann@acme.example"))
	require.NoError(t, err)
	w.at(noon.Add(dispute.AnswerWindow + time.Hour))
	_, err = w.AnswerClaim(w.by(w.tom), AnswerClaimInput{DisputeID: which})
	require.NoError(t, err)
	require.Equal(t, []string{"CREDIT_CLAIMED", "CLAIM_UNANSWERED", "CLAIM_ANSWERED"}, w.texts(t, "select kind from events where workspace_id = $1 and subject_id = $2 order by at, seq", w.ws, which.UUID))
	require.Equal(t, []string{"ANSWERED 04-15 12:00"}, w.states(t), "a late answer gives no more time")
	require.Zero(t, w.turns(t, noon.Add(dispute.AnswerWindow+2*time.Hour)), "it was told already")
}

func TestOfManyWhoClaimOrSignAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	deal := w.won("ann@acme.example")
	at := func(do func() error) int {
		var all sync.WaitGroup
		var done atomic.Int64
		for range 8 {
			all.Go(func() {
				if err := do(); err == nil {
					done.Add(1)
				} else {
					require.True(t, fault.Is(err, fault.Conflict), "%v", err)
				}
			})
		}
		all.Wait()
		return int(done.Load())
	}
	require.Equal(t, 1, at(func() error { _, err := w.claims(deal); return err }))
	var which id.UUID
	require.NoError(t, w.owner.QueryRow(t.Context(), "select id from credit_disputes where workspace_id = $1", w.ws).Scan(&which))
	on := id.Global{Kind: id.Dispute, UUID: which}
	_, err := w.AnswerClaim(w.by(w.tom), AnswerClaimInput{DisputeID: on})
	require.NoError(t, err)
	p, err := w.ProposeRuling(w.by(w.ada), ProposeRulingInput{DisputeID: on, MarketingShare: 1, SalesShare: 0, Summary: "So."})
	require.NoError(t, err)
	require.NotNil(t, p.Dispute.RulingID)
	var hash string
	require.NoError(t, w.owner.QueryRow(t.Context(), "select hash from rulings where id = $1", *p.Dispute.RulingID).Scan(&hash))
	dora := w.hire(t, w.ws, "Dora", auth.Sales, auth.Director)
	require.Equal(t, 1, at(func() error {
		_, err := w.SignRuling(w.by(w.ada), SignRulingInput{DisputeID: on, Hash: hash})
		return err
	}))
	require.Equal(t, 1, at(func() error {
		_, err := w.SignRuling(w.by(dora), SignRulingInput{DisputeID: on, Hash: hash})
		return err
	}))
	require.Equal(t, []string{"SETTLED 03-02 12:00"}, w.states(t))
}

func TestManyDisputesAreLookedAtOnceThoughServersShareThem(t *testing.T) {
	t.Parallel()
	w := newDesk(t).town(t)
	which, err := w.claims(w.won("ann@acme.example"))
	require.NoError(t, err)
	const many = 600
	_, err = w.owner.Exec(t.Context(), fmt.Sprintf(`with d as (insert into deals select workspace_id, gen_random_uuid(), lead_id, contact_id, account_id, handoff_id, owner_id, name, amount_minor, currency, stage, outcome, reason_id,
			note, expected_at, opened_at, closed_at, updated_at, version from deals, generate_series(2, %d) where workspace_id = $1 returning id)
		insert into credit_disputes (workspace_id, id, deal_id, run_id, policy_id, model, amount_minor, currency, state, claimant, held_share, claimed_share, disputed_minor, touch_ids, grounds, evidence, claimed_by, claimed_at, due_at, updated_at)
		select c.workspace_id, gen_random_uuid(), d.id, run_id, policy_id, model, amount_minor, currency, state, claimant, held_share, claimed_share, disputed_minor, touch_ids, grounds, evidence, claimed_by, claimed_at, due_at, updated_at
		from credit_disputes c, d where c.id = $2`, many), w.ws, which.UUID)
	require.NoError(t, err)
	w.at(noon.Add(dispute.AnswerWindow))
	var servers sync.WaitGroup
	var turned atomic.Int64
	for range 3 {
		servers.Go(func() {
			for n := 1; n > 0; {
				var err error
				n, err = w.TurnDisputes(t.Context())
				require.NoError(t, err)
				turned.Add(int64(n))
			}
		})
	}
	servers.Wait()
	require.Equal(t, many, int(turned.Load())+w.turns(t, noon.Add(dispute.AnswerWindow)))
	var told, of int
	require.NoError(t, w.owner.QueryRow(t.Context(), "select count(*), count(distinct subject_id) from events where workspace_id = $1 and kind = 'CLAIM_UNANSWERED'", w.ws).Scan(&told, &of))
	require.Equal(t, []int{many, many}, []int{told, of})
}
