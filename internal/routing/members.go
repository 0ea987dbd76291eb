package routing

import (
	"fmt"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
)

// Named is where a policy names a member.
type Named struct {
	Path  string // below the body, such as "pools[0].members[2]"
	Email string
	Told  bool // hears of leads that nobody gets; all others are given leads
}

// Known is a member of the workspace whom a policy can name.
type Known struct {
	Email      string
	Department auth.Department
	Role       auth.Role
	Active     bool
}

// Members is every place where the policy names a member, in the policy's order.
func (p *Policy) Members() []Named {
	var all []Named
	add := func(email, path string, args ...any) {
		all = append(all, Named{Path: fmt.Sprintf(path, args...), Email: email})
	}
	for i, r := range p.Rules {
		if r.To.Member != nil {
			add(*r.To.Member, "rules[%d].to.member", i)
		}
	}
	for i, b := range p.Bands {
		if b.To.Member != nil {
			add(*b.To.Member, "bands[%d].to.member", i)
		}
	}
	for i := range p.Pools {
		for j, m := range p.Pools[i].Members {
			add(m, "pools[%d].members[%d]", i, j)
		}
		for j, s := range p.Pools[i].Shares {
			add(s.Email, "pools[%d].shares[%d].email", i, j)
		}
	}
	for i, m := range p.Fallback.Alert {
		all = append(all, Named{Path: fmt.Sprintf("fallback.alert[%d]", i), Email: m, Told: true})
	}
	return all
}

// CheckMembers refuses a policy that names others than active members, or gives leads to who gets none: a fault.List with the place of each fault. Addresses
// are compared as Route compares them, so that whoever passes is found when a lead comes.
func (p *Policy) CheckMembers(all []Known) error {
	var f clause.Faults
	of := make(map[string]Known, len(all))
	for _, m := range all {
		of[fold(m.Email)] = m
	}
	for _, n := range p.Members() {
		m, is := of[fold(n.Email)]
		switch {
		case !is:
			f.Refuse(n.Path, "No member has the address %.100q: correct it, or bring the member in first.", n.Email)
		case !m.Active:
			f.Refuse(n.Path, "%s is not active any more: name another member.", m.Email)
		case n.Told:
		case m.Department != auth.Sales:
			f.Refuse(n.Path, "Leads are offered to %s, and %s is in %s: name another member.", auth.Sales, m.Email, m.Department)
		case m.Role == auth.Analyst:
			f.Refuse(n.Path, "%s is an %s and gets no leads: name another member.", m.Email, m.Role)
		}
	}
	return f.Err()
}
