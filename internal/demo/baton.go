package demo

import (
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// pass makes the hand-off that a move asks for, or answers the one that waits.
func (w *world) pass(l *pursuit, step *db.Move) {
	var waits *db.Handoff
	if n := len(l.handoffs); n > 0 && l.handoffs[n-1].State == lifecycle.HandoffOffered {
		waits = l.handoffs[n-1]
	}
	if waits != nil {
		w.answer(waits, step)
	}
	h := &db.Handoff{WorkspaceID: l.row.WorkspaceID, LeadID: l.row.ID, ContactID: l.row.ContactID, State: lifecycle.HandoffOffered, Number: int32(len(l.handoffs) + 1),
		OfferedAt: step.At, OfferedBy: step.ActorID, DefinitionID: l.row.DefinitionID, Version: 1}
	switch step.ToStage {
	case lifecycle.Offered: // routed to the queue of the territory: whoever is there takes it
		h.Direction, h.Queue, h.Evidence = lifecycle.MarketingToSales, l.sales, w.evidence(l, step)
		h.ModelID = l.row.ModelID
	case lifecycle.Returned:
		h.Direction, h.Queue, h.Feedback, h.ReasonID = lifecycle.SalesToMarketing, "marketing", step.Reason, w.reason(lifecycle.ToReturn, lifecycle.Returned)
	default:
		return
	}
	h.ID = w.id(step.At)
	l.handoffs = append(l.handoffs, h)
}

// route says by which rule the hand-off that was just made went where it waits.
func (m *matcher) route(c db.Case, l *pursuit, at time.Time) error {
	if _, err := m.rate(c, l, at); err != nil {
		return err
	}
	v := m.w.inForce(agreement.RoutingPolicy, at)
	out := v.router.Route(routing.Request{Lead: l.row.ID, Facts: m.facts, At: at})
	h := l.handoffs[len(l.handoffs)-1]
	h.Routing, h.RoutingID, h.Queue = &out, &v.row.ID, out.Queue
	return nil
}

// answer ends a hand-off by the move that its lead made.
func (w *world) answer(h *db.Handoff, step *db.Move) {
	at := step.At
	h.State, h.DecidedBy, h.DecidedAt, h.Version = lifecycle.HandoffWithdrawn, step.ActorID, &at, 2
	law, _ := w.law(step)
	switch {
	case step.ToStage == lifecycle.Accepted, step.FromStage == lifecycle.Returned && step.ToStage == lifecycle.Nurturing:
		h.State, h.MemberID = lifecycle.HandoffAccepted, step.ActorID
	case slices.Contains(law.Starts, string(sla.Reply)):
		h.State, h.MemberID, h.Feedback, h.ReasonID = lifecycle.HandoffRejected, step.ActorID, step.Reason, w.reason(lifecycle.ToReject, step.ToStage)
		if said := w.atWork(at.Add(w.minutes(30, 1200)), w.zones["Europe/Berlin"]); said.Before(w.now) {
			h.RepliedBy, h.RepliedAt, h.Reply, h.Version = &w.members[1].ID, &said, ptr("Understood: we look at the definition again."), 3
		}
	}
}

// evidence is what an offer rested on: the score as it was.
func (w *world) evidence(l *pursuit, step *db.Move) (e db.HandoffEvidence) {
	for _, s := range l.history {
		if !s.At.After(step.At) {
			e.Score, e.Fit, e.Engagement, e.FitGrade, e.EngagementGrade, e.Band = &s.Score, &s.Fit, &s.Engagement, &s.FitGrade, &s.EngagementGrade, &s.Band
		}
	}
	for _, p := range w.personas {
		if l.row.PersonaID != nil && p.ID == *l.row.PersonaID {
			e.PersonaID, e.Persona = &p.ID, &p.Name
		}
	}
	for _, m := range l.steps {
		if m.ToStage == lifecycle.Qualified && !m.At.After(step.At) {
			e.Answers = m.Evidence
		}
	}
	return e
}

// follow makes the follow-up plan of a lead that sales works on, with what was tried, and the clocks of its steps and of its return. The last step is never done: what came
// to its end would have been returned.
func (m *matcher) follow(c db.Case, l *pursuit) error {
	accepted := slices.IndexFunc(l.steps, func(s *db.Move) bool { return s.ToStage == lifecycle.Accepted })
	switch l.row.Stage {
	case lifecycle.Accepted, lifecycle.Working, lifecycle.SalesQualified:
	default:
		return nil
	}
	if accepted < 0 {
		return nil
	}
	w, step := m.w, l.steps[accepted]
	if _, err := m.rate(c, l, step.At); err != nil {
		return err
	}
	plan := w.desk.plans.Plan(m.facts, step.At, func(start time.Time, minutes int, _ bool) time.Time {
		return w.desk.table.Due(start, time.Duration(minutes)*time.Minute)
	})
	row := &db.FollowUp{WorkspaceID: w.workspace.ID, ID: w.id(step.At), LeadID: l.row.ID, PolicyID: w.desk.pursuit.ID, Rule: plan.Rule.Key, CalendarID: &w.desk.calendar.ID,
		AcceptedAt: step.At, Steps: db.ListOf(plan.Steps), Version: 1}
	w.rows.plans = append(w.rows.plans, row)
	tried, answered := w.tried(l, step.At), l.answered(step.At)
	so := plan.Certificate(effort(tried, answered), w.now)
	for len(tried) > 0 && (so.Exhausted || so.Steps[len(plan.Steps)-1].DoneAt != nil) {
		tried = tried[:len(tried)-1]
		so = plan.Certificate(effort(tried, answered), w.now)
	}
	row.ExhaustedAt = so.ExhaustedAt
	w.rows.attempts = append(w.rows.attempts, tried...)
	rule := w.desk.terms.RuleFor(sla.Step, m.facts)
	if rule == nil || l.row.Stage == lifecycle.Accepted {
		return nil
	}
	began := l.steps[accepted+1].At
	for _, s := range so.Steps {
		k := w.clock(l, rule, s.DueAt, began)
		k.Step, k.MemberID = new(int32(s.Number)), step.ActorID
		if s.DoneAt != nil {
			v := k.Value().Fulfil(w.desk.table, *s.DoneAt)
			k.Take(&v)
		}
	}
	if rule, from := w.desk.terms.RuleFor(sla.Return, m.facts), plan.ReturnFrom(&so, answered, began, true); rule != nil && !from.IsZero() {
		w.clock(l, rule, from, began).MemberID = step.ActorID
	}
	return nil
}

// diaryOfDesks is how the baton went between the departments, and what came of the time they had.
func (w *world) diaryOfDesks(l *pursuit) {
	who := map[string]*db.Member{}
	for _, m := range w.members {
		who[m.ID.String()] = m
	}
	for _, h := range l.handoffs {
		tell := func(at time.Time, kind event.Kind, by *db.Member, data event.Data) {
			w.note(at, kind, by, &db.Event{LeadID: &l.row.ID, ContactID: &l.row.ContactID, SubjectID: &h.ID, Data: data})
		}
		var by, answered *db.Member
		if h.OfferedBy != nil {
			by = who[h.OfferedBy.String()]
		}
		if h.DecidedBy != nil {
			answered = who[h.DecidedBy.String()]
		}
		tell(h.OfferedAt, event.HandoffOffered, by, event.Data{To: "the queue " + h.Queue})
		switch h.State {
		case lifecycle.HandoffAccepted:
			d := event.Data{Name: "Marketing"}
			if answered != nil {
				d.Name = answered.Name
			}
			tell(*h.DecidedAt, event.HandoffAccepted, answered, d)
		case lifecycle.HandoffRejected:
			tell(*h.DecidedAt, event.HandoffRejected, answered, event.Data{Detail: *h.Feedback})
			if h.RepliedAt != nil {
				tell(*h.RepliedAt, event.HandoffReplied, w.members[1], event.Data{})
			}
		case lifecycle.HandoffWithdrawn:
			tell(*h.DecidedAt, event.HandoffWithdrawn, answered, event.Data{})
		}
	}
	for _, k := range l.clocks {
		tell := func(at *time.Time, kind event.Kind, data event.Data) {
			if at != nil && !at.After(w.now) {
				data.Name = string(k.Stage)
				w.note(*at, kind, nil, &db.Event{LeadID: &l.row.ID, ContactID: &l.row.ContactID, SubjectID: &k.ID, Data: data})
			}
		}
		due := event.Data{}
		if k.DueAt != nil {
			due.To = k.DueAt.UTC().Format(time.RFC3339)
		}
		tell(&k.StartsAt, event.ClockStarted, due)
		tell(k.WarnedAt, event.ClockWarned, due)
		tell(k.BreachedAt, event.ClockBreached, event.Data{To: due.To, Detail: w.escalate(k)})
		tell(k.FulfilledAt, event.ClockFulfilled, event.Data{Detail: map[bool]string{true: "in time", false: "late"}[k.State == sla.Met]})
		tell(k.EndedAt, event.ClockCancelled, event.Data{})
	}
}

// escalate notes whom the breach of a clock went to, as the verbs would have, and says so.
func (w *world) escalate(k *db.Clock) string {
	if k.BreachedAt == nil {
		return ""
	}
	k.ToldAt = k.BreachedAt
	rules := w.desk.terms.Policy().Rules
	told, said := funnel.Escalate(w.members, k, &rules[slices.IndexFunc(rules, func(r sla.Rule) bool { return r.Key == k.Rule })])
	for _, e := range told {
		e.At = *k.BreachedAt
	}
	w.rows.escalations = append(w.rows.escalations, told...)
	return said
}

// batons are the hand-offs and clocks of all leads.
func (w *world) batons() (handoffs []*db.Handoff, clocks []*db.Clock) {
	for _, p := range w.people {
		for _, l := range p.pursuits {
			handoffs, clocks = append(handoffs, l.handoffs...), append(clocks, l.clocks...)
		}
	}
	return handoffs, clocks
}
