package model

import (
	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/page"
)

// CountedConnection is a page of what a number counts.
type CountedConnection struct{ *db.CountedPage }

// CountedEdge is an object in such a page.
type CountedEdge struct {
	Cursor string
	Node   db.CountedRow
}

// Nodes are the page's objects.
func (c *CountedConnection) Nodes() []db.CountedRow { return c.Entries }

// Edges are the page's objects with their cursors.
func (c *CountedConnection) Edges() []*CountedEdge {
	out := make([]*CountedEdge, len(c.Entries))
	for i, e := range c.Entries {
		out[i] = &CountedEdge{c.Cursor(e), e}
	}
	return out
}

// PageInfo is where the page stands.
func (c *CountedConnection) PageInfo() *page.Info { return c.Info }
