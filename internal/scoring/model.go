// Package scoring turns what is known of a lead, and what happened with it, into points, grades and a band, under a scoring model
// that both departments signed.
//
// A score is a pure function of the model, the facts, the touches and the instant, to the bit: no operation in here depends on the
// machine, so any past score can be replayed. With no new fact and no new touch a score still changes, because points decay and
// windows pass: Program.Next finds the instant at which that matters.
package scoring

import (
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Model is the body of a SCORING_MODEL: at once the jsonb, the ScoringModel and ScoringModelInput of the SDL and what Compile takes.
// All points are plain numbers; a rule may take points away.
type Model struct {
	Base             float64          `json:"base"`  // points that every lead starts with; they belong to fit
	Least            float64          `json:"least"` // the total is never less
	Most             float64          `json:"most"`  // nor more
	Threshold        float64          `json:"threshold"`
	Fit              []FitRule        `json:"fit,omitempty"`
	Engagement       []EngagementRule `json:"engagement,omitempty"`
	Groups           []Group          `json:"groups,omitempty"`
	FitGrades        FitGrades        `json:"fitGrades"`
	EngagementGrades EngagementGrades `json:"engagementGrades"`
	Bands            []BandCell       `json:"bands,omitempty"` // all 16
}

// FitRule gives points while its condition over facts holds: who the person and the company are. Nothing decays.
type FitRule struct {
	Key    string              `json:"key"`
	Name   string              `json:"name"`
	Points float64             `json:"points"`
	When   condition.Condition `json:"when"`
	Group  *string             `json:"group,omitempty"` // the key of the group it counts in
}

// EngagementRule gives points for every touch of the kinds, channels, and so on that are listed; a list that is empty and a
// direction that is nil leave that side open, as in condition.Behaviour. At an instant a touch is worth
// Points * 2^(-(at - touch.at)/HalfLifeDays), if at - WithinDays*24h < touch.at <= at.
type EngagementRule struct {
	Key               string                   `json:"key"`
	Name              string                   `json:"name"`
	Points            float64                  `json:"points"` // for each touch
	Kinds             []contact.TouchKind      `json:"kinds,omitempty"`
	Channels          []contact.Channel        `json:"channels,omitempty"`
	Direction         *contact.Direction       `json:"direction,omitempty"`
	ResourcePositions []contact.FunnelPosition `json:"resourcePositions,omitempty"`
	CampaignKinds     []contact.CampaignKind   `json:"campaignKinds,omitempty"`
	WithinDays        *int                     `json:"withinDays,omitempty"`   // times 24 hours; nil counts touches of any age
	HalfLifeDays      *float64                 `json:"halfLifeDays,omitempty"` // times 24 hours; nil keeps points whole
	Cap               *float64                 `json:"cap,omitempty"`          // the rule gives, or takes, at most so much
	Group             *string                  `json:"group,omitempty"`        // the key of the group it counts in
}

// Group bounds what several rules give together, after each rule's own cap. All its rules are of fit, or all of engagement.
type Group struct {
	Key  string  `json:"key"`
	Name string  `json:"name"`
	Cap  float64 `json:"cap"` // they give, or take, at most so much
}

// FitGrades are the least points of fit for the grades A, B and C, each less than the one before; what is below C is D.
type FitGrades struct {
	A float64 `json:"a"`
	B float64 `json:"b"`
	C float64 `json:"c"`
}

// EngagementGrades are the least points of engagement for the grades 1, 2 and 3, each less than the one before; what is below is 4.
type EngagementGrades struct {
	One   float64 `json:"one"`
	Two   float64 `json:"two"`
	Three float64 `json:"three"`
}

// BandCell is one cell of the grade matrix: the band of leads with both grades.
type BandCell struct {
	Fit        lifecycle.FitGrade `json:"fit"`
	Engagement int                `json:"engagement"` // 1 best, 4 worst
	Band       lifecycle.Band     `json:"band"`
}

// Behaviour is what the rule asks of touches, in words and as a matcher; one touch is enough.
func (r *EngagementRule) Behaviour() condition.Behaviour {
	return condition.Behaviour{
		Kinds: r.Kinds, Channels: r.Channels, Direction: r.Direction, ResourcePositions: r.ResourcePositions, CampaignKinds: r.CampaignKinds, MinCount: 1, WithinDays: r.WithinDays,
	}
}
