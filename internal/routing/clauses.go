package routing

import (
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/internal/clause"
)

// Clauses is the policy in words, rule by rule. The keys of rules are those that Outcome.Clause names.
func (p *Policy) Clauses() []clause.Clause {
	var w writer
	var order []string
	for i := range p.Exclusions {
		e := &p.Exclusions[i]
		order = append(order, e.Key)
		w.add("exclusions."+e.Key, "%s: when %s, the lead goes to nobody and waits in the queue %s.", e.Name, e.When.String(), e.Queue)
	}
	w.order("exclusions", order)
	w.owner(p.AccountOwner)
	order = nil
	for i := range p.Rules {
		r := &p.Rules[i]
		order = append(order, r.Key)
		w.add("rules."+r.Key, "%s: when %s, the lead goes to %s.", r.Name, r.When.String(), r.To)
	}
	w.order("rules", order)
	for _, b := range p.Bands {
		w.add("bands."+string(b.Band), "A lead of the band %s that no rule takes goes to %s.", b.Band, b.To)
	}
	if p.DefaultPool != nil {
		w.add("defaultPool", "All other leads go to the pool %s.", *p.DefaultPool)
	} else {
		w.add("defaultPool", "No pool takes all other leads: they wait in the queue %s.", p.Fallback.Queue)
	}
	for i := range p.Pools {
		w.pool(&p.Pools[i])
	}
	w.gates(&p.Gates)
	told := "the managers and directors of sales are"
	if len(p.Fallback.Alert) > 0 {
		told = list(p.Fallback.Alert) + " are"
	}
	w.add("fallback", "Where nobody is eligible the lead waits in the queue %s, and %s told.", p.Fallback.Queue, told)
	if p.AutoOffer {
		w.add("autoOffer", "A lead is offered the moment it qualifies; one that was rejected or withdrawn the last time is offered by marketing.")
	}
	w.add("seed", "Ties are decided by the seed %q.", p.Seed)
	return w
}

// String is the target in a sentence.
func (t Target) String() string {
	switch {
	case t.Pool != nil:
		return "the pool " + *t.Pool
	case t.Member != nil:
		return *t.Member
	case t.Queue != nil:
		return "the queue " + *t.Queue
	}
	return "nobody"
}

// writer gathers clauses.
type writer []clause.Clause

// add writes one clause.
func (w *writer) add(key, format string, args ...any) {
	*w = append(*w, clause.Clause{Key: key, Text: fmt.Sprintf(format, args...)})
}

// order says in which order rules are asked: a change of it alone is a change too.
func (w *writer) order(key string, keys []string) {
	if len(keys) > 1 {
		w.add(key, "They are asked in this order: %s.", list(keys))
	}
}

func (w *writer) owner(o AccountOwner) {
	switch {
	case !o.On:
		w.add("accountOwner", "The owner of a lead's account has no precedence.")
	case len(o.Tiers) == 0:
		w.add("accountOwner", "A lead goes to the owner of its account, if there is one who passes the gates.")
	default:
		w.add("accountOwner", "A lead of an account of one of the tiers %s goes to its owner, if there is one who passes the gates.", list(o.Tiers))
	}
}

func (w *writer) pool(p *Pool) {
	who := fmt.Sprintf("all of %s", p.Department)
	if len(p.Members) > 0 {
		who = fmt.Sprintf("of %s %s", p.Department, list(p.Members))
	}
	for _, part := range []struct {
		words string
		all   []string
	}{{"serve one of the territories", p.Territories}, {"have all of the skills", p.Skills}, {"speak one of the languages", p.Languages}} {
		if len(part.all) > 0 {
			who += fmt.Sprintf("; they %s %s", part.words, list(part.all))
		}
	}
	key := "pools." + p.Key
	w.add(key, "%s: %s.", p.Name, who)
	for _, s := range p.Shares {
		w.add(key+".shares."+fold(s.Email), "In the pool %s %s has the weight %s and the calibration %s.", p.Key, s.Email, clause.Number(s.Weight), clause.Number(s.Calibration))
	}
}

func (w *writer) gates(g *Gates) {
	switch g.Available {
	case Now:
		w.add("gates.available", "A member works at the moment of routing.")
	case WithinGoal:
		w.add("gates.available", "A member works at some time before the ACCEPT clock runs out.")
	default:
		w.add("gates.available", "Members get leads also when they do not work.")
	}
	if g.OpenCap != nil {
		w.add("gates.openCap", "A member has at most %d leads open.", *g.OpenCap)
	}
	if g.DailyCap != nil {
		w.add("gates.dailyCap", "A member is given at most %d leads a day.", *g.DailyCap)
	}
	if g.Territory != nil {
		w.add("gates.territory", "In a pool, the lead's %s is one of the member's territories; a member without any serves all.", *g.Territory)
	}
	if g.Skill != nil {
		w.add("gates.skill", "In a pool, the lead's %s is one of the member's skills.", *g.Skill)
	}
	if g.Language != nil {
		w.add("gates.language", "In a pool, the lead's %s is one of the member's languages; a member without any speaks all.", *g.Language)
	}
}

// list is names in a sentence.
func list(names []string) string { return strings.Join(names, ", ") }
