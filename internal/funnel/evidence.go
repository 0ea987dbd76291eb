package funnel

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// CreditEvidenceInput is a thing that a claim or an answer rests on: exactly one is set.
type CreditEvidenceInput struct {
	TouchID   *id.Global
	HandoffID *id.Global
	Note      *string
}

// maxEvidence is how many things one claim rests on.
const maxEvidence = 50

// evidence is what a claim or an answer rests on, before it is known whether it is about the deal.
func (c *checks) evidence(in []CreditEvidenceInput, least int) []db.CreditEvidence {
	if len(in) < least || len(in) > maxEvidence {
		c.add(fault.Input("input.evidence", "Give %d to %d things that it rests on; these are %d.", least, maxEvidence, len(in)))
		return nil
	}
	out := make([]db.CreditEvidence, len(in))
	for i, e := range in {
		field := fmt.Sprintf("input.evidence[%d]", i)
		of := func(g *id.Global, want id.Kind, name string) *id.UUID {
			if g == nil {
				return nil
			}
			u, err := kind(field+"."+name, *g, want)
			c.add(err)
			return &u
		}
		out[i] = db.CreditEvidence{TouchID: of(e.TouchID, id.Touch, "touchId"), HandoffID: of(e.HandoffID, id.Handoff, "handoffId")}
		if e.Note != nil {
			out[i].Note = new(c.line(field+".note", *e.Note, 500))
		}
	}
	return out
}

// checkEvidence refuses what is not about a deal: touches with others than its buying account, hand-offs of others than its person.
func (t *tx) checkEvidence(ctx context.Context, d *db.Deal, of []db.CreditEvidence) error {
	var touchIDs, handoffIDs []id.UUID
	for _, e := range of {
		if e.TouchID != nil {
			touchIDs = append(touchIDs, *e.TouchID)
		}
		if e.HandoffID != nil {
			handoffIDs = append(handoffIDs, *e.HandoffID)
		}
	}
	touches, err := t.TouchPeople(ctx, db.TouchPeopleParams{WorkspaceID: t.Workspace, Ids: unique(touchIDs)})
	if err != nil {
		return fmt.Errorf("read touches: %w", err)
	}
	handoffs, err := t.HandoffsByID(ctx, db.HandoffsByIDParams{WorkspaceID: t.Workspace, Ids: unique(handoffIDs)})
	if err != nil {
		return fmt.Errorf("read hand-offs: %w", err)
	}
	var c checks
	for i, e := range of {
		field := fmt.Sprintf("input.evidence[%d]", i)
		if e.TouchID != nil {
			at := slices.IndexFunc(touches, func(x *db.TouchPeopleRow) bool { return x.ID == *e.TouchID })
			switch {
			case at < 0:
				c.add(fault.Missing(field+".touchId", "touch"))
			case touches[at].ContactID != known(d.ContactID) && (d.AccountID == nil || touches[at].AccountID == nil || *touches[at].AccountID != *d.AccountID):
				c.add(fault.Input(field+".touchId", "This touch was with others than the buying account of this deal: it is no evidence here."))
			}
		}
		if e.HandoffID != nil {
			at := slices.IndexFunc(handoffs, func(x *db.Handoff) bool { return x.ID == *e.HandoffID })
			switch {
			case at < 0:
				c.add(fault.Missing(field+".handoffId", "hand-off"))
			case handoffs[at].ContactID != known(d.ContactID):
				c.add(fault.Input(field+".handoffId", "This hand-off is about another person than the deal's: it is no evidence here."))
			}
		}
	}
	return c.err()
}
