package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/followup"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// desk says how fast leads have to go on: the policies in force, which nobody has changed yet, made ready.
type desk struct {
	deadlines, pursuit *db.Agreement
	terms              *sla.Terms
	plans              *followup.Program
	calendar           *db.Calendar
	table              *sla.Timetable
}

// equip makes the desk ready.
func (w *world) equip() error {
	d := &w.desk
	d.deadlines, d.pursuit = w.published(agreement.SLAPolicy), w.published(agreement.FollowUpPolicy)
	var err error
	if d.terms, err = d.deadlines.Body.SlaPolicy.Compile(w.registry()); err != nil {
		return fmt.Errorf("compile the SLA policy: %w", err)
	}
	if d.plans, err = followup.Compile(d.pursuit.Body.FollowUpPolicy, w.registry()); err != nil {
		return fmt.Errorf("compile the follow-up policy: %w", err)
	}
	body := d.deadlines.Body.SlaPolicy.Calendars[0].Calendar
	if d.table, err = body.Compile(); err != nil {
		return fmt.Errorf("compile the office hours: %w", err)
	}
	text, err := json.Marshal(&body)
	if err != nil {
		return fmt.Errorf("write the office hours: %w", err)
	}
	sum := sha256.Sum256(text)
	d.calendar = &db.Calendar{WorkspaceID: w.workspace.ID, ID: w.id(w.workspace.CreatedAt), Hash: hex.EncodeToString(sum[:]), Body: body, CreatedAt: w.workspace.CreatedAt}
	w.reasons = db.FirstReasons(w.workspace.ID, w.workspace.CreatedAt)
	for _, r := range w.reasons {
		r.ID = w.id(w.workspace.CreatedAt)
	}
	return nil
}

// reason is the workspace's first reason for a use that leads to a stage, or anywhere.
func (w *world) reason(use lifecycle.ReasonUse, to lifecycle.Stage) *id.UUID {
	for _, r := range w.reasons {
		if r.Use == use && (r.LeadsTo == nil || *r.LeadsTo == to) {
			return &r.ID
		}
	}
	return nil
}

// law is the rule by which a move was made, and as what its actor made it.
func (w *world) law(m *db.Move) (lifecycle.Move, lifecycle.Actor) {
	by := []lifecycle.Actor{lifecycle.System, lifecycle.Privacy}
	if m.ActorKind == auth.ActorMember {
		i := slices.IndexFunc(w.members, func(x *db.Member) bool { return x.ID == *m.ActorID })
		by = map[auth.Department][]lifecycle.Actor{auth.Sales: {lifecycle.Sales, lifecycle.AssignedRep}, auth.Marketing: {lifecycle.Marketing, lifecycle.Privacy}}[w.members[i].Department]
	}
	for _, a := range by {
		if law, ok := lifecycle.Find(m.FromStage, m.ToStage, a); ok {
			return law, a
		}
	}
	return lifecycle.Move{From: m.FromStage, To: m.ToStage}, lifecycle.System
}

// desks tells what comes of a lead's moves: hand-offs, clocks, the follow-up plan.
func (m *matcher) desks(c db.Case, l *pursuit) error {
	if l.row.Stage == lifecycle.Erased { // nothing of it was kept
		return nil
	}
	for _, step := range l.steps {
		m.w.pass(l, step)
		if step.ToStage == lifecycle.Offered {
			if err := m.route(c, l, step.At); err != nil {
				return err
			}
		}
		law, by := m.w.law(step)
		for _, k := range l.clocks {
			v := k.Value()
			if k.FulfilledAt != nil || k.EndedAt != nil || !slices.Contains(law.Stops, string(k.Stage)) {
				continue
			}
			if law.Meets(string(k.Stage), by) {
				at := step.At
				if k.Stage == sla.Engage {
					at = l.response(k.StartsAt, at)
				}
				v = v.Fulfil(m.w.desk.table, at)
			} else if ended, err := v.Cancel(m.w.desk.table, step.At); err == nil {
				v = ended
			}
			k.Take(&v)
		}
		for _, name := range law.Starts {
			if stage := sla.Stage(name); stage != sla.Step {
				if err := m.start(c, l, step, stage); err != nil {
					return err
				}
			}
		}
	}
	if err := m.follow(c, l); err != nil {
		return err
	}
	for _, k := range l.clocks {
		v := k.Value().Tick(m.w.desk.table, m.w.now)
		k.Take(&v)
	}
	return nil
}

// waits are the clocks of the stages in which leads wait for somebody.
var waits = map[lifecycle.Stage]sla.Stage{lifecycle.Qualified: sla.Pass, lifecycle.Offered: sla.Accept, lifecycle.Accepted: sla.Engage, lifecycle.Returned: sla.TakeBack}

// hasten lets most leads go on soon: they are offered when they qualify, accepted when they are offered, and spoken to when they are accepted.
func (m *matcher) hasten(l *pursuit) {
	for i := len(l.moves) - 2; i >= 0; i-- {
		x, next := &l.moves[i], l.moves[i+1].at
		switch x.to {
		case lifecycle.Accepted:
			next = l.response(x.at, next)
		case lifecycle.Qualified, lifecycle.Offered:
		default:
			continue
		}
		if at := next.Add(-m.w.minutes(5, 50)); at.After(x.at) && m.w.chance(0.88) {
			x.at = at
		}
	}
}

// freshen lets most of those that wait for somebody wait for a short while only, and all that wait for an answer of sales: had their time run out, they would
// be with somebody else.
func (m *matcher) freshen(c db.Case, l *pursuit) error {
	n := len(l.moves)
	stage, ok := waits[l.row.Stage]
	if !ok || n == 0 || stage != sla.Accept && m.w.chance(0.3) {
		return nil
	}
	x := &l.moves[n-1]
	if _, err := m.rate(c, l, x.at); err != nil {
		return err
	}
	rule := m.w.desk.terms.RuleFor(stage, m.facts)
	for rule != nil && !m.w.desk.table.Due(x.at, rule.Target()).After(m.w.now) {
		x.at = x.at.Add((m.w.now.Sub(x.at) + time.Minute) / 2).Truncate(time.Second)
		if x.at.After(m.w.now) {
			x.at = m.w.now
		}
	}
	l.row.StageSince = x.at
	if x.at.After(l.row.UpdatedAt) {
		l.row.UpdatedAt = x.at
	}
	return nil
}

// response is when sales first reached out after an instant, or the person answered, up to another one.
func (l *pursuit) response(since, until time.Time) time.Time {
	for _, t := range l.touches {
		if !t.OccurredAt.Before(since) && t.OccurredAt.Before(until) && (t.Direction == contact.DirectionOutbound && t.MemberID != nil || followup.Answered(t.Kind, t.Direction)) {
			return t.OccurredAt
		}
	}
	return until
}

// start makes the clock that begins with a move.
func (m *matcher) start(c db.Case, l *pursuit, step *db.Move, stage sla.Stage) error {
	if _, err := m.rate(c, l, step.At); err != nil {
		return err
	}
	rule := m.w.desk.terms.RuleFor(stage, m.facts)
	if rule == nil {
		return nil
	}
	k := m.w.clock(l, rule, step.At, step.At)
	switch stage {
	case sla.Accept, sla.Reply, sla.TakeBack:
		k.HandoffID = &l.handoffs[len(l.handoffs)-1].ID
	case sla.Engage:
		k.MemberID = step.ActorID
	}
	if h := l.handoffs; stage == sla.Reply && h[len(h)-1].RepliedAt != nil {
		v := k.Value().Fulfil(m.w.desk.table, *h[len(h)-1].RepliedAt)
		k.Take(&v)
	}
	return nil
}

// clock makes a clock of a lead by a rule.
func (w *world) clock(l *pursuit, rule *sla.Rule, startsAt, now time.Time) *db.Clock {
	k := &db.Clock{WorkspaceID: w.workspace.ID, ID: w.id(now), LeadID: l.row.ID, Department: rule.Stage.Department(), PolicyID: w.desk.deadlines.ID, CalendarID: &w.desk.calendar.ID, Version: 1}
	v := sla.Start(rule, w.desk.table, startsAt, now)
	k.Take(&v)
	l.clocks = append(l.clocks, k)
	return k
}
