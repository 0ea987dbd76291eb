package funnel

import (
	"context"
	"fmt"
	"regexp"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// maxReasons is how many reasons a workspace has for a use.
const maxReasons = 100

var reasonForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,49}$`)

// firstReasons gives a new workspace reasons to begin with.
func (t *tx) firstReasons(ctx context.Context) error {
	_, err := db.Insert(ctx, t.Tx, "reasons", db.FirstReasons(t.Workspace, t.now), "")
	return err
}

// CreateReasonInput is a new reason.
type CreateReasonInput struct {
	Use            lifecycle.ReasonUse
	Key            string
	Label          string
	LeadsTo        *lifecycle.Stage
	Credits        bool
	Position       *int32
	IdempotencyKey *string
}

// ReasonPayload is a reason after what was done with it.
type ReasonPayload struct {
	Mark
	Reason *db.Reason
}

// CreateReason adds a reason to the list. Managers and directors of both departments may, and admins.
func (f *Funnel) CreateReason(ctx context.Context, in CreateReasonInput) (*ReasonPayload, error) {
	var c checks
	if !reasonForm.MatchString(in.Key) {
		c.add(fault.Input("input.key", "A key is 1 to 50 of A-Z, 0-9 and underscores, from a letter on."))
	}
	label := c.line("input.label", in.Label, 100)
	c.leadsTo(in.Use, in.LeadsTo, in.Credits)
	if in.Position != nil {
		c.upTo("input.position", int64(*in.Position), 1, 1000)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, asked[CreateReasonInput]{"CreateReason", in}, func(t *tx) (*ReasonPayload, error) {
		if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil { // so that two do not go over the bound together
			return nil, err
		}
		others, err := t.ReasonsOf(ctx, db.ReasonsOfParams{WorkspaceID: t.Workspace, Use: in.Use})
		if err != nil {
			return nil, fmt.Errorf("read reasons: %w", err)
		}
		if len(others) >= maxReasons {
			return nil, fault.New(fault.Conflict, "There are %d reasons to %s: change one of them instead.", maxReasons, in.Use)
		}
		row := &db.Reason{WorkspaceID: t.Workspace, ID: id.New(), Use: in.Use, Key: in.Key, Label: label, LeadsTo: in.LeadsTo, Credits: in.Credits, Active: true, Position: 1,
			CreatedAt: t.now, UpdatedAt: t.now, Version: 1}
		switch {
		case in.Position != nil:
			row.Position = *in.Position
		case len(others) > 0:
			row.Position = others[len(others)-1].Position + 1
		}
		if _, err := db.Insert(ctx, t.Tx, "reasons", []*db.Reason{row}, ""); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.ReasonCreated, subject: row.ID, data: event.Data{Name: reasonName(row)}})
		return &ReasonPayload{Reason: row}, nil
	})
}

// reasonName is what events call a reason.
func reasonName(r *db.Reason) string { return fmt.Sprintf("%s to %s", r.Key, r.Use) }

// leadsTo checks that a reason says where the lead goes exactly where that is its to say, and gives the turn back only where there was one.
func (c *checks) leadsTo(use lifecycle.ReasonUse, to *lifecycle.Stage, credits bool) {
	ways := use.Leads()
	switch {
	case len(ways) == 0 && to != nil:
		c.add(fault.Input("input.leadsTo", "Reasons to %s all lead to the same stage: leave this out.", use))
	case len(ways) > 0 && (to == nil || *to != ways[0] && *to != ways[1]):
		c.add(fault.Input("input.leadsTo", "Say where such a lead goes: to one of %s.", enum.List(ways)))
	}
	if credits && use != lifecycle.ToReject {
		c.add(fault.Input("input.credits", "Only a rejection gives a rep the turn back: leave this out."))
	}
}

// UpdateReasonInput changes a reason; nil keeps.
type UpdateReasonInput struct {
	ReasonID        id.Global
	ExpectedVersion *int32
	Label           *string
	LeadsTo         *lifecycle.Stage
	Credits         *bool
	Active          *bool
	Position        *int32
	IdempotencyKey  *string
}

// UpdateReason changes a reason, or retires it: what was moved for it keeps it. Managers and directors of both departments may, and admins.
func (f *Funnel) UpdateReason(ctx context.Context, in UpdateReasonInput) (*ReasonPayload, error) {
	var c checks
	which, err := kind("input.reasonId", in.ReasonID, id.Reason)
	c.add(err)
	label := c.another("input.label", in.Label, 100)
	if in.Position != nil {
		c.upTo("input.position", int64(*in.Position), 1, 1000)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, asked[UpdateReasonInput]{"UpdateReason", in}, func(t *tx) (*ReasonPayload, error) {
		old, err := t.LockReason(ctx, db.LockReasonParams{WorkspaceID: t.Workspace, ID: which})
		if old, err = found(old, err, "input.reasonId", "reason"); err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, old.Version); err != nil {
			return nil, err
		}
		p := db.UpdateReasonParams{WorkspaceID: t.Workspace, ID: old.ID, Label: old.Label, LeadsTo: old.LeadsTo, Credits: old.Credits, Active: old.Active, Position: old.Position, At: t.now}
		var ch changes
		set(&ch, "label", &p.Label, label)
		fill(&ch, "leadsTo", &p.LeadsTo, in.LeadsTo)
		set(&ch, "credits", &p.Credits, in.Credits)
		set(&ch, "active", &p.Active, in.Active)
		set(&ch, "position", &p.Position, in.Position)
		var c checks
		if c.leadsTo(old.Use, p.LeadsTo, p.Credits); c.err() != nil {
			return nil, c.err()
		}
		if len(ch) == 0 {
			return &ReasonPayload{Reason: old}, nil
		}
		row, err := t.Queries.UpdateReason(ctx, p)
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.ReasonChanged, subject: row.ID, data: event.Data{Name: reasonName(row), Changes: ch}})
		return &ReasonPayload{Reason: row}, nil
	})
}
