package db

import (
	"context"
	"fmt"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Registry is the attributes that the workspace's conditions can name.
func (q *Queries) Registry(ctx context.Context, workspace id.UUID) (*condition.Registry, error) {
	rows, err := q.AttributeDefinitions(ctx, workspace)
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	custom := make([]condition.Custom, len(rows))
	for i, r := range rows {
		custom[i] = r.Custom()
	}
	return condition.NewRegistry(custom), nil
}

// Custom is the definition as the condition language takes it.
func (d *AttributeDefinition) Custom() condition.Custom {
	c := condition.Custom{Entity: d.Entity, Key: d.Key, Type: d.Type, Label: d.Label}
	if d.Description != nil {
		c.Description = *d.Description
	}
	return c
}

// audience compiles a condition into a filter of leads; without one it lets all through.
func (r *Reader) audience(ctx context.Context, field string, c *condition.Condition, at time.Time) (func(*query) error, error) {
	if c == nil {
		return func(*query) error { return nil }, nil
	}
	reg, err := r.Registry(ctx, r.Workspace)
	if err != nil {
		return nil, err
	}
	p, err := condition.Compile(c, reg)
	if err != nil {
		return nil, place(err, field)
	}
	return func(q *query) error {
		needs := p.Needs()
		if needs.Contact {
			q.joins += " join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id"
		}
		if needs.Account {
			q.joins += " left join accounts a on a.workspace_id = l.workspace_id and a.id = l.account_id"
		}
		if needs.Source {
			q.joins += " join sources s on s.workspace_id = l.workspace_id and s.id = l.source_id"
		}
		args := condition.Args(q.args)
		q.and("(" + p.SQL(&args, at) + ")")
		q.args, q.custom = args, true
		return nil
	}, nil
}

// place puts the faults of a condition below the argument it came in.
func place(err error, field string) error {
	l, ok := err.(fault.List)
	if !ok {
		return under(err, field)
	}
	placed := make(fault.List, len(l))
	for i, f := range l {
		placed[i] = f.Under(field)
	}
	return placed
}

// CountLeads is how many leads an audience reaches, exact up to CountBound, and some of them, newest activity first.
func (r *Reader) CountLeads(ctx context.Context, c *condition.Condition, sample int) (int32, []*Lead, error) {
	where, err := r.audience(ctx, "condition", c, time.Now())
	if err != nil {
		return 0, nil, err
	}
	first := int32(max(1, sample))
	l := listing[Lead]{shape: leads, order: "LAST_ACTIVITY_DESC", filter: where}
	l.args.First = &first
	p, err := root(ctx, r, l)
	if err != nil {
		return 0, nil, err
	}
	n, err := p.TotalCount(ctx)
	return n, p.Nodes[:min(sample, len(p.Nodes))], err
}
