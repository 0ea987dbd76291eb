package db

import (
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// SeenBy is who a viewer is to the lead.
func (l *Lead) SeenBy(who *auth.Viewer) lifecycle.Actor {
	switch {
	case who.Kind == auth.ActorSystem:
		return lifecycle.System
	case who.Kind != auth.ActorMember:
		return lifecycle.AnyWriter
	case who.Department == auth.Marketing:
		return lifecycle.Marketing
	case l.OwnerID != nil && *l.OwnerID == who.Member:
		return lifecycle.AssignedRep
	case l.OwnerID == nil && l.Stage == lifecycle.Offered:
		return lifecycle.QueueMember
	}
	return lifecycle.Sales
}
