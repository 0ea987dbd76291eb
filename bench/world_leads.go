package main

import (
	"fmt"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// inbox is the stages that leads are in, each as often as it is common.
var inbox = func() (all []lifecycle.Stage) {
	for _, s := range []struct {
		stage lifecycle.Stage
		share int
	}{{lifecycle.New, 22}, {lifecycle.Nurturing, 25}, {lifecycle.Qualified, 8}, {lifecycle.Offered, 4}, {lifecycle.Accepted, 4}, {lifecycle.Working, 9},
		{lifecycle.SalesQualified, 4}, {lifecycle.Opportunity, 4}, {lifecycle.Won, 5}, {lifecycle.Lost, 8}, {lifecycle.Returned, 2}, {lifecycle.Retargeting, 3},
		{lifecycle.Disqualified, 2}} {
		for range s.share {
			all = append(all, s.stage)
		}
	}
	return all
}()

// ownedBySales are the stages in which a rep answers for the lead.
var ownedBySales = map[lifecycle.Stage]bool{lifecycle.Accepted: true, lifecycle.Working: true, lifecycle.SalesQualified: true, lifecycle.Opportunity: true,
	lifecycle.Won: true, lifecycle.Lost: true}

func (w *world) leadRow(i int) *db.Lead {
	d, p := newDice(4<<32+uint64(i)), w.leads[i]
	c, opened := w.contacts[p.contact], at(p.at)
	l := &db.Lead{WorkspaceID: w.workspace, ID: p.id, ContactID: c.id, SourceID: w.sources[c.source].ID, Queue: pick(d, queues), Stage: pick(d, inbox),
		PersonaReasons: db.ConditionReasons{}, Cycle: p.cycle, Interest: maybe(d, 0.3, pick(d, interests)), Attributes: db.None, CreatedAt: opened, LastActivityAt: opened, Version: 1}
	if p.closed {
		l.Stage = lifecycle.Lost
	}
	if last := w.lastTouch[p.contact]; last > p.at && !p.closed {
		l.LastActivityAt = at(last)
	}
	l.StageSince = at(d.between(p.at, l.LastActivityAt.UnixMicro()+1))
	l.UpdatedAt = l.LastActivityAt
	if c.account >= 0 {
		l.AccountID = &w.accounts[c.account].ID
	}
	if d.chance(0.4) {
		l.CampaignID = &w.campaigns[d.low(campaignCount)].ID
	}
	if d.chance(0.3) {
		l.Attributes = fmt.Appendf(nil, `{"budget": %d, "plan": "team"}`, 1000*d.IntN(90))
	}
	if ownedBySales[l.Stage] || d.chance(0.3) {
		l.OwnerID = &w.members[d.IntN(memberCount)].ID
	}
	if d.chance(0.7) {
		w.fit(d, l)
	}
	return l
}

// fit gives a lead its persona and why.
func (w *world) fit(d dice, l *db.Lead) {
	n := d.low(personaCount)
	l.PersonaID, l.PersonaConfidence = &w.personas[n].ID, new(1.0)
	function, level := functions[n%len(functions)], seniorities[n%len(seniorities)]
	l.PersonaReasons = db.ListOf([]db.ConditionReason{
		{Path: "all[0]", Passed: true, Text: fmt.Sprintf("Function is %q", function), Evidence: &function},
		{Path: "all[1]", Passed: true, Text: fmt.Sprintf("Seniority is %q", level), Evidence: &level},
	})
}

// happened is a kind of touch with what goes with it.
type happened struct {
	kind      contact.TouchKind
	channel   contact.Channel
	direction contact.Direction
	position  *contact.FunnelPosition
}

// usual are the kinds of touch, the likelier ones first.
var usual = []happened{
	{contact.KindEmailSent, contact.ChannelEmail, contact.DirectionOutbound, nil},
	{contact.KindPageViewed, contact.ChannelWeb, contact.DirectionInbound, new(contact.PositionTop)},
	{contact.KindEmailOpened, contact.ChannelEmail, contact.DirectionInbound, nil},
	{contact.KindPageViewed, contact.ChannelOrganicSearch, contact.DirectionInbound, new(contact.PositionMiddle)},
	{contact.KindEmailClicked, contact.ChannelEmail, contact.DirectionInbound, new(contact.PositionMiddle)},
	{contact.KindResourceDownloaded, contact.ChannelWeb, contact.DirectionInbound, new(contact.PositionMiddle)},
	{contact.KindAdClicked, contact.ChannelPaidSearch, contact.DirectionInbound, nil},
	{contact.KindFormSubmitted, contact.ChannelWeb, contact.DirectionInbound, new(contact.PositionBottom)},
	{contact.KindCall, contact.ChannelPhone, contact.DirectionOutbound, nil},
	{contact.KindVoicemail, contact.ChannelPhone, contact.DirectionOutbound, nil},
	{contact.KindWebinarAttended, contact.ChannelWebinar, contact.DirectionInbound, new(contact.PositionMiddle)},
	{contact.KindMeeting, contact.ChannelPhone, contact.DirectionOutbound, nil},
	{contact.KindEventAttended, contact.ChannelEvent, contact.DirectionInbound, new(contact.PositionTop)},
	{contact.KindTrialStarted, contact.ChannelProduct, contact.DirectionInbound, new(contact.PositionBottom)},
}

func (w *world) touchRow(i int) *db.Touch {
	d, t := newDice(5<<32+uint64(i)), w.touches[i]
	c, h := w.contacts[t.contact], usual[d.low(len(usual))]
	row := &db.Touch{WorkspaceID: w.workspace, ID: d.uuid(t.at), ContactID: c.id, SourceID: w.sources[d.low(sourceCount)].ID, Kind: h.kind, Channel: h.channel, Direction: h.direction,
		ResourcePosition: h.position, Subject: maybe(d, 0.7, pick(d, subjects)), OccurredAt: at(t.at), RecordedAt: at(t.at + d.Int64N(600_000_000))}
	if c.account >= 0 {
		row.AccountID = &w.accounts[c.account].ID
	}
	if d.chance(0.3) {
		row.CampaignID = &w.campaigns[d.low(campaignCount)].ID
	}
	if h.direction == contact.DirectionOutbound {
		m := w.members[d.IntN(memberCount)]
		row.MemberID, row.Department = &m.ID, new(m.Department)
	}
	if i%2 == 0 {
		row.ExternalID = new(fmt.Sprintf("t-%d", i))
	}
	return row
}

// touchKeyRow is the key of the touch 2i.
func (w *world) touchKeyRow(i int) *db.TouchKey {
	t := w.touchRow(2 * i)
	return &db.TouchKey{WorkspaceID: w.workspace, SourceID: t.SourceID, ExternalID: *t.ExternalID, TouchID: t.ID}
}

func (w *world) eventRow(i int) *db.Event {
	p := w.leads[i]
	c := w.contacts[p.contact]
	e := &db.Event{WorkspaceID: w.workspace, ID: newDice(6<<32 + uint64(i)).uuid(p.at), At: at(p.at), Kind: event.LeadCaptured, ActorKind: auth.ActorSystem, LeadID: &p.id,
		ContactID: &c.id, Data: event.Data{Name: w.sources[c.source].Name}}
	if c.account >= 0 {
		e.AccountID = &w.accounts[c.account].ID
	}
	return e
}
