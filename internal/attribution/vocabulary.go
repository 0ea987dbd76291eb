package attribution

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Model is a way of dividing a deal among the touches that led to it. The share of a touch is its weight over the sum of all
// weights, so that the shares of a deal are 1 whatever is missing; where all weights are 0, the touches share alike.
type Model string

// The models, as in the SDL.
const (
	First         Model = "FIRST"           // all to the first touch
	Last          Model = "LAST"            // all to the last touch
	LastNonDirect Model = "LAST_NON_DIRECT" // all to the last touch whose channel is not DIRECT; to the last where all are
	Linear        Model = "LINEAR"          // every touch alike
	Position      Model = "POSITION"        // much to the first and the last, the rest to those between
	WShaped       Model = "W_SHAPED"        // much to the first touch and to those that made lead and opportunity
	FullPath      Model = "FULL_PATH"       // as W_SHAPED, and to the touch before the close
	TimeDecay     Model = "TIME_DECAY"      // 2^(-age/half-life), age in days to the close
	Markov        Model = "MARKOV"          // by what would be lost without the touch's channel group
	Shapley       Model = "SHAPLEY"         // by what the touch's channel group adds to others, on average over all orders
)

// Models lists every Model.
var Models = []Model{First, Last, LastNonDirect, Linear, Position, WShaped, FullPath, TimeDecay, Markov, Shapley}

// MarshalGQL writes the enum's name.
func (m Model) MarshalGQL(w io.Writer) { enum.Write(w, m) }

// UnmarshalGQL refuses what is no Model.
func (m *Model) UnmarshalGQL(v any) error { return enum.Read(v, m, Models) }

// Learns tells whether the model has to be fitted to journeys before it can credit one.
func (m Model) Learns() bool { return m == Markov || m == Shapley }

// Milestone is a turn in the life of a deal, held by the touch that brought it about: the last that counts up to that instant.
type Milestone string

// The milestones, as in the SDL.
const (
	FirstTouch         Milestone = "FIRST_TOUCH"
	LeadCreated        Milestone = "LEAD_CREATED"
	OpportunityCreated Milestone = "OPPORTUNITY_CREATED"
	Close              Milestone = "CLOSE"
)

// Milestones lists every Milestone, in the order of a deal's life.
var Milestones = []Milestone{FirstTouch, LeadCreated, OpportunityCreated, Close}

// MarshalGQL writes the enum's name.
func (m Milestone) MarshalGQL(w io.Writer) { enum.Write(w, m) }

// UnmarshalGQL refuses what is no Milestone.
func (m *Milestone) UnmarshalGQL(v any) error { return enum.Read(v, m, Milestones) }

// RepeatRule says which touches of one person in one channel group count when there are several.
type RepeatRule string

// The rules, as in the SDL.
const (
	EveryTouch  RepeatRule = "EVERY"        // all
	FirstWithin RepeatRule = "FIRST_WITHIN" // none that comes less than so many minutes after one that counts
	FirstOnly   RepeatRule = "FIRST"        // the first of the journey
)

// RepeatRules lists every RepeatRule.
var RepeatRules = []RepeatRule{EveryTouch, FirstWithin, FirstOnly}

// MarshalGQL writes the enum's name.
func (r RepeatRule) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL refuses what is no RepeatRule.
func (r *RepeatRule) UnmarshalGQL(v any) error { return enum.Read(v, r, RepeatRules) }

// Worth is what a set of channel groups is worth to SHAPLEY, judged by the journeys that touched none but these groups.
type Worth string

// The forms, as in the SDL.
const (
	WorthConversions    Worth = "CONVERSIONS"     // how many of them were won
	WorthConversionRate Worth = "CONVERSION_RATE" // which part of them was won; 0 where there are none
)

// Worths lists every Worth.
var Worths = []Worth{WorthConversions, WorthConversionRate}

// MarshalGQL writes the enum's name.
func (w Worth) MarshalGQL(out io.Writer) { enum.Write(out, w) }

// UnmarshalGQL refuses what is no Worth.
func (w *Worth) UnmarshalGQL(v any) error { return enum.Read(v, w, Worths) }

// Outcome says whether a model could answer.
type Outcome string

// The outcomes, as in the SDL.
const (
	Answered         Outcome = "ANSWERED"
	InsufficientData Outcome = "INSUFFICIENT_DATA" // too few journeys for a model that learns
	TooManyGroups    Outcome = "TOO_MANY_GROUPS"   // more channel groups than can be computed exactly
	TooManyTouches   Outcome = "TOO_MANY_TOUCHES"  // more touches than can be credited while somebody waits
)

// Outcomes lists every Outcome.
var Outcomes = []Outcome{Answered, InsufficientData, TooManyGroups, TooManyTouches}

// MarshalGQL writes the enum's name.
func (o Outcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no Outcome.
func (o *Outcome) UnmarshalGQL(v any) error { return enum.Read(v, o, Outcomes) }

// Dimension is what a report sums credits by.
type Dimension string

// The dimensions, as in the SDL.
const (
	ByCampaign   Dimension = "CAMPAIGN"
	ByChannel    Dimension = "CHANNEL" // the channel group
	BySource     Dimension = "SOURCE"
	ByDepartment Dimension = "DEPARTMENT"
	ByResource   Dimension = "RESOURCE"
	ByPersona    Dimension = "PERSONA" // of the lead that became the deal
)

// Dimensions lists every Dimension.
var Dimensions = []Dimension{ByCampaign, ByChannel, BySource, ByDepartment, ByResource, ByPersona}

// MarshalGQL writes the enum's name.
func (d Dimension) MarshalGQL(w io.Writer) { enum.Write(w, d) }

// UnmarshalGQL refuses what is no Dimension.
func (d *Dimension) UnmarshalGQL(v any) error { return enum.Read(v, d, Dimensions) }
