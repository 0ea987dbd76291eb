package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// rulebook is what the leads of a workspace are judged by, ready to be applied: the personas, the scoring model and the lead definition
// in force.
type rulebook struct {
	reg          *condition.Registry
	personas     []*db.Persona
	programs     []*condition.Program // of the personas
	model        *scoring.Program     // nil where none is in force
	modelID      id.UUID
	definition   *definition.Program // nil where none is in force
	definitionID id.UUID
	router       *routing.Router // nil where no routing policy is in force
	routerID     id.UUID
	touches      bool // some rule asks about touches
}

// rulebook reads what is in force.
func (t *tx) rulebook(ctx context.Context) (*rulebook, error) {
	personas, err := t.ActivePersonas(ctx, t.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read personas: %w", err)
	}
	reg, err := t.registry(ctx)
	if err != nil {
		return nil, err
	}
	b := &rulebook{reg: reg, personas: personas, programs: make([]*condition.Program, len(personas))}
	for i, p := range personas {
		if b.programs[i], err = condition.Compile(&p.Condition, reg); err != nil {
			return nil, fmt.Errorf("compile persona %s: %w", p.ID, err)
		}
		b.touches = b.touches || p.AsksTouches
	}
	in, err := t.inForce(ctx)
	if err != nil {
		return nil, err
	}
	b.modelID, b.definitionID = in[agreement.ScoringModel], in[agreement.LeadDefinition]
	if b.model, err = compiled(ctx, t, b.modelID, func(body *agreement.Body) (*scoring.Program, error) { return scoring.Compile(body.ScoringModel, reg) }); err != nil {
		return nil, err
	}
	if b.definition, err = compiled(ctx, t, b.definitionID, func(body *agreement.Body) (*definition.Program, error) {
		return definition.Compile(body.LeadDefinition, reg)
	}); err != nil {
		return nil, err
	}
	b.routerID = in[agreement.RoutingPolicy]
	if b.router, err = compiled(ctx, t, b.routerID, func(body *agreement.Body) (*routing.Router, error) { return routing.Compile(body.RoutingPolicy, reg) }); err != nil {
		return nil, err
	}
	b.touches = b.touches || b.model != nil || b.definition != nil
	return b, nil
}

// registry is the attributes that rules can ask about; they are read once in a transaction.
func (t *tx) registry(ctx context.Context) (*condition.Registry, error) {
	if t.reg == nil {
		reg, err := t.Registry(ctx, t.Workspace)
		if err != nil {
			return nil, err
		}
		t.reg = reg
	}
	return t.reg, nil
}

// compiled makes the rule of a published version ready to be applied, or finds it from before: what a version says never changes. Nil
// for no version.
func compiled[P any](ctx context.Context, t *tx, version id.UUID, compile func(*agreement.Body) (*P, error)) (*P, error) {
	return ready(ctx, t.f, t.Queries, t.Workspace, version, compile)
}

// ready is compiled for those who only read.
func ready[P any](ctx context.Context, f *Funnel, q *db.Queries, workspace, version id.UUID, compile func(*agreement.Body) (*P, error)) (*P, error) {
	if version.IsZero() {
		return nil, nil
	}
	if known, ok := f.rules.Get(version); ok {
		return known.(*P), nil //nolint:forcetypeassert // a version has one kind
	}
	rows, err := q.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: workspace, Ids: []id.UUID{version}})
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("read version %s of the rules: %w", version, err)
	}
	p, err := compile(&rows[0].Body)
	if err != nil {
		return nil, fmt.Errorf("compile version %s of the rules: %w", version, err)
	}
	f.rules.Add(version, p)
	return p, nil
}
