package routing

import (
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
)

// Router is a policy ready to be asked. It never changes and serves any number of goroutines.
type Router struct {
	exclusions []route
	owner      *condition.Program // the accounts whose owners have precedence; nil for none, or all where anyAccount
	anyAccount bool
	rules      []route // rules, bands and the default pool
	pools      map[string]*pool
	gates      Gates
	territory  *condition.Program // each asks whether the lead has a value for the attribute; nil where the gate is open
	skill      *condition.Program
	language   *condition.Program
	fallback   string
	told       []string
	seed       string
	auto       bool
	asks       []auth.Department // whose members can be given leads
}

// AutoOffer tells whether leads are offered the moment they qualify.
func (r *Router) AutoOffer() bool { return r.auto }

// Fallback is the queue of leads for which nobody is eligible.
func (r *Router) Fallback() string { return r.fallback }

// Told are the addresses of those who hear of leads for which nobody is eligible; with none, the managers and directors of sales do.
func (r *Router) Told() []string { return r.told }

// Departments are those whose members can be given leads: sales, and that of each pool.
func (r *Router) Departments() []auth.Department { return r.asks }

// Caps tells whether it matters how many leads a member has open, and was given this day.
func (r *Router) Caps() (open, daily bool) { return r.gates.OpenCap != nil, r.gates.DailyCap != nil }

// Reach adds what matters to the policy.
func (r *Router) Reach(to *condition.Reach) {
	for _, of := range [][]route{r.exclusions, r.rules} {
		for _, x := range of {
			if x.when != nil {
				x.when.Reach(to)
			}
		}
	}
	for _, p := range []*condition.Program{r.owner, r.territory, r.skill, r.language} {
		if p != nil {
			p.Reach(to)
		}
	}
}

// route is one rule of any kind.
type route struct {
	step   Step
	clause string // its key in Policy.Clauses
	name   string
	when   *condition.Program // nil: always
	to     Target
}

// pool is a Pool with its lists as sets of folded words.
type pool struct {
	key, name   string
	department  auth.Department
	members     map[string]bool // empty: all
	territories map[string]bool
	skills      []string
	languages   map[string]bool
	shares      map[string]Share
}

// Compile makes a policy ready that was checked when it was written, and keeps nothing of it: it asks for no more than what giving leads away
// takes. An attribute that is gone since cannot be asked about.
func Compile(p *Policy, reg *condition.Registry) (*Router, error) {
	if err := p.runs(); err != nil {
		return nil, err
	}
	b := builder{reg: reg}
	r := &Router{pools: make(map[string]*pool, len(p.Pools)), gates: p.Gates, fallback: p.Fallback.Queue, told: slices.Clone(p.Fallback.Alert), seed: p.Seed, anyAccount: p.AccountOwner.On && len(p.AccountOwner.Tiers) == 0,
		auto: p.AutoOffer, asks: []auth.Department{auth.Sales}}
	for i := range p.Exclusions {
		e := &p.Exclusions[i]
		r.exclusions = append(r.exclusions, route{StepExclusion, "exclusions." + e.Key, e.Name, b.program(&e.When), Target{Queue: &e.Queue}})
	}
	if p.AccountOwner.On && !r.anyAccount {
		r.owner = b.among("account.tier", p.AccountOwner.Tiers)
	}
	for i := range p.Rules {
		rule := &p.Rules[i]
		r.rules = append(r.rules, route{StepRule, "rules." + rule.Key, rule.Name, b.program(&rule.When), rule.To.clone()})
	}
	for _, band := range p.Bands {
		r.rules = append(r.rules, route{StepBand, "bands." + string(band.Band), string(band.Band), b.among("lead.band", []string{string(band.Band)}), band.To.clone()})
	}
	if p.DefaultPool != nil {
		r.rules = append(r.rules, route{StepPool, "defaultPool", "", nil, Target{Pool: p.DefaultPool}.clone()})
	}
	for i := range p.Pools {
		r.pools[p.Pools[i].Key] = p.Pools[i].compile()
		if d := p.Pools[i].Department; !slices.Contains(r.asks, d) {
			r.asks = append(r.asks, d)
		}
	}
	r.territory, r.skill, r.language = b.known(p.Gates.Territory), b.known(p.Gates.Skill), b.known(p.Gates.Language)
	if err := b.Err(); err != nil {
		return nil, err
	}
	return r, nil
}

// runs tells what keeps a policy from being asked: each target is one thing that there is, and shares can be divided by.
func (p *Policy) runs() error {
	var n clause.Needs
	pools := map[string]bool{}
	for i := range p.Pools {
		pool := &p.Pools[i]
		pools[pool.Key] = true
		for _, s := range pool.Shares {
			n.Number("a weight in the pool "+pool.Key, s.Weight, 1e-6, 1e6)
			n.Number("a calibration in the pool "+pool.Key, s.Calibration, -1e9, 1e9)
		}
	}
	to := func(rule string, t Target) {
		set := 0
		for _, one := range []*string{t.Pool, t.Member, t.Queue} {
			if one != nil {
				set++
			}
		}
		n.That(set == 1, "%s leads to %d things", rule, set)
		n.That(t.Pool == nil || pools[*t.Pool], "the pool of %s is not there", rule)
	}
	for i := range p.Rules {
		to("the rule "+p.Rules[i].Key, p.Rules[i].To)
	}
	for _, b := range p.Bands {
		to("the band "+string(b.Band), b.To)
	}
	n.That(p.DefaultPool == nil || pools[*p.DefaultPool], "the default pool is not there")
	n.That(slices.Contains(Availabilities, p.Gates.Available), "the gate of availability is %q", p.Gates.Available)
	return n.Err()
}

// builder compiles conditions and gathers what keeps them from being asked.
type builder struct {
	clause.Needs
	reg *condition.Registry
}

func (b *builder) program(c *condition.Condition) *condition.Program {
	p, err := condition.Compile(c, b.reg)
	b.Took(err)
	return p
}

// among asks whether an attribute has one of the values.
func (b *builder) among(attribute string, words []string) *condition.Program {
	values := make([]condition.Value, len(words))
	for i, w := range words {
		values[i] = condition.Text(w)
	}
	return b.program(&condition.Condition{Attribute: &condition.Attribute{Name: attribute, Op: condition.In, Values: values}})
}

// known asks whether an attribute has a value.
func (b *builder) known(attribute *string) *condition.Program {
	if attribute == nil {
		return nil
	}
	return b.program(&condition.Condition{Attribute: &condition.Attribute{Name: *attribute, Op: condition.IsSet}})
}

// clone is the target apart from the policy's memory.
func (t Target) clone() Target {
	for _, to := range []**string{&t.Pool, &t.Member, &t.Queue} {
		if *to != nil {
			own := **to
			*to = &own
		}
	}
	return t
}

func (p *Pool) compile() *pool {
	c := &pool{key: p.Key, name: p.Name, department: p.Department, members: set(p.Members), territories: set(p.Territories), languages: set(p.Languages),
		shares: make(map[string]Share, len(p.Shares))}
	for _, s := range p.Skills {
		c.skills = append(c.skills, fold(s))
	}
	for _, s := range p.Shares {
		c.shares[fold(s.Email)] = s
	}
	return c
}

// set is words, folded.
func set(words []string) map[string]bool {
	all := make(map[string]bool, len(words))
	for _, w := range words {
		all[fold(w)] = true
	}
	return all
}

// share is what a member gets of the pool.
func (p *pool) share(email string) Share {
	if s, ok := p.shares[email]; ok {
		return s
	}
	return Share{Weight: 1}
}

// takes tells whether the rule holds for a lead.
func (r *route) takes(f *condition.Facts) bool { return r.when == nil || r.when.Match(f) }

// first is the first rule that holds for a lead; nil where none does.
func first(routes []route, f *condition.Facts) *route {
	for i := range routes {
		if routes[i].takes(f) {
			return &routes[i]
		}
	}
	return nil
}

// String names the rule in a sentence.
func (r *route) String() string {
	switch r.step {
	case StepBand:
		return "The band " + r.name
	case StepPool:
		return "The policy's last step"
	}
	return fmt.Sprintf("The rule %q", r.name)
}
