package funnel

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/matching"
	"github.com/leadgraph/leadgraph/internal/sheet"
)

// dealWords are what files call the owners of deals, and why they were lost, by what is known of them here.
type dealWords struct {
	owners  map[string][]*db.Member // by address and by name
	reasons map[string]*db.Reason   // by key and by label
}

// dealWords reads the members and reasons that rows with deals name.
func (t *tx) dealWords(ctx context.Context, rows []sheet.Record) (*dealWords, error) {
	w := &dealWords{map[string][]*db.Member{}, map[string]*db.Reason{}}
	var owners []string
	lost := false
	for _, r := range rows {
		if r.Deal == nil {
			continue
		}
		lost = lost || r.Deal.Reason != nil
		if o := r.Deal.Owner; o != nil && !slices.Contains(owners, ownerKey(*o)) {
			owners = append(owners, ownerKey(*o))
		}
	}
	if len(owners) > 0 {
		members, err := t.MembersCalled(ctx, db.MembersCalledParams{WorkspaceID: t.Workspace, Words: owners})
		if err != nil {
			return nil, fmt.Errorf("find the owners of deals: %w", err)
		}
		for _, m := range members {
			w.owners[m.EmailKey] = append(w.owners[m.EmailKey], m)
			name := strings.ToLower(m.Name)
			w.owners[name] = append(w.owners[name], m)
		}
	}
	if lost {
		reasons, err := t.ReasonsOf(ctx, db.ReasonsOfParams{WorkspaceID: t.Workspace, Use: lifecycle.ToLose})
		if err != nil {
			return nil, fmt.Errorf("read why deals are lost: %w", err)
		}
		for _, r := range reasons {
			w.reasons[strings.ToLower(r.Label)] = r
		}
		for _, r := range reasons { // where one's label is another's key, the key counts
			w.reasons[strings.ToLower(r.Key)] = r
		}
	}
	return w, nil
}

// ownerKey is an address as it is known by, or a name, small.
func ownerKey(text string) string {
	if a, err := matching.Email(text); err == nil {
		return a.Key
	}
	return strings.ToLower(text)
}

// deal makes of a row the deal that it brings, by the same checks as the API's.
func (r *running) deal(c *checks, rec *sheet.Record, words *dealWords) *db.Deal {
	in := rec.Deal
	d := &db.Deal{SourceID: &r.source.ID, ExternalID: in.ExternalID, Name: c.line("deal.name", *cmp.Or(in.Name, in.ExternalID), 200), Currency: c.currency("deal.currency", text(in.Currency)),
		Stage: c.opt("deal.stage", in.Stage, 100), Note: c.prose("deal.note", in.Note, 2000), Outcome: lifecycle.DealOpen, Attributes: db.None, Version: 1}
	d.Attributes, _ = d.Attributes.Merge(attributes(rec.DealCustom))
	if p := rec.Past; p != nil && p.Outcome == lifecycle.Won {
		d.Outcome = lifecycle.DealWon
	} else if p != nil && p.Outcome != "" {
		d.Outcome = lifecycle.DealLost
	}
	c.dealAmount(in, d)
	c.dealTimes(rec, d, r.row.CreatedAt)
	c.dealOwner(in, d, words)
	if in.Reason != nil {
		switch why := words.reasons[strings.ToLower(*in.Reason)]; {
		case d.Outcome != lifecycle.DealLost:
			c.add(fault.Input("deal.reason", "Only deals that were lost have a reason. Map the value to nothing."))
		case why == nil:
			c.add(&fault.Error{Code: "UNKNOWN_REASON", Field: "deal.reason", Message: fmt.Sprintf("There is no reason %.60q to lose: `reasons` lists them. Map the value to one of these.", *in.Reason)})
		default:
			d.ReasonID = &why.ID
		}
	}
	return d
}

// dealAmount sets what a deal is worth, in minor units.
func (c *checks) dealAmount(in *sheet.Deal, d *db.Deal) {
	field := "deal.amountMinor"
	switch {
	case in.AmountMinor != nil:
		d.AmountMinor = *in.AmountMinor
	case in.Amount != nil:
		field = "deal.amount"
		minor, ok := minorOf(in.Amount, d.Currency)
		if !ok && in.Amount.Cmp(big.NewRat(maxAmount, 1)) < 0 {
			c.add(fault.Input(field, "Amounts in %s have %d decimals. Round the amount.", d.Currency, exponent(d.Currency)))
			return
		}
		d.AmountMinor = minor
	}
	if d.AmountMinor > maxAmount || d.AmountMinor < 0 {
		c.add(fault.Input(field, "Give an amount from 1 to %d minor units.", maxAmount))
	} else if d.AmountMinor == 0 && d.Outcome == lifecycle.DealWon {
		c.add(&fault.Error{Code: "NO_AMOUNT", Field: field, Message: "A deal that was won is worth something. Fill in the amount."})
	}
}

// dealTimes sets when a deal was opened and closed. Where the file does not say when it was opened, that was when sales called the lead its own, or else when the
// pursuit began.
func (c *checks) dealTimes(rec *sheet.Record, d *db.Deal, now time.Time) {
	var p sheet.Past
	if rec.Past != nil {
		p = *rec.Past
	}
	d.ExpectedAt = rec.Deal.ExpectedAt
	if d.Outcome != lifecycle.DealOpen {
		d.ClosedAt = cmp.Or(p.ClosedAt, &now)
	}
	d.OpenedAt = *cmp.Or(rec.Deal.OpenedAt, p.SalesQualifiedAt, p.AcceptedAt, p.OpenedAt, d.ClosedAt, &now)
	switch at := rec.Deal.OpenedAt; {
	case at == nil:
	case at.After(now):
		c.add(fault.Input("deal.openedAt", "deal.openedAt lies in the future."))
	case at.Before(earliest):
		c.add(fault.Input("deal.openedAt", "deal.openedAt lies before 1990. Map a value that means none to nothing."))
	case d.ClosedAt != nil && at.After(*d.ClosedAt):
		c.add(fault.Input("deal.openedAt", "deal.openedAt lies behind closedAt."))
	case p.OpenedAt != nil && at.Before(*p.OpenedAt):
		c.add(fault.Input("deal.openedAt", "deal.openedAt lies before openedAt."))
	}
	if at := d.ExpectedAt; at != nil && (at.Before(earliest) || at.Year() > 2100) {
		c.add(fault.Input("deal.expectedAt", "Give a time between 1990 and 2100."))
	}
}

// dealOwner finds the member who answers for a deal. One who has left still did.
func (c *checks) dealOwner(in *sheet.Deal, d *db.Deal, words *dealWords) {
	if in.Owner == nil {
		return
	}
	switch of := words.owners[ownerKey(*in.Owner)]; len(of) {
	case 1:
		d.OwnerID = &of[0].ID
	case 0:
		c.add(&fault.Error{Code: "UNKNOWN_OWNER", Field: "deal.owner", Message: fmt.Sprintf("There is no member called %.60q. Make one with `createMember`, or map the column to deal.custom.owner.", *in.Owner)})
	default:
		c.add(&fault.Error{Code: "AMBIGUOUS_OWNER", Field: "deal.owner", Message: fmt.Sprintf("There are %d members called %.60q. Map the name to an address.", len(of), *in.Owner)})
	}
}

// loadDeals reads which deals were brought in before.
func (in *intake) loadDeals(ctx context.Context, all []*arrival) error {
	var ids []string
	var source *id.UUID
	for _, a := range all {
		if a.deal != nil {
			ids, source = append(ids, *a.deal.ExternalID), a.deal.SourceID
		}
	}
	if len(ids) == 0 {
		return nil
	}
	there, err := in.t.DealsBrought(ctx, db.DealsBroughtParams{WorkspaceID: in.t.Workspace, SourceID: *source, ExternalIds: ids})
	if err != nil {
		return fmt.Errorf("read which deals are known: %w", err)
	}
	for _, key := range there {
		in.known[key] = true
	}
	return nil
}

// deal takes in a deal that was not known: with the pursuit that it came from, where the person is known. A deal that is open makes a lead an opportunity, unless the person
// is pursued already: then that lead stays where it is, and the deal stands beside it.
func (in *intake) deal(a *arrival, p *personState, co *companyState, l *leadState, fresh bool) {
	d := *a.deal
	d.WorkspaceID, d.ID, d.UpdatedAt = in.t.Workspace, id.New(), in.t.now
	if co != nil {
		d.AccountID = &co.row.ID
	}
	if p != nil {
		d.ContactID = &p.row.ID
		d.AccountID = cmp.Or(d.AccountID, p.row.AccountID)
	}
	switch {
	case l == nil:
	case a.over():
		d.LeadID = &l.row.ID
	case fresh:
		d.LeadID = &l.row.ID
		in.opportunity(l.row, &d)
	}
	in.known[*d.ExternalID] = true
	in.deals = append(in.deals, &d)
}

// opportunity makes a lead that is brought in with its open deal what such leads are.
func (in *intake) opportunity(l *db.Lead, d *db.Deal) {
	l.Stage, l.StageSince, l.OwnerID, l.Queue = lifecycle.Opportunity, d.OpenedAt, d.OwnerID, salesQueue
	l.CreatedAt, l.LastActivityAt = earlier(l.CreatedAt, d.OpenedAt), earlier(l.LastActivityAt, d.OpenedAt)
	m := &db.Move{WorkspaceID: l.WorkspaceID, ID: id.New(), LeadID: l.ID, FromStage: lifecycle.New, ToStage: l.Stage, At: d.OpenedAt, ActorKind: in.t.who.Kind, Reason: new("Imported with its deal.")}
	if actor := in.t.who.Actor(); !actor.IsZero() {
		m.ActorID = &actor
	}
	in.pastMoves = append(in.pastMoves, m)
}

// writeDeals stores the deals that were not known.
func (in *intake) writeDeals(ctx context.Context) error {
	slices.SortFunc(in.deals, func(a, b *db.Deal) int { return strings.Compare(*a.ExternalID, *b.ExternalID) })
	db.ClaimLater(in.t.Tx, "deals", in.deals)
	var won []*db.Deal
	for _, d := range in.deals {
		in.t.tellDeal(event.DealImported, d, string(d.Outcome)+", "+amount(d))
		if d.Outcome == lifecycle.DealWon {
			won = append(won, d)
		}
	}
	return in.t.freeze(ctx, won)
}
