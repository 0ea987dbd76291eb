package graph

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// readers says what it takes to read each type by its id: the same permissions as `@can` on the type. A test compares the two.
var readers = map[id.Kind]auth.Permission{
	id.Member: auth.MembersRead, id.APIKey: auth.KeysRead, id.Account: auth.LeadsRead, id.Contact: auth.LeadsRead, id.Lead: auth.LeadsRead,
	id.Source: auth.CampaignsRead, id.Touch: auth.LeadsRead, id.Campaign: auth.CampaignsRead, id.Persona: auth.CampaignsRead,
	id.Event: auth.LeadsRead, id.Import: auth.LeadsImport, id.Workspace: "",
	id.Agreement: auth.AgreementsRead, id.Rescore: auth.AgreementsRead, id.BackTest: auth.AgreementsRead, id.ModelFit: auth.AgreementsRead,
	id.AttributionRun: auth.LeadsRead, id.AttributionFit: auth.AgreementsRead,
	id.Handoff:  auth.LeadsRead,
	id.Goal:     auth.LeadsRead,
	id.Resource: auth.ResourcesRead, id.Share: auth.LeadsRead,
	id.Reason: auth.LeadsRead, id.Deal: auth.LeadsRead, id.Clock: auth.LeadsRead, id.Waiver: auth.LeadsRead, id.Message: auth.LeadsRead, id.Dispute: auth.LeadsRead,
}

// node finds any object; nil where the workspace has none, or where the viewer may not read its type: the two look the same.
func (r *Resolver) node(ctx context.Context, g id.Global) (model.Node, error) {
	found, err := r.nodes(ctx, []*id.Global{&g})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// nodes finds objects of any types, in one statement for each type.
func (r *Resolver) nodes(ctx context.Context, of []*id.Global) ([]model.Node, error) {
	if len(of) > 250 {
		return nil, fault.Input("ids", "Ask for at most 250 objects at once.")
	}
	byKind := map[id.Kind][]id.UUID{}
	for _, g := range of {
		byKind[g.Kind] = append(byKind[g.Kind], g.UUID)
	}
	found := map[id.Global]model.Node{}
	for kind, ids := range byKind {
		need, known := readers[kind]
		if !known || need != "" && !auth.From(ctx).May(need) {
			continue
		}
		if err := r.load(ctx, kind, ids, found); err != nil {
			return nil, err
		}
	}
	out := make([]model.Node, len(of))
	for i, g := range of {
		out[i] = found[*g]
	}
	return out, nil
}

// load reads objects of one type.
func (r *Resolver) load(ctx context.Context, kind id.Kind, ids []id.UUID, into map[id.Global]model.Node) error {
	q := r.read(ctx)
	ws := q.Workspace
	if kind == id.Workspace {
		if !slices.Contains(ids, ws) {
			return nil
		}
		w, err := q.WorkspaceByID(ctx, ws)
		return put(into, []*db.Workspace{w}, err)
	}
	if load := loads[kind]; load != nil {
		return load(ctx, q, ids, into)
	}
	return r.loadJudged(ctx, kind, ids, into)
}

// loadJudged reads objects of the types of which an answer always takes the whole row.
func (r *Resolver) loadJudged(ctx context.Context, kind id.Kind, ids []id.UUID, into map[id.Global]model.Node) error {
	q := r.read(ctx)
	ws := q.Workspace
	switch kind {
	case id.Rescore:
		rows, err := q.RescoresByID(ctx, db.RescoresByIDParams{WorkspaceID: ws, Ids: ids})
		return put(into, rows, err)
	case id.BackTest:
		rows, err := q.BackTestsByID(ctx, db.BackTestsByIDParams{WorkspaceID: ws, Ids: ids})
		return put(into, rows, err)
	case id.Waiver:
		rows, err := q.WaiversByID(ctx, db.WaiversByIDParams{WorkspaceID: ws, Ids: ids})
		return put(into, rows, err)
	case id.ModelFit:
		rows, err := q.ModelFitsByID(ctx, db.ModelFitsByIDParams{WorkspaceID: ws, Ids: ids})
		return put(into, rows, err)
	}
	return fmt.Errorf("node: the type %q cannot be loaded", kind)
}

// loads read objects of the types of which an answer takes what it shows.
var loads = map[id.Kind]func(ctx context.Context, q *db.Reader, ids []id.UUID, into map[id.Global]model.Node) error{
	id.Member: load[db.Member], id.APIKey: load[db.APIKey], id.Account: load[db.Account], id.Contact: load[db.Contact], id.Lead: load[db.Lead], id.Source: load[db.Source],
	id.Touch: load[db.Touch], id.Campaign: load[db.Campaign], id.Persona: load[db.Persona], id.Event: load[db.Event], id.Import: load[db.Import],
	id.Agreement: load[db.Agreement], id.Handoff: load[db.Handoff], id.Reason: load[db.Reason], id.Deal: load[db.Deal], id.Clock: load[db.Clock], id.Message: load[db.Message],
	id.Goal:           load[db.Goal],
	id.Dispute:        load[db.CreditDispute],
	id.AttributionRun: load[db.AttributionRun], id.AttributionFit: load[db.AttributionFit],
	id.Resource: load[db.Resource], id.Share: load[db.Share],
}

func load[T any, P interface {
	*T
	row
}](ctx context.Context, q *db.Reader, ids []id.UUID, into map[id.Global]model.Node) error {
	rows, err := db.ByID[T](ctx, q, ids)
	for _, r := range rows {
		if err == nil {
			into[P(r).GlobalID()] = P(r)
		}
	}
	return err
}

// row is a row that `node` finds.
type row interface {
	model.Node
	GlobalID() id.Global
}

func put[T row](into map[id.Global]model.Node, rows []T, err error) error {
	for _, r := range rows {
		if err == nil {
			into[r.GlobalID()] = r
		}
	}
	return err
}

// typed refuses an id of another type.
func typed(field string, g id.Global, kind id.Kind) error {
	if g.Kind != kind {
		return fault.Input(field, "This is the id of another type: it should begin with %s_.", kind)
	}
	return nil
}

// byID reads one object of a type; nil where there is none.
func byID[T model.Node](ctx context.Context, r *Resolver, field string, g id.Global, kind id.Kind) (found T, err error) {
	if err := typed(field, g, kind); err != nil {
		return found, err
	}
	n, err := r.node(ctx, g)
	found, _ = n.(T)
	return found, err
}

// findAccount finds a company by a key of its own.
func (r *Resolver) findAccount(ctx context.Context, by model.AccountKey) (*db.Account, error) {
	q := r.read(ctx)
	switch {
	case by.ID.Value() != nil:
		return byID[*db.Account](ctx, r, "by.id", *by.ID.Value(), id.Account)
	case by.Domain.Value() != nil:
		d, err := matching.Domain(*by.Domain.Value())
		if err != nil {
			return nil, under(err, "by.domain")
		}
		return first(q.AccountByDomain(ctx, db.AccountByDomainParams{WorkspaceID: q.Workspace, Domain: d}))
	case by.Name.Value() != nil:
		return first(q.AccountByName(ctx, db.AccountByNameParams{WorkspaceID: q.Workspace, NameKey: matching.CompanyKey(*by.Name.Value())}))
	}
	return nil, fault.Input("by", "Give one of id, domain and name.")
}

// findContact finds a person by a key.
func (r *Resolver) findContact(ctx context.Context, field string, by funnel.ContactKey) (*db.Contact, error) {
	if by.ID != nil {
		return byID[*db.Contact](ctx, r, field+".id", *by.ID, id.Contact)
	}
	q := r.read(ctx)
	kind, key, err := r.identity(ctx, field, by)
	if err != nil {
		return nil, err
	}
	held, err := first(q.FindIdentities(ctx, db.FindIdentitiesParams{WorkspaceID: q.Workspace, Kinds: []string{string(kind)}, Keys: []string{key}}))
	if err != nil || held == nil {
		return nil, err
	}
	return first(q.ContactsByID(ctx, db.ContactsByIDParams{WorkspaceID: q.Workspace, Ids: []id.UUID{held.ContactID}}))
}

// identity is what a key recognises a person by.
func (r *Resolver) identity(ctx context.Context, field string, by funnel.ContactKey) (contact.IdentityKind, string, error) {
	switch {
	case by.Email != nil:
		a, err := matching.Email(*by.Email)
		return contact.IdentityEmail, a.Key, under(err, field+".email")
	case by.Phone != nil:
		q := r.read(ctx)
		ws, err := q.WorkspaceByID(ctx, q.Workspace)
		if err != nil {
			return "", "", err
		}
		n, err := matching.Phone(*by.Phone, ws.DefaultRegion)
		return contact.IdentityPhone, n.Key, under(err, field+".phone")
	case by.External != nil:
		id, err := matching.Line(by.External.ID, 200)
		return contact.IdentityExternal, by.External.Source + ":" + id, under(err, field+".external.id")
	}
	return "", "", fault.Input(field, "Give exactly one key.")
}

// findLead finds a lead by its id, or through its person: the open lead, or else the latest.
func (r *Resolver) findLead(ctx context.Context, by model.LeadKey) (*db.Lead, error) {
	if g := by.ID.Value(); g != nil {
		if g.Kind == id.Lead && auth.From(ctx).May(readers[id.Lead]) {
			if row, promised := db.Later[db.Lead](ctx, r.read(ctx), g.UUID); promised {
				return row, nil
			}
		}
		return byID[*db.Lead](ctx, r, "by.id", *g, id.Lead)
	}
	who, err := r.findContact(ctx, "by", funnel.ContactKey{Email: by.Email.Value(), External: by.External.Value()})
	if err != nil || who == nil {
		return nil, err
	}
	q := r.read(ctx)
	return first(q.LatestLead(ctx, db.LatestLeadParams{WorkspaceID: q.Workspace, ContactID: who.ID}))
}

// first is the first row, or nil.
func first[T any](rows []*T, err error) (*T, error) {
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// under places a fault below an argument.
func under(err error, field string) error {
	if f := fault.As(err); f != nil {
		return f.Under(field)
	}
	return err
}

// pointers are pointers to a slice's elements.
func pointers[T any](of []T) []*T {
	out := make([]*T, len(of))
	for i := range of {
		out[i] = &of[i]
	}
	return out
}

// given is an id, or nil where it is none.
func given(i id.UUID) *id.UUID {
	if i.IsZero() {
		return nil
	}
	return &i
}

// by is an event's actor, where it is of a kind.
func by(e *db.Event, kind auth.ActorKind) *id.UUID {
	if e.ActorKind == kind {
		return e.ActorID
	}
	return nil
}
