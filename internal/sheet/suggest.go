package sheet

import (
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// Unmapped is a column that Suggest found no target for.
type Unmapped struct {
	Column     string        `json:"column"`
	Reason     string        `json:"reason"`
	Suggestion ColumnMapping `json:"suggestion"` // keeps the column as a custom attribute
}

// Suggest guesses a mapping from the columns' names, and from some rows where names say nothing or too much. Each column is either
// in the mapping or among the unmapped. The mapping passes CheckMapping, unless the file says nothing to know anybody by.
func Suggest(headers []string, sample [][]string) (Mapping, []Unmapped) {
	g := guess{headers: headers, to: make([]string, len(headers)), why: make([]string, len(headers)), taken: map[string]bool{}}
	for i := range headers {
		g.values = append(g.values, columnValues(sample, i))
	}
	g.dates()
	g.byName()
	g.byValue()
	g.deals()
	g.onlyCompanies()
	if !g.taken["touch.kind"] {
		g.dropAll("touch.", "It says something of a touch, but no column says what kind of touch.")
	}
	if !g.taken["outcome"] {
		for _, t := range pastTargets {
			if t.name != "openedAt" {
				g.dropAll(t.name, "It says when something became of a lead, but no column says what.")
			}
		}
	}
	return g.mapping(sample)
}

// guess is a mapping in the making.
type guess struct {
	headers []string
	values  [][]string // some values of each column, without empty ones and placeholders
	to      []string   // the target of each column, or one of the weak meanings; empty where there is none
	why     []string   // why there is none
	taken   map[string]bool
	alone   bool      // companies without people
	order   DateOrder // of the dates in figures, as far as any column tells
	dated   []bool    // the columns that have such dates
}

// columnValues are the values of a column that say something.
func columnValues(sample [][]string, i int) []string {
	var values []string
	for _, row := range sample {
		if i >= len(row) {
			continue
		}
		if v := strings.TrimSpace(row[i]); v != "" && !slices.Contains(placeholders, strings.ToLower(v)) {
			values = append(values, v)
		}
	}
	return values
}

// take gives a column its meaning if the values allow it and no column before it has the same.
func (g *guess) take(i int, meaning string) {
	target := meaning
	switch meaning {
	case weakID:
		target = "externalId"
	case weakName:
		target = "fullName"
	case noEmail:
		target = "consent.email"
	case noPhone:
		target = "consent.phone"
	}
	switch {
	case g.taken[target]:
		g.why[i] = "Another column is taken for " + target + "."
	case !plausible(target, g.values[i]):
		g.why[i] = "It is named like " + target + ", but its values are not like it."
	default:
		g.to[i], g.why[i], g.taken[target] = meaning, "", true
	}
}

// byName goes by the columns' names; those that may mean several things come last.
func (g *guess) byName() {
	for _, weak := range []bool{false, true} {
		for i, header := range g.headers {
			meaning := headerMeaning(header)
			if isWeak := meaning == weakID || meaning == weakName; meaning != "" && isWeak == weak {
				g.take(i, meaning)
			}
		}
	}
}

// byValue finds addresses and web sites in columns whose names say nothing.
func (g *guess) byValue() {
	mostly := func(values []string, is func(string) bool) bool {
		n := 0
		for _, v := range values {
			if is(v) {
				n++
			}
		}
		return n > 0 && n*5 >= len(values)*4
	}
	for i := range g.headers {
		switch {
		case g.to[i] != "" || g.why[i] != "":
		case mostly(g.values[i], looksLikeEmail):
			g.take(i, "email")
		case mostly(g.values[i], func(v string) bool { return v[0] == '+' && looksLikePhone(v) }):
			g.take(i, "phone")
		case mostly(g.values[i], func(v string) bool { return strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") }):
			g.take(i, "website")
		}
	}
}

// onlyCompanies looks at a file without people: what would be a person's is the company's there.
func (g *guess) onlyCompanies() {
	for _, meaning := range g.to {
		person := slices.Contains([]string{"email", "phone", "externalId", "givenName", "familyName", "fullName"}, meaning)
		if person || meaning == weakName && g.taken["company"] { // "name" beside "company" is a person's
			return
		}
	}
	name := slices.Index(g.to, weakName)
	if !g.taken["company"] && !g.taken["companyDomain"] && name < 0 {
		return
	}
	g.alone = true
	for i, meaning := range g.to {
		switch {
		case meaning == weakName && !g.taken["company"]:
			g.to[i], g.taken["company"] = "company", true
		case meaning == "country" && !g.taken["accountCountry"]:
			g.to[i], g.taken["accountCountry"] = "accountCountry", true
		case meaning != "":
			if t, words := findTarget(meaning, ""); words != "" || !t.company && !(g.taken["deal.externalId"] && (isDeal(meaning) || t.past)) {
				g.drop(i, "The file is of companies, and this would be a person's.")
			}
		}
	}
}

// drop takes a column's meaning back.
func (g *guess) drop(i int, why string) {
	delete(g.taken, g.to[i])
	g.to[i], g.why[i] = "", why
}

// dropAll takes back every meaning of a prefix.
func (g *guess) dropAll(prefix, why string) {
	for i, meaning := range g.to {
		if strings.HasPrefix(meaning, prefix) {
			g.drop(i, why)
		}
	}
}

// mapping is what was guessed.
func (g *guess) mapping(sample [][]string) (Mapping, []Unmapped) {
	m := Mapping{Columns: []ColumnMapping{}}
	var unmapped []Unmapped
	keys := map[string]bool{}
	for i, header := range g.headers {
		c := ColumnMapping{Column: header, To: g.to[i]}
		switch g.to[i] {
		case "":
			if g.why[i] == "" {
				g.why[i] = "Nothing tells what it means."
			}
			unmapped = append(unmapped, Unmapped{header, g.why[i], g.custom(i, keys)})
			continue
		case weakID:
			c.To = "externalId"
		case weakName:
			c.To = "fullName"
		case noEmail:
			c.To, c.Values = "consent.email", refusals()
		case noPhone:
			c.To, c.Values = "consent.phone", refusals()
		case "touch.kind":
			c.Values = kinds(g.values[i])
		case "touch.channel":
			c.Values = channels(g.values[i])
		case "outcome":
			c.Values = outcomesOf(g.values[i], g.closed(len(sample)))
			if g.taken["deal.externalId"] && !g.taken["deal.stage"] {
				m.Columns = append(m.Columns, ColumnMapping{Column: header, To: "deal.stage"})
			}
		}
		if g.dated[i] && timed(c.To) {
			c.Dates = &g.order
		}
		m.Columns = append(m.Columns, c)
	}
	if g.taken["deal.externalId"] && !g.taken["deal.currency"] {
		m.Defaults = append(m.Defaults, FieldDefault{"deal.currency", "USD"})
	}
	for _, word := range placeholders {
		if slices.ContainsFunc(sample, func(row []string) bool {
			return slices.ContainsFunc(row, func(cell string) bool { return fold(cell) == word })
		}) {
			m.EmptyWords = append(m.EmptyWords, word)
		}
	}
	return m, unmapped
}

// closed tells whether all rows of the sample say when they were closed.
func (g *guess) closed(rows int) bool {
	i := slices.Index(g.to, "closedAt")
	return i >= 0 && rows > 0 && len(g.values[i]) == rows
}

// custom keeps a column as a custom attribute, of the type that its values have.
func (g *guess) custom(i int, keys map[string]bool) ColumnMapping {
	to, kind := "lead.custom.", condition.TypeText
	switch {
	case g.taken["deal.externalId"]:
		to = "deal.custom."
	case g.alone:
		to = "account.custom."
	}
	every := func(is func(string) bool) bool {
		return len(g.values[i]) > 0 && !slices.ContainsFunc(g.values[i], func(v string) bool { return !is(v) })
	}
	switch {
	case every(func(v string) bool { _, bad := parseBoolean(v); return bad == nil && len(v) > 1 }):
		kind = condition.TypeBoolean
	case every(func(v string) bool {
		_, bad := parseFloat(v, nil)
		return bad == nil && (v[0] != '0' || len(v) == 1 || v[1] == '.') // a code with leading zeros is no number
	}):
		kind = condition.TypeNumber
	case every(func(v string) bool { _, bad := parseTime(v); return bad == nil }):
		kind = condition.TypeTime
	}
	c := ColumnMapping{Column: g.headers[i], To: to + freeKey(g.headers[i], keys), Type: &kind}
	if g.dated[i] && kind == condition.TypeTime {
		c.Dates = &g.order
	}
	return c
}
