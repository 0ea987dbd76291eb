package condition

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Args are the arguments of a statement, $1 first.
type Args []any

// Add adds an argument and returns its place, "$3".
func (a *Args) Add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// Needs are what conditions ask about besides leads and touches: the tables that their SQL names, contacts as c, accounts as a (left join: a
// lead may have none), sources as s.
type Needs struct {
	Contact, Account, Source bool
}

// Needs tells which tables must be joined to leads. Touches are the expression's own matter.
func (p *Program) Needs() Needs {
	var needs Needs
	p.root.needs(&needs)
	return needs
}

func (n *node) needs(all *Needs) {
	for i := range n.kids {
		n.kids[i].needs(all)
	}
	if n.def != nil {
		all.Contact = all.Contact || n.def.Entity == EntityContact
		all.Account = all.Account || n.def.Entity == EntityAccount
		all.Source = all.Source || n.def.Entity == EntitySource
	}
}

// SQL is the condition at an instant as an expression for the where of a select from leads l. It is true where Match is, and
// false or null where Match is not. Values become arguments, never text, so conditions of one shape are one statement. It needs
// the functions of functions.sql.
func (p *Program) SQL(args *Args, at time.Time) string {
	w := writer{args: args, at: at.UnixMicro()}
	w.node(&p.root, false)
	return w.String()
}

// writer writes the SQL of a program.
type writer struct {
	strings.Builder
	args *Args
	at   int64
}

// add adds an argument and returns its place with its type.
func (w *writer) add(v any, sqlType string) string { return w.args.Add(v) + "::" + sqlType }

// time adds a time given in microseconds.
func (w *writer) time(at int64) string { return w.add(time.UnixMicro(at).UTC(), "timestamptz") }

// node writes a node or its negation. Negations are carried down to the tests: there null, the answer for what is missing, is
// turned into true, which above would be too late.
func (w *writer) node(n *node, negated bool) {
	switch n.test {
	case testNot:
		w.node(&n.kids[0], !negated)
	case testAll, testAny:
		between := " and "
		if (n.test == testAny) != negated {
			between = " or "
		}
		w.WriteByte('(')
		for i := range n.kids {
			if i > 0 {
				w.WriteString(between)
			}
			w.node(&n.kids[i], negated)
		}
		w.WriteByte(')')
	case testTouches:
		w.touches(&n.matcher, negated)
	default:
		w.WriteString("(" + w.test(n, w.column(n.def)) + ")")
		if negated != n.negated {
			w.WriteString(" is not true")
		}
	}
}

// column is the value of an attribute.
func (w *writer) column(d *Definition) string {
	if !d.Custom {
		return d.sql
	}
	return "lg_" + strings.ToLower(string(d.Type)) + "(" + d.sql + " -> " + w.add(d.key, "text") + ")"
}

// test writes the positive test of an attribute; null where it is missing.
func (w *writer) test(n *node, column string) string {
	switch n.test {
	case testRange, testSpan:
		return w.interval(n, column)
	case testNumbers:
		return column + " = any(" + w.add(n.numbers, "float8[]") + ")"
	case testText:
		if n.def.Type == TypeText {
			column = "lg_fold(" + column + ")"
		}
		return column + w.oneOf(n.texts, " = ")
	case testContains, testStarts:
		patterns := make([]string, len(n.tokens))
		for i, t := range n.tokens {
			patterns[i] = string(t) + "%" // tokens hold none of the characters that mean something to like
			if n.test == testContains {
				patterns[i] = "%" + patterns[i]
			}
		}
		return "lg_tokens(" + column + ")" + w.oneOf(patterns, " like ")
	}
	if n.def.Type == TypeText {
		return column + " <> ''"
	}
	return column + " is not null"
}

// oneOf writes a comparison with one of some texts.
func (w *writer) oneOf(texts []string, op string) string {
	if len(texts) == 1 {
		return op + w.add(texts[0], "text")
	}
	return op + "any(" + w.add(texts, "text[]") + ")"
}

// interval writes the comparison of a number, boolean or time with the ends it has.
func (w *writer) interval(n *node, column string) string {
	var from, to string
	switch {
	case n.test == testSpan:
		first, last := n.span(w.at)
		if first > past/2 {
			from = w.time(first)
		}
		if last < future/2 {
			to = w.time(last)
		}
	case n.def.Type == TypeBoolean:
		return column + " = " + w.add(n.least == 1, "boolean")
	case n.least == n.most:
		return column + " = " + w.add(n.least, "float8")
	default:
		if !math.IsInf(n.least, -1) {
			from = w.add(n.least, "float8")
		}
		if !math.IsInf(n.most, 1) {
			to = w.add(n.most, "float8")
		}
	}
	switch {
	case to == "":
		return column + " >= " + from
	case from == "":
		return column + " <= " + to
	}
	return column + " between " + from + " and " + to
}

// touches writes whether enough touches match, or do not.
func (w *writer) touches(m *Matcher, negated bool) {
	b := &m.source
	from := "select 1 from touches t"
	if len(b.CampaignKinds) > 0 {
		from += " join campaigns k on k.workspace_id = t.workspace_id and k.id = t.campaign_id"
	}
	from += " where t.workspace_id = l.workspace_id and t.contact_id = l.contact_id and t.occurred_at <= " + w.time(w.at)
	if m.window > 0 {
		from += " and t.occurred_at > " + w.time(w.at-m.window)
	}
	if b.Direction != nil {
		from += " and t.direction = " + w.add(string(*b.Direction), "text")
	}
	from += side(w, "t.kind", b.Kinds) + side(w, "t.channel", b.Channels) +
		side(w, "t.resource_position", b.ResourcePositions) + side(w, "k.kind", b.CampaignKinds)
	if m.least == 1 {
		if negated {
			w.WriteString("not ")
		}
		w.WriteString("exists (" + from + ")")
		return
	}
	// The limit ends the count as soon as it is decided.
	least, op := w.args.Add(m.least), " = "
	if negated {
		op = " < "
	}
	w.WriteString("(select count(*) from (" + from + " limit " + least + "::bigint) m)" + op + least + "::bigint")
}

// side writes that a word of a touch is one of some; nothing for none.
func side[T ~string](w *writer, column string, words []T) string {
	if len(words) == 0 {
		return ""
	}
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	return " and " + column + w.oneOf(texts, " = ")
}
