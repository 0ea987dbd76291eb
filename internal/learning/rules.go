package learning

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// maxRules is how many rules a scoring model takes.
const maxRules = 500

// group is cells of one feature that give the same points and are one rule.
type group struct {
	part  *part
	cells []*cell
	when  condition.Condition
}

// weight is how much leads for training the rule moves, and how far.
func (g *group) weight() float64 {
	n := 0
	for _, c := range g.cells {
		n += c.leads
	}
	return float64(n) * math.Abs(g.cells[0].points)
}

// rules are the rules of fit that the points make. Where there are too many, those that move leads the least are left out, and
// their cells give nothing.
func (s *scorecard) rules() []scoring.FitRule {
	var all []group
	for n := range s.parts {
		all = append(all, s.groups(&s.parts[n])...)
	}
	if len(all) > maxRules {
		order := slices.Clone(all)
		slices.SortStableFunc(order, func(a, b group) int { return cmp.Compare(b.weight(), a.weight()) })
		for _, g := range order[maxRules:] {
			for _, c := range g.cells {
				c.points = 0
			}
		}
		all = slices.DeleteFunc(all, func(g group) bool { return g.cells[0].points == 0 })
	}
	rules, keys := make([]scoring.FitRule, 0, len(all)), map[string]int{}
	for _, g := range all {
		f := &s.m.table.features[g.part.feature]
		slug, name := slug(strings.TrimPrefix(f.name(), oneTouch)), g.when.String()
		if f.Behaviour != nil {
			name = counted(f, g.cells[0].from, g.cells[len(g.cells)-1].to)
		}
		keys[slug]++
		rules = append(rules, scoring.FitRule{Key: slug + "-" + strconv.Itoa(keys[slug]), Name: shortened(name), Points: g.cells[0].points, When: g.when})
	}
	return rules
}

// groups joins the cells of a feature that give the same points: levels of a text in one list, neighbouring ranges of a number.
// Cells that give none are no rule.
func (s *scorecard) groups(p *part) []group {
	var all []group
	listed := map[float64]int{} // points -> the group of levels that gives them
	kind := s.m.table.columns[p.feature].kind
	for i := range p.cells {
		c := &p.cells[i]
		if c.points == 0 {
			continue
		}
		n, same := listed[c.points]
		last := len(all) - 1
		switch level := !c.none && !c.rare && !c.ranges(); {
		case level && same && kind != condition.TypeBoolean:
			all[n].cells = append(all[n].cells, c)
			continue
		case level:
			listed[c.points] = len(all)
		case c.ranges() && last >= 0 && i > 0 && all[last].cells[len(all[last].cells)-1] == &p.cells[i-1] && p.cells[i-1].points == c.points:
			all[last].cells = append(all[last].cells, c)
			continue
		}
		all = append(all, group{part: p, cells: []*cell{c}})
	}
	for i := range all {
		all[i].when = s.when(&all[i])
	}
	return all
}

// when is the condition that holds for the leads of a group's cells, and for no others.
func (s *scorecard) when(g *group) condition.Condition {
	f, kind := &s.m.table.features[g.part.feature], s.m.table.columns[g.part.feature].kind
	c := g.cells[0]
	switch {
	case f.Behaviour != nil:
		return touches(f.Behaviour, c.from, g.cells[len(g.cells)-1].to)
	case c.none && kind != condition.TypeText:
		return test(f.Attribute, condition.IsMissing)
	case c.none:
		return either(test(f.Attribute, condition.IsMissing), s.said(f.Attribute))
	case c.rare:
		return s.unlisted(f.Attribute, kind, g.part)
	case c.ranges():
		return between(f.Attribute, c.from, g.cells[len(g.cells)-1].to)
	case kind == condition.TypeBoolean:
		return test(f.Attribute, condition.EQ, condition.Bool(c.word == "true"))
	}
	var words []condition.Value
	for _, c := range g.cells {
		words = append(words, condition.Text(c.word))
	}
	return test(f.Attribute, condition.In, words...)
}

// said asks for the texts that mean that nothing is known; nil where there are none.
func (s *scorecard) said(attribute string) *condition.Condition {
	var words []condition.Value
	for _, w := range s.m.options.Missing {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, condition.Text(w))
		}
	}
	if words == nil {
		return nil
	}
	return new(test(attribute, condition.In, words...))
}

// unlisted asks for a text that is no level. Where leads without a text are too few to be a level, they are among these.
func (s *scorecard) unlisted(attribute string, kind condition.Type, p *part) condition.Condition {
	apart := slices.ContainsFunc(p.cells, func(c cell) bool { return c.none })
	c := condition.Condition{}
	if apart {
		c.All = append(c.All, test(attribute, condition.IsSet))
		if said := s.said(attribute); said != nil && kind == condition.TypeText {
			c.All = append(c.All, condition.Condition{Not: said})
		}
	}
	var words []condition.Value
	for _, level := range p.cells {
		switch {
		case level.none || level.rare:
		case kind == condition.TypeBoolean:
			c.All = append(c.All, test(attribute, condition.NE, condition.Bool(level.word == "true")))
		default:
			words = append(words, condition.Text(level.word))
		}
	}
	if words != nil {
		c.All = append(c.All, test(attribute, condition.NotIn, words...))
	}
	if len(c.All) == 1 {
		return c.All[0]
	}
	return c
}

// test asks for an attribute; a list of one value is that value.
func test(attribute string, op condition.Op, values ...condition.Value) condition.Condition {
	a := &condition.Attribute{Name: attribute, Op: op}
	switch {
	case len(values) == 1 && op == condition.In:
		a.Op, a.Value = condition.EQ, &values[0]
	case len(values) == 1 && op == condition.NotIn:
		a.Op, a.Value = condition.NE, &values[0]
	case len(values) == 1:
		a.Value = &values[0]
	default:
		a.Values = values
	}
	return condition.Condition{Attribute: a}
}

// either joins a condition with another that may not be there.
func either(c condition.Condition, other *condition.Condition) condition.Condition {
	if other == nil {
		return c
	}
	return condition.Condition{Any: []condition.Condition{c, *other}}
}

// between asks for from <= x < to, either of which may be infinite.
func between(attribute string, from, to float64) condition.Condition {
	switch {
	case math.IsInf(from, -1) && math.IsInf(to, 1):
		return test(attribute, condition.IsSet)
	case math.IsInf(from, -1):
		return test(attribute, condition.LT, condition.Number(to))
	case math.IsInf(to, 1):
		return test(attribute, condition.GTE, condition.Number(from))
	}
	return condition.Condition{All: []condition.Condition{test(attribute, condition.GTE, condition.Number(from)), test(attribute, condition.LT, condition.Number(to))}}
}

// touches asks for from to below to touches.
func touches(b *condition.Behaviour, from, to float64) condition.Condition {
	least := func(n float64) condition.Condition {
		asked := *b
		asked.MinCount = int(n)
		return condition.Condition{Behaviour: &asked}
	}
	var all []condition.Condition
	if !math.IsInf(from, -1) {
		all = append(all, least(from))
	}
	if !math.IsInf(to, 1) {
		all = append(all, condition.Condition{Not: new(least(to))})
	}
	if len(all) == 1 {
		return all[0]
	}
	return condition.Condition{All: all}
}

// oneTouch begins the sentence of a behaviour of one touch.
const oneTouch = "at least 1 touch"

// counted is from to below to touches in words: "2 to 4 touches EMAIL_CLICKED in the last 90 days".
func counted(f *Feature, from, to float64) string {
	rest := strings.TrimPrefix(f.name(), oneTouch)
	switch {
	case math.IsInf(from, -1) && to == 1:
		return "no touch" + rest
	case math.IsInf(from, -1):
		return fmt.Sprintf("fewer than %v touches%s", to, rest)
	case math.IsInf(to, 1):
		return fmt.Sprintf("at least %v touches%s", from, rest)
	case to == from+1 && from == 1:
		return "1 touch" + rest
	case to == from+1:
		return fmt.Sprintf("%v touches%s", from, rest)
	}
	return fmt.Sprintf("%v to %v touches%s", from, to-1, rest)
}

// slug is a name as the key of a rule begins.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	short := b.String()
	return strings.Trim(short[:min(len(short), 56)], "-_")
}

// shortened is a sentence that fits the name of a rule, in characters.
func shortened(s string) string {
	const longest = 100
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return s
}
