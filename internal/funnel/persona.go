package funnel

import (
	"context"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// maxPersonas is how many active personas a workspace can have: each is matched against every lead.
const maxPersonas = 200

// CreatePersonaInput is a new persona.
type CreatePersonaInput struct {
	Name           string
	Description    *string
	Condition      *condition.Condition
	Priority       int32
	Negative       bool
	IdempotencyKey *string
}

// CreatePersonaPayload is the new persona.
type CreatePersonaPayload struct {
	Mark
	Persona *db.Persona
}

// CreatePersona makes a persona and has all open leads matched again. Managers and directors may.
func (f *Funnel) CreatePersona(ctx context.Context, in CreatePersonaInput) (*CreatePersonaPayload, error) {
	var c checks
	p := db.InsertPersonaParams{ID: id.New(), Name: c.line("input.name", in.Name, 100), Description: c.prose("input.description", in.Description, 2000),
		Condition: *in.Condition, AsksTouches: in.Condition.Asks(), Priority: in.Priority, Negative: in.Negative}
	c.upTo("input.priority", int64(in.Priority), 1, 1000)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CreatePersonaPayload, error) {
		if err := t.checkCondition(ctx, in.Condition); err != nil {
			return nil, err
		}
		if err := t.roomForPersona(ctx); err != nil {
			return nil, err
		}
		p.WorkspaceID = t.Workspace
		row, err := t.InsertPersona(ctx, p)
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.PersonaCreated, subject: row.ID, data: event.Data{Name: row.Name}})
		return &CreatePersonaPayload{Persona: row}, t.rematch(ctx, "persona "+row.Name+" was made")
	})
}

// roomForPersona refuses one active persona too many. The workspace is locked, so that two cannot pass the limit at once.
func (t *tx) roomForPersona(ctx context.Context) error {
	if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil {
		return err
	}
	n, err := t.CountPersonas(ctx, t.Workspace)
	if err == nil && n >= maxPersonas {
		return fault.New(fault.Conflict, "A workspace has at most %d active personas. Retire one first.", maxPersonas)
	}
	return err
}

// checkCondition refuses a condition that the workspace's attributes do not bear out.
func (t *tx) checkCondition(ctx context.Context, c *condition.Condition) error {
	reg, err := t.Registry(ctx, t.Workspace)
	if err != nil {
		return err
	}
	f := clause.Faults{Registry: reg}
	f.Facts("input.condition", c)
	return f.Err()
}

// UpdatePersonaInput changes a persona; absent keeps, null clears the description.
type UpdatePersonaInput struct {
	PersonaID       id.Global
	ExpectedVersion *int32
	Name            *string
	Description     graphql.Omittable[*string] `json:",omitzero"`
	Condition       *condition.Condition
	Priority        *int32
	Negative        *bool
	Active          *bool
	IdempotencyKey  *string
}

// UpdatePersonaPayload is the changed persona.
type UpdatePersonaPayload struct {
	Mark
	Persona *db.Persona
}

// UpdatePersona changes a persona and has all open leads matched again. Managers and directors may.
func (f *Funnel) UpdatePersona(ctx context.Context, in UpdatePersonaInput) (*UpdatePersonaPayload, error) {
	var c checks
	persona, err := kind("input.personaId", in.PersonaID, id.Persona)
	c.add(err)
	name := c.another("input.name", in.Name, 100)
	if in.Priority != nil {
		c.upTo("input.priority", int64(*in.Priority), 1, 1000)
	}
	prose := func(s *string) *string { return c.prose("input.description", s, 2000) }
	if s := in.Description.Value(); s != nil {
		prose(s)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*UpdatePersonaPayload, error) {
		back := in.Active != nil && *in.Active
		if back { // may count personas; the workspace is locked before what it holds
			if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil {
				return nil, err
			}
		}
		row, err := t.LockPersona(ctx, db.LockPersonaParams{WorkspaceID: t.Workspace, ID: persona})
		if row, err = found(row, err, "input.personaId", "persona"); err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, row.Version); err != nil {
			return nil, err
		}
		if back && !row.Active {
			if err := t.roomForPersona(ctx); err != nil {
				return nil, err
			}
		}
		p := db.UpdatePersonaParams{WorkspaceID: t.Workspace, ID: row.ID, Name: row.Name, Description: row.Description, Condition: row.Condition, AsksTouches: row.AsksTouches,
			Priority: row.Priority, Negative: row.Negative, Active: row.Active}
		var ch changes
		set(&ch, "name", &p.Name, name)
		patch(&ch, "description", &p.Description, in.Description, prose)
		set(&ch, "priority", &p.Priority, in.Priority)
		set(&ch, "negative", &p.Negative, in.Negative)
		set(&ch, "active", &p.Active, in.Active)
		if in.Condition != nil {
			if err := t.checkCondition(ctx, in.Condition); err != nil {
				return nil, err
			}
			p.Condition, p.AsksTouches = *in.Condition, in.Condition.Asks()
			ch.note("condition")
		}
		if len(ch) == 0 {
			return &UpdatePersonaPayload{Persona: row}, nil
		}
		if row, err = t.Queries.UpdatePersona(ctx, p); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.PersonaChanged, subject: row.ID, data: event.Data{Name: row.Name, Changes: ch}})
		return &UpdatePersonaPayload{Persona: row}, t.rematch(ctx, "persona "+row.Name+" changed")
	})
}

// DefineAttributeInput is a custom attribute.
type DefineAttributeInput struct {
	Entity         condition.Entity
	Key            string
	Type           condition.Type
	Label          *string
	Description    *string
	IdempotencyKey *string
}

// DefineAttributePayload is the attribute.
type DefineAttributePayload struct {
	Mark
	Attribute *condition.Definition
}

// DefineAttribute makes a custom attribute known, or gives it another label. Managers and directors may.
func (f *Funnel) DefineAttribute(ctx context.Context, in DefineAttributeInput) (*DefineAttributePayload, error) {
	var c checks
	custom := condition.Custom{Entity: in.Entity, Key: in.Key, Type: in.Type, Label: in.Key}
	if l := c.another("input.label", in.Label, 100); l != nil {
		custom.Label = *l
	}
	if d := c.prose("input.description", in.Description, 500); d != nil {
		custom.Description = *d
	}
	if err := custom.Check(); err != nil {
		var l fault.List
		errors.As(err, &l)
		for _, x := range l {
			c.add(x.Under("input"))
		}
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*DefineAttributePayload, error) {
		if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil {
			return nil, err
		}
		known, err := t.define(ctx, []condition.Custom{custom})
		if err != nil {
			return nil, err
		}
		d := known[custom.Definition().Name].Custom().Definition()
		return &DefineAttributePayload{Attribute: &d}, nil
	})
}

// maxAttributes is how many custom attributes a workspace can have.
const maxAttributes = 500

// define makes custom attributes known and answers all by their names. One that is known with another type is a conflict: its values could not be read any more. The
// workspace is locked by the caller.
func (t *tx) define(ctx context.Context, all []condition.Custom) (map[string]*db.AttributeDefinition, error) {
	rows, err := t.AttributeDefinitions(ctx, t.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	known := map[string]*db.AttributeDefinition{}
	for _, r := range rows {
		known[r.Custom().Definition().Name] = r
	}
	for _, c := range all {
		name := c.Definition().Name
		old := known[name]
		if old != nil && old.Type != c.Type {
			return nil, &fault.Error{Code: fault.Conflict, Field: "input.type", Message: fmt.Sprintf("The attribute %s is known already, as %s. Choose another key.", name, old.Type)}
		}
		if old != nil && old.Label == c.Label && (c.Description == "" || old.Description != nil && *old.Description == c.Description) {
			continue
		}
		if old == nil && len(known) >= maxAttributes {
			return nil, fault.New(fault.Conflict, "A workspace has at most %d custom attributes.", maxAttributes)
		}
		row, err := t.UpsertAttribute(ctx, db.UpsertAttributeParams{WorkspaceID: t.Workspace, ID: id.New(), Entity: c.Entity, Key: c.Key, Type: c.Type,
			Label: c.Label, Description: nonempty(c.Description)})
		if err != nil {
			return nil, fmt.Errorf("define %s: %w", name, err)
		}
		known[name] = row
		t.emit(logged{kind: event.AttributeDefined, subject: row.ID, data: event.Data{Name: name}})
	}
	return known, nil
}
