package funnel

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// at sets the desk's clock.
func (d *desk) at(now time.Time) { d.Now = func() time.Time { return now } }

// founded is a workspace with the default rules in force and a founder.
func (d *desk) founded(t *testing.T) (ws id.UUID, sources map[string]*db.Source, ada *auth.Viewer) {
	t.Helper()
	ws, sources = d.fresh(t)
	ada = &auth.Viewer{Kind: auth.ActorMember, Workspace: ws, Member: id.New(), Department: auth.Marketing, Role: auth.Director}
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		m, err := x.InsertMember(t.Context(), db.InsertMemberParams{WorkspaceID: ws, ID: ada.Member, Email: ws.String() + "@desk.example", EmailKey: ws.String(), Name: "Ada",
			Department: ada.Department, Role: ada.Role, TimeZone: "UTC"})
		if err != nil {
			return err
		}
		return x.bootstrap(t.Context(), m)
	}))
	return ws, sources, ada
}

// wants is a head of logistics who wants a demonstration.
func wants(source, email string) *CaptureLeadInput {
	return &CaptureLeadInput{Source: &source, Contact: &CaptureContactInput{Email: &email, Title: new("Head of Logistics")}, Account: &CaptureAccountInput{Name: new("Acme"), Employees: new(int32(500))},
		Touch: &CaptureTouchInput{Kind: contact.KindDemoRequested}}
}

// standing is what is stored of the only lead of a workspace.
type standing struct {
	Stage, Band string
	Causes      []string // of its history of scores, oldest first
	Moves       []string // oldest first
	Next        *time.Time
}

func (d *desk) standing(t *testing.T, ws id.UUID) (s standing) {
	t.Helper()
	require.NoError(t, d.owner.QueryRow(context.Background(), `select l.stage, l.band, x.next_at,
		(select array_agg(h.cause order by h.at) from score_history h where h.lead_id = l.id),
		(select coalesce(array_agg(m.to_stage || coalesce(': ' || m.reason, '') order by m.at), '{}') from moves m where m.lead_id = l.id)
		from leads l join scores x on x.lead_id = l.id where l.workspace_id = $1`, ws).Scan(&s.Stage, &s.Band, &s.Next, &s.Causes, &s.Moves))
	return s
}

func TestALeadCoolsByTimeAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d.at(noon)
	ws, sources, _ := d.founded(t)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	s := d.standing(t, ws)
	require.Equal(t, standing{"QUALIFIED", "HOT", []string{"CAPTURE"}, []string{"QUALIFIED"}, s.Next}, s)
	for _, step := range []struct {
		days  float64 // after noon, to a tenth
		want  standing
		judge string
	}{
		{22.1, standing{Stage: "QUALIFIED", Band: "WARM", Causes: []string{"CAPTURE", "TIME"}, Moves: []string{"QUALIFIED"}}, "30 points halve in 30 days: at 18 engagement is no 2 any more"},
		{30, standing{Stage: "NURTURING", Band: "WARM", Causes: []string{"CAPTURE", "TIME", "TIME"},
			Moves: []string{"QUALIFIED", "NURTURING: It no longer meets: Hot, or warm and wants something."}}, "a demonstration of 30 days ago is no sign any more"},
		{69.7, standing{Stage: "NURTURING", Band: "COOL", Causes: []string{"CAPTURE", "TIME", "TIME", "TIME"},
			Moves: []string{"QUALIFIED", "NURTURING: It no longer meets: Hot, or warm and wants something."}}, "at 6 engagement is no 3 any more"},
	} {
		before := s
		require.NotNil(t, before.Next, step.judge)
		require.InDelta(t, step.days, before.Next.Sub(noon).Hours()/24, 0.05, step.judge)
		d.at(before.Next.Add(-time.Microsecond))
		n, err := d.JudgeDue(t.Context())
		require.NoError(t, err)
		require.Zero(t, n, "nothing changes before the instant that was foretold")
		require.Equal(t, before, d.standing(t, ws))
		d.at(*before.Next)
		n, err = d.JudgeDue(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, n, step.judge)
		s = d.standing(t, ws)
		step.want.Next = s.Next
		require.Equal(t, step.want, s, step.judge)
		n, err = d.JudgeDue(t.Context())
		require.NoError(t, err)
		require.Zero(t, n, "once is enough")
	}
	require.Nil(t, s.Next, "from here on time changes nothing")
}

func TestLeadsOfOtherWorkspacesWaitForTheirOwnTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d.at(noon)
	first, sources, _ := d.founded(t)
	d.capture(t, first, sources, wants("a", "ann@acme.example"))
	d.at(noon.Add(time.Hour))
	second, sources, _ := d.founded(t)
	d.capture(t, second, sources, wants("a", "ann@acme.example"))
	due := d.standing(t, first).Next
	d.at(*due)
	n, err := d.JudgeDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, "WARM", d.standing(t, first).Band)
	require.Equal(t, "HOT", d.standing(t, second).Band)
}

// approved is a definition that both departments have signed.
func (d *desk) approved(t *testing.T, ws id.UUID, ada *auth.Viewer) *db.Agreement {
	t.Helper()
	sam := *ada
	sam.Member, sam.Department = id.New(), auth.Sales
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		_, err := x.InsertMember(t.Context(), db.InsertMemberParams{WorkspaceID: ws, ID: sam.Member, Email: sam.Member.String() + "@desk.example", EmailKey: sam.Member.String(), Name: "Sam",
			Department: sam.Department, Role: sam.Role, TimeZone: "UTC"})
		return err
	}))
	body := &agreement.Body{LeadDefinition: &definition.Definition{Criteria: []definition.Criterion{{Key: "titled", Name: "Has a title",
		When: condition.Condition{Attribute: &condition.Attribute{Name: "contact.title", Op: condition.IsSet}}}}}}
	ctx := auth.With(t.Context(), ada)
	p, err := d.DraftAgreement(ctx, DraftAgreementInput{Title: "Titled", Body: body})
	require.NoError(t, err)
	which := id.Global{Kind: id.Agreement, UUID: p.Agreement.ID}
	_, err = d.SubmitAgreement(ctx, AgreementActInput{AgreementID: which})
	require.NoError(t, err)
	for _, who := range []*auth.Viewer{ada, &sam} {
		p, err = d.SignAgreement(auth.With(t.Context(), who), SignAgreementInput{AgreementID: which, Hash: body.Hash()})
		require.NoError(t, err)
	}
	require.Equal(t, agreement.Approved, p.Agreement.State)
	return p.Agreement
}

func TestRulesOfJudgingWaitUntilAllLeadsAreJudgedByThoseBefore(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ws, sources, ada := d.founded(t)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	draft := d.approved(t, ws, ada)
	var running *db.Rescore
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) (err error) {
		in, err := x.inForce(t.Context())
		if err == nil {
			running, err = x.InsertRescore(t.Context(), db.InsertRescoreParams{WorkspaceID: ws, ID: id.New(), AgreementID: in[agreement.ScoringModel], Total: 1, At: x.now})
		}
		return err
	}))
	in := AgreementActInput{AgreementID: id.Global{Kind: id.Agreement, UUID: draft.ID}}
	_, err := d.PublishAgreement(auth.With(t.Context(), ada), in)
	f := fault.As(err)
	require.NotNil(t, f)
	require.Equal(t, fault.Conflict, f.Code)
	require.True(t, f.Retryable)
	require.Equal(t, "All leads are being judged under the rules before (0 of 1 are done). Publish when that has ended.", f.Message)

	args := RescoreArgs{Workspace: ws, Rescore: running.ID}
	for range 2 { // a job may run again after it has ended: then there is nothing to do
		require.NoError(t, d.RunRescore(t.Context(), args))
		rows, err := d.DB.Read(ws).RescoresOf(t.Context(), db.RescoresOfParams{WorkspaceID: ws, AgreementIds: []id.UUID{running.AgreementID}})
		require.NoError(t, err)
		require.Equal(t, db.JobSucceeded, rows[0].State)
		require.Equal(t, []int64{1, 1, 0}, []int64{rows[0].Total, rows[0].Done, rows[0].Changed}, "the same rules change nothing")
	}
	require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) error {
		row, err := x.LockAgreement(t.Context(), db.LockAgreementParams{WorkspaceID: ws, ID: draft.ID})
		if err == nil {
			err = x.mayPublish(t.Context(), row)
		}
		return err
	}))
}

func TestAScoreStandsWhereJudgingAgainMakesNoOther(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d.at(noon)
	ws, sources, _ := d.founded(t)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	again := func(kind agreement.Kind) {
		var row *db.Rescore
		require.NoError(t, d.as(t.Context(), auth.System(ws), func(x *tx) (err error) {
			in, err := x.inForce(t.Context())
			if err == nil {
				row, err = x.InsertRescore(t.Context(), db.InsertRescoreParams{WorkspaceID: ws, ID: id.New(), AgreementID: in[kind], Total: 1, At: x.now})
			}
			return err
		}))
		require.NoError(t, d.RunRescore(t.Context(), RescoreArgs{Workspace: ws, Rescore: row.ID}))
	}
	read := func() (version int32, score db.Score, engagement float64) {
		require.NoError(t, d.owner.QueryRow(context.Background(), `select l.version, l.engagement, x.at, x.next_at, x.engagement_raw from leads l join scores x on x.lead_id = l.id
			where l.workspace_id = $1`, ws).Scan(&version, &engagement, &score.At, &score.NextAt, &score.EngagementRaw))
		return version, score, engagement
	}
	version, score, engagement := read()
	d.at(noon.Add(time.Minute)) // engagement is a little less, but rounds to the same
	again(agreement.ScoringModel)
	v, s, e := read()
	require.Equal(t, []any{version, score, engagement}, []any{v, s, e}, "nothing is written")
	require.InDelta(t, e, s.EngagementRaw, 1e-9, "lead and score are of one instant")

	_, err := d.owner.Exec(context.Background(), "update scores set next_at = null where workspace_id = $1", ws)
	require.NoError(t, err)
	again(agreement.LeadDefinition)
	v, s, e = read()
	require.Equal(t, []any{version, score, engagement}, []any{v, s, e}, "but when it will change is set right")

	d.at(noon.Add(48 * time.Hour))
	again(agreement.ScoringModel)
	v, s, e = read()
	require.Greater(t, v, version)
	require.True(t, s.At.Equal(noon.Add(48*time.Hour)), "other points are a new score")
	require.Less(t, e, engagement)
}

func TestNothingIsDueTwiceWhereNoModelIsInForce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d.at(noon)
	ws, sources, _ := d.founded(t)
	d.capture(t, ws, sources, wants("a", "ann@acme.example"))
	due := d.standing(t, ws).Next
	_, err := d.owner.Exec(context.Background(), "update agreements set state = 'SUPERSEDED' where workspace_id = $1", ws)
	require.NoError(t, err)
	d.at(*due)
	for _, want := range []int{1, 0} {
		n, err := d.JudgeDue(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
}
