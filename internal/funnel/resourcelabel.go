package funnel

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// maxLabels is how many labels a resource has.
const maxLabels = 50

// ResourceLabelInput says whom a resource speaks to, and where in the funnel.
type ResourceLabelInput struct {
	PersonaID *id.Global
	Position  contact.FunnelPosition
}

// labels cleans labels: at least one, each once.
func (c *checks) labels(in []*ResourceLabelInput) []*db.ResourceLabel {
	if len(in) < 1 || len(in) > maxLabels {
		c.add(fault.Input("input.labels", "Give 1 to %d labels.", maxLabels))
		return nil
	}
	type cell struct {
		persona  id.UUID
		position contact.FunnelPosition
	}
	seen := map[cell]bool{}
	rows := make([]*db.ResourceLabel, len(in))
	for i, l := range in {
		field := fmt.Sprintf("input.labels[%d]", i)
		rows[i] = &db.ResourceLabel{Ord: int32(i + 1), Position: l.Position}
		at := cell{position: l.Position}
		if l.PersonaID != nil {
			persona, err := kind(field+".personaId", *l.PersonaID, id.Persona)
			c.add(err)
			rows[i].PersonaID, at.persona = &persona, persona
		}
		if seen[at] {
			c.add(fault.Input(field, "This label stands there already: give each once."))
		}
		seen[at] = true
	}
	return rows
}

// labelled makes sure that the personas of labels exist.
func (t *tx) labelled(ctx context.Context, labels []*db.ResourceLabel) error {
	var ids []id.UUID
	for _, l := range labels {
		if l.PersonaID != nil {
			ids = append(ids, *l.PersonaID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := t.PersonasByID(ctx, db.PersonasByIDParams{WorkspaceID: t.Workspace, Ids: unique(ids)})
	if err != nil {
		return fmt.Errorf("read personas: %w", err)
	}
	for i, l := range labels {
		if l.PersonaID != nil && !slices.ContainsFunc(rows, func(p *db.Persona) bool { return p.ID == *l.PersonaID }) {
			return fault.Missing(fmt.Sprintf("input.labels[%d].personaId", i), "persona")
		}
	}
	return nil
}

// label writes the labels of a resource that has none.
func (t *tx) label(ctx context.Context, which id.UUID, labels []*db.ResourceLabel) error {
	rows := make([]*db.ResourceLabel, len(labels))
	for i, l := range labels {
		row := *l
		row.WorkspaceID, row.ResourceID = t.Workspace, which
		rows[i] = &row
	}
	_, err := db.Insert(ctx, t.Tx, "resource_labels", rows, "")
	return err
}

// LabelResourceInput is a resource's new labels.
type LabelResourceInput struct {
	ResourceID      id.Global
	ExpectedVersion *int32
	Labels          []*ResourceLabelInput
	IdempotencyKey  *string
}

// LabelResource says anew whom a resource speaks to. Marketing may.
func (f *Funnel) LabelResource(ctx context.Context, in LabelResourceInput) (*ResourcePayload, error) {
	var c checks
	labels := c.labels(in.Labels)
	change := func(t *tx, r *db.Resource, ch *changes) error {
		if err := t.labelled(ctx, labels); err != nil {
			return err
		}
		before, err := t.ResourceLabels(ctx, db.ResourceLabelsParams{WorkspaceID: t.Workspace, ResourceIds: []id.UUID{r.ID}})
		if err != nil {
			return fmt.Errorf("read labels: %w", err)
		}
		if slices.EqualFunc(before, labels, func(a, b *db.ResourceLabel) bool { return a.Position == b.Position && equal(a.PersonaID, b.PersonaID) }) {
			return nil
		}
		ch.note("labels")
		r.Position = labels[0].Position
		if err := t.ClearResourceLabels(ctx, db.ClearResourceLabelsParams{WorkspaceID: t.Workspace, ResourceID: r.ID}); err != nil {
			return fmt.Errorf("clear labels: %w", err)
		}
		return t.label(ctx, r.ID, labels)
	}
	return f.changeResource(ctx, &c, in.ResourceID, in.ExpectedVersion, in.IdempotencyKey, asked[LabelResourceInput]{"LabelResource", in}, change)
}
