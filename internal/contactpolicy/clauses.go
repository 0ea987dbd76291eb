package contactpolicy

import (
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// Clauses puts the policy into words, one sentence for each rule.
func (p *Policy) Clauses() []clause.Clause {
	list := []clause.Clause{}
	add := func(key, text string) { list = append(list, clause.Clause{Key: key, Text: text}) }
	for i := range p.Consents {
		add(p.Consents[i].clauseKey(), p.Consents[i].sentence())
	}
	for _, f := range p.Floors {
		add("floors."+string(f.Event), "After "+string(f.Event)+" the conversation is "+string(f.Department)+"'s for "+amount(f.Hours, "hour")+".")
	}
	if p.Customers != nil {
		add("customers", "Of customers: "+p.Customers.sentence())
	}
	if p.OpenDeals != nil {
		add("openDeals", "Of people with an open deal: "+p.OpenDeals.sentence())
	}
	for i := range p.Caps {
		add("caps."+p.Caps[i].Key, p.Caps[i].sentence())
	}
	for i := range p.MinGaps {
		add("minGaps."+p.MinGaps[i].Key, p.MinGaps[i].sentence())
	}
	if q := p.QuietHours; q != nil {
		add("quietHours", "Quiet hours go by the clock where the person lives, and by that of "+q.FallbackZone+" where this is unknown.")
		for i := range q.Times {
			add("quietHours."+q.Times[i].Key, q.Times[i].sentence())
		}
	}
	if h := p.CampaignOverlapHours; h != nil {
		add("campaignOverlap", "Between messages of two campaigns to a person lie "+amount(*h, "hour")+".")
	}
	return list
}

// clauseKey is the key of the rule's clause.
func (r *ConsentRule) clauseKey() string { return "consents." + r.Key }

func (r *ConsentRule) sentence() string {
	text := "A message" + by(r.Channels) + purposesOf(r.Purposes) + " needs "
	if len(r.Bases) == 0 {
		return text + "no consent on record."
	}
	return text + "a consent on the basis " + listed(r.Bases, "or") + "."
}

// sentence says what is held back.
func (p *Protection) sentence() string {
	departments := p.Departments
	if len(departments) == 0 {
		departments = auth.Departments
	}
	text := "messages of " + listed(departments, "and") + purposesOf(p.Purposes) + " are held back"
	if len(p.ExceptCampaignKinds) > 0 {
		text += ", but for " + listed(p.ExceptCampaignKinds, "and") + " campaigns"
	}
	return text + "."
}

func (c *Cap) sentence() string {
	text := "At most " + amount(c.Limit, "message") + purposesOf(c.Purposes)
	switch {
	case c.Scope == PerAccount:
		text += " to people of a company"
	case c.Scope == PerChannel && c.Channel == nil:
		text += " to a person by each channel"
	case c.Scope == PerChannel:
		text += " to a person by " + string(*c.Channel)
	default:
		text += " to a person"
	}
	return text + " in any " + amount(c.WindowHours, "hour") + "."
}

func (g *MinGap) sentence() string {
	text := "Between two messages" + purposesOf(g.Purposes) + " to a person"
	if g.Channel != nil {
		text += " by " + string(*g.Channel)
	}
	return text + " lie " + amount(g.Minutes, "minute") + "."
}

func (t *QuietTime) sentence() string {
	days := "every day"
	if len(t.Days) > 0 {
		days = "on " + listed(t.Days, "and")
	}
	next := ""
	if t.To <= t.From {
		next = " of the next day"
	}
	return "No messages" + by(t.Channels) + " " + days + " from " + t.From + " to " + t.To + next + "."
}

// by names channels; none where all are meant.
func by(channels []contact.Channel) string {
	if len(channels) == 0 {
		return ""
	}
	return " by " + listed(channels, "or")
}

// purposesOf names purposes; none where all are meant.
func purposesOf(some []contact.Purpose) string {
	if len(some) == 0 {
		return ""
	}
	return " for " + listed(some, "or")
}
