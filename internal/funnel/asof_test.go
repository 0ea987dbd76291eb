package funnel

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// diary is a workspace whose rules ask for everything, and what was seen there.
type diary struct {
	*desk
	ws      id.UUID
	ctx     context.Context
	clock   time.Time
	sources map[string]*db.Source
	seen    []sight
	scores  []db.Score
}

// sight is the facts of a lead at an instant.
type sight struct {
	lead  id.UUID
	at    time.Time
	facts map[string]string
}

// open makes a workspace in whose model and definition every kind of fact counts.
func (d *desk) open(t require.TestingT) *diary {
	b := &diary{desk: d, clock: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	d.Now = func() time.Time { return b.clock }
	b.ws, b.sources = d.fresh(t)
	b.ctx = auth.With(context.Background(), auth.System(b.ws))
	model := scoring.Default()
	for i, name := range []string{"contact.title", "contact.isCustomer", "account.name", "account.employees", "account.tier", "lead.interest", "lead.custom.budget", "contact.custom.team"} {
		model.Fit = append(model.Fit, scoring.FitRule{Key: fmt.Sprint("known-", i), Name: name, Points: 1.5 + float64(i)/7, When: condition.Condition{Attribute: &condition.Attribute{Name: name, Op: condition.IsSet}}})
	}
	for i, value := range []condition.Value{condition.Text("Boss"), condition.Text("Acme Ltd"), condition.Text("renamed"), condition.Text("Transport")} {
		name := []string{"contact.title", "account.name", "source.name", "account.industry"}[i]
		model.Fit = append(model.Fit, scoring.FitRule{Key: fmt.Sprint("is-", i), Name: name, Points: 2.25 * float64(i+1), When: condition.Condition{Attribute: &condition.Attribute{Name: name, Op: condition.EQ, Value: &value}}})
	}
	require.NoError(t, d.as(b.ctx, auth.System(b.ws), func(t *tx) error {
		_, err := t.define(b.ctx, []condition.Custom{{Entity: condition.EntityLead, Key: "budget", Type: condition.TypeNumber, Label: "Budget"},
			{Entity: condition.EntityContact, Key: "team", Type: condition.TypeText, Label: "Team"}})
		bodies := map[agreement.Kind]agreement.Body{agreement.ScoringModel: {ScoringModel: &model}, agreement.LeadDefinition: agreement.Default(agreement.LeadDefinition)}
		for kind, body := range bodies {
			if err == nil {
				_, err = t.InsertAgreement(b.ctx, db.InsertAgreementParams{WorkspaceID: b.ws, ID: id.New(), Kind: kind, Title: "Ours", State: agreement.Published, Body: body, Hash: body.Hash(),
					At: t.now, PublishedAt: &t.now})
			}
		}
		return err
	}))
	return b
}

// happens draws something that changes facts.
func (b *diary) happens(t *rapid.T) {
	var err error
	switch rapid.IntRange(0, 7).Draw(t, "what") {
	case 0, 1, 2:
		in := drawn(t)
		if in.Contact.Email == nil && in.Contact.Phone == nil && in.ExternalID == nil {
			in.ExternalID = new("1")
		}
		if n := rapid.IntRange(0, 3).Draw(t, "budget"); n > 0 {
			in.Attributes = db.Attributes(fmt.Sprintf(`{"budget": %d.1}`, n))
		}
		_, err = b.CaptureLead(b.ctx, *in)
	case 3:
		if p := b.one(t, "contacts"); p != nil {
			in := UpdateContactInput{ContactID: id.Global{Kind: id.Contact, UUID: *p}}
			if rapid.Bool().Draw(t, "moves on") {
				var to *id.Global
				if a := b.one(t, "accounts"); a != nil && rapid.IntRange(0, 3).Draw(t, "somewhere") > 0 {
					to = &id.Global{Kind: id.Account, UUID: *a}
				}
				in.AccountID = graphql.OmittableOf(to)
			}
			if rapid.Bool().Draw(t, "title") {
				in.Title = graphql.OmittableOf(maybe(t, "title", "Boss", "Driver", "CEO"))
			}
			if s := maybe(t, "team", `{"team": "north"}`, `{"team": null}`); s != nil {
				in.Attributes = db.Attributes(*s)
			}
			_, err = b.UpdateContact(b.ctx, in)
		}
	case 4:
		if a := b.one(t, "accounts"); a != nil {
			_, err = b.UpdateAccount(b.ctx, UpdateAccountInput{AccountID: id.Global{Kind: id.Account, UUID: *a}, Industry: graphql.OmittableOf(maybe(t, "industry", "Transport", "Trade")),
				Employees: graphql.OmittableOf(new(rapid.SampledFrom([]int32{9, 200, 4000}).Draw(t, "employees"))), Tier: graphql.OmittableOf(maybe(t, "tier", "gold"))})
		}
	case 5:
		s := b.sources[rapid.SampledFrom([]string{"a", "b"}).Draw(t, "source")]
		name := rapid.SampledFrom([]string{"renamed", s.Key}).Draw(t, "called")
		_, err = b.UpdateSource(b.ctx, UpdateSourceInput{SourceID: id.Global{Kind: id.Source, UUID: s.ID}, Name: &name})
	case 6:
		_, err = b.Rematch(b.ctx, b.ws)
	default:
		if p := b.one(t, "contacts"); p != nil {
			kind := rapid.SampledFrom([]contact.TouchKind{contact.KindDemoRequested, contact.KindFormSubmitted, contact.KindPageViewed, contact.KindUnsubscribed}).Draw(t, "kind")
			_, err = b.RecordTouches(b.ctx, RecordTouchesInput{Source: new("a"), Touches: []*TouchInput{{Contact: &ContactKey{ID: &id.Global{Kind: id.Contact, UUID: *p}}, Kind: kind,
				Channel: contact.ChannelWeb, OccurredAt: b.clock}}})
		}
	}
	require.NoError(t, err)
}

// one draws a row of a table; nil where there is none.
func (b *diary) one(t *rapid.T, table string) *id.UUID {
	all := b.ids(t, "select id from "+table+" where workspace_id = $1 order by id")
	if len(all) == 0 {
		return nil
	}
	return &all[rapid.IntRange(0, len(all)-1).Draw(t, table)]
}

func (b *diary) ids(t require.TestingT, query string) []id.UUID {
	rows, err := b.owner.Query(context.Background(), query, b.ws)
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[id.UUID])
	require.NoError(t, err)
	return all
}

// looks writes down what is known of all leads now, and how they were scored last.
func (b *diary) looks(t require.TestingT) {
	leads := b.ids(t, "select id from leads where workspace_id = $1")
	for _, lead := range leads {
		q, err := b.ask(b.ctx, id.Global{Kind: id.Lead, UUID: lead})
		require.NoError(t, err)
		require.NoError(t, q.of.Fill(q.facts))
		b.seen = append(b.seen, sight{lead, b.clock, told(q)})
	}
	scores, err := b.DB.Read(b.ws).ScoresOf(b.ctx, db.ScoresOfParams{WorkspaceID: b.ws, LeadIds: leads})
	require.NoError(t, err)
	for _, s := range scores {
		b.scores = append(b.scores, *s)
	}
}

// told are the facts of a question that leadgraph has not made itself.
func told(q *question) map[string]string {
	out := map[string]string{}
	for i, d := range q.reg.Definitions() {
		if v := q.facts.Get(condition.Slot(i)); v != nil && !d.Derived {
			out[d.Name] = v.String()
		}
	}
	out["touches"] = fmt.Sprint(len(q.facts.Touches()))
	return out
}

func TestLeadsAreSeenAsTheyWere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	jobs, err := river.NewClient(riverpgxv5.New(d.DB.Pool()), &river.Config{Schema: db.JobSchema})
	require.NoError(t, err)
	d.Jobs = jobs
	rapid.Check(t, func(t *rapid.T) {
		b := d.open(t)
		for range rapid.IntRange(3, 14).Draw(t, "events") {
			b.clock = b.clock.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "hours")) * time.Hour)
			b.happens(t)
			b.clock = b.clock.Add(time.Minute)
			b.looks(t)
		}
		for _, s := range b.seen {
			q, err := b.ask(b.ctx, id.Global{Kind: id.Lead, UUID: s.lead})
			require.NoError(t, err)
			_, err = q.of.FillAsOf(q.reg, q.facts, s.at, q.history)
			require.NoError(t, err)
			got := told(q)
			got["touches"] = s.facts["touches"] // later ones are there, and do not count: the scores show it
			require.Equal(t, s.facts, got, "at %s", s.at)
		}
		for _, s := range b.scores { // a score that is replayed is the one that was stored, to the last bit
			x, err := b.ScoreAsOf(b.ctx, id.Global{Kind: id.Lead, UUID: s.LeadID}, s.At, &id.Global{Kind: id.Agreement, UUID: s.ModelID})
			require.NoError(t, err)
			require.Equal(t, []any{s.FitRaw, s.EngagementRaw, s.Total}, []any{x.Score.FitRaw, x.Score.EngagementRaw, x.Score.Clamped}, "at %s", s.At)
			models, err := b.DB.Read(b.ws).AgreementsByID(b.ctx, db.AgreementsByIDParams{WorkspaceID: b.ws, Ids: []id.UUID{s.ModelID}})
			require.NoError(t, err)
			program, err := b.scorer(b.ctx, b.DB.Read(b.ws), models[0])
			require.NoError(t, err)
			stored, err := json.Marshal(program.Restore(s.Factors.Items(), s.At))
			require.NoError(t, err)
			again, err := json.Marshal(x.Factors)
			require.NoError(t, err)
			require.JSONEq(t, string(stored), string(again))
		}
	})
}
