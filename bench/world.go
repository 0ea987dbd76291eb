package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// How many there are of what does not grow with the leads.
const (
	memberCount   = 40
	personaCount  = 12
	sourceCount   = 30
	campaignCount = 60
)

// The time that the data cover. The end lies in the past, so that a touch of today is the latest.
var (
	worldBegin = time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)
	worldEnd   = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
)

// world is the data of one workspace: the same for the same number of leads, on every machine.
type world struct {
	workspace id.UUID
	members   []*db.Member
	sources   []*db.Source
	personas  []*db.Persona
	campaigns []*db.Campaign
	accounts  []*db.Account
	contacts  []person
	leads     []pursuit
	touches   []moment // in the order of time
	lastTouch []int64  // of each contact; 0 for none
}

// person is what other rows need to know of a contact.
type person struct {
	id      id.UUID
	account int32 // -1 for none
	at      int64
	source  int32
}

// pursuit is what other rows need to know of a lead.
type pursuit struct {
	id      id.UUID
	contact int32
	cycle   int32
	closed  bool // another lead of the person follows
	at      int64
}

// moment is when a touch with a contact happened.
type moment struct {
	at      int64 // microseconds since 1970
	contact int32
}

// dice draws what is left to chance. Every table has its own, so that one does not change another.
type dice struct{ *rand.Rand }

func newDice(table uint64) dice { return dice{rand.New(rand.NewPCG(20261101, table))} }

func (d dice) chance(p float64) bool { return d.Float64() < p }

// low draws from 0 to n-1, the lower the likelier.
func (d dice) low(n int) int { f := d.Float64(); return int(f * f * float64(n)) }

// between draws a moment, to the microsecond.
func (d dice) between(from, to int64) int64 { return from + d.Int64N(max(1, to-from)) }

// uuid is an id as it would have been made at a moment.
func (d dice) uuid(at int64) (u id.UUID) {
	binary.BigEndian.PutUint64(u[:8], uint64(at/1000)<<16|0x7000|uint64(at%1000)*4096/1000)
	binary.BigEndian.PutUint64(u[8:], d.Uint64()>>2|1<<63)
	return u
}

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// maybe is a drawn value, or nil.
func maybe[T any](d dice, p float64, v T) *T {
	if d.chance(p) {
		return &v
	}
	return nil
}

func at(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// newWorld draws everything that other rows refer to; the rest is drawn while it is loaded.
func newWorld(leads int) *world {
	d := newDice(1)
	begin := worldBegin.UnixMicro()
	w := &world{workspace: d.uuid(begin)}
	w.drawMembers(d, begin)
	w.drawSources(d, begin)
	w.drawCampaigns(d)
	w.drawPersonas(d, begin)
	w.drawAccounts(max(1, leads*3/25))
	w.drawContacts(max(1, leads*24/25))
	w.drawLeads(leads)
	w.drawTouches(leads * 10)
	return w
}

func (w *world) drawMembers(d dice, begin int64) {
	for i := range memberCount {
		m := &db.Member{Territories: []string{}, Skills: []string{}, Languages: []string{}, WorkspaceID: w.workspace, ID: d.uuid(begin), Department: auth.Sales, Role: auth.Worker, Active: true, SessionVersion: 1, TimeZone: pick(d, places).zone,
			CreatedAt: at(begin), UpdatedAt: at(begin), Version: 1}
		m.Name = givenNames[i%len(givenNames)] + " " + familyNames[i%len(familyNames)]
		m.Email = fmt.Sprintf("member%d@leadgraph.example", i)
		m.EmailKey = m.Email
		switch {
		case i < 2:
			m.Role, m.Admin = auth.Director, i == 0
		case i < 6:
			m.Role = auth.Manager
		}
		if i%10 >= 7 {
			m.Department = auth.Marketing
		}
		w.members = append(w.members, m)
	}
}

func (w *world) drawSources(d dice, begin int64) {
	for i := range sourceCount {
		kind := contact.SourceKinds[i%len(contact.SourceKinds)]
		w.sources = append(w.sources, &db.Source{WorkspaceID: w.workspace, ID: d.uuid(begin), Key: fmt.Sprintf("source-%02d", i), Name: fmt.Sprintf("%s %s", pick(d, companyFirst), kind),
			Kind: kind, Channel: pick(d, contact.Channels), CreatedAt: at(begin), UpdatedAt: at(begin), Version: 1})
	}
}

func (w *world) drawCampaigns(d dice) {
	for i := range campaignCount {
		starts := d.between(worldBegin.UnixMicro(), worldEnd.UnixMicro())
		w.campaigns = append(w.campaigns, &db.Campaign{WorkspaceID: w.workspace, ID: d.uuid(starts), Key: fmt.Sprintf("campaign-%02d", i), Name: pick(d, companyFirst) + " launch",
			Kind: pick(d, contact.CampaignKinds), Channel: pick(d, contact.Channels), StartsAt: at(starts), EndsAt: maybe(d, 0.8, at(starts).AddDate(0, 3, 0)),
			CostMinor: d.Int64N(5_000_000), Currency: "USD", CreatedAt: at(starts), UpdatedAt: at(starts), Version: 1})
	}
}

// drawPersonas makes profiles by function; none asks about touches, so that recording touches does not match leads again.
func (w *world) drawPersonas(d dice, begin int64) {
	for i := range personaCount {
		function, level := functions[i%len(functions)], seniorities[i%len(seniorities)]
		w.personas = append(w.personas, &db.Persona{WorkspaceID: w.workspace, ID: d.uuid(begin), Name: fmt.Sprintf("%s in %s", level, function),
			Condition: condition.Condition{All: []condition.Condition{is("contact.function", function), is("contact.seniority", level)}},
			Priority:  int32(10 * i), Negative: i == personaCount-1, Active: true, CreatedAt: at(begin), UpdatedAt: at(begin), Version: 1})
	}
}

func is(attribute, value string) condition.Condition {
	v := condition.Text(value)
	return condition.Condition{Attribute: &condition.Attribute{Name: attribute, Op: condition.EQ, Value: &v}}
}
