// Package condition is leadgraph's one condition language: personas, definitions, rules, policies, audiences and filters are all
// a Condition over a lead, its contact, account and source, and over the touches with the contact.
//
// A Condition is checked once, by Compile, and then has two readings that never disagree: Program.Match and Program.Explain over
// the Facts of one lead at an instant, and Program.SQL for lists. What each operator means is said at its constant; what a text
// is compared as is said at fold and tokens.
//
// Both readings have two values only. An attribute without a value is missing: EQ, IN, CONTAINS and every other positive test is
// false of it, and NE, NOT_IN, NOT_CONTAINS and IS_MISSING, being the negations of positive tests, are true.
package condition

import (
	"encoding/json"
	"io"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// Condition is a tree of tests of which exactly one field is set. The same struct is the jsonb body, the input ConditionInput
// and the output Condition of the SDL.
type Condition struct {
	All       []Condition `json:"all,omitempty"` // every one holds
	Any       []Condition `json:"any,omitempty"` // at least one holds
	Not       *Condition  `json:"not,omitempty"` // it does not hold
	Attribute *Attribute  `json:"attribute,omitempty"`
	Behaviour *Behaviour  `json:"behaviour,omitempty"`
}

// Attribute tests one attribute of the lead, its contact, account or source. The operator decides whether it takes no value, one
// in Value, or several in Values.
type Attribute struct {
	Name   string  `json:"name"`
	Op     Op      `json:"op"`
	Value  *Value  `json:"value,omitempty"`
	Values []Value `json:"values,omitempty"`
}

// Behaviour tests whether at least MinCount touches with the contact are of the kinds, channels, and so on that are listed; a
// list that is empty and a direction that is nil leave that side open. With WithinDays = n only touches with
// at - n*24h < touch.at <= at count; without, all up to the instant.
type Behaviour struct {
	Kinds             []contact.TouchKind      `json:"kinds,omitempty"`
	Channels          []contact.Channel        `json:"channels,omitempty"`
	Direction         *contact.Direction       `json:"direction,omitempty"`
	ResourcePositions []contact.FunnelPosition `json:"resourcePositions,omitempty"`
	CampaignKinds     []contact.CampaignKind   `json:"campaignKinds,omitempty"`
	MinCount          int                      `json:"minCount"` // 1 where JSON or the SDL leaves it out
	WithinDays        *int                     `json:"withinDays,omitempty"`
}

// UnmarshalJSON reads a behaviour; without a minCount one touch is enough.
func (b *Behaviour) UnmarshalJSON(body []byte) error {
	type plain Behaviour
	p := plain{MinCount: 1}
	if err := json.Unmarshal(body, &p); err != nil {
		return err
	}
	*b = Behaviour(p)
	return nil
}

// Op is what an Attribute test asks of the attribute.
type Op string

// The operators, as in the SDL. On a missing attribute NE, NOT_IN, NOT_CONTAINS and IS_MISSING are true, all others false.
const (
	EQ            Op = "EQ"              // is the value; texts: the whole text, case-folded
	NE            Op = "NE"              // not EQ
	In            Op = "IN"              // EQ of one of the values
	NotIn         Op = "NOT_IN"          // not IN
	LT            Op = "LT"              // less than, before
	LTE           Op = "LTE"             // at most, not after
	GT            Op = "GT"              // more than, after
	GTE           Op = "GTE"             // at least, not before
	Between       Op = "BETWEEN"         // from the first value to the second, both included
	Contains      Op = "CONTAINS"        // holds the words of the value, whole and one after the other
	NotContains   Op = "NOT_CONTAINS"    // not CONTAINS
	ContainsAny   Op = "CONTAINS_ANY"    // CONTAINS one of the values
	StartsWith    Op = "STARTS_WITH"     // its first words are the words of the value
	IsSet         Op = "IS_SET"          // has a value; an empty text is none
	IsMissing     Op = "IS_MISSING"      // not IS_SET
	WithinDays    Op = "WITHIN_DAYS"     // at - n*24h < the time <= at, for the value n
	OlderThanDays Op = "OLDER_THAN_DAYS" // the time <= at - n*24h, for the value n
)

// Ops lists every Op.
var Ops = []Op{EQ, NE, In, NotIn, LT, LTE, GT, GTE, Between, Contains, NotContains, ContainsAny, StartsWith, IsSet, IsMissing, WithinDays, OlderThanDays}

// MarshalGQL writes the enum's name.
func (o Op) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no Op.
func (o *Op) UnmarshalGQL(v any) error { return enum.Read(v, o, Ops) }

// Type is the kind of values an attribute has.
type Type string

// The types, as in the SDL.
const (
	TypeText    Type = "TEXT"
	TypeNumber  Type = "NUMBER"
	TypeBoolean Type = "BOOLEAN"
	TypeTime    Type = "TIME" // an instant, RFC 3339
	TypeEnum    Type = "ENUM" // one of the listed values
)

// Types lists every Type.
var Types = []Type{TypeText, TypeNumber, TypeBoolean, TypeTime, TypeEnum}

// MarshalGQL writes the enum's name.
func (t Type) MarshalGQL(w io.Writer) { enum.Write(w, t) }

// UnmarshalGQL refuses what is no Type.
func (t *Type) UnmarshalGQL(v any) error { return enum.Read(v, t, Types) }

// one is the type with its article.
func (t Type) one() string {
	if t == TypeEnum {
		return "an ENUM"
	}
	return "a " + string(t)
}

// Entity is what an attribute belongs to.
type Entity string

// The entities, as in the SDL.
const (
	EntityContact Entity = "CONTACT"
	EntityAccount Entity = "ACCOUNT"
	EntityLead    Entity = "LEAD"
	EntitySource  Entity = "SOURCE"
)

// Entities lists every Entity.
var Entities = []Entity{EntityContact, EntityAccount, EntityLead, EntitySource}

// MarshalGQL writes the enum's name.
func (e Entity) MarshalGQL(w io.Writer) { enum.Write(w, e) }

// UnmarshalGQL refuses what is no Entity.
func (e *Entity) UnmarshalGQL(v any) error { return enum.Read(v, e, Entities) }
