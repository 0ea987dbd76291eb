// Package routing says which member, or which queue, gets a lead that is handed over: by exclusions, the account's owner, ordered
// rules, bands and pools, in that order, and within a pool by a fair pick among those who pass the gates.
//
// Policy is the signed body. Compile makes a Router of it, and Router.Route decides about one lead: a pure function of the policy, the
// lead's facts, the candidates and the ledger of what each has been given, that tells of every candidate why.
package routing

import (
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Policy is the body of a ROUTING_POLICY: at once its JSON, the SDL's RoutingPolicy and RoutingPolicyInput, and what Compile reads.
// Members are named by their e-mail addresses, so that a policy reads alike everywhere.
type Policy struct {
	Exclusions   []Exclusion  `json:"exclusions,omitempty"` // in their order; the first that holds decides
	AccountOwner AccountOwner `json:"accountOwner"`
	Rules        []Rule       `json:"rules,omitempty"`       // in their order; the first that holds decides
	Bands        []Band       `json:"bands,omitempty"`       // for leads that no rule takes
	DefaultPool  *string      `json:"defaultPool,omitempty"` // the key of the pool of all others; nil: they go to the fallback
	Pools        []Pool       `json:"pools,omitempty"`
	Gates        Gates        `json:"gates"`
	Fallback     Fallback     `json:"fallback"`
	AutoOffer    bool         `json:"autoOffer,omitempty"` // leads are offered the moment they qualify, unless the last offer came to nothing; else marketing offers them
	Seed         string       `json:"seed"`                // decides ties, always in the same way
}

// Exclusion keeps leads from everybody: they wait in a queue.
type Exclusion struct {
	Key   string              `json:"key"`
	Name  string              `json:"name"`
	When  condition.Condition `json:"when"`
	Queue string              `json:"queue"`
}

// AccountOwner gives leads of an account to the member who owns it, unless a gate stops that member: then the rules are asked.
type AccountOwner struct {
	On    bool     `json:"on"`
	Tiers []string `json:"tiers,omitempty"` // of accounts, as account.tier has them; with none, all accounts
}

// Rule sends leads for which a condition holds to a target.
type Rule struct {
	Key  string              `json:"key"`
	Name string              `json:"name"`
	When condition.Condition `json:"when"`
	To   Target              `json:"to"`
}

// Target is where leads go: exactly one field is set.
type Target struct {
	Pool   *string `json:"pool,omitempty"`   // its key
	Member *string `json:"member,omitempty"` // an e-mail address
	Queue  *string `json:"queue,omitempty"`  // whose members take what they want
}

// Band sends leads of a band to a target.
type Band struct {
	Band lifecycle.Band `json:"band"`
	To   Target         `json:"to"`
}

// Pool is several members who share leads. They are those listed or, where none is, all of the department; of these, those who meet
// what is asked of them.
type Pool struct {
	Key         string          `json:"key"`
	Name        string          `json:"name"`
	Department  auth.Department `json:"department"`
	Members     []string        `json:"members,omitempty"`     // e-mail addresses
	Territories []string        `json:"territories,omitempty"` // one of them is the member's
	Skills      []string        `json:"skills,omitempty"`      // all of them are the member's
	Languages   []string        `json:"languages,omitempty"`   // one of them is the member's
	Shares      []Share         `json:"shares,omitempty"`      // of those who get more or less than others
}

// Share is how much of a pool's leads a member gets. Members without one have weight 1 and calibration 0.
type Share struct {
	Email       string  `json:"email"`
	Weight      float64 `json:"weight"`                // 0.1 to 100: with 2 twice as many leads as with 1
	Calibration float64 `json:"calibration,omitempty"` // leads that are counted as given, or if negative as still to be given
}

// Gates are what a member has to pass, beside being active, of the department, and not one who had this very lead before.
type Gates struct {
	Available Availability `json:"available"`
	OpenCap   *int         `json:"openCap,omitempty"`   // leads that a member has open, at most
	DailyCap  *int         `json:"dailyCap,omitempty"`  // leads that a member is given in a day, at most
	Territory *string      `json:"territory,omitempty"` // the attribute, such as account.country, whose value has to be one of the member's territories
	Skill     *string      `json:"skill,omitempty"`     // the attribute whose value has to be one of the member's skills
	Language  *string      `json:"language,omitempty"`  // the attribute, such as contact.language, whose value has to be one of the member's languages
}

// Fallback takes the leads for which nobody is eligible.
type Fallback struct {
	Queue string   `json:"queue"`
	Alert []string `json:"alert,omitempty"` // e-mail addresses of those who are told; with none, the managers and directors of sales
}

// Default is the policy of a new workspace: an account's owner first, and all others in turn among everybody in sales who works before
// the ACCEPT goal.
func Default() Policy {
	everybody := "sales"
	return Policy{
		AccountOwner: AccountOwner{On: true},
		DefaultPool:  &everybody,
		Pools:        []Pool{{Key: everybody, Name: "Everybody in sales", Department: auth.Sales}},
		Gates:        Gates{Available: WithinGoal},
		Fallback:     Fallback{Queue: "sales"},
		Seed:         "leadgraph",
	}
}
