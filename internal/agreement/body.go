package agreement

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/scoring"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// Body is what a version says: exactly one field is set, that of its kind. The same struct is the jsonb body, the input AgreementBodyInput and
// the output AgreementBody of the SDL.
type Body struct {
	LeadDefinition    *definition.Definition `json:"leadDefinition,omitempty"`
	ScoringModel      *scoring.Model         `json:"scoringModel,omitempty"`
	SlaPolicy         *sla.Policy            `json:"slaPolicy,omitempty"`
	RoutingPolicy     *routing.Policy        `json:"routingPolicy,omitempty"`
	FollowUpPolicy    *followup.Policy       `json:"followUpPolicy,omitempty"`
	ContactPolicy     *contactpolicy.Policy  `json:"contactPolicy,omitempty"`
	AttributionPolicy *attribution.Policy    `json:"attributionPolicy,omitempty"`
}

// rules are what the bodies of all kinds can do.
type rules interface {
	// Check refuses rules that cannot be kept: a fault.List with paths below the body.
	Check(reg *condition.Registry) error
	// Clauses are the rules in words.
	Clauses() []clause.Clause
}

// part is the field that is set, with its kind and its name; empty where none is.
func (b *Body) part() (kind Kind, field string, is rules) {
	switch {
	case b == nil:
	case b.LeadDefinition != nil:
		return LeadDefinition, "leadDefinition", b.LeadDefinition
	case b.ScoringModel != nil:
		return ScoringModel, "scoringModel", b.ScoringModel
	case b.SlaPolicy != nil:
		return SLAPolicy, "slaPolicy", b.SlaPolicy
	case b.RoutingPolicy != nil:
		return RoutingPolicy, "routingPolicy", b.RoutingPolicy
	case b.FollowUpPolicy != nil:
		return FollowUpPolicy, "followUpPolicy", b.FollowUpPolicy
	case b.ContactPolicy != nil:
		return ContactPolicy, "contactPolicy", b.ContactPolicy
	case b.AttributionPolicy != nil:
		return AttributionPolicy, "attributionPolicy", b.AttributionPolicy
	}
	return "", "", nil
}

// Kind is the kind of the field that is set.
func (b *Body) Kind() Kind {
	kind, _, _ := b.part()
	return kind
}

// Check refuses a body that cannot be kept: a fault.List, each fault with its place, such as "scoringModel.fit[2].points".
func (b *Body) Check(reg *condition.Registry) error {
	_, field, is := b.part()
	if is == nil {
		return fault.Input("", "Give the rules of one kind.")
	}
	err := is.Check(reg)
	list, ok := err.(fault.List)
	if !ok {
		return err
	}
	placed := make(fault.List, len(list))
	for i, f := range list {
		placed[i] = f.Under(field)
	}
	return placed
}

// Clauses are the rules in words.
func (b *Body) Clauses() []clause.Clause {
	_, _, is := b.part()
	if is == nil {
		return nil
	}
	return is.Clauses()
}

// Hash is the SHA-256 of the body, in hexadecimal. JSON of Go structs is canonical: fields come in one order, and what is absent is
// left out; numbers are written in their shortest form. Two bodies with one hash say the same.
func (b *Body) Hash() string {
	body, _ := json.Marshal(b) // plain structs: never fails
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Default is the body that a new workspace starts with.
func Default(k Kind) Body {
	switch k {
	case LeadDefinition:
		return Body{LeadDefinition: new(definition.Default())}
	case ScoringModel:
		return Body{ScoringModel: new(scoring.Default())}
	case SLAPolicy:
		return Body{SlaPolicy: new(sla.Default())}
	case RoutingPolicy:
		return Body{RoutingPolicy: new(routing.Default())}
	case FollowUpPolicy:
		return Body{FollowUpPolicy: new(followup.Default())}
	case ContactPolicy:
		return Body{ContactPolicy: new(contactpolicy.Default())}
	case AttributionPolicy:
		return Body{AttributionPolicy: new(attribution.Default())}
	}
	return Body{}
}
