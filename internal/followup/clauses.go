package followup

import (
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/internal/clause"
)

// Clauses puts the policy into words: the order of the rules, and of each whom it is for, the least that is owed, its steps, when a
// lead is given up, and who may excuse.
func (p *Policy) Clauses() []clause.Clause {
	keys := make([]string, len(p.Rules))
	for i := range p.Rules {
		keys[i] = p.Rules[i].Key
	}
	list := []clause.Clause{{Key: "order", Text: "The first rule that is for a lead makes its plan: " + strings.Join(keys, ", ") + "."}}
	for i := range p.Rules {
		list = append(list, p.Rules[i].clauses()...)
	}
	return list
}

// clauses puts a rule into words.
func (r *Rule) clauses() []clause.Clause {
	when := "every lead"
	if r.When != nil {
		when = r.When.String()
	}
	at := "rules." + r.Key + "."
	list := []clause.Clause{
		{Key: at + "when", Text: r.Name + ": " + when + "."},
		{Key: at + "minimum", Text: fmt.Sprintf("%s: at least %s by %s, each %s after the last.", r.Name, amount(r.MinAttempts, "attempt", "attempts"),
			amount(r.MinChannels, "channel", "different channels"), amount(r.MinGapMinutes, "minute", "minutes"))},
	}
	for i := range r.Steps {
		list = append(list, clause.Clause{Key: fmt.Sprintf("%ssteps.%d", at, i+1), Text: fmt.Sprintf("%s, step %d: %s", r.Name, i+1, r.Steps[i].sentence())})
	}
	list = append(list, clause.Clause{Key: at + "giveUp", Text: fmt.Sprintf("%s: given up after %s without an answer and %s of silence.", r.Name,
		amount(r.GiveUp.Attempts, "attempt", "attempts"), amount(r.GiveUp.Days, "day", "days"))})
	excuse := r.Name + ": nobody excuses giving up earlier."
	if len(r.MayExcuse) > 0 {
		excuse = r.Name + ": in sales a " + listed(r.MayExcuse, "or") + " may excuse giving up earlier."
	}
	return append(list, clause.Clause{Key: at + "mayExcuse", Text: excuse})
}

// sentence puts a step into words.
func (s *StepRule) sentence() string {
	channels := "any channel"
	if len(s.Channels) > 0 {
		channels = listed(s.Channels, "or")
	}
	unit := "minutes"
	if s.Unit == clause.BusinessMinutes {
		unit = "business minutes"
	}
	return fmt.Sprintf("by %s, from %d %s after the acceptance, at most %d later.", channels, s.OffsetMinutes, unit, s.MaxDelayMinutes)
}
