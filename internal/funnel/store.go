package funnel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/id"
)

// write stores what the captures made. Where somebody else was quicker with the same company, person or lead, the whole transaction
// runs again and finds what they made.
func (in *intake) write(ctx context.Context) error {
	in.writeCompanies()
	in.writePeople()
	rules, err := in.writeTouches(ctx)
	if err != nil {
		return err
	}
	if len(in.consents) > 0 {
		if err := in.writeConsents(ctx); err != nil {
			return err
		}
	}
	judged, err := in.writeLeads(ctx, rules)
	if err != nil {
		return err
	}
	in.events()
	if err := in.t.store(ctx, rules, judged); err != nil {
		return err
	}
	db.InsertLater(in.t.Tx, "moves", in.pastMoves, "")
	if err := in.writeDeals(ctx); err != nil {
		return err
	}
	if err := in.t.pursue(ctx, rowsOf(judged), in.news); err != nil {
		return err
	}
	return in.remember(rules)
}

func rowsOf(all []*leadState) []*db.Lead {
	rows := make([]*db.Lead, len(all))
	for i, l := range all {
		rows[i] = l.row
	}
	return rows
}

// remember keeps what facts were before these captures, of what was known before them.
func (in *intake) remember(rules *rulebook) error {
	all := in.late
	keep := func(changes []*db.FactChange, err error) error {
		all = append(all, changes...)
		return err
	}
	for _, c := range in.companies {
		if !c.fresh && len(c.changes) > 0 {
			if err := keep(db.AccountChanges(rules.reg, &c.was, c.row, in.t.now)); err != nil {
				return err
			}
		}
	}
	for _, p := range in.people {
		if !p.fresh && len(p.changes) > 0 {
			if err := keep(db.ContactChanges(rules.reg, &p.was, p.row, in.t.now)); err != nil {
				return err
			}
		}
		if l := p.lead; l != nil && !l.fresh && len(l.changes) > 0 {
			if err := keep(db.LeadChanges(rules.reg, &l.was, l.row, in.t.now)); err != nil {
				return err
			}
		}
	}
	db.InsertLater(in.t.Tx, "fact_changes", all, "")
	return nil
}

func (in *intake) writeCompanies() {
	var fresh, changed []*db.Account
	for _, c := range in.companies {
		switch {
		case c.fresh:
			fresh = append(fresh, c.row)
		case len(c.changes) > 0:
			c.row.UpdatedAt, c.row.Version = in.t.now, c.row.Version+1
			changed = append(changed, c.row)
		}
	}
	// In the order of their keys, so that two imports that bring the same companies wait for each other and do not lock each other out.
	slices.SortFunc(fresh, func(a, b *db.Account) int { return strings.Compare(a.NameKey, b.NameKey) })
	db.ClaimLater(in.t.Tx, "accounts", fresh)
	db.UpdateLater(in.t.Tx, "accounts", changed, "created_at")
}

func (in *intake) writePeople() {
	var fresh, changed []*db.Contact
	var ids []*db.ContactIdentity
	for _, p := range in.people {
		ids = append(ids, p.identities...)
		switch {
		case p.fresh:
			p.changes = nil
			fresh = append(fresh, p.row)
		case len(p.changes) > 0:
			p.row.UpdatedAt, p.row.Version = in.t.now, p.row.Version+1
			changed = append(changed, p.row)
		}
	}
	slices.SortFunc(ids, func(a, b *db.ContactIdentity) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Key, b.Key))
	})
	db.InsertLater(in.t.Tx, "contacts", fresh, "", "sort_name")
	db.UpdateLater(in.t.Tx, "contacts", changed, "sort_name", "created_at")
	db.ClaimLater(in.t.Tx, "contact_identities", ids)
}

// writeTouches stores the touches that were not known before, behind their people, and lets them move their leads. It answers the rules that hold by then.
func (in *intake) writeTouches(ctx context.Context) (*rulebook, error) {
	var ids []id.UUID
	var stamp id.UUID
	db.InsertTouchesLater(in.t.Tx, in.touches, &ids)
	if err := in.t.Together(ctx, func(o *db.Opening) { o.RulesStamp(&stamp) }); err != nil {
		return nil, fmt.Errorf("write people and touches: %w", err)
	}
	written := make(map[id.UUID]bool, len(ids))
	for _, i := range ids {
		written[i] = true
	}
	for _, t := range in.touches {
		l := in.touched[t.ID]
		if !written[t.ID] {
			continue
		}
		l.judge = true
		l.changes.note("touches")
		in.news = append(in.news, t)
		if t.OccurredAt.After(l.row.LastActivityAt) {
			l.row.LastActivityAt = t.OccurredAt
		}
	}
	if err := in.t.answered(ctx, in.touches, func(i id.UUID) bool { return written[i] }); err != nil {
		return nil, err
	}
	return in.t.rulesOf(ctx, stamp)
}

// writeConsents leaves out what says the same as the consent in force: a form that is sent again proves nothing new.
func (in *intake) writeConsents(ctx context.Context) error {
	type slot struct {
		contact          id.UUID
		channel, purpose string
	}
	var people []id.UUID
	for _, c := range in.consents {
		people = append(people, c.ContactID)
	}
	rows, err := in.t.ConsentsOf(ctx, db.ConsentsOfParams{WorkspaceID: in.t.Workspace, ContactIds: people})
	if err != nil {
		return fmt.Errorf("read consents: %w", err)
	}
	now := map[slot]*db.Consent{}
	for _, r := range rows {
		now[slot{r.ContactID, string(r.Channel), string(r.Purpose)}] = r
	}
	var fresh []*db.Consent
	for _, c := range in.consents {
		s := slot{c.ContactID, string(c.Channel), string(c.Purpose)}
		if old := now[s]; old == nil || old.State != c.State || old.Basis != c.Basis {
			fresh = append(fresh, c)
			now[s] = c
			if p := in.byID[c.ContactID]; p != nil && !p.fresh {
				p.changes.note("consents")
			}
		}
	}
	db.InsertLater(in.t.Tx, "consents", fresh, "")
	return nil
}

// writeLeads judges leads where facts or touches changed, and stores them.
func (in *intake) writeLeads(ctx context.Context, rules *rulebook) (judge []*leadState, err error) {
	for _, p := range in.people {
		if p.lead != nil && p.lead.judge {
			judge = append(judge, p.lead)
		}
	}
	judge = append(judge, in.past...)
	if len(judge) == 0 {
		return nil, nil
	}
	for _, l := range judge {
		l.engaged = engaged(l.row, in.news)
	}
	if err := in.t.judgeStates(ctx, rules, judge, in.grounds(), cause(judge)); err != nil {
		return nil, err
	}
	var fresh, changed []*db.Lead
	for _, l := range judge {
		switch {
		case l.fresh:
			l.changes = nil
			fresh = append(fresh, l.row)
		case len(l.changes) > 0:
			l.row.UpdatedAt, l.row.Version = in.t.now, l.row.Version+1
			changed = append(changed, l.row)
		}
	}
	db.ClaimLater(in.t.Tx, "leads", fresh)
	db.UpdateLater(in.t.Tx, "leads", changed, "created_at")
	return judge, nil
}

// grounds are what is in hand by then: all companies and sources that the captures name, and all touches of people whom nobody knew before.
func (in *intake) grounds() *grounds {
	g := &grounds{companies: map[id.UUID]*db.Account{}, touches: map[id.UUID][]condition.Touch{}, sources: in.sources}
	for _, c := range in.companies {
		g.companies[c.row.ID] = c.row
	}
	for _, p := range in.people {
		if p.fresh {
			g.touches[p.row.ID] = nil
		}
	}
	for _, t := range in.news {
		if !in.byID[t.ContactID].fresh {
			continue
		}
		var of *db.Campaign
		if t.CampaignID != nil {
			of = in.campaigns[*t.CampaignID]
		}
		g.touches[t.ContactID] = append(g.touches[t.ContactID], t.Asked(of))
	}
	for _, all := range g.touches {
		db.NewestFirst(all)
	}
	return g
}

// cause says why leads are judged: captured for the first time, or known and changed.
func cause(leads []*leadState) db.ScoreCause {
	for _, l := range leads {
		if !l.fresh {
			return db.CauseFacts
		}
	}
	return db.CauseCapture
}
