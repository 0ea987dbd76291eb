package db

import (
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// maxIn is how many values one field of a filter takes.
const maxIn = 250

// LeadFilter says which leads; all that is given must hold. Every field is the head of an index, or narrows one.
type LeadFilter struct {
	Stages        []lifecycle.Stage
	OwnerIds      []id.Global
	Owned         *bool
	Queue         *string
	PersonaIds    []id.Global
	SourceIds     []id.Global
	CampaignIds   []id.Global
	AccountIds    []id.Global
	CreatedFrom   *time.Time
	CreatedBefore *time.Time
	ActiveFrom    *time.Time
	ActiveBefore  *time.Time
	Bands         []lifecycle.Band
	ScoreFrom     *int32
	ScoreBelow    *int32
}

func (f *LeadFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	in(q, "stage", f.Stages)
	for _, ids := range []struct {
		field, column string
		kind          id.Kind
		of            []id.Global
	}{{"ownerIds", "owner_id", id.Member, f.OwnerIds}, {"personaIds", "persona_id", id.Persona, f.PersonaIds}, {"sourceIds", "source_id", id.Source, f.SourceIds},
		{"campaignIds", "campaign_id", id.Campaign, f.CampaignIds}, {"accountIds", "account_id", id.Account, f.AccountIds}} {
		if err := inIDs(q, ids.field, ids.column, ids.kind, ids.of); err != nil {
			return err
		}
	}
	if f.Owned != nil && *f.Owned {
		q.and("l.owner_id is not null")
	} else if f.Owned != nil {
		q.and("l.owner_id is null")
	}
	if f.Queue != nil {
		q.and("l.owner_id is null and l.queue = " + q.arg(*f.Queue))
	}
	span(q, "created_at", f.CreatedFrom, f.CreatedBefore)
	span(q, "last_activity_at", f.ActiveFrom, f.ActiveBefore)
	in(q, "band", f.Bands)
	span(q, "score", f.ScoreFrom, f.ScoreBelow)
	return nil
}

// TouchFilter says which touches; all that is given must hold.
type TouchFilter struct {
	Kinds          []contact.TouchKind
	Channels       []contact.Channel
	Direction      *contact.Direction
	CampaignID     *id.Global
	ResourceID     *id.Global
	OccurredFrom   *time.Time
	OccurredBefore *time.Time
}

func (f *TouchFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	in(q, "kind", f.Kinds)
	in(q, "channel", f.Channels)
	if f.Direction != nil {
		q.and("l.direction = " + q.arg(*f.Direction))
	}
	for _, of := range []struct {
		field, column string
		kind          id.Kind
		is            *id.Global
	}{{"campaignId", "campaign_id", id.Campaign, f.CampaignID}, {"resourceId", "resource_id", id.Resource, f.ResourceID}} {
		if of.is == nil {
			continue
		}
		if of.is.Kind != of.kind {
			return fault.Input("filter."+of.field, "This is the id of another type: it should begin with %s_.", of.kind)
		}
		q.and("l." + of.column + " = " + q.arg(of.is.UUID))
	}
	span(q, "occurred_at", f.OccurredFrom, f.OccurredBefore)
	return nil
}

// AccountFilter says which companies; all that is given must hold.
type AccountFilter struct {
	Names         []string
	Domains       []string
	CreatedFrom   *time.Time
	CreatedBefore *time.Time
}

func (f *AccountFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	if f.Names != nil {
		keys := make([]string, len(f.Names))
		for i, n := range f.Names {
			keys[i] = matching.CompanyKey(n)
		}
		in(q, "name_key", keys)
	}
	if f.Domains != nil {
		domains := make([]string, len(f.Domains))
		for i, d := range f.Domains {
			domain, err := matching.Domain(d)
			if err != nil {
				return under(err, fmt.Sprintf("filter.domains[%d]", i))
			}
			domains[i] = domain
		}
		in(q, "domain", domains)
	}
	span(q, "created_at", f.CreatedFrom, f.CreatedBefore)
	return nil
}

// ContactFilter says which people; all that is given must hold.
type ContactFilter struct {
	AccountIds    []id.Global
	CreatedFrom   *time.Time
	CreatedBefore *time.Time
}

func (f *ContactFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	span(q, "created_at", f.CreatedFrom, f.CreatedBefore)
	return inIDs(q, "accountIds", "account_id", id.Account, f.AccountIds)
}

// MemberFilter says which members; all that is given must hold.
type MemberFilter struct {
	Department *auth.Department
	Role       *auth.Role
	Active     *bool
}

func (f *MemberFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	equal(q, "department", f.Department)
	equal(q, "role", f.Role)
	equal(q, "active", f.Active)
	return nil
}

// APIKeyFilter says which keys.
type APIKeyFilter struct{ Active *bool }

func (f *APIKeyFilter) add(q *query) error {
	switch {
	case f == nil || f.Active == nil:
	case *f.Active:
		q.and("l.revoked_at is null and l.expires_at > now()")
	default:
		q.and("(l.revoked_at is not null or l.expires_at <= now())")
	}
	return nil
}

// SourceFilter says which sources.
type SourceFilter struct{ Kinds []contact.SourceKind }

func (f *SourceFilter) add(q *query) error {
	if f != nil {
		in(q, "kind", f.Kinds)
	}
	return nil
}

// CampaignFilter says which campaigns; all that is given must hold.
type CampaignFilter struct {
	Kinds     []contact.CampaignKind
	RunningAt *time.Time
}

func (f *CampaignFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	in(q, "kind", f.Kinds)
	if f.RunningAt != nil {
		at := q.arg(*f.RunningAt)
		q.and("l.starts_at <= " + at + " and (l.ends_at is null or l.ends_at >= " + at + ")")
	}
	return nil
}

// PersonaFilter says which personas.
type PersonaFilter struct{ Active *bool }

func (f *PersonaFilter) add(q *query) error {
	if f != nil {
		equal(q, "active", f.Active)
	}
	return nil
}

// AgreementFilter says which versions; all that is given must hold.
type AgreementFilter struct {
	Kinds  []agreement.Kind
	States []agreement.State
}

func (f *AgreementFilter) add(q *query) error {
	if f != nil {
		in(q, "kind", f.Kinds)
		in(q, "state", f.States)
	}
	return nil
}

// ImportFilter says which imports.
type ImportFilter struct{ States []JobState }

func (f *ImportFilter) add(q *query) error {
	if f != nil {
		in(q, "state", f.States)
	}
	return nil
}

// DealFilter says which deals; all that is given must hold.
type DealFilter struct {
	Outcomes     []lifecycle.DealOutcome
	OwnerIds     []id.Global
	AccountIds   []id.Global
	SourceIds    []id.Global
	OpenedFrom   *time.Time
	OpenedBefore *time.Time
	ClosedFrom   *time.Time
	ClosedBefore *time.Time
	Stages       []string
	Industries   []string
	Attribute    *DealAttributeFilter
}

// DealAttributeFilter says which values of one attribute.
type DealAttributeFilter struct {
	Key    string
	Values []string
}

func (f *DealFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	in(q, "outcome", f.Outcomes)
	span(q, "opened_at", f.OpenedFrom, f.OpenedBefore)
	span(q, "closed_at", f.ClosedFrom, f.ClosedBefore)
	if err := inWords(q, "stages", "l.stage", f.Stages); err != nil {
		return err
	}
	if err := inWords(q, "industries", dealIndustry, f.Industries); err != nil {
		return err
	}
	if a := f.Attribute; a != nil {
		if err := inWords(q, "attribute.values", "l.attributes ->> "+q.arg(a.Key)+"::text", a.Values); err != nil {
			return err
		}
	}
	if err := inIDs(q, "sourceIds", "source_id", id.Source, f.SourceIds); err != nil {
		return err
	}
	if err := inIDs(q, "ownerIds", "owner_id", id.Member, f.OwnerIds); err != nil {
		return err
	}
	return inIDs(q, "accountIds", "account_id", id.Account, f.AccountIds)
}

// dealIndustry is the industry of a deal's account.
const dealIndustry = "(select a.industry from accounts a where a.workspace_id = l.workspace_id and a.id = l.account_id)"

// inWords narrows a text to some values, of which an empty one stands for none; nil does not narrow.
func inWords(q *query, field, column string, values []string) error {
	if len(values) > maxIn {
		return fault.Input("filter."+field, "Give at most %d values.", maxIn)
	}
	if values != nil {
		q.and("coalesce(" + column + ", '') = any(" + q.arg(values) + "::text[])")
	}
	return nil
}

// in narrows a column to some values; nil does not narrow, an empty list leaves nothing. One value is compared as one, so that an
// index that goes on with the order can be used.
func in[T any](q *query, column string, values []T) {
	switch {
	case values == nil:
	case len(values) == 1:
		q.and("l." + column + " = " + q.arg(values[0]))
	default:
		q.and("l." + column + " = any(" + q.arg(values) + ")")
	}
}

// inIDs narrows a column to some objects; ids of another type are refused before they reach the database.
func inIDs(q *query, field, column string, kind id.Kind, of []id.Global) error {
	if of == nil {
		return nil
	}
	if len(of) > maxIn {
		return fault.Input("filter."+field, "Give at most %d ids.", maxIn)
	}
	ids := make([]id.UUID, len(of))
	for i, g := range of {
		if g.Kind != kind {
			return fault.Input(fmt.Sprintf("filter.%s[%d]", field, i), "This is the id of another type: it should begin with %s_.", kind)
		}
		ids[i] = g.UUID
	}
	in(q, column, ids)
	return nil
}

func equal[T any](q *query, column string, v *T) {
	if v != nil {
		q.and("l." + column + " = " + q.arg(*v))
	}
}

func span[T any](q *query, column string, from, before *T) {
	if from != nil {
		q.and("l." + column + " >= " + q.arg(*from))
	}
	if before != nil {
		q.and("l." + column + " < " + q.arg(*before))
	}
}

// under places a fault of a rule below the field it came from.
func under(err error, field string) error {
	if f := fault.As(err); f != nil {
		return f.Under(field)
	}
	return err
}
