package routing

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Availability is when a member has to work to be given a lead.
type Availability string

// The availabilities, as in the SDL.
const (
	AnyTime    Availability = "ANY_TIME"    // is not asked
	Now        Availability = "NOW"         // at this instant
	WithinGoal Availability = "WITHIN_GOAL" // at some instant before the ACCEPT clock runs out
)

// Availabilities lists every Availability.
var Availabilities = []Availability{AnyTime, Now, WithinGoal}

// MarshalGQL writes the enum's name.
func (a Availability) MarshalGQL(w io.Writer) { enum.Write(w, a) }

// UnmarshalGQL refuses what is no Availability.
func (a *Availability) UnmarshalGQL(v any) error { return enum.Read(v, a, Availabilities) }

// Step is the part of a policy that decided.
type Step string

// The steps, as in the SDL, in the order in which they are asked.
const (
	StepExclusion    Step = "EXCLUSION"
	StepAccountOwner Step = "ACCOUNT_OWNER"
	StepRule         Step = "RULE"
	StepBand         Step = "BAND"
	StepPool         Step = "POOL"     // the default pool
	StepFallback     Step = "FALLBACK" // nobody is eligible
)

// Steps lists every Step.
var Steps = []Step{StepExclusion, StepAccountOwner, StepRule, StepBand, StepPool, StepFallback}

// MarshalGQL writes the enum's name.
func (s Step) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no Step.
func (s *Step) UnmarshalGQL(v any) error { return enum.Read(v, s, Steps) }

// Gate is what a candidate did not pass.
type Gate string

// The gates, as in the SDL, in the order in which they are asked.
const (
	GateActive     Gate = "ACTIVE"
	GateDepartment Gate = "DEPARTMENT"
	GatePool       Gate = "POOL" // is not one of its members
	GateTerritory  Gate = "TERRITORY"
	GateSkill      Gate = "SKILL"
	GateLanguage   Gate = "LANGUAGE"
	GateRefused    Gate = "REFUSED" // had this lead before
	GateAvailable  Gate = "AVAILABLE"
	GateOpenCap    Gate = "OPEN_CAP"
	GateDailyCap   Gate = "DAILY_CAP"
)

// GateKinds lists every Gate.
var GateKinds = []Gate{GateActive, GateDepartment, GatePool, GateTerritory, GateSkill, GateLanguage, GateRefused, GateAvailable, GateOpenCap, GateDailyCap}

// MarshalGQL writes the enum's name.
func (g Gate) MarshalGQL(w io.Writer) { enum.Write(w, g) }

// UnmarshalGQL refuses what is no Gate.
func (g *Gate) UnmarshalGQL(v any) error { return enum.Read(v, g, GateKinds) }
