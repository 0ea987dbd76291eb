package funnel

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// ScoreExplanation is a score with all that made it.
type ScoreExplanation struct {
	Lead         *db.Lead
	ScoringModel *db.Agreement
	At           time.Time
	Score        *scoring.Score
	Base         float64
	Factors      []scoring.Factor
	NextChangeAt *time.Time // nil for another instant than the last scoring
}

// question is a lead that somebody asks about, with its facts.
type question struct {
	r       *db.Reader
	reg     *condition.Registry
	lead    *db.Lead
	facts   *condition.Facts
	of      db.Case
	history db.History
}

// ask reads a lead with what conditions can ask of it.
func (f *Funnel) ask(ctx context.Context, lead id.Global) (*question, error) {
	which, err := kind("leadId", lead, id.Lead)
	if err != nil {
		return nil, err
	}
	q := &question{r: f.DB.Read(auth.From(ctx).Workspace)}
	rows, err := q.r.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: q.r.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return nil, either(err, fault.Missing("leadId", "lead"))
	}
	q.lead = rows[0]
	if q.reg, err = q.r.Registry(ctx, q.r.Workspace); err != nil {
		return nil, err
	}
	l := q.lead
	known, err := readPast(ctx, q.r, rows)
	if err != nil {
		return nil, err
	}
	q.of, q.history = known.of(l)
	if l.PersonaID != nil {
		rows, err := q.r.PersonasByID(ctx, db.PersonasByIDParams{WorkspaceID: q.r.Workspace, Ids: []id.UUID{*l.PersonaID}})
		if err != nil {
			return nil, fmt.Errorf("read the persona: %w", err)
		}
		for _, p := range rows {
			q.of.Persona = p
		}
	}
	q.facts = q.reg.NewFacts(f.Now())
	return q, nil
}

// version reads a version of a kind: the one that is named, or else the one in force at an instant; nil where none was.
func (q *question) version(ctx context.Context, named *id.Global, k agreement.Kind, at time.Time) (*db.Agreement, error) {
	if named == nil {
		rows, err := q.r.AgreementsAt(ctx, db.AgreementsAtParams{WorkspaceID: q.r.Workspace, Kinds: []string{string(k)}, At: at})
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		return rows[0], nil
	}
	return readVersion(ctx, q.r, "agreementId", *named, k)
}

// readVersion reads a version that must be of a kind.
func readVersion(ctx context.Context, r *db.Reader, field string, named id.Global, k agreement.Kind) (*db.Agreement, error) {
	which, err := kind(field, named, id.Agreement)
	if err != nil {
		return nil, err
	}
	rows, err := r.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: r.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return nil, either(err, fault.Missing(field, "agreement"))
	}
	if rows[0].Kind != k {
		return nil, fault.Input(field, "The kind of this version is %s: name one of the kind %s.", rows[0].Kind, k)
	}
	return rows[0], nil
}

// ExplainScore tells what a lead's score is made of, as it was stored; nil while no model has scored the lead.
func (f *Funnel) ExplainScore(ctx context.Context, lead id.Global) (*ScoreExplanation, error) {
	which, err := kind("leadId", lead, id.Lead)
	if err != nil {
		return nil, err
	}
	r := f.DB.Read(auth.From(ctx).Workspace)
	rows, err := r.LeadsByID(ctx, db.LeadsByIDParams{WorkspaceID: r.Workspace, Ids: []id.UUID{which}})
	if err != nil || len(rows) == 0 {
		return nil, either(err, fault.Missing("leadId", "lead"))
	}
	scores, err := r.ScoresOf(ctx, db.ScoresOfParams{WorkspaceID: r.Workspace, LeadIds: []id.UUID{which}})
	if err != nil || len(scores) == 0 || rows[0].Score == nil {
		return nil, err
	}
	l, s := rows[0], scores[0]
	models, err := r.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: r.Workspace, Ids: []id.UUID{s.ModelID}})
	if err != nil || len(models) == 0 {
		return nil, either(err, fmt.Errorf("the model %s of a score is gone", s.ModelID))
	}
	program, err := f.scorer(ctx, r, models[0])
	if err != nil {
		return nil, err
	}
	score := &scoring.Score{FitRaw: s.FitRaw, Fit: *l.Fit, EngagementRaw: s.EngagementRaw, Engagement: *l.Engagement, Raw: *l.Fit + *l.Engagement, Clamped: s.Total, Total: int(*l.Score),
		FitGrade: *l.FitGrade, EngagementGrade: int(*l.EngagementGrade), Band: *l.Band}
	return &ScoreExplanation{Lead: l, ScoringModel: models[0], At: s.At, Score: score, Base: models[0].Body.ScoringModel.Base, Factors: program.Restore(s.Factors.Items(), s.At), NextChangeAt: s.NextAt}, nil
}

// scorer is a model ready to score.
func (f *Funnel) scorer(ctx context.Context, r *db.Reader, model *db.Agreement) (*scoring.Program, error) {
	if known, ok := f.rules.Get(model.ID); ok {
		return known.(*scoring.Program), nil //nolint:forcetypeassert // a version has one kind
	}
	reg, err := r.Registry(ctx, r.Workspace)
	if err != nil {
		return nil, err
	}
	program, err := scoring.Compile(model.Body.ScoringModel, reg)
	if err != nil {
		return nil, fmt.Errorf("compile the model: %w", err)
	}
	return program, nil
}

// ScoreAsOf scores a lead as it was at an instant; nil where no model was in force then and none is named.
func (f *Funnel) ScoreAsOf(ctx context.Context, lead id.Global, at time.Time, named *id.Global) (*ScoreExplanation, error) {
	q, err := f.ask(ctx, lead)
	if err != nil {
		return nil, err
	}
	at = at.UTC().Truncate(time.Microsecond)
	if at.Before(q.lead.CreatedAt) || at.After(f.Now()) {
		return nil, fault.Input("at", "Give an instant between %s, when the lead opened, and now.", q.lead.CreatedAt.Format(time.RFC3339))
	}
	model, err := q.version(ctx, named, agreement.ScoringModel, at)
	if err != nil || model == nil {
		return nil, err
	}
	program, err := scoring.Compile(model.Body.ScoringModel, q.reg)
	if err != nil {
		return nil, fmt.Errorf("compile the model: %w", err)
	}
	if _, err := q.of.FillAsOf(q.reg, q.facts, at, q.history); err != nil {
		return nil, err
	}
	var x scoring.Explanation
	program.Explain(q.facts, &x)
	return &ScoreExplanation{Lead: q.lead, ScoringModel: model, At: at, Score: &x.Score, Base: x.Base, Factors: x.Factors}, nil
}

// ScorePathTo finds the fewest things that would lift a lead to a band; nil where no model is in force.
func (f *Funnel) ScorePathTo(ctx context.Context, lead id.Global, band lifecycle.Band) (*scoring.Path, error) {
	q, err := f.ask(ctx, lead)
	if err != nil {
		return nil, err
	}
	model, err := q.version(ctx, nil, agreement.ScoringModel, f.Now())
	if err != nil || model == nil {
		return nil, err
	}
	program, err := scoring.Compile(model.Body.ScoringModel, q.reg)
	if err != nil {
		return nil, fmt.Errorf("compile the model: %w", err)
	}
	if err := q.of.Fill(q.facts); err != nil {
		return nil, err
	}
	path := program.PathTo(q.facts, band)
	return &path, nil
}

// DrawScoringModel is a scoring model as a picture.
func (f *Funnel) DrawScoringModel(ctx context.Context, named id.Global) (*scoring.Graph, error) {
	model, err := readVersion(ctx, f.DB.Read(auth.From(ctx).Workspace), "agreementId", named, agreement.ScoringModel)
	if err != nil {
		return nil, err
	}
	g := model.Body.ScoringModel.Graph()
	return &g, nil
}

// DefinitionCheck tells whether a lead meets a lead definition, criterion by criterion.
type DefinitionCheck struct {
	Lead           *db.Lead
	Definition     *db.Agreement
	At             time.Time
	Qualified      bool
	Criteria       []db.CriterionCheck
	SalesQualified bool
	SecondGate     []db.CriterionCheck
}

// CheckDefinition asks a lead definition about a lead as it is now; nil where none is in force and none is named.
func (f *Funnel) CheckDefinition(ctx context.Context, lead id.Global, named *id.Global) (*DefinitionCheck, error) {
	q, err := f.ask(ctx, lead)
	if err != nil {
		return nil, err
	}
	version, err := q.version(ctx, named, agreement.LeadDefinition, f.Now())
	if err != nil || version == nil {
		return nil, err
	}
	program, err := definition.Compile(version.Body.LeadDefinition, q.reg)
	if err != nil {
		return nil, fmt.Errorf("compile the definition: %w", err)
	}
	if err := q.of.Fill(q.facts); err != nil {
		return nil, err
	}
	first, second := program.Qualify(q.facts), program.SecondGate(q.facts)
	return &DefinitionCheck{Lead: q.lead, Definition: version, At: q.facts.At(), Qualified: first.Passed, Criteria: db.AnswersOf(first), SalesQualified: second.Passed, SecondGate: db.AnswersOf(second)}, nil
}
