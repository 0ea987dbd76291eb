package db

import (
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// FirstReasons are the reasons that a new workspace begins with.
func FirstReasons(workspace id.UUID, at time.Time) []*Reason {
	var rows []*Reason
	position := map[lifecycle.ReasonUse]int32{}
	for _, r := range lifecycle.DefaultReasons() {
		position[r.Use]++
		row := &Reason{WorkspaceID: workspace, ID: id.New(), Use: r.Use, Key: r.Key, Label: r.Label, Credits: r.Credits, Active: true, Position: position[r.Use], CreatedAt: at, UpdatedAt: at, Version: 1}
		if r.LeadsTo != "" {
			row.LeadsTo = &r.LeadsTo
		}
		rows = append(rows, row)
	}
	return rows
}
