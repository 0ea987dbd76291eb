package routing

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Request is one lead that asks for somebody.
type Request struct {
	Lead       id.UUID
	Facts      *condition.Facts
	Owner      *id.UUID    // the owner of the lead's account; nil where there is none
	Refused    []id.UUID   // who had this lead and rejected it, or let its ACCEPT clock run out
	Candidates []Candidate // each member once, in any order
	Ledger     Ledger
	AcceptBy   time.Time // when the ACCEPT clock would run out; zero where none would run: then any time will do
	At         time.Time
}

// Outcome is who gets the lead, and why. Its order does not depend on the request's.
type Outcome struct {
	Step       Step      `json:"step"`
	Clause     string    `json:"clause"` // the key of the rule that decided, as in Policy.Clauses; of a fallback, of the rule for which nobody was eligible
	Text       string    `json:"text"`   // why, as a sentence
	Pool       string    `json:"pool,omitempty"`
	Member     *id.UUID  `json:"memberId,omitempty"`
	Queue      string    `json:"queue,omitempty"` // where the lead waits; set exactly where Member is nil
	Alert      bool      `json:"alert"`           // somebody has to be told: nobody was eligible
	Candidates []Verdict `json:"candidates,omitempty"`
	Entries    []Entry   `json:"-"` // of the ledger, to be written: the chosen member's and those of newcomers
}

// InPool is the pool's key; nil where no pool was asked.
func (o *Outcome) InPool() *string { return given(o.Pool) }

// InQueue is where the lead waits; nil where somebody was chosen.
func (o *Outcome) InQueue() *string { return given(o.Queue) }

// Passed tells whether all gates were passed.
func (v *Verdict) Passed() bool { return v.Gate == nil }

func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Verdict is what was found of one candidate. The account's owner may have two: as the owner, and in the pool.
type Verdict struct {
	Step   Step     `json:"step"` // for which it was asked
	Member id.UUID  `json:"memberId"`
	Gate   *Gate    `json:"gate,omitempty"` // the first that stopped the member; nil where all were passed
	Chosen bool     `json:"chosen,omitempty"`
	Level  *float64 `json:"level,omitempty"` // of those who passed a pool's gates
	Text   string   `json:"text"`
}

// Pool is the key of the pool that the lead would go to unless the owner of its account takes it; empty where it would go elsewhere.
// Callers lock that pool's entries before they read the ledger.
func (r *Router) Pool(f *condition.Facts) string {
	if first(r.exclusions, f) != nil {
		return ""
	}
	if rule := first(r.rules, f); rule != nil && rule.to.Pool != nil {
		return *rule.to.Pool
	}
	return ""
}

// Route decides who gets a lead. The first exclusion, then the account's owner if the gates let through, then the first rule, band or
// the default pool that holds decides; where that names members of whom none passes, the lead goes to the fallback queue.
func (r *Router) Route(q Request) Outcome {
	if e := first(r.exclusions, q.Facts); e != nil {
		return Outcome{Step: e.step, Clause: e.clause, Queue: *e.to.Queue, Text: fmt.Sprintf("%s keeps the lead from everybody: it waits in the queue %s.", e, *e.to.Queue)}
	}
	d := decision{r: r, q: q}
	if d.owner() {
		return d.out
	}
	rule := first(r.rules, q.Facts)
	switch {
	case rule == nil:
		d.fallback("fallback", "No rule and no band takes the lead, and there is no pool for all others")
	case rule.to.Queue != nil:
		d.settle(rule.step, rule.clause, fmt.Sprintf("%s sends the lead to the queue %s.", rule, *rule.to.Queue))
		d.out.Queue = *rule.to.Queue
	case rule.to.Member != nil:
		d.member(rule)
	default:
		d.pool(rule, r.pools[*rule.to.Pool])
	}
	return d.out
}

// decision is one lead on its way to somebody.
type decision struct {
	r   *Router
	q   Request
	out Outcome
}

// settle notes what decided.
func (d *decision) settle(step Step, key, text string) {
	d.out.Step, d.out.Clause, d.out.Text = step, key, text
}

// fallback sends the lead to the fallback queue.
func (d *decision) fallback(key, why string) {
	d.settle(StepFallback, key, fmt.Sprintf("%s: the lead waits in the queue %s.", why, d.r.fallback))
	d.out.Queue, d.out.Alert = d.r.fallback, true
}

// owner gives the lead to the owner of its account, if the policy says so and the gates let through.
func (d *decision) owner() bool {
	if d.q.Owner == nil || !d.r.anyAccount && (d.r.owner == nil || !d.r.owner.Match(d.q.Facts)) {
		return false
	}
	i := slices.IndexFunc(d.q.Candidates, func(c Candidate) bool { return c.Member == *d.q.Owner })
	if i < 0 {
		d.out.Candidates = []Verdict{{Step: StepAccountOwner, Member: *d.q.Owner, Gate: new(GateActive), Text: "is not among the members who can be given leads"}}
		return false
	}
	if !d.named(StepAccountOwner, &d.q.Candidates[i]) {
		return false
	}
	d.settle(StepAccountOwner, "accountOwner", "The lead goes to the owner of its account.")
	return true
}

// member gives the lead to the member that a rule names.
func (d *decision) member(rule *route) {
	who := fold(*rule.to.Member)
	i := slices.IndexFunc(d.q.Candidates, func(c Candidate) bool { return fold(c.Email) == who })
	switch {
	case i < 0:
		d.fallback(rule.clause, fmt.Sprintf("%s names a member who cannot be given leads", rule))
	case !d.named(rule.step, &d.q.Candidates[i]):
		d.fallback(rule.clause, fmt.Sprintf("%s names a member who does not pass the gates", rule))
	default:
		d.settle(rule.step, rule.clause, fmt.Sprintf("%s names the member.", rule))
	}
}

// named asks the gates of one member of sales whom the policy names. Territory, skill and language are not asked: who named the member
// knew them.
func (d *decision) named(step Step, c *Candidate) bool {
	v := Verdict{Step: step, Member: c.Member, Text: "passes the gates"}
	gate, why := works(c, auth.Sales)
	if gate == "" {
		gate, why = d.free(c)
	}
	if gate != "" {
		v.Gate, v.Text = &gate, why
	} else {
		v.Chosen, d.out.Member = true, new(c.Member)
	}
	d.out.Candidates = append(d.out.Candidates, v)
	return v.Chosen
}

// pool gives the lead to the member of a pool with the lowest level; among several, to the one with the lowest hash.
func (d *decision) pool(rule *route, p *pool) {
	d.out.Pool = p.key
	s := d.seats(rule.step, p)
	best := -1
	tied, lowest := 0, 0.0
	var hash [sha256.Size]byte
	for i := range s.all {
		if s.verdicts[i].Gate != nil {
			continue
		}
		switch level := s.levels[i]; {
		case best < 0 || level < lowest:
			best, lowest, tied, hash = i, level, 1, d.hash(s.all[i].Member)
		case level == lowest:
			tied++
			if h := d.hash(s.all[i].Member); bytes.Compare(h[:], hash[:]) < 0 {
				best, hash = i, h
			}
		}
	}
	if best >= 0 {
		chosen := &s.verdicts[best]
		chosen.Chosen, d.out.Member = true, new(chosen.Member)
		chosen.Text = "has the lowest level, " + said(lowest)
		if tied > 1 {
			chosen.Text += fmt.Sprintf(", and is first of %d by the seed", tied)
		}
		s.entries[best].Assigned++
		d.settle(rule.step, rule.clause, fmt.Sprintf("%s sends the lead to the pool %q, where %d can take it.", rule, p.name, s.passed))
		d.out.Entries = s.changed(best)
	} else {
		d.fallback(rule.clause, fmt.Sprintf("%s sends the lead to the pool %q, where nobody can take it", rule, p.name))
	}
	d.out.Candidates = append(d.out.Candidates, s.verdicts...)
}

// hash decides ties: sha256 of the seed, the lead and the member, the lowest first. The seed comes last, as only its length varies.
func (d *decision) hash(member id.UUID) [sha256.Size]byte {
	b := make([]byte, 0, 160) // stays on the stack
	b = append(append(append(b, d.q.Lead[:]...), member[:]...), d.r.seed...)
	return sha256.Sum256(b)
}
