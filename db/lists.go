package db

import (
	"context"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

func byTime[T any](column string, desc bool, at func(*T) (time.Time, id.UUID)) order[T] {
	return order[T]{column, desc, func(row *T) page.Tuple { t, i := at(row); return page.Tuple{Time: &t, ID: i} }}
}

func byText[T any](column string, desc bool, text func(*T) (string, id.UUID)) order[T] {
	return order[T]{column, desc, func(row *T) page.Tuple { s, i := text(row); return page.Tuple{Text: &s, ID: i} }}
}

// The lists. Every order has an index, and the names of orders are the SDL's.
var (
	leads = shape[Lead]{"leads", map[string]order[Lead]{
		"LAST_ACTIVITY_DESC": byTime("last_activity_at", true, func(l *Lead) (time.Time, id.UUID) { return l.LastActivityAt, l.ID }),
		"LAST_ACTIVITY_ASC":  byTime("last_activity_at", false, func(l *Lead) (time.Time, id.UUID) { return l.LastActivityAt, l.ID }),
		"CREATED_DESC":       byTime("created_at", true, func(l *Lead) (time.Time, id.UUID) { return l.CreatedAt, l.ID }),
		"CREATED_ASC":        byTime("created_at", false, func(l *Lead) (time.Time, id.UUID) { return l.CreatedAt, l.ID }),
		"SCORE_DESC":         byScore(true),
		"SCORE_ASC":          byScore(false),
	}}
	touches = shape[Touch]{"touches", map[string]order[Touch]{
		"": byTime("occurred_at", true, func(t *Touch) (time.Time, id.UUID) { return t.OccurredAt, t.ID }),
	}}
	events = shape[Event]{"events", map[string]order[Event]{
		"": byTime("at", true, func(e *Event) (time.Time, id.UUID) { return e.At, e.ID }),
	}}
	accounts = shape[Account]{"accounts", map[string]order[Account]{
		"CREATED_DESC": byTime("created_at", true, func(a *Account) (time.Time, id.UUID) { return a.CreatedAt, a.ID }),
		"CREATED_ASC":  byTime("created_at", false, func(a *Account) (time.Time, id.UUID) { return a.CreatedAt, a.ID }),
		"NAME_ASC":     byText("name", false, func(a *Account) (string, id.UUID) { return a.Name, a.ID }),
		"NAME_DESC":    byText("name", true, func(a *Account) (string, id.UUID) { return a.Name, a.ID }),
	}}
	contacts = shape[Contact]{"contacts", map[string]order[Contact]{
		"CREATED_DESC": byTime("created_at", true, func(c *Contact) (time.Time, id.UUID) { return c.CreatedAt, c.ID }),
		"CREATED_ASC":  byTime("created_at", false, func(c *Contact) (time.Time, id.UUID) { return c.CreatedAt, c.ID }),
		"NAME_ASC":     byText("sort_name", false, func(c *Contact) (string, id.UUID) { return c.SortName, c.ID }),
	}}
	members = shape[Member]{"members", map[string]order[Member]{
		"": byText("name", false, func(m *Member) (string, id.UUID) { return m.Name, m.ID }),
	}}
	apiKeys = shape[APIKey]{"api_keys", map[string]order[APIKey]{
		"": byTime("created_at", true, func(k *APIKey) (time.Time, id.UUID) { return k.CreatedAt, k.ID }),
	}}
	sources = shape[Source]{"sources", map[string]order[Source]{
		"": byText("name", false, func(s *Source) (string, id.UUID) { return s.Name, s.ID }),
	}}
	campaigns = shape[Campaign]{"campaigns", map[string]order[Campaign]{
		"STARTS_DESC": byTime("starts_at", true, func(c *Campaign) (time.Time, id.UUID) { return c.StartsAt, c.ID }),
		"STARTS_ASC":  byTime("starts_at", false, func(c *Campaign) (time.Time, id.UUID) { return c.StartsAt, c.ID }),
		"NAME_ASC":    byText("name", false, func(c *Campaign) (string, id.UUID) { return c.Name, c.ID }),
	}}
	resources = shape[Resource]{"resources", map[string]order[Resource]{
		"TITLE_ASC":    byText("title", false, func(r *Resource) (string, id.UUID) { return r.Title, r.ID }),
		"CREATED_DESC": byTime("created_at", true, func(r *Resource) (time.Time, id.UUID) { return r.CreatedAt, r.ID }),
		"CREATED_ASC":  byTime("created_at", false, func(r *Resource) (time.Time, id.UUID) { return r.CreatedAt, r.ID }),
		"EXPIRES_ASC":  byTime("expires_at", false, func(r *Resource) (time.Time, id.UUID) { return expiry(r), r.ID }),
	}}
	shares = shape[Share]{"shares", map[string]order[Share]{
		"": byTime("shared_at", true, func(s *Share) (time.Time, id.UUID) { return s.SharedAt, s.ID }),
	}}
	personas = shape[Persona]{"personas", map[string]order[Persona]{
		"": {"priority", false, func(p *Persona) page.Tuple { n := int64(p.Priority); return page.Tuple{Int: &n, ID: p.ID} }},
	}}
	imports = shape[Import]{"imports", map[string]order[Import]{
		"": byTime("created_at", true, func(i *Import) (time.Time, id.UUID) { return i.CreatedAt, i.ID }),
	}}
	agreements = shape[Agreement]{"agreements", map[string]order[Agreement]{
		"": byTime("created_at", true, func(a *Agreement) (time.Time, id.UUID) { return a.CreatedAt, a.ID }),
	}}
	backTests = shape[BackTest]{"back_tests", map[string]order[BackTest]{
		"": byTime("created_at", true, func(b *BackTest) (time.Time, id.UUID) { return b.CreatedAt, b.ID }),
	}}
	messages = shape[Message]{"messages", map[string]order[Message]{
		"": byTime("at", true, func(m *Message) (time.Time, id.UUID) { return m.At, m.ID }),
	}}
	modelFits = shape[ModelFit]{"model_fits", map[string]order[ModelFit]{
		"": byTime("created_at", true, func(m *ModelFit) (time.Time, id.UUID) { return m.CreatedAt, m.ID }),
	}}
	deals = shape[Deal]{"deals", map[string]order[Deal]{
		"OPENED_DESC": byTime("opened_at", true, func(d *Deal) (time.Time, id.UUID) { return d.OpenedAt, d.ID }),
		"OPENED_ASC":  byTime("opened_at", false, func(d *Deal) (time.Time, id.UUID) { return d.OpenedAt, d.ID }),
	}}
	goals = shape[Goal]{"goals", map[string]order[Goal]{
		"": byTime("ends_at", true, func(g *Goal) (time.Time, id.UUID) { return g.EndsAt, g.ID }),
	}}
	clocks = shape[Clock]{"clocks", map[string]order[Clock]{
		"STARTED_DESC": byTime("starts_at", true, func(c *Clock) (time.Time, id.UUID) { return c.StartsAt, c.ID }),
		"DUE_ASC":      byTime("due_at", false, func(c *Clock) (time.Time, id.UUID) { return due(c), c.ID }),
	}}
	scoreHistory = shape[ScoreHistory]{"score_history", map[string]order[ScoreHistory]{
		"": byTime("at", true, func(h *ScoreHistory) (time.Time, id.UUID) { return h.At, h.ID }),
	}}
	handoffs = shape[Handoff]{"handoffs", map[string]order[Handoff]{
		"OFFERED_DESC": byTime("offered_at", true, func(h *Handoff) (time.Time, id.UUID) { return h.OfferedAt, h.ID }),
		"OFFERED_ASC":  byTime("offered_at", false, func(h *Handoff) (time.Time, id.UUID) { return h.OfferedAt, h.ID }),
	}}
	disputes = shape[CreditDispute]{"credit_disputes", map[string]order[CreditDispute]{
		"CLAIMED_DESC": byTime("claimed_at", true, func(d *CreditDispute) (time.Time, id.UUID) { return d.ClaimedAt, d.ID }),
		"CLAIMED_ASC":  byTime("claimed_at", false, func(d *CreditDispute) (time.Time, id.UUID) { return d.ClaimedAt, d.ID }),
		"DUE_ASC":      byTime("due_at", false, func(d *CreditDispute) (time.Time, id.UUID) { return dueDispute(d), d.ID }),
	}}
	refusals = shape[ImportRefusal]{"import_refusals", map[string]order[ImportRefusal]{
		"": {"", false, func(r *ImportRefusal) page.Tuple { return page.Tuple{ID: r.ID} }},
	}}
)

// byScore orders leads by points. Leads without a score are not in such a list.
func byScore(desc bool) order[Lead] {
	return order[Lead]{"score", desc, func(l *Lead) page.Tuple {
		var points int64
		if l.Score != nil {
			points = int64(*l.Score)
		}
		return page.Tuple{Int: &points, ID: l.ID}
	}}
}

// LeadList is what a list of leads is asked for.
type LeadList struct {
	Args   page.Args
	Filter *LeadFilter
	Where  *condition.Condition // an audience
	Order  string
}

// Leads are the leads of the workspace. An audience is checked first, against the workspace's attributes.
func (r *Reader) Leads(ctx context.Context, l LeadList) (*Page[Lead], error) {
	where, err := r.audience(ctx, "where", l.Where, time.Now())
	if err != nil {
		return nil, err
	}
	return root(ctx, r, listing[Lead]{shape: leads, order: l.Order, args: l.Args, key: []any{l.Filter, l.Where}, filter: func(q *query) error {
		if err := l.Filter.add(q); err != nil {
			return err
		}
		if strings.HasPrefix(l.Order, "SCORE_") {
			q.and("l.score is not null")
		}
		return where(q)
	}})
}

// LeadsOf are the leads of several parents, told apart by one of the columns contact_id, account_id, owner_id, source_id,
// campaign_id and persona_id.
func (r *Reader) LeadsOf(ctx context.Context, column string, parents []id.UUID, a page.Args, f *LeadFilter) ([]*Page[Lead], error) {
	return list(ctx, r, listing[Lead]{shape: leads, order: "LAST_ACTIVITY_DESC", args: a, key: []any{column, f}, filter: f.add, parent: column, parents: parents})
}

// Touches are the touches of the workspace, newest first.
func (r *Reader) Touches(ctx context.Context, a page.Args, f *TouchFilter) (*Page[Touch], error) {
	return root(ctx, r, listing[Touch]{shape: touches, args: a, key: []any{f}, filter: f.add})
}

// TouchesBy are the touches of several parents, told apart by contact_id or account_id.
func (r *Reader) TouchesBy(ctx context.Context, column string, parents []id.UUID, a page.Args, f *TouchFilter) ([]*Page[Touch], error) {
	return list(ctx, r, listing[Touch]{shape: touches, args: a, key: []any{column, f}, filter: f.add, parent: column, parents: parents})
}

// Accounts are the companies of the workspace.
func (r *Reader) Accounts(ctx context.Context, a page.Args, f *AccountFilter, order string) (*Page[Account], error) {
	return root(ctx, r, listing[Account]{shape: accounts, order: order, args: a, key: []any{f}, filter: f.add})
}

// Contacts are the people of the workspace.
func (r *Reader) Contacts(ctx context.Context, a page.Args, f *ContactFilter, order string) (*Page[Contact], error) {
	return root(ctx, r, listing[Contact]{shape: contacts, order: order, args: a, key: []any{f}, filter: f.add})
}

// ContactsOf are the people of several companies, newest first.
func (r *Reader) ContactsOf(ctx context.Context, accounts []id.UUID, a page.Args) ([]*Page[Contact], error) {
	return list(ctx, r, listing[Contact]{shape: contacts, order: "CREATED_DESC", args: a, parent: "account_id", parents: accounts})
}

// Members are the people at work, by name.
func (r *Reader) Members(ctx context.Context, a page.Args, f *MemberFilter) (*Page[Member], error) {
	return root(ctx, r, listing[Member]{shape: members, args: a, key: []any{f}, filter: f.add})
}

// APIKeys are the keys of the workspace, newest first.
func (r *Reader) APIKeys(ctx context.Context, a page.Args, f *APIKeyFilter) (*Page[APIKey], error) {
	return root(ctx, r, listing[APIKey]{shape: apiKeys, args: a, key: []any{f}, filter: f.add})
}

// Sources are where leads come from, by name.
func (r *Reader) Sources(ctx context.Context, a page.Args, f *SourceFilter) (*Page[Source], error) {
	return root(ctx, r, listing[Source]{shape: sources, args: a, key: []any{f}, filter: f.add})
}

// Campaigns are the campaigns of the workspace.
func (r *Reader) Campaigns(ctx context.Context, a page.Args, f *CampaignFilter, order string) (*Page[Campaign], error) {
	return root(ctx, r, listing[Campaign]{shape: campaigns, order: order, args: a, key: []any{f}, filter: f.add})
}

// Personas are the buyer profiles, most important first.
func (r *Reader) Personas(ctx context.Context, a page.Args, f *PersonaFilter) (*Page[Persona], error) {
	return root(ctx, r, listing[Persona]{shape: personas, args: a, key: []any{f}, filter: f.add})
}

// Imports are the files on their way in, newest first.
func (r *Reader) Imports(ctx context.Context, a page.Args, f *ImportFilter) (*Page[Import], error) {
	return root(ctx, r, listing[Import]{shape: imports, args: a, key: []any{f}, filter: f.add})
}

// RefusalsOf are the refused rows of several imports, in the order of the file.
func (r *Reader) RefusalsOf(ctx context.Context, imports []id.UUID, a page.Args) ([]*Page[ImportRefusal], error) {
	return list(ctx, r, listing[ImportRefusal]{shape: refusals, args: a, parent: "import_id", parents: imports})
}

// Agreements are versions of the rules, newest first.
func (r *Reader) Agreements(ctx context.Context, a page.Args, f *AgreementFilter) (*Page[Agreement], error) {
	return root(ctx, r, listing[Agreement]{shape: agreements, args: a, key: []any{f}, filter: f.add})
}

// BackTests are the back-tests of the workspace, newest first.
func (r *Reader) BackTests(ctx context.Context, a page.Args) (*Page[BackTest], error) {
	return root(ctx, r, listing[BackTest]{shape: backTests, args: a})
}

// BackTestsBy are the back-tests of several versions, newest first.
func (r *Reader) BackTestsBy(ctx context.Context, versions []id.UUID, a page.Args) ([]*Page[BackTest], error) {
	return list(ctx, r, listing[BackTest]{shape: backTests, args: a, parent: "agreement_id", parents: versions})
}

// ModelFits are the models that were learned, newest first.
func (r *Reader) ModelFits(ctx context.Context, a page.Args) (*Page[ModelFit], error) {
	return root(ctx, r, listing[ModelFit]{shape: modelFits, args: a})
}

// ScoreHistories are the histories of several leads' scores, newest first.
func (r *Reader) ScoreHistories(ctx context.Context, leads []id.UUID, a page.Args) ([]*Page[ScoreHistory], error) {
	return list(ctx, r, listing[ScoreHistory]{shape: scoreHistory, args: a, parent: "lead_id", parents: leads})
}

// Deals are the deals of the workspace.
func (r *Reader) Deals(ctx context.Context, a page.Args, f *DealFilter, order string) (*Page[Deal], error) {
	return root(ctx, r, listing[Deal]{shape: deals, order: order, args: a, key: []any{f}, filter: f.add})
}

// DealsOf are the deals with several companies, latest first.
func (r *Reader) DealsOf(ctx context.Context, accounts []id.UUID, a page.Args, f *DealFilter) ([]*Page[Deal], error) {
	return list(ctx, r, listing[Deal]{shape: deals, order: "OPENED_DESC", args: a, key: []any{f}, filter: f.add, parent: "account_id", parents: accounts})
}
