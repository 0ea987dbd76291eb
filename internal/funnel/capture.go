package funnel

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// CaptureLeadInput is somebody who may want something.
type CaptureLeadInput struct {
	Source         *string
	Campaign       *string
	ExternalID     *string
	Contact        *CaptureContactInput
	Account        *CaptureAccountInput
	Interest       *string
	Attributes     db.Attributes
	Touch          *CaptureTouchInput
	Consents       []*CaptureConsentInput
	IdempotencyKey *string
}

// CaptureContactInput is the person of a capture; nil keeps what is known.
type CaptureContactInput struct {
	Email, Phone                                                  *string
	GivenName, FamilyName, FullName                               *string
	Title, Function, Seniority, Country, City, Language, TimeZone *string
	Attributes                                                    db.Attributes
}

// CaptureAccountInput is the company of a capture; nil keeps what is known.
type CaptureAccountInput struct {
	Name, Domain, Industry *string
	Employees              *int32
	RevenueMinor           *int64
	Currency               *string
	Country, City, Tier    *string
	Attributes             db.Attributes
}

// CaptureTouchInput is what the person did.
type CaptureTouchInput struct {
	Kind             contact.TouchKind
	Channel          *contact.Channel
	Subject          *string
	Resource         *string
	ResourcePosition *contact.FunnelPosition
	ExternalID       *string
	OccurredAt       *time.Time
}

// CaptureConsentInput is what the person allowed.
type CaptureConsentInput struct {
	Channel contact.Channel
	Purpose contact.Purpose
	State   contact.ConsentState
	Basis   contact.ConsentBasis
	Proof   *string
}

// CaptureOutcome says what became of a capture.
type CaptureOutcome string

// The outcomes, as in the SDL.
const (
	Created CaptureOutcome = "CREATED"
	Merged  CaptureOutcome = "MERGED"
)

// CaptureOutcomes lists every CaptureOutcome.
var CaptureOutcomes = []CaptureOutcome{Created, Merged}

// MarshalGQL writes the enum's name.
func (o CaptureOutcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no CaptureOutcome.
func (o *CaptureOutcome) UnmarshalGQL(v any) error { return enum.Read(v, o, CaptureOutcomes) }

// CaptureLeadPayload is what became of a capture.
type CaptureLeadPayload struct {
	Mark
	Lead    *db.Lead
	Outcome CaptureOutcome
	Changed bool
}

// CaptureLead records that somebody may want something. Members who work leads may, and API keys with that scope.
func (f *Funnel) CaptureLead(ctx context.Context, in CaptureLeadInput) (*CaptureLeadPayload, error) {
	d := &doorway{who: auth.From(ctx), in: &in}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CaptureLeadPayload, error) {
		out, err := t.captureOne(ctx, "input", d)
		if err != nil {
			return nil, err
		}
		return &CaptureLeadPayload{Lead: out.lead, Outcome: out.outcome, Changed: out.changed}, nil
	}, d.open)
}

// doorway is a capture with what it names.
type doorway struct {
	who       *auth.Viewer
	in        *CaptureLeadInput
	workspace []*db.Workspace // only where a number may lack its country code
	sources   []*db.Source
	campaigns []*db.Campaign
}

// open asks for what the capture names.
func (d *doorway) open(o *db.Opening) {
	if c := d.in.Contact; c != nil && c.Phone != nil {
		o.WorkspaceByID(&d.workspace)
	}
	openSource(o, d.who, d.in.Source, &d.sources)
	if d.in.Campaign != nil {
		o.CampaignsByKey([]string{*d.in.Campaign}, &d.campaigns)
	}
}

// captureOne checks one capture, whose faults are below a field, and applies it.
func (t *tx) captureOne(ctx context.Context, field string, d *doorway) (out captured, err error) {
	region := ""
	for _, w := range d.workspace {
		region = w.DefaultRegion
	}
	var c checks
	a := c.arrival(field, d.in, region, t.now)
	if a != nil && !a.person.known() {
		c.add(fault.Input(field+".contact", "Give at least one of email, phone and externalId, so that the person can be recognised."))
	}
	if err := c.err(); err != nil {
		return out, err
	}
	if a.source, err = t.teller(field+".source", d.in.Source, d.sources); err != nil {
		return out, err
	}
	if a.campaign, err = titled(field+".campaign", d.in.Campaign, d.campaigns); err != nil {
		return out, err
	}
	if touch := d.in.Touch; touch != nil && touch.Resource != nil {
		if err := t.showOne(ctx, a.touch, field+".touch.resource", touch.Resource); err != nil {
			return out, err
		}
	}
	all, err := t.capture(ctx, []*arrival{a})
	if err != nil {
		return out, err
	}
	return all[0], nil
}

// source finds who tells: the key's own source, or the one named.
func (t *tx) source(ctx context.Context, field string, key *string) (*db.Source, error) {
	var rows []*db.Source
	var err error
	if own := t.who.Source; own != nil {
		rows, err = t.SourcesByID(ctx, db.SourcesByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{*own}})
	} else if key != nil {
		rows, err = t.SourcesByKey(ctx, db.SourcesByKeyParams{WorkspaceID: t.Workspace, Keys: []string{*key}})
	}
	if err != nil {
		return nil, fmt.Errorf("read the source: %w", err)
	}
	return t.teller(field, key, rows)
}

// openSource asks for the rows that teller judges.
func openSource(o *db.Opening, who *auth.Viewer, key *string, into *[]*db.Source) {
	if who.Source != nil {
		o.SourcesByID([]id.UUID{*who.Source}, into)
	} else if key != nil {
		o.SourcesByKey([]string{*key}, into)
	}
}

// teller is the source that was found, if the viewer may write as it.
func (t *tx) teller(field string, key *string, found []*db.Source) (*db.Source, error) {
	own := t.who.Source
	switch {
	case own == nil && key == nil:
		return nil, fault.Input(field, "Name the source by its key: `sources` lists them, `createSource` makes one.")
	case own == nil && len(found) == 0:
		return nil, &fault.Error{Code: fault.NotFound, Field: field, Message: fmt.Sprintf("There is no source with the key %.60q. `createSource` makes one.", *key)}
	case len(found) == 0:
		return nil, fault.Missing(field, "source")
	case own != nil && key != nil && *key != found[0].Key:
		return nil, &fault.Error{Code: fault.Forbidden, Field: field, Message: fmt.Sprintf("This API key writes as the source %s only.", found[0].Key)}
	}
	return found[0], nil
}

// campaign finds a campaign by its key; nil without one.
func (t *tx) campaign(ctx context.Context, field string, key *string) (*db.Campaign, error) {
	if key == nil {
		return nil, nil
	}
	rows, err := t.CampaignsByKey(ctx, db.CampaignsByKeyParams{WorkspaceID: t.Workspace, Keys: []string{*key}})
	if err != nil {
		return nil, fmt.Errorf("read the campaign: %w", err)
	}
	return titled(field, key, rows)
}

// titled is the campaign that was found by its key; nil without one.
func titled(field string, key *string, found []*db.Campaign) (*db.Campaign, error) {
	if key == nil {
		return nil, nil
	}
	if len(found) == 0 {
		return nil, &fault.Error{Code: fault.NotFound, Field: field, Message: fmt.Sprintf("There is no campaign with the key %.60q. `createCampaign` makes one.", *key)}
	}
	return found[0], nil
}
