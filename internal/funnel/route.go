package funnel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// offer says that a lead shall be handed over, once it has been judged.
type offer struct {
	by   lifecycle.Actor
	note *string
	auto bool // it has just qualified, and nobody asked
}

// routed is what an offer leaves to be written.
type routed struct {
	*db.Handoff
	who     string // was chosen, or the queue
	entries []entry
	alerts  []*db.Alert // who is told that nobody was eligible
}

// entry is what a member was given in a pool, afterwards.
type entry struct {
	routing.Entry
	fresh bool // the first there
}

// candidacy is a lead that asks for somebody.
type candidacy struct {
	*leadState
	facts *condition.Facts
	pool  string
	by    time.Time // when its ACCEPT clock would run out; zero where none would run
}

// rounds are the leads that are handed over in one transaction. What the pools' members were given is locked first, and each lead is
// routed after what those before it were given, in a number of statements that does not grow with the number of leads.
type rounds struct {
	t *tx
	*rulebook
	law        *deadlines // nil where no SLA policy is in force
	leads      []*candidacy
	names      map[id.UUID]string
	candidates []routing.Candidate
	ledger     routing.Ledger
	before     map[id.UUID][]*db.HandoffsBeforeRow
}

// handOver routes the leads that are to be offered. Their rows, and those of the hand-offs, are written by the caller.
func (t *tx) handOver(ctx context.Context, rules *rulebook, leads []*leadState) error {
	r := &rounds{t: t, rulebook: rules}
	for _, l := range leads {
		if l.offer != nil {
			r.leads = append(r.leads, &candidacy{leadState: l})
		}
	}
	if len(r.leads) == 0 {
		return nil
	}
	if rules.router == nil {
		return fault.New(fault.Conflict, "No routing policy is in force, so nobody can say who gets the lead. Publish one.")
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	for _, l := range r.leads {
		if l.offer.auto && r.declined(l.row.ID) {
			continue
		}
		if err := r.give(l); err != nil {
			return err
		}
	}
	return r.alert(ctx)
}

// declined tells whether sales rejected a lead the last time, or marketing took it back: then a person decides whether to offer it again.
func (r *rounds) declined(lead id.UUID) bool {
	of := r.before[lead]
	if len(of) == 0 {
		return false
	}
	last := of[len(of)-1].State
	return last == lifecycle.HandoffRejected || last == lifecycle.HandoffWithdrawn
}

// ask works out what routing asks of a lead itself.
func (r *rounds) ask(l *candidacy) error {
	l.facts = r.reg.NewFacts(r.t.now)
	if err := l.of.Fill(l.facts); err != nil {
		return err
	}
	l.pool = r.router.Pool(l.facts)
	if r.law != nil {
		if rule := r.law.terms.RuleFor(sla.Accept, l.facts); rule != nil {
			l.by = r.law.terms.Timetable(rule, nil).Due(r.t.now, rule.Target())
		}
	}
	return nil
}

// read reads what the leads are routed by. The ledger comes first: who waited for its lock counts what the one before has given.
func (r *rounds) read(ctx context.Context) (err error) {
	if r.law, err = r.t.agreed(ctx); err != nil {
		return err
	}
	var pools []string
	var known []id.UUID
	for _, l := range r.leads {
		if err := r.ask(l); err != nil {
			return err
		}
		if l.pool != "" && !slices.Contains(pools, l.pool) {
			pools = append(pools, l.pool)
		}
		if !l.fresh {
			known = append(known, l.row.ID)
		}
	}
	return r.readTogether(ctx, pools, known)
}

// readTogether reads in one round trip what the members of pools were given, which it locks unless nothing comes of it, who had leads before, and who could be
// given them.
func (r *rounds) readTogether(ctx context.Context, pools []string, leads []id.UUID) error {
	var given []*db.RoutingEntry
	var before []*db.HandoffsBeforeRow
	var members []*db.RoutingMembersRow
	if err := r.t.Together(ctx, func(o *db.Opening) {
		if len(pools) > 0 {
			o.RoutingEntries(pools, !r.t.trial, &given)
		}
		if len(leads) > 0 {
			o.HandoffsBefore(leads, &before)
		}
		o.RoutingMembers(r.asked(), &members)
	}); err != nil {
		return fmt.Errorf("read who could be given leads: %w", err)
	}
	r.ledger, r.before = routing.NewLedger(), map[id.UUID][]*db.HandoffsBeforeRow{}
	for _, x := range given {
		r.ledger.Put(routing.Entry{Pool: x.Pool, Member: x.MemberID, Assigned: int(x.Assigned), Calibration: x.Calibration, Credits: int(x.Credits)})
	}
	for _, x := range before {
		r.before[x.LeadID] = append(r.before[x.LeadID], x)
	}
	return r.takeMembers(ctx, members)
}

// refused are those who had a lead and rejected it, or let its ACCEPT clock run out.
func (r *rounds) refused(lead id.UUID) (all []id.UUID) {
	for _, x := range r.before[lead] {
		if x.Direction != lifecycle.MarketingToSales || x.State != lifecycle.HandoffRejected && x.State != lifecycle.HandoffExpired {
			continue
		}
		for _, m := range []*id.UUID{x.MemberID, x.DecidedBy} {
			if m != nil {
				all = append(all, *m)
			}
		}
	}
	return all
}

// route decides about one lead, and counts what it decided for those that come after it.
func (r *rounds) route(l *candidacy) (routing.Outcome, []entry) {
	q := routing.Request{Lead: l.row.ID, Facts: l.facts, Refused: r.refused(l.row.ID), Candidates: r.candidates, Ledger: r.ledger, AcceptBy: l.by, At: r.t.now}
	if l.of.Account != nil {
		q.Owner = l.of.Account.OwnerID
	}
	out := r.router.Route(q)
	entries := make([]entry, len(out.Entries))
	for i, e := range out.Entries {
		_, known := r.ledger.Get(e.Pool, e.Member)
		entries[i] = entry{e, !known}
	}
	r.ledger.Put(out.Entries...)
	if out.Member != nil {
		i := slices.IndexFunc(r.candidates, func(c routing.Candidate) bool { return c.Member == *out.Member })
		r.candidates[i].Open++
		r.candidates[i].AssignedToday++
	}
	return out, entries
}

// give offers a lead to whom routing finds.
func (r *rounds) give(l *candidacy) error {
	p, err := r.t.pass(l.of, lifecycle.Offered, l.offer.by)
	if err != nil {
		return err
	}
	out, entries := r.route(l)
	row, number := l.row, int32(1)
	if b := r.before[row.ID]; len(b) > 0 {
		number = b[len(b)-1].Number + 1
	}
	version := r.routerID
	h := &db.Handoff{WorkspaceID: row.WorkspaceID, ID: id.New(), LeadID: row.ID, ContactID: row.ContactID, Direction: lifecycle.MarketingToSales, State: lifecycle.HandoffOffered, Number: number,
		MemberID: out.Member, Queue: r.router.Fallback(), Evidence: r.evidence(l), Routing: &out, RoutingID: &version, DefinitionID: nonzero(r.definitionID), ModelID: row.ModelID,
		Note: l.offer.note, OfferedAt: r.t.now, Version: 1}
	if l.offer.by != lifecycle.System {
		h.OfferedBy = nonzero(r.t.who.Member)
	}
	l.handoff = &routed{Handoff: h, who: "the queue " + out.Queue, entries: entries}
	if out.Member != nil {
		l.handoff.who = r.names[*out.Member]
	} else {
		h.Queue = out.Queue
	}
	row.OwnerID, row.Queue = h.MemberID, h.Queue
	p.row.Reason, p.row.AgreementID, p.handoff = &out.Text, &version, &h.ID
	l.passed = append(l.passed, p)
	l.changes.note("stage")
	return nil
}

// stoodAt is where a lead stands at this instant.
func stoodAt(l *db.Lead, p *db.Persona) db.HandoffEvidence {
	e := db.HandoffEvidence{Score: l.Score, Fit: l.Fit, Engagement: l.Engagement, FitGrade: l.FitGrade, EngagementGrade: l.EngagementGrade, Band: l.Band, PersonaID: l.PersonaID}
	if p != nil {
		e.Persona = &p.Name
	}
	return e
}

// evidence is what a hand-off rests on, as it is at this instant.
func (r *rounds) evidence(l *candidacy) db.HandoffEvidence {
	e := stoodAt(l.row, l.of.Persona)
	if l.score != nil {
		e.Made = db.ListOf(r.model.Restore(l.score.Factors.Items(), l.score.At))
	}
	if r.definition != nil {
		e.Answers = db.ListOf(db.AnswersOf(r.definition.Qualify(l.facts)))
	}
	return e
}

// writeHandoffs stores the hand-offs of leads whose rows are written. Two transactions that seat the same newcomers at once both count
// from nothing, so the later one runs again.
func (t *tx) writeHandoffs(leads []*leadState) {
	var rows []*db.Handoff
	var alerts []*db.Alert
	type seat struct {
		pool   string
		member id.UUID
	}
	last := map[seat]entry{} // several leads of one member count in turn
	for _, l := range leads {
		if l.handoff == nil {
			continue
		}
		rows, alerts = append(rows, l.handoff.Handoff), append(alerts, l.handoff.alerts...)
		for _, e := range l.handoff.entries {
			s := seat{e.Pool, e.Member}
			e.fresh = e.fresh || last[s].fresh
			last[s] = e
		}
	}
	var fresh, known []*db.RoutingEntry
	for _, e := range last {
		list := &known
		if e.fresh {
			list = &fresh
		}
		*list = append(*list, &db.RoutingEntry{WorkspaceID: t.Workspace, Pool: e.Pool, MemberID: e.Member, Assigned: int32(e.Assigned), Calibration: e.Calibration, Credits: int32(e.Credits), UpdatedAt: t.now})
	}
	for _, list := range [][]*db.RoutingEntry{fresh, known} { // in the order in which they are locked
		slices.SortFunc(list, func(a, b *db.RoutingEntry) int {
			return cmp.Or(strings.Compare(a.Pool, b.Pool), slices.Compare(a.MemberID[:], b.MemberID[:]))
		})
	}
	db.ClaimLater(t.Tx, "routing_entries", fresh)
	t.putEntries(known)
	db.InsertLater(t.Tx, "handoffs", rows, "")
	db.InsertLater(t.Tx, "alerts", alerts, "")
}

// putEntries stores locked entries of the ledger.
func (t *tx) putEntries(rows []*db.RoutingEntry) {
	db.InsertLater(t.Tx, "routing_entries", rows, `on conflict (workspace_id, pool, member_id) do update set assigned = excluded.assigned,
		calibration = excluded.calibration, credits = excluded.credits, updated_at = excluded.updated_at`)
}

// tellHandoffs records who was offered which lead.
func (t *tx) tellHandoffs(leads []*leadState) {
	for _, l := range leads {
		if l.handoff == nil {
			continue
		}
		e := t.about(event.HandoffOffered, l.handoff.Handoff)
		e.data.To = l.handoff.who
		t.emit(e)
		if l.handoff.Routing.Alert {
			e.kind, e.data.To = event.HandoffUnrouted, l.handoff.Queue
			t.emit(e)
		}
	}
}

// about is an event about a hand-off.
func (t *tx) about(k event.Kind, h *db.Handoff) logged {
	return logged{kind: k, lead: h.LeadID, contact: h.ContactID, subject: h.ID}
}
