package demo

import (
	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// actor is who made a move, and the reason where one is owed.
func (w *world) actor(l *pursuit, from, to lifecycle.Stage) (auth.ActorKind, *id.UUID, *string) {
	by := func(m *db.Member, reason string) (auth.ActorKind, *id.UUID, *string) {
		return auth.ActorMember, &m.ID, ptr(reason)
	}
	switch to {
	case lifecycle.Offered:
		return by(pick(w, w.members[1:3]), "")
	case lifecycle.Accepted, lifecycle.SalesQualified, lifecycle.Opportunity, lifecycle.Won:
		return by(l.rep, "")
	case lifecycle.Lost:
		return by(l.rep, pick(w, []string{"Another supplier", "Put off until next year", "The payback does not convince"}))
	case lifecycle.Returned:
		return by(l.rep, "Does not answer")
	case lifecycle.Retargeting:
		return auth.ActorSystem, nil, ptr("Lost for a reason that may pass")
	case lifecycle.Disqualified:
		switch from {
		case lifecycle.Offered, lifecycle.Accepted, lifecycle.Working:
			return by(l.rep, "Too small for robots, or no project")
		}
		return by(w.members[2], "Nobody who buys robots")
	case lifecycle.Erased:
		return by(w.members[0], "The person asked to be forgotten")
	}
	return auth.ActorSystem, nil, nil
}
