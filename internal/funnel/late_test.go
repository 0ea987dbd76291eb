package funnel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// TestAHandoffThatRanOutIsPassedOnWhoeverFindsOut: the ticker comes by every so often, and after a restart late. What others do to a lead in between must not hide from it that nobody answered.
func TestAHandoffThatRanOutIsPassedOnWhoeverFindsOut(t *testing.T) {
	t.Parallel()
	for name, finds := range map[string]func(t *testing.T, d *desk, lead id.Global, by, had, to *auth.Viewer) (owner id.UUID){
		"the ticker": func(t *testing.T, d *desk, _ id.Global, _, _, _ *auth.Viewer) id.UUID {
			d.turn(t, d.Now())
			return id.UUID{}
		},
		"who gives the lead to somebody else": func(t *testing.T, d *desk, lead id.Global, by, _, to *auth.Viewer) id.UUID {
			_, err := d.AssignLead(auth.With(t.Context(), by), AssignLeadInput{LeadID: lead, OwnerID: &id.Global{Kind: id.Member, UUID: to.Member}, Clocks: sla.RecomputeRemaining})
			require.NoError(t, err)
			return to.Member
		},
		"who asks for a waiver": func(t *testing.T, d *desk, _ id.Global, _, had, _ *auth.Viewer) id.UUID {
			note := "I was on a train."
			_, err := d.AskWaiver(auth.With(t.Context(), had), AskWaiverInput{ClockID: d.clockOf(t, had.Workspace, "ACCEPT", 0), Note: note})
			require.NoError(t, err)
			return id.UUID{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.at(monday)
			ws, sources, ada := d.founded(t)
			d.routes(t, ws, func(p *routing.Policy) { always(p); p.Gates.Available = routing.AnyTime })
			reps := map[id.UUID]*auth.Viewer{}
			for _, r := range d.reps(t, ws, 3) {
				reps[r.Member] = r
			}
			d.capture(t, ws, sources, numbered(1))
			lead := d.lead(t, ws)
			had := *lead.OwnerID
			delete(reps, had)
			var to *auth.Viewer
			for _, to = range reps {
				break
			}
			require.Equal(t, []string{"PASS MET Mon 11:00", "ACCEPT RUNNING Mon 11:00"}, d.clocks(t, ws))
			d.at(monday.Add(61 * time.Minute))
			owner := finds(t, d, lead.GlobalID(), ada, &auth.Viewer{Kind: auth.ActorMember, Workspace: ws, Member: had, Department: auth.Sales, Role: auth.Worker}, to)
			offers, of := d.offers(t, ws)
			require.Len(t, offers, 1)
			now := of[offers[0].UUID]
			require.NotNil(t, now)
			require.NotEqual(t, had, *now, "who did not answer does not get it again")
			require.Equal(t, now, d.lead(t, ws).OwnerID)
			if !owner.IsZero() {
				require.Equal(t, owner, *now)
			}
			require.Equal(t, []string{"PASS MET Mon 11:00", "ACCEPT BREACHED Mon 11:00 61m +1m", "ACCEPT RUNNING Mon 12:01"}, d.clocks(t, ws))
			require.Equal(t, []string{"HANDOFF_OFFERED", "HANDOFF_OFFERED", "HANDOFF_EXPIRED"}, d.texts(t, "select kind from events where workspace_id = $1 and kind in ('HANDOFF_OFFERED', 'HANDOFF_EXPIRED') order by at, id", ws))
		})
	}
}
