package funnel

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// deadlines is an SLA policy ready to be applied: its rules, and where its calendars are kept.
type deadlines struct {
	policy    id.UUID
	terms     *sla.Terms
	calendars map[string]id.UUID // by their keys
}

// rule finds a rule by its key.
func (d *deadlines) rule(key string) *sla.Rule {
	rules := d.terms.Policy().Rules
	if i := slices.IndexFunc(rules, func(r sla.Rule) bool { return r.Key == key }); i >= 0 {
		return &rules[i]
	}
	return nil
}

// calendar is the one that a rule counts by, for an owner with these working hours: it is nil where all time counts.
func (d *deadlines) calendar(r *sla.Rule, owner *id.UUID) *id.UUID {
	switch {
	case r.Unit == clause.WallMinutes || r.Calendar == nil:
		return nil
	case r.OwnerHours && owner != nil:
		return owner
	}
	return new(d.calendars[*r.Calendar])
}

// deadlines reads a version of the SLA policy; nil for none.
func (t *tx) deadlines(ctx context.Context, version id.UUID) (*deadlines, error) {
	if version.IsZero() {
		return nil, nil
	}
	if known, ok := t.f.rules.Get(version); ok {
		if d, ok := known.(*deadlines); ok {
			return d, nil
		}
	}
	rows, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{version}})
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("read the SLA policy %s: %w", version, err)
	}
	reg, err := t.registry(ctx)
	if err != nil {
		return nil, err
	}
	policy := rows[0].Body.SlaPolicy
	terms, err := policy.Compile(reg)
	if err != nil {
		return nil, fmt.Errorf("compile the SLA policy %s: %w", version, err)
	}
	d := &deadlines{policy: version, terms: terms, calendars: map[string]id.UUID{}}
	bodies := make([]*sla.Calendar, len(policy.Calendars))
	for i := range policy.Calendars {
		bodies[i] = &policy.Calendars[i].Calendar
	}
	ids, fresh, err := t.keepCalendars(ctx, bodies)
	if err != nil {
		return nil, err
	}
	for i, which := range ids {
		d.calendars[policy.Calendars[i].Key] = which
	}
	if !fresh { // what this transaction has written may still be taken back
		t.f.rules.Add(version, d)
	}
	return d, nil
}

// agreed is the SLA policy in force; nil where none is.
func (t *tx) agreed(ctx context.Context) (*deadlines, error) {
	in, err := t.inForce(ctx)
	if err != nil {
		return nil, err
	}
	return t.deadlines(ctx, in[agreement.SLAPolicy])
}
