// Package agreement holds what both departments sign: the seven kinds of rules, the life of a version from draft to publication, and
// what one version says differently from another. The rules themselves live in their own packages.
package agreement

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Kind is what an agreement rules.
type Kind string

// The kinds, as in the SDL.
const (
	LeadDefinition    Kind = "LEAD_DEFINITION"
	ScoringModel      Kind = "SCORING_MODEL"
	SLAPolicy         Kind = "SLA_POLICY"
	RoutingPolicy     Kind = "ROUTING_POLICY"
	FollowUpPolicy    Kind = "FOLLOW_UP_POLICY"
	ContactPolicy     Kind = "CONTACT_POLICY"
	AttributionPolicy Kind = "ATTRIBUTION_POLICY"
)

// Kinds lists every Kind.
var Kinds = []Kind{LeadDefinition, ScoringModel, SLAPolicy, RoutingPolicy, FollowUpPolicy, ContactPolicy, AttributionPolicy}

// MarshalGQL writes the enum's name.
func (k Kind) MarshalGQL(w io.Writer) { enum.Write(w, k) }

// UnmarshalGQL refuses what is no Kind.
func (k *Kind) UnmarshalGQL(v any) error { return enum.Read(v, k, Kinds) }

// State is how far a version is.
type State string

// The states, as in the SDL.
const (
	Draft      State = "DRAFT"
	InReview   State = "IN_REVIEW"  // waits for signatures
	Approved   State = "APPROVED"   // a director of each department signed this content
	Published  State = "PUBLISHED"  // in force; at most one of a kind
	Superseded State = "SUPERSEDED" // was in force
	Withdrawn  State = "WITHDRAWN"
)

// States lists every State.
var States = []State{Draft, InReview, Approved, Published, Superseded, Withdrawn}

// MarshalGQL writes the enum's name.
func (s State) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no State.
func (s *State) UnmarshalGQL(v any) error { return enum.Read(v, s, States) }
