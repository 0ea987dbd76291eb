package funnel

import (
	"context"
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// byKey are resources by what calls name them.
func byKey(rows []*db.Resource) map[string]*db.Resource {
	all := make(map[string]*db.Resource, len(rows))
	for _, r := range rows {
		all[r.Key] = r
	}
	return all
}

// show makes a touch one of a resource, whose position it takes where it has none. A resource that is out of date or out of use may have been shown all
// the same: what happened is recorded.
func show(row *db.Touch, field string, key *string, known map[string]*db.Resource) error {
	if key == nil {
		return nil
	}
	r := known[*key]
	if r == nil {
		return &fault.Error{Code: fault.NotFound, Field: field, Message: fmt.Sprintf("There is no resource with the key %.60q. `createResource` makes one.", *key)}
	}
	row.ResourceID = &r.ID
	if row.ResourcePosition == nil {
		row.ResourcePosition = &r.Position
	}
	return nil
}

// showOne reads the resource that one touch names.
func (t *tx) showOne(ctx context.Context, row *db.Touch, field string, key *string) error {
	rows, err := t.ResourcesByKey(ctx, db.ResourcesByKeyParams{WorkspaceID: t.Workspace, Keys: []string{*key}})
	if err != nil {
		return fmt.Errorf("read the resource: %w", err)
	}
	return show(row, field, key, byKey(rows))
}
