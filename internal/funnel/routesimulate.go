package funnel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/routing"
)

// RoutingSimulateInput is a lead that there is, or the facts of one.
type RoutingSimulateInput struct {
	LeadID      *id.Global
	Facts       *CaptureLeadInput
	AgreementID *id.Global
}

// RoutingSimulation is who would get a lead.
type RoutingSimulation struct {
	Routing   *routing.Outcome
	Evidence  *db.HandoffEvidence
	Qualified bool
	AcceptBy  *time.Time
	Agreement *db.Agreement
}

// RoutingSimulate tells who would get a lead. The lead is judged and routed like any other, and the transaction is given up. Everybody who
// reads leads may.
func (f *Funnel) RoutingSimulate(ctx context.Context, in RoutingSimulateInput) (*RoutingSimulation, error) {
	if (in.LeadID == nil) == (in.Facts == nil) {
		return nil, fault.Input("input", "Give one of leadId and facts.")
	}
	out := &RoutingSimulation{}
	err := f.as(ctx, auth.From(ctx), func(t *tx) error {
		t.trial = true
		if err := t.simulate(ctx, &in, out); err != nil {
			return err
		}
		return errDry
	})
	if !errors.Is(err, errDry) {
		return nil, err
	}
	return out, nil
}

// simulate routes a lead in a transaction that comes to nothing.
func (t *tx) simulate(ctx context.Context, in *RoutingSimulateInput, out *RoutingSimulation) error {
	known, err := t.rulebook(ctx)
	if err != nil {
		return err
	}
	tried := *known // which others share
	rules := &tried
	if in.AgreementID != nil {
		if out.Agreement, err = t.policy(ctx, *in.AgreementID); err != nil {
			return err
		}
		rules.routerID = out.Agreement.ID
		if rules.router, err = routing.Compile(out.Agreement.Body.RoutingPolicy, rules.reg); err != nil {
			return either(out.Agreement.Body.Check(rules.reg), err) // it may name an attribute that is gone
		}
		rules.reach = known.reach.Clone() // it may ask about more than what is in force
		rules.router.Reach(&rules.reach)
	}
	if rules.router == nil {
		return fault.New(fault.Conflict, "No routing policy is in force: publish one, or name the version to try.")
	}
	if out.Agreement == nil {
		rows, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{rules.routerID}})
		if err != nil || len(rows) == 0 {
			return fmt.Errorf("read the routing policy: %w", err)
		}
		out.Agreement = rows[0]
	}
	l, err := t.simulated(ctx, in)
	if err != nil {
		return err
	}
	if err := t.judgeStates(ctx, rules, []*leadState{l}, newGrounds(), db.CauseFacts); err != nil {
		return err
	}
	a := &candidacy{leadState: l}
	r := &rounds{t: t, rulebook: rules, leads: []*candidacy{a}}
	if err := r.read(ctx); err != nil {
		return err
	}
	o, _ := r.route(a)
	e := r.evidence(a)
	out.Routing, out.Evidence, out.Qualified = &o, &e, rules.definition != nil && rules.definition.Qualifies(a.facts)
	if !a.by.IsZero() {
		out.AcceptBy = &a.by
	}
	return nil
}

// policy reads a version of a routing policy.
func (t *tx) policy(ctx context.Context, version id.Global) (*db.Agreement, error) {
	which, err := kind("input.agreementId", version, id.Agreement)
	if err != nil {
		return nil, err
	}
	rows, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return nil, either(err, fault.Missing("input.agreementId", "agreement"))
	}
	if rows[0].Kind != agreement.RoutingPolicy {
		return nil, fault.Input("input.agreementId", "The kind of this version is %s: name one of the kind %s.", rows[0].Kind, agreement.RoutingPolicy)
	}
	return rows[0], nil
}

// simulated is the lead that there is, or the one that the facts make.
func (t *tx) simulated(ctx context.Context, in *RoutingSimulateInput) (*leadState, error) {
	var row *db.Lead
	if in.LeadID != nil {
		which, err := kind("input.leadId", *in.LeadID, id.Lead)
		if err != nil {
			return nil, err
		}
		rows, err := t.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
		if err != nil || len(rows) == 0 {
			return nil, either(err, fault.Missing("input.leadId", "lead"))
		}
		row = rows[0]
	} else {
		d := &doorway{who: t.who, in: in.Facts}
		if err := t.Together(ctx, d.open); err != nil {
			return nil, fmt.Errorf("read who tells: %w", err)
		}
		captured, err := t.captureOne(ctx, "input.facts", d)
		if err != nil {
			return nil, err
		}
		row = captured.lead
	}
	all, err := t.known(ctx, []*db.Lead{row})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}
