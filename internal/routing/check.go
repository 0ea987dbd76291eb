package routing

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// The bounds of a policy.
const (
	maxRules   = 500 // of exclusions and of rules
	maxPools   = 200
	maxMembers = 1_000 // of a pool
	maxWords   = 300   // of a list of territories, skills, languages or tiers
	maxName    = 100   // characters
	maxAlerted = 50
	maxCap     = 100_000 // leads
)

// Check refuses a policy that cannot be kept: a fault.List with the place of each fault, such as "rules[2].to.pool". Whether the
// members that it names are there is for CheckMembers.
func (p *Policy) Check(reg *condition.Registry) error {
	c := checker{Faults: clause.Faults{Registry: reg}, pools: map[string]bool{}, asked: map[string]string{}}
	if c.Count("pools", len(p.Pools), 0, maxPools) {
		for i := range p.Pools {
			c.pool(fmt.Sprintf("pools[%d]", i), &p.Pools[i])
		}
	} else {
		c.pools = nil // unread
	}
	keys := map[string]bool{}
	if c.Count("exclusions", len(p.Exclusions), 0, maxRules) {
		for i := range p.Exclusions {
			e, path := &p.Exclusions[i], fmt.Sprintf("exclusions[%d]", i)
			c.rule(path, e.Key, e.Name, &e.When, keys)
			c.word(path+".queue", e.Queue)
		}
	}
	keys = map[string]bool{}
	if c.Count("rules", len(p.Rules), 0, maxRules) {
		for i := range p.Rules {
			r, path := &p.Rules[i], fmt.Sprintf("rules[%d]", i)
			c.rule(path, r.Key, r.Name, &r.When, keys)
			c.target(path+".to", r.To)
		}
	}
	c.words("accountOwner.tiers", p.AccountOwner.Tiers)
	c.bands(p.Bands)
	if p.DefaultPool != nil {
		c.known("defaultPool", *p.DefaultPool)
	}
	c.gates(&p.Gates)
	c.word("fallback.queue", p.Fallback.Queue)
	c.emails("fallback.alert", p.Fallback.Alert, maxAlerted)
	c.word("seed", p.Seed)
	return c.Err()
}

// checker gathers the faults of a policy.
type checker struct {
	clause.Faults
	pools map[string]bool   // their keys; nil where they were too many to read
	asked map[string]string // conditions, and which rule asks them
}

// rule checks what exclusions and rules have in common.
func (c *checker) rule(path, key, name string, when *condition.Condition, keys map[string]bool) {
	c.Key(path+".key", key, keys)
	c.Text(path+".name", name, 1, maxName)
	p := c.Condition(path+".when", when)
	if p == nil {
		return
	}
	body := p.Normal()
	if before := c.asked[body]; before != "" {
		c.Refuse(path+".when", "%s asks the same and comes first, so this one would never decide: change or remove it.", before)
	}
	c.asked[body] = path
}

// target checks that leads are sent to one thing that there is.
func (c *checker) target(path string, t Target) {
	set := 0
	for _, to := range []*string{t.Pool, t.Member, t.Queue} {
		if to != nil {
			set++
		}
	}
	if set != 1 {
		c.Refuse(path, "Leads go to one of pool, member and queue; this sets %d.", set)
		return
	}
	switch {
	case t.Pool != nil:
		c.known(path+".pool", *t.Pool)
	case t.Member != nil:
		c.email(path+".member", *t.Member)
	default:
		c.word(path+".queue", *t.Queue)
	}
}

// known checks that there is such a pool.
func (c *checker) known(path, pool string) {
	if c.pools != nil && !c.pools[pool] {
		c.Refuse(path, "There is no pool with the key %.63q in this policy.", pool)
	}
}

// bands checks that each band has one target.
func (c *checker) bands(bands []Band) {
	if !c.Count("bands", len(bands), 0, len(lifecycle.Bands)) {
		return
	}
	seen := map[lifecycle.Band]bool{}
	for i, b := range bands {
		path := fmt.Sprintf("bands[%d]", i)
		switch {
		case !slices.Contains(lifecycle.Bands, b.Band):
			c.Refuse(path+".band", "A band is one of %s.", enum.List(lifecycle.Bands))
		case seen[b.Band]:
			c.Refuse(path+".band", "The band %s is here twice: keep one.", b.Band)
		}
		seen[b.Band] = true
		c.target(path+".to", b.To)
	}
}

// pool checks one pool and notes its key.
func (c *checker) pool(path string, p *Pool) {
	c.Key(path+".key", p.Key, c.pools)
	c.Text(path+".name", p.Name, 1, maxName)
	if p.Department != auth.Sales {
		c.Refuse(path+".department", "Leads are offered to sales, so a pool is of members of %s.", auth.Sales)
	}
	members := c.emails(path+".members", p.Members, maxMembers)
	c.words(path+".territories", p.Territories)
	c.words(path+".skills", p.Skills)
	c.words(path+".languages", p.Languages)
	if !c.Count(path+".shares", len(p.Shares), 0, maxMembers) {
		return
	}
	seen := map[string]bool{}
	for i, s := range p.Shares {
		at := fmt.Sprintf("%s.shares[%d]", path, i)
		switch who := fold(s.Email); {
		case !c.email(at+".email", s.Email):
		case seen[who]:
			c.Refuse(at+".email", "%s has two shares: keep one.", s.Email)
		case len(p.Members) > 0 && !members[who]:
			c.Refuse(at+".email", "%s is not one of the pool's members: add the address there or remove the share.", s.Email)
		default:
			seen[who] = true
		}
		c.Range(at+".weight", s.Weight, 0.1, 100)
		c.Range(at+".calibration", s.Calibration, -maxCap, maxCap)
	}
}

// gates checks the gates.
func (c *checker) gates(g *Gates) {
	if !slices.Contains(Availabilities, g.Available) {
		c.Refuse("gates.available", "Give one of %s.", enum.List(Availabilities))
	}
	if g.OpenCap != nil {
		c.Range("gates.openCap", float64(*g.OpenCap), 1, maxCap)
	}
	if g.DailyCap != nil {
		c.Range("gates.dailyCap", float64(*g.DailyCap), 1, maxCap)
	}
	c.attribute("gates.territory", g.Territory)
	c.attribute("gates.skill", g.Skill)
	c.attribute("gates.language", g.Language)
}

// attribute checks that there is such an attribute and that it is one of words.
func (c *checker) attribute(path string, name *string) {
	if name == nil {
		return
	}
	slot, ok := c.Registry.Slot(*name)
	if !ok {
		c.Refuse(path, "There is no attribute %.100q: the query attributes lists all.", *name)
		return
	}
	if t := c.Registry.Definitions()[slot].Type; t != condition.TypeText && t != condition.TypeEnum {
		c.Refuse(path, "%s is a %s; members' territories, skills and languages are texts.", *name, t)
	}
}

// address is what an e-mail address looks like, as far as it matters for naming a member.
var address = regexp.MustCompile(`^[^\s@]{1,64}@[^\s@]{1,255}$`)

// email checks an address.
func (c *checker) email(path, s string) bool {
	if !address.MatchString(s) {
		c.Refuse(path, "Name the member by an e-mail address.")
		return false
	}
	return c.printable(path, s)
}

// emails checks a list of addresses and answers it folded.
func (c *checker) emails(path string, all []string, most int) map[string]bool {
	seen := map[string]bool{}
	if !c.Count(path, len(all), 0, most) {
		return seen
	}
	for i, s := range all {
		at := fmt.Sprintf("%s[%d]", path, i)
		if c.email(at, s) && seen[fold(s)] {
			c.Refuse(at, "%s is here twice: keep one.", s)
		}
		seen[fold(s)] = true
	}
	return seen
}

// word checks a name of something, such as a queue.
func (c *checker) word(path, s string) {
	c.Text(path, s, 1, maxName)
	if bare := strings.TrimSpace(s); bare != "" && bare != s && !strings.ContainsFunc(s, unicode.IsControl) {
		c.Refuse(path, "Remove the white space around it.")
	}
}

// words checks a list of names.
func (c *checker) words(path string, all []string) {
	if !c.Count(path, len(all), 0, maxWords) {
		return
	}
	seen := map[string]bool{}
	for i, s := range all {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.word(at, s)
		if seen[fold(s)] {
			c.Refuse(at, "%.100q is here twice: keep one.", s)
		}
		seen[fold(s)] = true
	}
}

// printable refuses control characters, which Postgres or people cannot read.
func (c *checker) printable(path, s string) bool {
	if strings.ContainsFunc(s, unicode.IsControl) {
		c.Refuse(path, "Remove the control characters.")
		return false
	}
	return true
}

// fold is a word as it is compared: whatever its case and the white space around it.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
