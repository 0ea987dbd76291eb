package main

import (
	"context"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/page"
)

// question is a list that callers can ask for.
type question struct {
	name string
	may  allowance
	read func(context.Context, *db.Reader) error
}

// allowance is what the plan of a list may do.
type allowance int

const (
	onlyIndexes allowance = iota // an index has the rows in order
	maySort                      // few rows, or an order that no index has under the filter
	mayScan                      // a filter of the caller's own making: the whole table, if need be
)

// questions are every order of every long list, alone and with every filter, and the lists below other objects.
func (d *dataset) questions() []question {
	return slices.Concat(d.leadQuestions(), d.rootQuestions(), d.relationQuestions())
}

var leadOrders = []string{"LAST_ACTIVITY_DESC", "LAST_ACTIVITY_ASC", "CREATED_DESC", "CREATED_ASC"}

// leadFilter is a filter with a name.
type leadFilter struct {
	name   string
	may    allowance // in the order of the last activity
	filter *db.LeadFilter
}

func (d *dataset) leadFilters() []leadFilter {
	global := func(kind id.Kind, u id.UUID) []id.Global { return []id.Global{{Kind: kind, UUID: u}} }
	month := worldEnd.AddDate(0, -1, 0)
	return []leadFilter{
		{"all", onlyIndexes, nil},
		{"stage NEW", onlyIndexes, &db.LeadFilter{Stages: []lifecycle.Stage{lifecycle.New}}},
		{"stage RETURNED", onlyIndexes, &db.LeadFilter{Stages: []lifecycle.Stage{lifecycle.Returned}}},
		{"two stages", maySort, &db.LeadFilter{Stages: []lifecycle.Stage{lifecycle.Returned, lifecycle.Won}}},
		{"owner", onlyIndexes, &db.LeadFilter{OwnerIds: global(id.Member, d.members[7].ID)}},
		{"owner and stage", onlyIndexes, &db.LeadFilter{OwnerIds: global(id.Member, d.members[7].ID), Stages: []lifecycle.Stage{lifecycle.Returned}}},
		{"not owned", onlyIndexes, &db.LeadFilter{Owned: new(false)}},
		{"queue", onlyIndexes, &db.LeadFilter{Queue: &queues[1]}},
		{"persona", onlyIndexes, &db.LeadFilter{PersonaIds: global(id.Persona, d.personas[9].ID)}},
		{"source", onlyIndexes, &db.LeadFilter{SourceIds: global(id.Source, d.sources[29].ID)}},
		{"campaign", onlyIndexes, &db.LeadFilter{CampaignIds: global(id.Campaign, d.campaigns[59].ID)}},
		{"account", onlyIndexes, &db.LeadFilter{AccountIds: global(id.Account, d.accounts[len(d.accounts)/2].ID)}},
		{"created in October", maySort, &db.LeadFilter{CreatedFrom: &month}},
		{"active in October", onlyIndexes, &db.LeadFilter{ActiveFrom: &month}},
	}
}

func (d *dataset) leadQuestions() (all []question) {
	ask := func(l db.LeadList) func(context.Context, *db.Reader) error {
		return func(ctx context.Context, r *db.Reader) error {
			_, err := r.Leads(ctx, l)
			return err
		}
	}
	for _, order := range leadOrders {
		for _, f := range d.leadFilters() {
			if f.filter != nil && strings.HasPrefix(order, "CREATED") {
				f.may = max(f.may, maySort)
			}
			all = append(all, question{"leads " + order + " " + f.name, f.may, ask(db.LeadList{Order: order, Filter: f.filter})})
		}
		all = append(all, question{"leads " + order + ", second page and the last", onlyIndexes, secondAndLast(func(ctx context.Context, r *db.Reader, a page.Args) (*db.Page[db.Lead], error) {
			return r.Leads(ctx, db.LeadList{Order: order, Args: a})
		})})
	}
	audience := is("contact.function", functions[2])
	audience = condition.Condition{All: []condition.Condition{audience, is("account.industry", industries[0])}}
	return append(all, question{"leads of an audience", mayScan, ask(db.LeadList{Order: leadOrders[0], Where: &audience})})
}

// secondAndLast reads on behind the first page, and from the list's end; and counts.
func secondAndLast[T any](read func(context.Context, *db.Reader, page.Args) (*db.Page[T], error)) func(context.Context, *db.Reader) error {
	return func(ctx context.Context, r *db.Reader) error {
		first, err := read(ctx, r, page.Args{})
		if err != nil || len(first.Nodes) == 0 {
			return err
		}
		if _, err := read(ctx, r, page.Args{After: new(first.Cursor(first.Nodes[len(first.Nodes)-1]))}); err != nil {
			return err
		}
		if _, err = read(ctx, r, page.Args{Last: new(int32(25))}); err != nil {
			return err
		}
		_, err = first.TotalCount(ctx)
		return err
	}
}

func (d *dataset) rootQuestions() (all []question) {
	for _, order := range []string{"CREATED_DESC", "CREATED_ASC", "NAME_ASC", "NAME_DESC"} {
		all = append(all, question{"accounts " + order, onlyIndexes, secondAndLast(func(ctx context.Context, r *db.Reader, a page.Args) (*db.Page[db.Account], error) {
			return r.Accounts(ctx, a, nil, order)
		})})
	}
	for _, order := range []string{"CREATED_DESC", "CREATED_ASC", "NAME_ASC"} {
		all = append(all, question{"contacts " + order, onlyIndexes, secondAndLast(func(ctx context.Context, r *db.Reader, a page.Args) (*db.Page[db.Contact], error) {
			return r.Contacts(ctx, a, nil, order)
		})})
	}
	touches := func(name string, may allowance, f *db.TouchFilter) {
		all = append(all, question{"touches " + name, may, secondAndLast(func(ctx context.Context, r *db.Reader, a page.Args) (*db.Page[db.Touch], error) {
			return r.Touches(ctx, a, f)
		})})
	}
	month := worldEnd.AddDate(0, -1, 0)
	touches("all", onlyIndexes, nil)
	touches("of a month", onlyIndexes, &db.TouchFilter{OccurredFrom: &month, OccurredBefore: &worldEnd})
	touches("of a rare kind", mayScan, &db.TouchFilter{Kinds: []contact.TouchKind{contact.KindTrialStarted}})
	touches("of a campaign", onlyIndexes, &db.TouchFilter{CampaignID: &id.Global{Kind: id.Campaign, UUID: d.campaigns[59].ID}})
	accounts := func(name string, f *db.AccountFilter) {
		all = append(all, question{"accounts " + name, maySort, func(ctx context.Context, r *db.Reader) error {
			_, err := r.Accounts(ctx, page.Args{}, f, "CREATED_DESC")
			return err
		}})
	}
	accounts("by name", &db.AccountFilter{Names: []string{d.accounts[0].Name}})
	accounts("by domain", &db.AccountFilter{Domains: []string{"alder-bridge-analytics.com"}})
	return append(all, question{"contacts of an account, as a filter", onlyIndexes, func(ctx context.Context, r *db.Reader) error {
		_, err := r.Contacts(ctx, page.Args{}, &db.ContactFilter{AccountIds: []id.Global{d.accounts[0].GlobalID()}}, "CREATED_DESC")
		return err
	}})
}

// relationQuestions are the lists below a page of objects.
func (d *dataset) relationQuestions() (all []question) {
	var people, companies, members, sources, campaigns, personas []id.UUID
	var leads []*db.Lead
	for i := range 50 {
		n := i * len(d.contacts) / 50
		people = append(people, d.contacts[n].id)
		companies = append(companies, d.accounts[i*len(d.accounts)/50].ID)
		leads = append(leads, &db.Lead{WorkspaceID: d.workspace, ID: d.leads[n].id, ContactID: d.contacts[n].id})
	}
	for i := range 10 {
		members, sources = append(members, d.members[i].ID), append(sources, d.sources[i].ID)
		campaigns, personas = append(campaigns, d.campaigns[i].ID), append(personas, d.personas[i].ID)
	}
	add := func(name string, may allowance, read func(context.Context, *db.Reader) error) {
		all = append(all, question{name, may, read})
	}
	three := page.Args{First: new(int32(3))}
	for i, parents := range [][]id.UUID{people, companies, members, sources, campaigns, personas} {
		column := []string{"contact_id", "account_id", "owner_id", "source_id", "campaign_id", "persona_id"}[i]
		may := onlyIndexes
		if column == "contact_id" {
			may = maySort // a person has a handful
		}
		add("leads by "+column, may, func(ctx context.Context, r *db.Reader) error {
			_, err := r.LeadsOf(ctx, column, parents, three, nil)
			return err
		})
		if i > 1 {
			continue
		}
		add("touches by "+column, onlyIndexes, func(ctx context.Context, r *db.Reader) error {
			pages, err := r.TouchesBy(ctx, column, parents, three, nil)
			if err == nil {
				_, err = pages[0].TotalCount(ctx)
			}
			return err
		})
	}
	add("contacts by account_id", onlyIndexes, func(ctx context.Context, r *db.Reader) error {
		_, err := r.ContactsOf(ctx, companies, three)
		return err
	})
	add("timelines of leads", maySort, func(ctx context.Context, r *db.Reader) error {
		_, err := r.Timelines(ctx, leads, three)
		return err
	})
	return all
}
