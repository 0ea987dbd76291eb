package model

import (
	"context"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/page"
)

// TimelineEntry is a touch or an event.
type TimelineEntry interface{ IsTimelineEntry() }

// TimelineConnection is a page of a lead's timeline.
type TimelineConnection struct{ *db.Timeline }

// TimelineEdge is an entry in such a page.
type TimelineEdge struct {
	Cursor string
	Node   TimelineEntry
}

// Nodes are the page's entries.
func (c *TimelineConnection) Nodes() []TimelineEntry {
	out := make([]TimelineEntry, len(c.Entries))
	for i, e := range c.Entries {
		out[i] = e.Row()
	}
	return out
}

// Edges are the page's entries with their cursors.
func (c *TimelineConnection) Edges() []*TimelineEdge {
	out := make([]*TimelineEdge, len(c.Entries))
	for i, e := range c.Entries {
		out[i] = &TimelineEdge{c.Cursor(e), e.Row()}
	}
	return out
}

// PageInfo is where the page stands.
func (c *TimelineConnection) PageInfo() *page.Info { return c.Info }

// TotalCount is how many entries there are.
func (c *TimelineConnection) TotalCount(ctx context.Context) (int32, error) {
	return c.Timeline.TotalCount(ctx)
}
