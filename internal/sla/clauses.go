package sla

import (
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// Clauses puts the policy into sentences: its calendars, its rules and their order by stage, its pauses, what is off.
func (p *Policy) Clauses() []clause.Clause {
	var out []clause.Clause
	for i := range p.Calendars {
		c := &p.Calendars[i]
		out = append(out, clause.Clause{Key: "calendars." + c.Key, Text: c.Name + ": " + c.Calendar.String() + "."})
	}
	order := map[Stage][]string{}
	for i := range p.Rules {
		r := &p.Rules[i]
		out = append(out, clause.Clause{Key: "rules." + r.Key, Text: r.String()})
		order[r.Stage] = append(order[r.Stage], r.Key)
	}
	for _, s := range Stages {
		if keys := order[s]; len(keys) > 1 {
			out = append(out, clause.Clause{Key: "order." + string(s), Text: fmt.Sprintf("%s: the first that holds of %s.", s, strings.Join(keys, ", "))})
		}
	}
	for _, s := range p.Off {
		out = append(out, clause.Clause{Key: "off." + string(s), Text: string(s) + " has no clock."})
	}
	for i := range p.Pauses {
		out = append(out, clause.Clause{Key: "pauses." + string(p.Pauses[i].Reason), Text: p.Pauses[i].String()})
	}
	return out
}

// String is the rule as a sentence.
func (r *Rule) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s: %s within %d ", r.Stage, r.Name, r.Minutes)
	switch {
	case r.Unit == clause.WallMinutes || r.Calendar == nil:
		s.WriteString("minutes, day and night")
	case r.OwnerHours:
		fmt.Fprintf(&s, "minutes of the owner's working hours, or else of %s", *r.Calendar)
	default:
		fmt.Fprintf(&s, "minutes of %s", *r.Calendar)
	}
	if r.When != nil {
		s.WriteString(", if " + r.When.String())
	}
	if r.WarnAt != nil {
		fmt.Fprintf(&s, "; a warning at %s %%", clause.Number(*r.WarnAt*100))
	}
	if len(r.EscalateTo) > 0 {
		s.WriteString("; a breach goes to " + enum.List(r.EscalateTo))
	}
	s.WriteString(".")
	return s.String()
}

// String is the rule as a sentence.
func (p *PauseRule) String() string {
	text := fmt.Sprintf("Clocks of %s may pause for %s", enum.List(p.Stages), p.Reason)
	if p.CountsAfterReply {
		text += "; what was paused after the lead had replied counts again"
	}
	return text + "."
}

// String is the calendar as part of a sentence.
func (c *Calendar) String() string {
	said := []string{"in " + c.TimeZone}
	for _, h := range c.Hours {
		said = append(said, fmt.Sprintf("%s from %s to %s", enum.List(h.Days), h.Opens, h.Closes))
	}
	for _, e := range c.Exceptions {
		text := e.Date + " " + string(e.Kind)
		for _, h := range e.Hours {
			text += fmt.Sprintf(" from %s to %s", h.Opens, h.Closes)
		}
		if e.Name != nil {
			text += " (" + *e.Name + ")"
		}
		said = append(said, text)
	}
	return strings.Join(said, "; ")
}
