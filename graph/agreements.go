package graph

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// signaturesOf are the signatures of versions, those that a change has voided too.
func signaturesOf(ctx context.Context, r *Resolver, versions []*db.Agreement) ([][]*db.Signature, error) {
	q := r.read(ctx)
	rows, err := q.SignaturesOf(ctx, db.SignaturesOfParams{WorkspaceID: q.Workspace, AgreementIds: ids(versions, func(a *db.Agreement) id.UUID { return a.ID })})
	return many(versions, rows, err, func(a *db.Agreement) id.UUID { return a.ID }, func(s *db.Signature) id.UUID { return s.AgreementID })
}

// rescoresOf are the re-scores that publications asked for; nil for those that asked for none.
func rescoresOf(ctx context.Context, r *Resolver, versions []*db.Agreement) ([]*db.Rescore, error) {
	q := r.read(ctx)
	rows, err := q.RescoresOf(ctx, db.RescoresOfParams{WorkspaceID: q.Workspace, AgreementIds: ids(versions, func(a *db.Agreement) id.UUID { return a.ID })})
	if err != nil {
		return nil, err
	}
	of := make(map[id.UUID]*db.Rescore, len(rows))
	for _, x := range rows {
		of[x.AgreementID] = x
	}
	out := make([]*db.Rescore, len(versions))
	for i, v := range versions {
		out[i] = of[v.ID]
	}
	return out, nil
}

// movesOf are the moves of leads, newest first.
func movesOf(ctx context.Context, r *Resolver, leads []*db.Lead) ([][]*db.Move, error) {
	q := r.read(ctx)
	rows, err := q.MovesOf(ctx, db.MovesOfParams{WorkspaceID: q.Workspace, LeadIds: ids(leads, func(l *db.Lead) id.UUID { return l.ID })})
	return many(leads, rows, err, func(l *db.Lead) id.UUID { return l.ID }, func(m *db.Move) id.UUID { return m.LeadID })
}

// qualificationsOf are the moves that qualified leads under a definition; nil for leads that none qualifies.
func qualificationsOf(ctx context.Context, r *Resolver, leads []*db.Lead) ([]*db.Move, error) {
	all, err := movesOf(ctx, r, leads)
	if err != nil {
		return nil, err
	}
	out := make([]*db.Move, len(leads))
	for i, l := range leads {
		for _, m := range all[i] {
			if l.DefinitionID != nil && m.ToStage == lifecycle.Qualified {
				out[i] = m
				break
			}
		}
	}
	return out, nil
}

// evidenceOf is what moves rested on.
func evidenceOf(moves []*db.Move) [][]*db.CriterionCheck {
	out := make([][]*db.CriterionCheck, len(moves))
	for i, m := range moves {
		out[i] = pointers(m.Evidence.Items())
	}
	return out
}

// many gives each parent its rows, in their order.
func many[P, T any](parents []*P, rows []*T, err error, key func(*P) id.UUID, parent func(*T) id.UUID) ([][]*T, error) {
	if err != nil {
		return nil, err
	}
	of := make(map[id.UUID][]*T, len(parents))
	for _, x := range rows {
		of[parent(x)] = append(of[parent(x)], x)
	}
	out := make([][]*T, len(parents))
	for i, p := range parents {
		if out[i] = of[key(p)]; out[i] == nil {
			out[i] = []*T{}
		}
	}
	return out, nil
}

// inForce is the version of a kind that was in force at an instant; nil where none was.
func (r *Resolver) inForce(ctx context.Context, kind agreement.Kind, at *time.Time) (*db.Agreement, error) {
	q := r.read(ctx)
	p := db.AgreementsAtParams{WorkspaceID: q.Workspace, Kinds: []string{string(kind)}, At: time.Now()}
	if at != nil {
		p.At = *at
	}
	rows, err := q.AgreementsAt(ctx, p)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// diff compares two versions of one kind.
func (r *Resolver) diff(ctx context.Context, from, to id.Global) (*model.AgreementDiff, error) {
	if err := cmp.Or(typed("from", from, id.Agreement), typed("to", to, id.Agreement)); err != nil {
		return nil, err
	}
	q := r.read(ctx)
	rows, err := q.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: q.Workspace, Ids: []id.UUID{from.UUID, to.UUID}}) // whole: nodes reads what the answer shows
	if err != nil {
		return nil, err
	}
	var a, b *db.Agreement
	for _, row := range rows {
		if row.GlobalID() == from {
			a = row
		}
		if row.GlobalID() == to {
			b = row
		}
	}
	switch {
	case a == nil:
		return nil, fault.Missing("from", "agreement")
	case b == nil:
		return nil, fault.Missing("to", "agreement")
	case a.Kind != b.Kind:
		return nil, fault.Input("to", "The kind of this version is %s, that of the other %s: compare versions of one kind.", b.Kind, a.Kind)
	}
	return &model.AgreementDiff{From: a, To: b, Changes: pointers(clause.Diff(a.Clauses(), b.Clauses()))}, nil
}

// glossary is what the workspace calls each stage: by the definition in force, or by default.
func (r *Resolver) glossary(ctx context.Context) ([]*definition.StageLabel, error) {
	version, err := r.inForce(ctx, agreement.LeadDefinition, nil)
	if err != nil {
		return nil, err
	}
	d := definition.Default()
	if version != nil {
		d = *version.Body.LeadDefinition
	}
	out := make([]*definition.StageLabel, len(lifecycle.Stages))
	for i, s := range lifecycle.Stages {
		label := d.Label(s)
		out[i] = &label
	}
	return out, nil
}

// compare puts two finished back-tests side by side.
func (r *Resolver) compare(ctx context.Context, left, right id.Global) (*backtest.Comparison, error) {
	if err := cmp.Or(typed("left", left, id.BackTest), typed("right", right, id.BackTest)); err != nil {
		return nil, err
	}
	found, err := r.nodes(ctx, []*id.Global{&left, &right})
	if err != nil {
		return nil, err
	}
	var reports [2]*backtest.Report
	for i, field := range []string{"left", "right"} {
		b, known := found[i].(*db.BackTest)
		if !known {
			return nil, fault.Missing(field, "back-test")
		}
		if b.Report == nil {
			return nil, &fault.Error{Code: fault.Conflict, Field: field, Message: "This back-test has not succeeded, so there is nothing to compare."}
		}
		reports[i] = b.Report
	}
	c, err := backtest.Compare(reports[0], reports[1])
	var f *fault.Error
	if errors.As(err, &f) {
		return nil, f.Under("right")
	}
	return c, err
}
