package scoring

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// NodeKind is what a node of a model's graph stands for.
type NodeKind string

// The kinds of node, as in the SDL, from where points come to where they lead.
const (
	NodeRule  NodeKind = "RULE"
	NodeGroup NodeKind = "GROUP"
	NodeSide  NodeKind = "SIDE" // fit or engagement
	NodeGrade NodeKind = "GRADE"
	NodeBand  NodeKind = "BAND"
)

// NodeKinds lists every NodeKind.
var NodeKinds = []NodeKind{NodeRule, NodeGroup, NodeSide, NodeGrade, NodeBand}

// MarshalGQL writes the enum's name.
func (k NodeKind) MarshalGQL(w io.Writer) { enum.Write(w, k) }

// UnmarshalGQL refuses what is no NodeKind.
func (k *NodeKind) UnmarshalGQL(v any) error { return enum.Read(v, k, NodeKinds) }

// Graph is a model as a picture: rules lead to groups or straight to fit or engagement, those to grades, and grades to bands.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Node is a thing in the picture.
type Node struct {
	Key   string // "rule:demo", "group:reading", "side:FIT", "grade:A", "band:HOT"
	Kind  NodeKind
	Label string
	Text  string // what it says, as a sentence; empty where the label says it
}

// Edge leads from one node to another.
type Edge struct {
	From, To string   // keys
	Points   *float64 // what a rule gives, the cap of a group, the least points of a grade
	With     []string // of a grade to a band: the grades of the other side with which it leads there
}

// Graph draws the model.
func (m *Model) Graph() Graph {
	var g Graph
	text := map[string]string{}
	for _, c := range m.Clauses() {
		text[c.Key] = c.Text
	}
	for i := range m.Fit {
		r := &m.Fit[i]
		g.rule(r.Key, r.Name, text["fit."+r.Key], r.Points, r.Group, Fit)
	}
	for i := range m.Engagement {
		r := &m.Engagement[i]
		g.rule(r.Key, r.Name, text["engagement."+r.Key], r.Points, r.Group, Engagement)
	}
	for _, group := range m.Groups {
		g.Nodes = append(g.Nodes, Node{Key: "group:" + group.Key, Kind: NodeGroup, Label: group.Name, Text: text["groups."+group.Key]})
		g.Edges = append(g.Edges, Edge{From: "group:" + group.Key, To: sideKey(m.sideOf(group.Key)), Points: &group.Cap})
	}
	g.Nodes = append(g.Nodes,
		Node{Key: sideKey(Fit), Kind: NodeSide, Label: "Fit", Text: text["base"]},
		Node{Key: sideKey(Engagement), Kind: NodeSide, Label: "Engagement"})
	f, e := m.FitGrades, m.EngagementGrades
	g.grades(Fit, []string{"A", "B", "C", "D"}, []float64{f.A, f.B, f.C})
	g.grades(Engagement, []string{"1", "2", "3", "4"}, []float64{e.One, e.Two, e.Three})
	for _, b := range lifecycle.Bands {
		g.Nodes = append(g.Nodes, Node{Key: "band:" + string(b), Kind: NodeBand, Label: string(b), Text: text["bands."+strings.ToLower(string(b))]})
	}
	g.bands(m)
	return g
}

// rule draws a rule.
func (g *Graph) rule(key, name, text string, points float64, group *string, side Side) {
	to := sideKey(side)
	if group != nil {
		to = "group:" + *group
	}
	g.Nodes = append(g.Nodes, Node{Key: "rule:" + key, Kind: NodeRule, Label: name, Text: text})
	g.Edges = append(g.Edges, Edge{From: "rule:" + key, To: to, Points: &points})
}

// grades draws the grades of a side.
func (g *Graph) grades(side Side, names []string, least []float64) {
	for i, name := range names {
		n, e := Node{Key: "grade:" + name, Kind: NodeGrade, Label: name}, Edge{From: sideKey(side), To: "grade:" + name}
		if i < len(least) {
			e.Points, n.Text = &least[i], fmt.Sprintf("From %s of %s.", clause.Number(least[i]), strings.ToLower(string(side)))
		}
		g.Nodes, g.Edges = append(g.Nodes, n), append(g.Edges, e)
	}
}

// bands draws where grades lead.
func (g *Graph) bands(m *Model) {
	add := func(grade, with string, band lifecycle.Band) {
		from, to := "grade:"+grade, "band:"+string(band)
		at := slices.IndexFunc(g.Edges, func(e Edge) bool { return e.From == from && e.To == to })
		if at < 0 {
			at = len(g.Edges)
			g.Edges = append(g.Edges, Edge{From: from, To: to})
		}
		g.Edges[at].With = append(g.Edges[at].With, with)
	}
	for _, b := range m.Bands {
		fit, engagement := string(b.Fit), strconv.Itoa(b.Engagement)
		add(fit, engagement, b.Band)
		add(engagement, fit, b.Band)
	}
}

// sideKey is the key of a side's node.
func sideKey(s Side) string { return "side:" + string(s) }

// sideOf is the side of a group's rules.
func (m *Model) sideOf(group string) Side {
	if slices.ContainsFunc(m.Fit, func(r FitRule) bool { return r.Group != nil && *r.Group == group }) {
		return Fit
	}
	return Engagement
}
