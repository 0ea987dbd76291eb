package scoring

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Side is what a rule speaks about.
type Side string

// The sides, as in the SDL.
const (
	Fit        Side = "FIT"        // who the person and the company are
	Engagement Side = "ENGAGEMENT" // what happened
)

// Sides lists every Side.
var Sides = []Side{Fit, Engagement}

// MarshalGQL writes the enum's name.
func (s Side) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no Side.
func (s *Side) UnmarshalGQL(v any) error { return enum.Read(v, s, Sides) }
