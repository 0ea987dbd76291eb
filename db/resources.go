package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
	"github.com/leadgraph/leadgraph/internal/resource"
)

// expiry is when a resource expires; rows of the list by it have that.
func expiry(r *Resource) time.Time {
	if r.ExpiresAt == nil {
		return time.Time{}
	}
	return *r.ExpiresAt
}

// Gone tells whether a resource is out of date or out of use.
func (r *Resource) Gone(now time.Time) bool {
	return r.RetiredAt != nil || r.ExpiresAt != nil && !r.ExpiresAt.After(now)
}

// ResourceFilter says which resources; all that is given must hold.
type ResourceFilter struct {
	PersonaIds   []id.Global
	ForEverybody *bool
	Positions    []contact.FunnelPosition
	Formats      []resource.Format
	OwnerIds     []id.Global
	Expired      *bool
	Retired      *bool
}

func (f *ResourceFilter) add(q *query) error {
	if f == nil {
		return nil
	}
	in(q, "format", f.Formats)
	if err := inIDs(q, "ownerIds", "owner_id", id.Member, f.OwnerIds); err != nil {
		return err
	}
	if f.Expired != nil && *f.Expired {
		q.and("l.expires_at <= now()")
	} else if f.Expired != nil {
		q.and("(l.expires_at is null or l.expires_at > now())")
	}
	if f.Retired != nil && *f.Retired {
		q.and("l.retired_at is not null")
	} else if f.Retired != nil {
		q.and("l.retired_at is null")
	}
	return f.labelled(q)
}

// labelled asks for one label that fits all that is said of labels.
func (f *ResourceFilter) labelled(q *query) error {
	where := []string{"x.workspace_id = l.workspace_id", "x.resource_id = l.id"}
	var whom []string
	if f.PersonaIds != nil {
		if len(f.PersonaIds) > maxIn {
			return fault.Input("filter.personaIds", "Give at most %d ids.", maxIn)
		}
		ids := make([]id.UUID, len(f.PersonaIds))
		for i, g := range f.PersonaIds {
			if g.Kind != id.Persona {
				return fault.Input(fmt.Sprintf("filter.personaIds[%d]", i), "This is the id of another type: it should begin with %s_.", id.Persona)
			}
			ids[i] = g.UUID
		}
		whom = append(whom, "x.persona_id = any("+q.arg(ids)+")")
	}
	if f.ForEverybody != nil && *f.ForEverybody {
		whom = append(whom, "x.persona_id is null")
	}
	if whom != nil {
		where = append(where, "("+strings.Join(whom, " or ")+")")
	}
	if f.Positions != nil {
		where = append(where, "x.position = any("+q.arg(f.Positions)+")")
	}
	if len(where) > 2 {
		q.and("exists (select from resource_labels x where " + strings.Join(where, " and ") + ")")
	}
	return nil
}

// Resources are the resources of the workspace.
func (r *Reader) Resources(ctx context.Context, a page.Args, f *ResourceFilter, order string) (*Page[Resource], error) {
	return root(ctx, r, listing[Resource]{shape: resources, order: order, args: a, key: []any{f}, filter: func(q *query) error {
		if order == "EXPIRES_ASC" {
			q.and("l.expires_at is not null")
		}
		return f.add(q)
	}})
}

// SharesOf are the shares of several resources, latest first.
func (r *Reader) SharesOf(ctx context.Context, resources []id.UUID, a page.Args) ([]*Page[Share], error) {
	return list(ctx, r, listing[Share]{shape: shares, args: a, parent: "resource_id", parents: resources})
}
