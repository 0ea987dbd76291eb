package learning

import (
	"math"
	"slices"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// The most that a text may vary and still say something of leads to come.
const (
	maxLevels = 50  // with the rare ones together
	maxUnique = 0.2 // different texts for each lead that has one: names, ids, sentences
	skewed    = 1   // the skewness from which a number is fitted by its logarithm
)

// touchDays is how long before the decision touches count.
const touchDays = 90

// Candidates are the features that a workspace begins with: every attribute but times, what leadgraph makes of the facts, and the lead's
// cycle, and for each kind of touch how many there were in the last 90 days. Table leaves out what says nothing.
func Candidates(reg *condition.Registry) []Feature {
	var all []Feature
	for i, d := range reg.Definitions() {
		if slot := condition.Slot(i); !reg.Made(slot) && slot != condition.LeadCycle && d.Type != condition.TypeTime {
			all = append(all, Feature{Attribute: d.Name})
		}
	}
	all = all[:min(len(all), MaxFeatures-len(contact.TouchKinds))]
	for _, kind := range contact.TouchKinds {
		all = append(all, Feature{Behaviour: &condition.Behaviour{Kinds: []contact.TouchKind{kind}, MinCount: 1, WithinDays: new(touchDays)}})
	}
	return all
}

// choose says which features are used. With Choose, those that tell no leads apart or all of them are not, and numbers that are
// never below 0 and skewed to the right are taken by their logarithm.
func (t *Table) choose(train []int32, o *Options) (used []int, choices []Choice) {
	for i := range t.columns {
		var c Choice
		if t.columns[i].kind == condition.TypeNumber {
			c = t.chooseNumber(i, train, o)
		} else {
			c = t.columns[i].chooseText(train, o)
		}
		c.Feature, c.Log = t.features[i].name(), t.features[i].Log
		if c.Reason == Used || !o.Choose && c.Reason != NoValues {
			c.Reason = Used
			used = append(used, i)
		}
		choices = append(choices, c)
	}
	return used, choices
}

// chooseNumber judges a number.
func (t *Table) chooseNumber(feature int, train []int32, o *Options) Choice {
	values, known := t.columns[feature].numbers, make([]float64, 0, len(train))
	for _, r := range train {
		if !math.IsNaN(values[r]) {
			known = append(known, values[r])
		}
	}
	c := Choice{Reason: Used, Missing: 1 - float64(len(known))/float64(max(len(train), 1))}
	if len(known) == 0 {
		c.Reason = NoValues
		return c
	}
	least, most := slices.Min(known), slices.Max(known)
	if least == most && c.Missing == 0 {
		c.Reason = Constant
	}
	if o.Choose && least >= 0 && least < most && skewness(known) > skewed {
		t.features[feature].Log = true
	}
	return c
}

// skewness is the third moment of numbers around their mean, in cubes of their standard deviation.
func skewness(known []float64) float64 {
	mean, sd := moments(known, 0, len(known))
	sum := 0.0
	for _, x := range known {
		sum += (x - mean) / sd * ((x - mean) / sd) * ((x - mean) / sd)
	}
	return sum / float64(len(known))
}

// chooseText judges a text.
func (c *column) chooseText(train []int32, o *Options) Choice {
	seen, known, odd := make([]bool, len(c.words)), 0, 0
	for _, r := range train {
		switch place := c.texts[r]; place {
		case missing:
		case unnamed:
			known++
			odd++
		default:
			known++
			seen[place] = true
		}
	}
	for _, s := range seen {
		if s {
			odd++ // now all that are different
		}
	}
	levels := len(c.category(train, o).levels)
	out := Choice{Reason: Used, Levels: levels, Missing: 1 - float64(known)/float64(max(len(train), 1))}
	switch {
	case known == 0:
		out.Reason = NoValues
	case levels > maxLevels || float64(odd) > maxUnique*float64(known):
		out.Reason = TooMany
	case levels < 2:
		out.Reason = Constant
	}
	return out
}
