package db

import (
	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/id"
)

// Opening is statements that travel with the begin of a transaction, for verbs that know before what they will read, or together within one. Their rows are
// there behind them.
type Opening struct {
	workspace id.UUID
	batch     pgx.Batch
}

// SourcesByID reads sources.
func (o *Opening) SourcesByID(ids []id.UUID, into *[]*Source) {
	collect(o.batch.Queue(sourcesByID, o.workspace, ids), into)
}

// SourcesByKey reads sources.
func (o *Opening) SourcesByKey(keys []string, into *[]*Source) {
	collect(o.batch.Queue(sourcesByKey, o.workspace, keys), into)
}

// ResourcesByKey reads resources.
func (o *Opening) ResourcesByKey(keys []string, into *[]*Resource) {
	collect(o.batch.Queue(resourcesByKey, o.workspace, keys), into)
}

// ContactCompanies reads who exists, and where they work.
func (o *Opening) ContactCompanies(ids []id.UUID, into *[]*ContactCompaniesRow) {
	collect(o.batch.Queue(contactCompanies, o.workspace, ids), into)
}

// RulesStamp tells which rules are in force.
func (o *Opening) RulesStamp(into *id.UUID) {
	o.batch.Queue(rulesStamp, o.workspace).QueryRow(func(row pgx.Row) error { return row.Scan(into) })
}

// OpenLeads locks the open leads of people.
func (o *Opening) OpenLeads(people []id.UUID, into *[]*Lead) {
	collect(o.batch.Queue(openLeads, o.workspace, people), into)
}

// InsertTouches is the function of that name.
func (o *Opening) InsertTouches(touches []*Touch, written *[]id.UUID) {
	with, args := insertTouches(touches, nil)
	o.batch.Queue("with "+with+" select id from written", args...).Query(func(rows pgx.Rows) (err error) {
		*written, err = pgx.CollectRows(rows, pgx.RowTo[id.UUID])
		return err
	})
}

// ContactsByID reads people.
func (o *Opening) ContactsByID(ids []id.UUID, into *[]*Contact) {
	collect(o.batch.Queue(contactsByID, o.workspace, ids), into)
}

// AccountsByID reads companies.
func (o *Opening) AccountsByID(ids []id.UUID, into *[]*Account) {
	collect(o.batch.Queue(accountsByID, o.workspace, ids), into)
}

// TouchesOf reads what conditions ask about of people, in no order.
func (o *Opening) TouchesOf(people []id.UUID, which Touched, into *[]*TouchesOfRow) {
	collect(o.batch.Queue(touchesOf, people, o.workspace, which.Kinds, which.Since, which.Recent), into)
}

// WorkspaceByID reads the workspace itself.
func (o *Opening) WorkspaceByID(into *[]*Workspace) {
	collect(o.batch.Queue(workspaceByID, o.workspace), into)
}

// CampaignsByKey reads campaigns.
func (o *Opening) CampaignsByKey(keys []string, into *[]*Campaign) {
	collect(o.batch.Queue(campaignsByKey, o.workspace, keys), into)
}

// PersonasByID reads personas.
func (o *Opening) PersonasByID(ids []id.UUID, into *[]*Persona) {
	collect(o.batch.Queue(personasByID, o.workspace, ids), into)
}

// FindAccounts locks companies that are known by a domain or a name.
func (o *Opening) FindAccounts(domains, names []string, into *[]*Account) {
	collect(o.batch.Queue(findAccounts, o.workspace, domains, names), into)
}

// FindIdentities finds who is known by what.
func (o *Opening) FindIdentities(kinds, keys []string, into *[]*ContactIdentity) {
	collect(o.batch.Queue(findIdentities, kinds, keys, o.workspace), into)
}

// IdentitiesOf reads what people are known by.
func (o *Opening) IdentitiesOf(people []id.UUID, into *[]*ContactIdentity) {
	collect(o.batch.Queue(identitiesOf, people, o.workspace), into)
}

// LockContacts locks people.
func (o *Opening) LockContacts(ids []id.UUID, into *[]*Contact) {
	collect(o.batch.Queue(lockContacts, o.workspace, ids), into)
}

// LockLeadPerson locks the person of a lead; nobody where there is no such lead.
func (o *Opening) LockLeadPerson(lead id.UUID, into *[]*Contact) {
	collect(o.batch.Queue(lockLeadPerson, o.workspace, lead), into)
}

// LockLead locks a lead, if there is one.
func (o *Opening) LockLead(lead id.UUID, into *[]*Lead) {
	collect(o.batch.Queue(lockLead, o.workspace, lead), into)
}

// LockLeadOfHandoff locks the lead of a hand-off, if there is one.
func (o *Opening) LockLeadOfHandoff(handoff id.UUID, into *[]*Lead) {
	collect(o.batch.Queue(lockLeadOfHandoff, o.workspace, handoff), into)
}

// HandoffsByID reads hand-offs.
func (o *Opening) HandoffsByID(ids []id.UUID, into *[]*Handoff) {
	collect(o.batch.Queue(handoffsByID, o.workspace, ids), into)
}

// LockOpenClocks locks the clocks of leads that have not ended.
func (o *Opening) LockOpenClocks(leads []id.UUID, into *[]*Clock) {
	collect(o.batch.Queue(lockOpenClocks, o.workspace, leads), into)
}

// LastCycles reads how many leads people have had.
func (o *Opening) LastCycles(people []id.UUID, into *[]*LastCyclesRow) {
	collect(o.batch.Queue(lastCycles, o.workspace, people), into)
}

// RoutingEntries reads what the members of pools were given, and locks it unless nothing comes of it.
func (o *Opening) RoutingEntries(pools []string, lock bool, into *[]*RoutingEntry) {
	sql := routingEntries
	if lock {
		sql = lockRoutingEntries
	}
	collect(o.batch.Queue(sql, o.workspace, pools), into)
}

// HandoffsBefore reads who had leads before.
func (o *Opening) HandoffsBefore(leads []id.UUID, into *[]*HandoffsBeforeRow) {
	collect(o.batch.Queue(handoffsBefore, o.workspace, leads), into)
}

// RoutingMembers reads who could be given leads.
func (o *Opening) RoutingMembers(p RoutingMembersParams, into *[]*RoutingMembersRow) {
	collect(o.batch.Queue(routingMembers, p.OpenCap, p.DailyCap, p.At, o.workspace, p.Departments), into)
}

// collect puts the rows of a statement, whose columns are the row's fields, in a place. They share memory.
func collect[T any](q *pgx.QueuedQuery, into *[]*T) {
	q.Query(func(rows pgx.Rows) error {
		all, memory, made := whole[T](), newArena(64), slab[T]{next: 64}
		var places []any
		*into = []*T{}
		for rows.Next() {
			row := made.row()
			places = all.places(row, places[:0])
			if err := scan(rows, places, memory); err != nil {
				return err
			}
			*into = append(*into, row)
			made.next = max(made.next, 16)
		}
		return rows.Err()
	})
}
