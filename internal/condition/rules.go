package condition

import (
	"fmt"
	"strconv"
	"strings"
)

// The bounds of a condition.
const (
	maxDepth  = 8     // levels, the leaf's included
	maxLeaves = 100   // attribute and behaviour tests
	maxValues = 500   // of one test
	maxText   = 500   // characters of one value
	maxCount  = 1_000 // touches of one behaviour
	maxDays   = 3_650
	maxFaults = 10 // that are told at once
)

// rule is what an operator takes and means.
type rule struct {
	types   []Type
	least   int // values
	most    int // values; one comes in Value, where there can be more they come in Values
	of      Op  // the positive operator that it is or, negated, denies
	negated bool
	words   string // in a sentence, %s being the values
}

// The types that groups of operators compare.
var (
	whole   = []Type{TypeText, TypeEnum, TypeNumber, TypeBoolean}
	listed  = []Type{TypeText, TypeEnum, TypeNumber}
	ordered = []Type{TypeNumber, TypeTime}
	worded  = []Type{TypeText}
	timed   = []Type{TypeTime}
)

// rules are the rules of all operators.
var rules = map[Op]rule{
	EQ:            {types: whole, least: 1, most: 1, of: EQ, words: "is %s"},
	NE:            {types: whole, least: 1, most: 1, of: EQ, negated: true, words: "is not %s"},
	In:            {types: listed, least: 1, most: maxValues, of: EQ, words: "is one of %s"},
	NotIn:         {types: listed, least: 1, most: maxValues, of: EQ, negated: true, words: "is none of %s"},
	LT:            {types: ordered, least: 1, most: 1, of: LT, words: "is less than %s"},
	LTE:           {types: ordered, least: 1, most: 1, of: LTE, words: "is at most %s"},
	GT:            {types: ordered, least: 1, most: 1, of: GT, words: "is more than %s"},
	GTE:           {types: ordered, least: 1, most: 1, of: GTE, words: "is at least %s"},
	Between:       {types: ordered, least: 2, most: 2, of: Between, words: "is between %s"},
	Contains:      {types: worded, least: 1, most: 1, of: Contains, words: "contains %s"},
	NotContains:   {types: worded, least: 1, most: 1, of: Contains, negated: true, words: "does not contain %s"},
	ContainsAny:   {types: worded, least: 1, most: maxValues, of: Contains, words: "contains one of %s"},
	StartsWith:    {types: worded, least: 1, most: 1, of: StartsWith, words: "starts with %s"},
	IsSet:         {types: Types, of: IsSet, words: "is known"},
	IsMissing:     {types: Types, of: IsSet, negated: true, words: "is missing"},
	WithinDays:    {types: timed, least: 1, most: 1, of: WithinDays, words: "is in the last %s days"},
	OlderThanDays: {types: timed, least: 1, most: 1, of: OlderThanDays, words: "is at least %s days ago"},
}

// count says how many values there may be.
func (r *rule) count() string {
	if r.least == r.most {
		return strconv.Itoa(r.most)
	}
	return fmt.Sprintf("%d to %d", r.least, r.most)
}

// strength is how much a passed test with the operator says, from 0 to 1: an exact fact says all there is to say, words in a
// text may be there for another reason, and what is not there may only not be known.
func (r *rule) strength() float64 {
	switch {
	case r.negated:
		return absent
	case r.of == Contains || r.of == StartsWith:
		return 0.9
	}
	return 1
}

// absent is the strength of what is not there.
const absent = 0.6

// String is the test as a sentence: contact.title contains "director".
func (a *Attribute) String() string {
	const shown = 5
	values := a.Values
	if a.Value != nil {
		values = []Value{*a.Value}
	}
	var said []string
	for _, v := range values[:min(len(values), shown)] {
		said = append(said, v.String())
	}
	and := ", "
	if a.Op == Between {
		and = " and "
	}
	text := strings.Join(said, and)
	if n := len(values) - shown; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return a.Name + " " + strings.Replace(rules[a.Op].words, "%s", text, 1)
}
