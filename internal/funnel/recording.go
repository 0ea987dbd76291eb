package funnel

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// recording is touches on their way in, with what their keys stand for.
type recording struct {
	t         *tx
	in        []*TouchInput
	keys      []identity // of each touch's person; zero where the id was given
	contacts  map[id.UUID]*db.ContactCompaniesRow
	holders   map[identity]id.UUID
	campaigns map[string]*db.Campaign
	resources map[string]*db.Resource
	members   map[string]*db.Member
	faults    checks
}

func field(i int, name string) string { return "input.touches[" + strconv.Itoa(i) + "]." + name }

// resolve finds people, campaigns and members by their keys, in one statement each; those whom the touches name by ids are found.
func (r *recording) resolve(ctx context.Context, found []*db.ContactCompaniesRow) error {
	region, err := r.region(ctx)
	if err != nil {
		return err
	}
	r.contacts = make(map[id.UUID]*db.ContactCompaniesRow, len(found))
	for _, c := range found {
		r.contacts[c.ID] = c
	}
	var kinds, keys, campaigns, emails []string
	r.keys = make([]identity, len(r.in))
	for i, t := range r.in {
		if t.Contact.ID != nil {
			_, err := kind(field(i, "contact.id"), *t.Contact.ID, id.Contact)
			r.faults.add(err)
		} else {
			r.keys[i] = r.faults.identity(field(i, "contact"), t.Contact, region)
			kinds, keys = append(kinds, string(r.keys[i].kind)), append(keys, r.keys[i].key)
		}
		if t.Campaign != nil {
			campaigns = append(campaigns, *t.Campaign)
		}
		if t.MemberEmail != nil {
			emails = append(emails, r.faults.email(field(i, "memberEmail"), *t.MemberEmail).Key)
		}
	}
	if err := r.faults.err(); err != nil {
		return err
	}
	return r.read(ctx, kinds, keys, campaigns, emails)
}

// region is read only where a number may lack its country code.
func (r *recording) region(ctx context.Context) (string, error) {
	if !slices.ContainsFunc(r.in, func(t *TouchInput) bool { return t.Contact.Phone != nil }) {
		return "", nil
	}
	ws, err := r.t.WorkspaceByID(ctx, r.t.Workspace)
	if err != nil {
		return "", fmt.Errorf("read the workspace: %w", err)
	}
	return ws.DefaultRegion, nil
}

// identity is what a key recognises a person by.
func (c *checks) identity(at string, k *ContactKey, region string) identity {
	switch {
	case k.Email != nil:
		return identity{contact.IdentityEmail, c.email(at+".email", *k.Email).Key}
	case k.Phone != nil:
		n, err := matching.Phone(*k.Phone, region)
		if err != nil {
			c.add(under(err, at+".phone"))
		}
		return identity{contact.IdentityPhone, n.Key}
	case k.External != nil:
		return identity{contact.IdentityExternal, c.key(at+".external.source", k.External.Source) + ":" + c.line(at+".external.id", k.External.ID, 200)}
	}
	c.add(fault.Input(at, "Give one of id, email, phone and external."))
	return identity{}
}

func (r *recording) read(ctx context.Context, kinds, keys, campaigns, emails []string) error {
	r.holders, r.campaigns, r.members = map[identity]id.UUID{}, map[string]*db.Campaign{}, map[string]*db.Member{}
	ws := r.t.Workspace
	if len(keys) > 0 {
		rows, err := r.t.FindIdentities(ctx, db.FindIdentitiesParams{WorkspaceID: ws, Kinds: kinds, Keys: keys})
		if err != nil {
			return fmt.Errorf("find people: %w", err)
		}
		var ids []id.UUID
		for _, f := range rows {
			r.holders[identity{f.Kind, f.Key}] = f.ContactID
			ids = append(ids, f.ContactID)
		}
		contacts, err := r.t.ContactCompanies(ctx, db.ContactCompaniesParams{WorkspaceID: ws, Ids: ids})
		if err != nil {
			return fmt.Errorf("read people: %w", err)
		}
		for _, c := range contacts {
			r.contacts[c.ID] = c
		}
	}
	if len(campaigns) > 0 {
		rows, err := r.t.CampaignsByKey(ctx, db.CampaignsByKeyParams{WorkspaceID: ws, Keys: campaigns})
		if err != nil {
			return fmt.Errorf("find campaigns: %w", err)
		}
		for _, c := range rows {
			r.campaigns[c.Key] = c
		}
	}
	if len(emails) == 0 {
		return nil
	}
	rows, err := r.t.MembersByEmailKey(ctx, db.MembersByEmailKeyParams{WorkspaceID: ws, EmailKeys: emails})
	if err != nil {
		return fmt.Errorf("find members: %w", err)
	}
	for _, m := range rows {
		r.members[m.EmailKey] = m
	}
	return nil
}

// rows makes the touches, or says what is wrong with them.
func (r *recording) rows(source *db.Source) ([]*db.Touch, error) {
	out := make([]*db.Touch, len(r.in))
	for i, t := range r.in {
		row := &db.Touch{WorkspaceID: r.t.Workspace, ID: id.New(), SourceID: source.ID, Kind: t.Kind, Channel: t.Channel, Direction: direction(t.Kind), Department: t.Department,
			ResourcePosition: t.ResourcePosition, Subject: r.faults.opt(field(i, "subject"), t.Subject, 500), ExternalID: r.faults.opt(field(i, "externalId"), t.ExternalID, 200),
			OccurredAt: r.faults.moment(field(i, "occurredAt"), t.OccurredAt, r.t.now), RecordedAt: r.t.now}
		switch {
		case t.Direction != nil:
			row.Direction = *t.Direction
		case t.Outcome != nil: // what came of it is asked of what we did
			row.Direction = contact.DirectionOutbound
		}
		r.faults.add(show(row, field(i, "resource"), t.Resource, r.resources))
		r.person(i, t, row)
		r.actors(i, t, row)
		out[i] = row
	}
	return out, r.faults.err()
}

func (r *recording) person(i int, t *TouchInput, row *db.Touch) {
	who := r.holders[r.keys[i]]
	if t.Contact.ID != nil {
		who = t.Contact.ID.UUID
	}
	c := r.contacts[who]
	if c == nil {
		r.faults.add(&fault.Error{Code: fault.NotFound, Field: field(i, "contact"), Message: "Nobody in your workspace is known by this. Capture the lead first."})
		return
	}
	row.ContactID, row.AccountID = c.ID, c.AccountID
}

func (r *recording) actors(i int, t *TouchInput, row *db.Touch) {
	if t.Campaign != nil {
		if c := r.campaigns[*t.Campaign]; c != nil {
			row.CampaignID = &c.ID
		} else {
			r.faults.add(&fault.Error{Code: fault.NotFound, Field: field(i, "campaign"), Message: fmt.Sprintf("There is no campaign with the key %.60q.", *t.Campaign)})
		}
	}
	var m *db.Member
	if t.MemberEmail != nil {
		a, _ := matching.Email(*t.MemberEmail)
		if m = r.members[a.Key]; m == nil {
			r.faults.add(&fault.Error{Code: fault.NotFound, Field: field(i, "memberEmail"), Message: "There is no member with this address in your workspace."})
			return
		}
		row.MemberID = &m.ID
	}
	if row.Direction == contact.DirectionOutbound && row.Department == nil {
		switch {
		case m != nil:
			row.Department = &m.Department
		case r.t.who.Kind == auth.ActorMember:
			row.Department = &r.t.who.Department
		}
	}
}
