package funnel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

func TestACallOutsideWorkingHoursDoesTheFirstStep(t *testing.T) {
	t.Parallel()
	d, saturday := newDesk(t), monday.AddDate(0, 0, 5)
	d.at(saturday)
	ws, sources, _ := d.founded(t)
	sam := d.hire(t, ws, "Sam", auth.Sales, auth.Worker)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	d.move(t, ws, lifecycle.Offered, lifecycle.Marketing, sam)
	d.move(t, ws, lifecycle.Accepted, lifecycle.AssignedRep, sam)
	d.at(saturday.Add(time.Minute))
	p, err := d.tries(t, ws, sam, contact.ChannelPhone, followup.NoAnswer, saturday.Add(38*time.Second))
	require.NoError(t, err)
	require.Equal(t, saturday.Add(38*time.Second), p.Certificate.Steps[0].DoneAt.UTC())
	require.Equal(t, []string{"ENGAGE MET Mon 10:00", "STEP 1 MET Mon 17:00", "STEP 2 PENDING Tue 11:00"}, d.clocks(t, ws)[2:5])
}
