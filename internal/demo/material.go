package demo

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// data is what the demo is made of. All companies and people are invented; domains end in .example, which leads nowhere, and
// telephone numbers are of the ranges that regulators keep free for films and books. Countries without such a range have none.
//
//go:embed data
var data embed.FS

// house is the company whose workspace the demo shows.
type house struct {
	Slug, Name, Region, TimeZone, Password string
	Showcase                               id.UUID // of a lead that examples name
	Members                                []memberForm
	Attributes                             []condition.Custom
	Sources                                []sourceForm
}

type memberForm struct {
	Name, Email, TimeZone string
	Department            auth.Department
	Role                  auth.Role
	Admin                 bool
	Territory             []string // countries whose leads the member takes
}

type sourceForm struct {
	Key, Name   string
	Kind        contact.SourceKind
	Channel     contact.Channel
	Early, Late int // how many of the leads before, and from, the hand-off to sales it brings
}

// campaignForm is a campaign; its window is told in days before now.
type campaignForm struct {
	Key, Name string
	Kind      contact.CampaignKind
	Channel   contact.Channel
	From      int
	To        *int // nil for open
	Cost      int64
}

type personaForm struct {
	Name, Description string
	Priority          int32
	Negative          bool
	Condition         condition.Condition
}

// agreementForm is a version after the first; its instants are told in days before now.
type agreementForm struct {
	ID                 id.UUID // the same in every demo, so that examples can name it
	Title, Note        string
	By                 int // the member who drafts it
	Drafted, Submitted float64
	Signed             []signatureForm
	Published          float64 // 0 while it waits
	Body               agreement.Body
}

type signatureForm struct {
	Department auth.Department
	Ago        float64
}

type industry struct {
	Name     string
	Weight   int
	Turnover int64 // yearly, for each employee
	Suffixes []string
}

type country struct {
	Code, Language, Names, Currency, Queue string
	Weight                                 int
	Rate                                   float64  // of the currency to the big ones; 0 for one of them
	Forms                                  []string // legal forms
	Cities                                 []city
	Phones                                 []string // # stands for a digit
}

type city struct{ Name, Zone string }

type job struct {
	function, title, seniority, language string
	weight                               int
}

// beatForm is a thing that can happen in a story.
type beatForm struct {
	Kind       contact.TouchKind
	Channel    contact.Channel
	Direction  contact.Direction
	Department auth.Department
	Source     string
	Campaign   contact.CampaignKind
	Position   contact.FunnelPosition
	Content    bool    // about the story's resource
	Member     bool    // the lead's owner takes part though the person acts
	Gap        [2]int  // minutes after what comes before, from and to
	Stretch    float64 // how much longer than others it is waited for; 0 for as long
	Texts      []string
}

// material is all the data, read.
type material struct {
	house      house
	campaigns  []campaignForm
	personas   []personaForm
	agreements []agreementForm
	industries []industry
	countries  []country
	beats      map[string]*beatForm
	names      map[string]struct{ Given, Family string }
	stems      []string
	interests  []string
	jobs       []job
	resources  map[contact.FunnelPosition][]*resource
}

// readHouse reads the house alone, which is all that an existing demo needs.
func readHouse() (house, error) {
	var h house
	err := read("house.json", &h)
	return h, err
}

// readMaterial reads all.
func readMaterial(h house) (*material, error) {
	m := &material{house: h, resources: map[contact.FunnelPosition][]*resource{}}
	for file, into := range map[string]any{"campaigns.json": &m.campaigns, "personas.json": &m.personas, "agreements.json": &m.agreements, "industries.json": &m.industries,
		"countries.json": &m.countries, "beats.json": &m.beats, "names.json": &m.names} {
		if err := read(file, into); err != nil {
			return nil, err
		}
	}
	for _, l := range lines("stems.txt") {
		m.stems = append(m.stems, list(l)...)
	}
	m.interests = lines("interests.txt")
	for _, l := range lines("jobs.txt") {
		var j job
		f := append(strings.Split(l, "|"), make([]string, 5)...)
		j.function, j.title, j.seniority, j.language = strings.TrimSpace(f[0]), strings.TrimSpace(f[1]), strings.TrimSpace(f[2]), strings.TrimSpace(f[4])
		if _, err := fmt.Sscan(f[3], &j.weight); err != nil {
			return nil, fmt.Errorf("read the weight of the job %q: %w", j.title, err)
		}
		m.jobs = append(m.jobs, j)
	}
	for _, l := range lines("resources.txt") {
		r, err := readResource(l)
		if err != nil {
			return nil, err
		}
		m.resources[r.position] = append(m.resources[r.position], r)
	}
	return m, nil
}

func read(file string, into any) error {
	b, err := data.ReadFile("data/" + file)
	if err != nil {
		return fmt.Errorf("read the demo's data: %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("read the demo's %s: %w", file, err)
	}
	return nil
}

// lines are the lines of a text but comments and empty ones.
func lines(file string) []string {
	b, _ := data.ReadFile("data/" + file) // embedded: the compiler has seen it
	var out []string
	for l := range strings.Lines(string(b)) {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			out = append(out, l)
		}
	}
	return out
}

// list takes a line with commas apart.
func list(s string) []string { return strings.Split(s, ", ") }
