package model

import (
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Precedent is a ruling about another deal, and what the two have in common.
type Precedent struct {
	DisputeID id.UUID
	Shared    dispute.Circumstances
}
