package attribution

import (
	"slices"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// Policy is the body of an ATTRIBUTION_POLICY: which touches earn credit, and how much under each model. The same struct is the
// jsonb body, the input AttributionPolicyInput and the output AttributionPolicy of the SDL.
type Policy struct {
	DefaultModel Model            `json:"defaultModel"` // where nobody asks for another
	LookBackDays int              `json:"lookBackDays"` // times 24 hours before the close; a touch exactly so old counts
	HalfLifeDays float64          `json:"halfLifeDays"` // of TIME_DECAY: a touch so much older than another weighs half
	Position     PositionWeights  `json:"position"`
	WShaped      MilestoneWeights `json:"wShaped"`
	FullPath     MilestoneWeights `json:"fullPath"`
	Repeats      Repeats          `json:"repeats"`
	Ignored      []IgnoreRule     `json:"ignored,omitempty"` // touches that one of these fits do not count
	Groups       []GroupRule      `json:"groups,omitempty"`  // the first that fits names the touch's channel group; without one it is the channel
	Markov       MarkovSettings   `json:"markov"`
	Shapley      ShapleySettings  `json:"shapley"`
	Minimum      Minimum          `json:"minimum"`
}

// PositionWeights are the weights of POSITION; they add up to 1. Of two touches nothing lies between, so 0.4, 0.2, 0.4 gives each
// half; one touch is first and last and has all.
type PositionWeights struct {
	First  float64 `json:"first"`
	Middle float64 `json:"middle"` // divided among the touches between
	Last   float64 `json:"last"`
}

// MilestoneWeights are the weights of W_SHAPED and FULL_PATH; they add up to 1. A touch that holds several milestones has the
// weight of each. A touch that holds none has its part of Middle. A milestone without a touch, and Middle where every touch holds
// a milestone, weigh nothing, and what is there takes their part in proportion. A weight of 0 makes a milestone none.
type MilestoneWeights struct {
	First              float64 `json:"first"`
	LeadCreated        float64 `json:"leadCreated"`
	OpportunityCreated float64 `json:"opportunityCreated"`
	Close              float64 `json:"close"` // 0 in W_SHAPED
	Middle             float64 `json:"middle"`
}

// Repeats says which touches of one person in one channel group count.
type Repeats struct {
	Count   RepeatRule `json:"count"`
	Minutes *int       `json:"minutes,omitempty"` // of FIRST_WITHIN
}

// IgnoreRule keeps touches from earning credit.
type IgnoreRule struct {
	Key     string  `json:"key"`
	Touches Pattern `json:"touches"`
}

// GroupRule puts touches into a channel group, such as "Paid media" or "Spring campaign".
type GroupRule struct {
	Key     string  `json:"key"`
	Group   string  `json:"group"` // several rules may name one group
	Touches Pattern `json:"touches"`
}

// Pattern fits touches that are one of the listed words on every side; a side that is empty is open.
type Pattern struct {
	Kinds         []contact.TouchKind      `json:"kinds,omitempty"`
	Channels      []contact.Channel        `json:"channels,omitempty"`
	Directions    []contact.Direction      `json:"directions,omitempty"`
	Departments   []auth.Department        `json:"departments,omitempty"`
	Positions     []contact.FunnelPosition `json:"positions,omitempty"`
	CampaignKinds []contact.CampaignKind   `json:"campaignKinds,omitempty"`
}

// MarkovSettings are how MARKOV reads journeys.
type MarkovSettings struct {
	Order int  `json:"order"` // 1 to 3: on how many touches the next one depends
	Lost  bool `json:"lost"`  // whether journeys that were not won count; without them only what follows on what matters
}

// ShapleySettings are how SHAPLEY judges sets of channel groups.
type ShapleySettings struct {
	Worth Worth `json:"worth"`
}

// Minimum is what a model that learns needs; with less it answers INSUFFICIENT_DATA. Only journeys with a touch that counts are
// counted.
type Minimum struct {
	Journeys int `json:"journeys"`
	Won      int `json:"won"`
	Lost     int `json:"lost"` // where the model looks at journeys that were not won
}

// Default is a policy that works before anybody has signed another.
func Default() Policy {
	return Policy{
		DefaultModel: Position, LookBackDays: 180, HalfLifeDays: 7,
		Position: PositionWeights{First: 0.4, Middle: 0.2, Last: 0.4},
		WShaped:  MilestoneWeights{First: 0.3, LeadCreated: 0.3, OpportunityCreated: 0.3, Middle: 0.1},
		FullPath: MilestoneWeights{First: 0.225, LeadCreated: 0.225, OpportunityCreated: 0.225, Close: 0.225, Middle: 0.1},
		Repeats:  Repeats{Count: FirstWithin, Minutes: new(30)},
		Ignored: []IgnoreRule{
			{Key: "undelivered", Touches: Pattern{Kinds: []contact.TouchKind{contact.KindEmailBounced, contact.KindUnsubscribed}}},
		},
		Groups: []GroupRule{ // what is left is twelve groups, as many as SHAPLEY is exact for
			{Key: "paid-media", Group: "Paid media", Touches: Pattern{Channels: []contact.Channel{contact.ChannelPaidSearch, contact.ChannelPaidSocial, contact.ChannelDisplay}}},
			{Key: "events", Group: "Events", Touches: Pattern{Channels: []contact.Channel{contact.ChannelWebinar, contact.ChannelEvent}}},
			{Key: "partners", Group: "Partners", Touches: Pattern{Channels: []contact.Channel{contact.ChannelReferral, contact.ChannelPartner}}},
			{Key: "messages", Group: "Messages", Touches: Pattern{Channels: []contact.Channel{contact.ChannelSms, contact.ChannelChat}}},
		},
		Markov:  MarkovSettings{Order: 1, Lost: true},
		Shapley: ShapleySettings{Worth: WorthConversionRate},
		Minimum: Minimum{Journeys: 200, Won: 50, Lost: 50},
	}
}

// fits tells whether a touch is what a pattern asks for.
func (p *Pattern) fits(c *class) bool {
	return side(p.Kinds, c.kind) && side(p.Channels, c.channel) && side(p.Directions, c.direction) && side(p.Departments, c.department) &&
		side(p.Positions, c.position) && side(p.CampaignKinds, c.campaignKind)
}

// side tells whether a word is one of those asked for; where none is, every word is.
func side[T ~string](asked []T, word T) bool { return len(asked) == 0 || slices.Contains(asked, word) }
