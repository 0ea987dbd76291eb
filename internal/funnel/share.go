package funnel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// ShareResourceInput is a resource to send, and to whom.
type ShareResourceInput struct {
	To             id.Global
	ResourceID     id.Global
	Channel        contact.Channel
	Source         *string
	Department     *auth.Department
	IdempotencyKey *string
}

// ShareResourcePayload is the share and its link.
type ShareResourcePayload struct {
	Mark
	Share *db.Share
	URL   string
}

// LinkPath is where links that were shared stand.
const LinkPath = "/r/"

// ShareResource sends a resource to a person under a link of its own. Members who work leads may, for their department, and API keys with that scope.
func (f *Funnel) ShareResource(ctx context.Context, in ShareResourceInput) (*ShareResourcePayload, error) {
	var c checks
	if in.To.Kind != id.Lead && in.To.Kind != id.Contact {
		c.add(fault.Input("input.to", "This is the id of another type: it should begin with %s_ or %s_.", id.Lead, id.Contact))
	}
	which, err := kind("input.resourceId", in.ResourceID, id.Resource)
	c.add(err)
	who := auth.From(ctx)
	switch {
	case in.Department != nil:
		c.add(speaksFor(who, "input.department", *in.Department))
	case who.Kind == auth.ActorMember:
		in.Department = &who.Department
	default:
		c.add(fault.Input("input.department", "Say for which department you send."))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	var sources []*db.Source
	var stamp id.UUID // of the rules in force
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*ShareResourcePayload, error) {
		source, err := t.teller("input.source", in.Source, sources)
		if err != nil {
			return nil, err
		}
		person, err := t.recipient(ctx, in.To)
		if err != nil {
			return nil, err
		}
		r, err := t.shareable(ctx, which)
		if err != nil {
			return nil, err
		}
		touch := &db.Touch{WorkspaceID: t.Workspace, ID: id.New(), ContactID: person.ID, AccountID: person.AccountID, SourceID: source.ID, Kind: in.Channel.MessageKind(), Channel: in.Channel,
			Direction: contact.DirectionOutbound, Department: in.Department, ResourceID: &r.ID, ResourcePosition: &r.Position, Subject: &r.Title, OccurredAt: t.now, RecordedAt: t.now}
		s := &db.Share{WorkspaceID: t.Workspace, ID: id.New(), ResourceID: r.ID, ContactID: person.ID, SourceID: source.ID, TouchID: touch.ID, Channel: in.Channel, SharedAt: t.now}
		if t.who.Kind == auth.ActorMember {
			touch.MemberID, s.MemberID = &t.who.Member, &t.who.Member
		}
		if _, err := t.recorded(ctx, []*db.Touch{touch}, stamp); err != nil {
			return nil, err
		}
		if _, err := db.Insert(ctx, t.Tx, "shares", []*db.Share{s}, ""); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.ResourceShared, contact: person.ID, subject: s.ID, data: event.Data{Name: r.Title, To: string(in.Channel)}})
		return &ShareResourcePayload{Share: s, URL: f.BaseURL + LinkPath + auth.SignLink(f.LinkKeys[0], t.Workspace, s.ID)}, nil
	}, func(o *db.Opening) {
		openSource(o, who, in.Source, &sources)
		o.RulesStamp(&stamp)
	})
}

// recipient is the person of a lead, or a person.
func (t *tx) recipient(ctx context.Context, to id.Global) (*db.ContactCompaniesRow, error) {
	who := to.UUID
	if to.Kind == id.Lead {
		leads, err := t.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{who}})
		if err != nil || len(leads) == 0 {
			return nil, either(err, fault.Missing("input.to", "lead"))
		}
		who = leads[0].ContactID
	}
	people, err := t.ContactCompanies(ctx, db.ContactCompaniesParams{WorkspaceID: t.Workspace, Ids: []id.UUID{who}})
	if err != nil || len(people) == 0 {
		return nil, either(err, fault.Missing("input.to", "person"))
	}
	return people[0], nil
}

// shareable is a resource that can be sent.
func (t *tx) shareable(ctx context.Context, which id.UUID) (*db.Resource, error) {
	rows, err := t.ResourcesByID(ctx, db.ResourcesByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return nil, either(err, fault.Missing("input.resourceId", "resource"))
	}
	if rows[0].Gone(t.now) {
		return nil, &fault.Error{Code: fault.Conflict, Field: "input.resourceId", Message: "This resource is out of date or out of use: choose another, or bring it back first."}
	}
	return rows[0], nil
}

// ViewWindow is for how long further views of a link are the same view.
const ViewWindow = 30 * time.Minute

// ErrGone tells that what a link led to is out of date or out of use.
var ErrGone = fault.New(fault.NotFound, "What this link led to is no longer there.")

// Link is where a link leads.
type Link struct {
	workspace id.UUID
	share     *db.LinkedShareRow
}

// URL is where to go.
func (l *Link) URL() string { return l.share.URL }

// FollowLink answers where a link leads. Everybody may who has it.
func (f *Funnel) FollowLink(ctx context.Context, token string) (*Link, error) {
	workspace, share, err := auth.OpenLink(f.LinkKeys, token)
	if err != nil {
		return nil, err
	}
	row, err := f.DB.Read(workspace).LinkedShare(ctx, db.LinkedShareParams{WorkspaceID: workspace, ID: share, Now: f.Now()})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, auth.ErrLink
	case err != nil:
		return nil, fmt.Errorf("read a share: %w", err)
	case row.Gone:
		return nil, ErrGone
	}
	return &Link{workspace, row}, nil
}

// errSeen ends the transaction of a view that somebody else has just counted.
var errSeen = errors.New("the view is counted")

// View records that the person followed a link, and judges their lead by it, unless a view was counted within the window. It is the system's own verb.
func (f *Funnel) View(ctx context.Context, l *Link) error {
	s := l.share
	if s.LastViewedAt != nil && s.LastViewedAt.After(f.Now().Add(-ViewWindow)) {
		return nil
	}
	var stamp id.UUID // of the rules in force
	err := f.as(ctx, auth.System(l.workspace), func(t *tx) error {
		touch := &db.Touch{WorkspaceID: t.Workspace, ID: id.New(), ContactID: s.ContactID, AccountID: s.AccountID, SourceID: s.SourceID, Kind: contact.KindResourceViewed, Channel: s.Channel,
			Direction: contact.DirectionInbound, ResourceID: &s.ResourceID, ResourcePosition: &s.Position, Subject: &s.Title, OccurredAt: t.now, RecordedAt: t.now}
		if _, err := t.recorded(ctx, []*db.Touch{touch}, stamp); err != nil {
			return err
		}
		n, err := t.CountView(ctx, db.CountViewParams{WorkspaceID: t.Workspace, ID: s.ID, At: touch.OccurredAt, Before: touch.OccurredAt.Add(-ViewWindow)})
		if err == nil && n == 0 {
			err = errSeen
		}
		return err
	}, func(o *db.Opening) { o.RulesStamp(&stamp) })
	if errors.Is(err, errSeen) {
		return nil
	}
	return err
}
