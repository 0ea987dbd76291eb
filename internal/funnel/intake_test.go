package funnel

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// desk is the verbs on a database of their own.
type desk struct {
	*Funnel
	owner *pgx.Conn // past row-level security
	n     int
}

func newDesk(t *testing.T, trace ...pgx.QueryTracer) *desk {
	t.Helper()
	ctx := context.Background()
	url := pgtest.Database(t, db.Migrate, db.Fingerprint())
	sealer := page.NewSealer(auth.Derive([]byte("a secret for tests that is long enough"), "cursors"))
	config := db.Config{URL: pg.AppURL(url), Conns: 4, Sealer: sealer}
	if len(trace) > 0 {
		config.QueryTracer = trace[0]
	}
	d, err := db.Open(ctx, config)
	require.NoError(t, err)
	owner, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	t.Cleanup(func() {
		d.Close()
		_ = owner.Close(ctx)
	})
	return &desk{Funnel: New(Config{DB: d, Now: time.Now, Sealer: sealer}), owner: owner}
}

// fresh makes a workspace with the sources a and b.
func (d *desk) fresh(t require.TestingT) (ws id.UUID, sources map[string]*db.Source) {
	ws, sources = id.New(), map[string]*db.Source{}
	d.n++
	err := d.as(context.Background(), auth.System(ws), func(t *tx) error {
		_, err := t.InsertWorkspace(context.Background(), db.InsertWorkspaceParams{WorkspaceID: ws, Slug: fmt.Sprintf("desk-%d", d.n), Name: "Desk", DefaultRegion: "US", TimeZone: "UTC"})
		for _, key := range []string{"a", "b"} {
			if err == nil {
				sources[key], err = t.InsertSource(context.Background(), db.InsertSourceParams{WorkspaceID: ws, ID: id.New(), Key: key, Name: key, Kind: "FORM", Channel: "WEB"})
			}
		}
		return err
	})
	require.NoError(t, err)
	return ws, sources
}

// capture applies captures in one transaction.
func (d *desk) capture(t require.TestingT, ws id.UUID, sources map[string]*db.Source, in ...*CaptureLeadInput) {
	var c checks
	var all []*arrival
	for _, i := range in {
		a := c.arrival("input", i, "US", d.Now())
		a.source = sources[*i.Source]
		all = append(all, a)
	}
	require.NoError(t, c.err())
	require.NoError(t, d.as(context.Background(), auth.System(ws), func(t *tx) error {
		_, err := t.capture(context.Background(), all)
		return err
	}))
}

// people are what a workspace knows of people and companies, told without ids, times and versions.
func (d *desk) people(t require.TestingT, ws id.UUID) []string {
	rows, err := d.owner.Query(context.Background(), `select concat_ws(' | ', c.full_name, c.given_name, c.family_name, c.email, c.phone, c.title, 'at', a.name, a.domain, a.industry, a.employees,
		'held', (select string_agg(i.kind || ' ' || i.key || ' ' || i.shared, ', ' order by i.kind, i.key) from contact_identities i where i.contact_id = c.id),
		'leads', (select string_agg(l.cycle || ' ' || coalesce(l.interest, '-') || ' ' || s.key || ' ' || coalesce(b.name, '-') || ' ' || l.attributes, ', ')
			from leads l join sources s on s.workspace_id = l.workspace_id and s.id = l.source_id left join accounts b on b.id = l.account_id where l.contact_id = c.id),
		'touches', (select count(*) from touches t where t.contact_id = c.id),
		'consents', (select string_agg(x.state, ', ' order by x.id) from consents x where x.contact_id = c.id))
		from contacts c left join accounts a on a.id = c.account_id where c.workspace_id = $1
		union all select concat_ws(' | ', 'company', a.name, a.name_key, a.domain, a.industry, a.employees, a.attributes) from accounts a where a.workspace_id = $1`, ws)
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	slices.Sort(all)
	return all
}

// maybe draws one of some texts, or none.
func maybe(t *rapid.T, label string, of ...string) *string {
	if i := rapid.IntRange(0, 2*len(of)).Draw(t, label); i < len(of) {
		return &of[i]
	}
	return nil
}

// arrivals draws a capture in a small world, where most captures meet others.
func drawn(t *rapid.T) *CaptureLeadInput {
	source := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "source")
	in := &CaptureLeadInput{Source: &source, ExternalID: maybe(t, "external", "1", "2"), Interest: maybe(t, "interest", "trucks", "vans"), Contact: &CaptureContactInput{
		Email: maybe(t, "email", "ann@acme.example", "bob@acme.example", "ann@gmail.com", "cat@bolt.example"), Phone: maybe(t, "phone", "+14155552671", "+14155552672"),
		GivenName: maybe(t, "given", "Ann", "Bob"), FamilyName: maybe(t, "family", "Lee"), FullName: maybe(t, "full", "Dr Ann Lee"), Title: maybe(t, "title", "Driver", "Boss")}}
	if rapid.Bool().Draw(t, "company") {
		in.Account = &CaptureAccountInput{Name: maybe(t, "name", "Acme Ltd", "Bolt", "acme.example"), Domain: maybe(t, "domain", "acme.example", "bolt.example", "gmail.com"), Industry: maybe(t, "industry", "Transport")}
	}
	if rapid.Bool().Draw(t, "touched") {
		in.Touch = &CaptureTouchInput{Kind: contact.KindChat, ExternalID: maybe(t, "touch", "t1", "t2")}
	}
	if s := maybe(t, "consent", "GRANTED", "WITHDRAWN"); s != nil {
		in.Consents = []*CaptureConsentInput{{Channel: contact.ChannelEmail, Purpose: contact.PurposeMarketing, State: contact.ConsentState(*s), Basis: contact.BasisConsent}}
	}
	if in.Contact.Email == nil && in.Contact.Phone == nil && in.ExternalID == nil && (in.Account == nil || in.Account.Name == nil && in.Account.Domain == nil) {
		in.ExternalID = &source // nobody comes without anything
	}
	return in
}

func TestIntakeIsAUnitOfWork(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	rapid.Check(t, func(t *rapid.T) { // captures in one transaction leave what they leave one after the other
		all := rapid.SliceOfN(rapid.Custom(drawn), 1, 8).Draw(t, "captures")
		ws, sources := d.fresh(t)
		d.capture(t, ws, sources, all...)
		together := d.people(t, ws)
		ws, sources = d.fresh(t)
		for _, in := range all {
			d.capture(t, ws, sources, in)
		}
		require.Equal(t, d.people(t, ws), together)
	})
}
