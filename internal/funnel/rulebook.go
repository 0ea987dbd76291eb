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
// in force. It never changes: transactions share it.
type rulebook struct {
	reg          *condition.Registry
	force        map[agreement.Kind]id.UUID // all versions that are in force; see inForce
	personas     []*db.Persona
	programs     []*condition.Program // of the personas
	model        *scoring.Program     // nil where none is in force
	modelID      id.UUID
	definition   *definition.Program // nil where none is in force
	definitionID id.UUID
	router       *routing.Router // nil where no routing policy is in force
	routerID     id.UUID
	clocked      bool            // leads have clocks or follow-up plans, which touches move
	reach        condition.Reach // what matters to some rule
}

// touches tells whether touches change what rules make of leads.
func (b *rulebook) touches() bool { return len(b.reach.Touches) > 0 || b.clocked }

// rulebook reads what is in force.
func (t *tx) rulebook(ctx context.Context) (*rulebook, error) {
	stamp, err := t.RulesStamp(ctx, t.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read which rules are in force: %w", err)
	}
	return t.rulesOf(ctx, stamp)
}

// rulesOf finds the rules with a stamp from before, or reads what is in force.
func (t *tx) rulesOf(ctx context.Context, stamp id.UUID) (*rulebook, error) {
	if known, ok := t.f.rules.Get(stamp); ok {
		b := known.(*rulebook) //nolint:forcetypeassert // no version has the id of a stamp
		t.reg, t.force = b.reg, b.force
		return b, nil
	}
	b, err := t.readRules(ctx)
	if err != nil {
		return nil, err
	}
	if err := t.reach(ctx, b); err != nil {
		return nil, err
	}
	// What was published since the stamp was read stands in the book too: then nobody may find it by that.
	if now, err := t.RulesStamp(ctx, t.Workspace); err != nil || now != stamp {
		return b, err
	}
	t.f.rules.Add(stamp, b)
	return b, nil
}

// reach works out what matters to some rule.
func (t *tx) reach(ctx context.Context, b *rulebook) error {
	b.reach = condition.Reach{}
	for _, p := range b.programs {
		p.Reach(&b.reach)
	}
	if b.model != nil {
		b.model.Reach(&b.reach)
	}
	if b.definition != nil {
		b.definition.Reach(&b.reach)
		b.reach.Add(&condition.Behaviour{Kinds: asks}) // see wakes
	}
	if b.router != nil {
		b.router.Reach(&b.reach)
	}
	law, err := t.agreed(ctx)
	if err != nil {
		return err
	}
	if law != nil {
		law.terms.Reach(&b.reach)
	}
	plans, err := t.plans(ctx)
	if plans != nil {
		plans.Reach(&b.reach)
	}
	b.clocked = law != nil || plans != nil
	return err
}

func (t *tx) readRules(ctx context.Context) (*rulebook, error) {
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
	}
	in, err := t.inForce(ctx)
	if err != nil {
		return nil, err
	}
	b.force = in
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
	b.router, err = compiled(ctx, t, b.routerID, func(body *agreement.Body) (*routing.Router, error) { return routing.Compile(body.RoutingPolicy, reg) })
	return b, err
}

// names are what personas are called; those that are not in force any more are read.
func (t *tx) names(ctx context.Context, b *rulebook, ids []id.UUID) (map[id.UUID]string, error) {
	names := make(map[id.UUID]string, len(b.personas))
	for _, p := range b.personas {
		names[p.ID] = p.Name
	}
	var gone []id.UUID
	for _, p := range ids {
		if _, ok := names[p]; !ok {
			gone = append(gone, p)
		}
	}
	if len(gone) == 0 {
		return names, nil
	}
	rows, err := t.PersonasByID(ctx, db.PersonasByIDParams{WorkspaceID: t.Workspace, Ids: unique(gone)})
	if err != nil {
		return nil, fmt.Errorf("read personas: %w", err)
	}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
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
