package attribution

import (
	"fmt"
	"math"
	"strings"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// Clauses puts the policy into sentences.
func (p *Policy) Clauses() []clause.Clause {
	all := []clause.Clause{
		{Key: "defaultModel", Text: fmt.Sprintf("Where nobody asks for another model, deals are credited by %s.", p.DefaultModel)},
		{Key: "lookBackDays", Text: fmt.Sprintf("Touches up to %d days before the close count.", p.LookBackDays)},
		{Key: "halfLifeDays", Text: fmt.Sprintf("In TIME_DECAY a touch %s days older than another weighs half.", clause.Number(p.HalfLifeDays))},
		{Key: "position", Text: fmt.Sprintf("POSITION gives %s to the first touch, %s to the last and %s to those between.",
			percent(p.Position.First), percent(p.Position.Last), percent(p.Position.Middle))},
		{Key: "wShaped", Text: "W_SHAPED gives " + p.WShaped.words() + "."},
		{Key: "fullPath", Text: "FULL_PATH gives " + p.FullPath.words() + "."},
		{Key: "repeats", Text: p.Repeats.words()},
		{Key: "markov", Text: p.Markov.words()},
		{Key: "shapley", Text: p.Shapley.words()},
		{Key: "minimum", Text: fmt.Sprintf("Models that learn need at least %d journeys, %d won and %d not won.", p.Minimum.Journeys, p.Minimum.Won, p.Minimum.Lost)},
	}
	for _, r := range p.Ignored {
		all = append(all, clause.Clause{Key: "ignored." + r.Key, Text: "Touches earn no credit if they are " + r.Touches.words() + "."})
	}
	var order []string
	for _, r := range p.Groups {
		order = append(order, r.Key)
		all = append(all, clause.Clause{Key: "groups." + r.Key, Text: fmt.Sprintf("Touches are in the channel group %q if they are %s.", r.Group, r.Touches.words())})
	}
	if len(order) > 1 {
		all = append(all, clause.Clause{Key: "groups", Text: "Of the rules for channel groups the first that fits counts: " + strings.Join(order, ", ") + "."})
	}
	return all
}

// words are the weights as part of a sentence.
func (w MilestoneWeights) words() string {
	said := fmt.Sprintf("%s to the first touch, %s to the one that made the lead, %s to the one that made the opportunity",
		percent(w.First), percent(w.LeadCreated), percent(w.OpportunityCreated))
	if w.Close != 0 {
		said += fmt.Sprintf(", %s to the last before the close", percent(w.Close))
	}
	return said + fmt.Sprintf(" and %s to all others", percent(w.Middle))
}

// words are the rule as a sentence.
func (r Repeats) words() string {
	switch {
	case r.Count == FirstWithin && r.Minutes != nil:
		return fmt.Sprintf("A touch of the same person in the same channel group counts again after %d minutes.", *r.Minutes)
	case r.Count == FirstOnly:
		return "Of the touches of one person in one channel group the first counts."
	}
	return "Every touch counts, repeated or not."
}

// words are the settings as a sentence.
func (m MarkovSettings) words() string {
	from := "journeys that were won"
	if m.Lost {
		from = "journeys that were won and that were not"
	}
	return fmt.Sprintf("MARKOV learns from %s; the next touch depends on the last %d.", from, m.Order)
}

// words are the settings as a sentence.
func (s ShapleySettings) words() string {
	if s.Worth == WorthConversionRate {
		return "SHAPLEY judges channel groups by which part of the journeys with them was won."
	}
	return "SHAPLEY judges channel groups by how many journeys with them were won."
}

// words are the pattern as part of a sentence.
func (p *Pattern) words() string {
	var said []string
	said = listed(said, "of the kind", p.Kinds)
	said = listed(said, "by the channel", p.Channels)
	said = listed(said, "of the direction", p.Directions)
	said = listed(said, "by the department", p.Departments)
	said = listed(said, "about content of the position", p.Positions)
	said = listed(said, "in a campaign of the kind", p.CampaignKinds)
	if said == nil {
		return "any at all"
	}
	return strings.Join(said, " and ")
}

// listed adds a side of a pattern, where it is not open.
func listed[T ~string](said []string, what string, list []T) []string {
	if len(list) == 0 {
		return said
	}
	return append(said, what+" "+strings.ReplaceAll(enum.List(list), ", ", " or "))
}

// percent writes a weight as people do. 0.29 * 100 is 28.999999999999996, as binary fractions are: eight decimals are enough.
func percent(w float64) string { return clause.Number(math.Round(w*1e10)/1e8) + " %" }
