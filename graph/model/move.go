package model

import "github.com/leadgraph/leadgraph/internal/lifecycle"

// AllowedMove is a way out of a lead's stage, seen by a viewer.
type AllowedMove struct {
	lifecycle.Move
	Mine bool // the viewer may make it
}

// Effect is what else comes of the move, where something does.
func (m *AllowedMove) Effect() *string {
	if m.Move.Effect == "" {
		return nil
	}
	return &m.Move.Effect
}
