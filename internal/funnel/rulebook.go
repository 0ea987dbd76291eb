package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// rulebook is what the leads of a workspace are judged by, ready to be applied: the personas, the scoring model and the lead definition
// in force. It never changes: transactions share it.
type rulebook struct {
	reg          *condition.Registry
	personas     []*db.Persona
	programs     []*condition.Program // of the personas
	model        *scoring.Program     // nil where none is in force
	modelID      id.UUID
	definition   *definition.Program // nil where none is in force
	definitionID id.UUID
	reach        condition.Reach // the touches that matter to some rule
}

// touches tells whether some rule asks about touches.
func (b *rulebook) touches() bool { return len(b.reach) > 0 }

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
		return known.(*rulebook), nil //nolint:forcetypeassert // no version has the id of a stamp
	}
	b, err := t.readRules(ctx)
	if err != nil {
		return nil, err
	}
	b.reach = condition.Reach{}
	for _, p := range b.programs {
		p.Reach(b.reach)
	}
	if b.model != nil {
		b.model.Reach(b.reach)
	}
	if b.definition != nil {
		b.definition.Reach(b.reach)
	}
	// What was published since the stamp was read stands in the book too: then nobody may find it by that.
	if now, err := t.RulesStamp(ctx, t.Workspace); err != nil || now != stamp {
		return b, err
	}
	t.f.rules.Add(stamp, b)
	return b, nil
}

func (t *tx) readRules(ctx context.Context) (*rulebook, error) {
	personas, err := t.ActivePersonas(ctx, t.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read personas: %w", err)
	}
	reg, err := t.Registry(ctx, t.Workspace)
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
	b.modelID, b.definitionID = in[agreement.ScoringModel], in[agreement.LeadDefinition]
	if b.model, err = compiled(ctx, t, b.modelID, func(body *agreement.Body) (*scoring.Program, error) { return scoring.Compile(body.ScoringModel, reg) }); err != nil {
		return nil, err
	}
	b.definition, err = compiled(ctx, t, b.definitionID, func(body *agreement.Body) (*definition.Program, error) {
		return definition.Compile(body.LeadDefinition, reg)
	})
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

// compiled makes the rule of a published version ready to be applied, or finds it from before: what a version says never changes. Nil
// for no version.
func compiled[P any](ctx context.Context, t *tx, version id.UUID, compile func(*agreement.Body) (*P, error)) (*P, error) {
	if version.IsZero() {
		return nil, nil
	}
	if known, ok := t.f.rules.Get(version); ok {
		return known.(*P), nil //nolint:forcetypeassert // a version has one kind
	}
	rows, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{version}})
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("read version %s of the rules: %w", version, err)
	}
	p, err := compile(&rows[0].Body)
	if err != nil {
		return nil, fmt.Errorf("compile version %s of the rules: %w", version, err)
	}
	t.f.rules.Add(version, p)
	return p, nil
}
