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
	if err := m.freshen(c, l); err != nil {
		return err
	}
	for _, step := range l.steps {
		m.w.pass(l, step)
		law, by := m.w.law(step)
		for _, k := range l.clocks {
			v := k.Value()
			if k.FulfilledAt != nil || k.EndedAt != nil || !slices.Contains(law.Stops, string(k.Stage)) {
				continue
			}
			if law.Meets(string(k.Stage), by) {
				v = v.Fulfil(m.w.desk.table, step.At)
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

// freshen lets a lead that waits for sales be offered lately: had the time to answer run out, it would be with somebody else.
func (m *matcher) freshen(c db.Case, l *pursuit) error {
	n := len(l.steps)
	if l.row.Stage != lifecycle.Offered || n == 0 {
		return nil
	}
	step := l.steps[n-1]
	if _, err := m.rate(c, l, step.At); err != nil {
		return err
	}
	rule := m.w.desk.terms.RuleFor(sla.Accept, m.facts)
	for rule != nil && !m.w.desk.table.Due(step.At, rule.Target()).After(m.w.now) {
		step.At = step.At.Add((m.w.now.Sub(step.At) + time.Minute) / 2).Truncate(time.Second)
		if step.At.After(m.w.now) {
			step.At = m.w.now
		}
	}
	l.moves[n-1].at, l.row.StageSince = step.At, step.At
	if step.At.After(l.row.UpdatedAt) {
		l.row.UpdatedAt = step.At
	}
	return nil
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
