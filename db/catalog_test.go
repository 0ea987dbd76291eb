package db

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/dispute"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
	"github.com/leadgraph/leadgraph/internal/resource"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// ours are the tables of the house; goose's own is not, and lg_app has no right to it.
const ours = `c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'goose_db_version'`

// catalog asks the catalog of a migrated database, as its owner.
func catalog(t *testing.T) *pgx.Conn {
	t.Helper()
	return dial(t, pgtest.Database(t, Migrate, Fingerprint()))
}

// answers are the answers to a question, one text for each row.
func answers(t *testing.T, c *pgx.Conn, question string) []string {
	t.Helper()
	rows, err := c.Query(t.Context(), question)
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return all
}

func TestEveryTableIsProtected(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	require.Greater(t, len(answers(t, c, "select relname from pg_class c where "+ours)), 25)
	t.Run("row-level security is on, for the owner too", func(t *testing.T) {
		require.Empty(t, answers(t, c, "select relname from pg_class c where "+ours+" and not (relrowsecurity and relforcerowsecurity)"))
	})
	t.Run("a row shows only to its workspace", func(t *testing.T) {
		require.Empty(t, answers(t, c, `select relname from pg_class c where `+ours+` and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant'
			and p.polpermissive and p.polcmd = '*' and p.polroles = '{0}' and p.polwithcheck is null and pg_get_expr(p.polqual, p.polrelid) like
			case when c.relname = 'workspaces' then '(id = ' else '(workspace_id = ' end || '( SELECT (NULLIF(current_setting(''app.ws''::text, true), ''''::text))::uuid AS%')`))
	})
	t.Run("no other policy lets lg_app see more", func(t *testing.T) {
		require.Empty(t, answers(t, c, "select polrelid::regclass::text from pg_policy where polname <> 'tenant' and not (polroles = array['lg_search'::regrole::oid] and polcmd = 'r')"))
	})
	t.Run("what lg_app reads, it may", func(t *testing.T) {
		require.Empty(t, answers(t, c, "select relname from pg_class c where "+ours+" and not (has_table_privilege('lg_app', c.oid, 'select') and has_table_privilege('lg_app', c.oid, 'insert'))"))
	})
	t.Run("events are only added", func(t *testing.T) {
		require.Empty(t, answers(t, c, "select relname from pg_class c where "+ours+" and relname ~ '^events' and (has_table_privilege('lg_app', c.oid, 'update') or has_table_privilege('lg_app', c.oid, 'delete') or has_table_privilege('lg_app', c.oid, 'truncate'))"))
	})
}

func TestRolesCanDoNoMoreThanTheyNeed(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	t.Run("neither role can sign in, make roles or pass by row-level security", func(t *testing.T) {
		require.Equal(t, []string{"lg_app", "lg_search"}, answers(t, c, `select rolname from pg_roles where rolname in ('lg_app', 'lg_search')
			and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin or rolreplication) order by 1`))
	})
	t.Run("lg_app owns nothing and is nobody else", func(t *testing.T) {
		require.Empty(t, answers(t, c, `select classid::regclass || ' ' || objid from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = 'lg_app'::regrole and deptype = 'o'
			union select roleid::regrole::text from pg_auth_members where member = 'lg_app'::regrole`))
		require.Empty(t, answers(t, c, "select 'create' where has_schema_privilege('lg_app', 'public', 'create')"))
	})
	t.Run("functions that look across workspaces are few, and safe to call", func(t *testing.T) {
		require.Equal(t, []string{"lg_due_clocks", "lg_due_disputes", "lg_due_scores", "lg_find_api_key", "lg_find_late", "lg_find_members", "lg_find_news", "lg_find_refresh_token", "lg_find_subject", "lg_find_workspace"},
			answers(t, c, "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by 1"))
		require.Empty(t, answers(t, c, `select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
			and not (proowner = 'lg_search'::regrole and proconfig = array['search_path=public, pg_temp'] and provolatile = 's' and not proacl::text ~ '[{,]=X')`))
	})
}

func TestKeysBeginWithTheWorkspace(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	t.Run("primary, unique and foreign ones", func(t *testing.T) {
		require.Empty(t, answers(t, c, `select k.conrelid::regclass || ' ' || k.conname from pg_constraint k join pg_class c on c.oid = k.conrelid
			join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
			where `+ours+` and k.contype in ('p', 'u', 'f') and a.attname <> 'workspace_id' and c.relname <> 'workspaces'`))
	})
	t.Run("and indexes, but for those that look across workspaces", func(t *testing.T) {
		require.Equal(t, []string{"api_keys_hash", "members_email", "members_subject", "refresh_tokens_hash"}, answers(t, c, `select x.relname
			from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
			join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
			where `+ours+` and a.attname <> 'workspace_id' and c.relname <> 'workspaces' order by 1`))
	})
	t.Run("what cannot be split by workspace is not used", func(t *testing.T) {
		require.Equal(t, []string{"event_seq"}, answers(t, c, "select relname from pg_class c where relkind = 'S' and relnamespace = 'public'::regnamespace"+
			" and not exists (select from pg_depend d join pg_class g on g.oid = d.refobjid where d.objid = c.oid and g.relname = 'goose_db_version')"))
		require.Empty(t, answers(t, c, "select conname from pg_constraint k join pg_class c on c.oid = k.conrelid where "+ours+" and (k.contype = 'x' or k.condeferrable)"))
		require.Empty(t, answers(t, c, "select x.relname from pg_class x join pg_am m on m.oid = x.relam join pg_namespace n on n.oid = x.relnamespace where x.relkind in ('i', 'I') and n.nspname = 'public' and m.amname <> 'btree'"))
		require.Empty(t, answers(t, c, "select tgname from pg_trigger g join pg_class c on c.oid = g.tgrelid where "+ours+" and not tgisinternal"))
	})
	t.Run("a foreign key stays in its workspace", func(t *testing.T) {
		require.Empty(t, answers(t, c, `select k.conrelid::regclass || ' ' || k.conname from pg_constraint k join pg_class c on c.oid = k.conrelid
			join pg_attribute a on a.attrelid = k.confrelid and a.attnum = k.confkey[1]
			where `+ours+` and k.contype = 'f' and a.attname <> case when k.confrelid = 'workspaces'::regclass then 'id' else 'workspace_id' end`))
	})
}

// lists are the values that a column's check allows, as Go lists them.
var lists = map[string][]string{
	"members.department": words(auth.Departments), "members.role": words(auth.Roles), "events.actor_kind": words(auth.ActorKinds), "touches.department": words(auth.Departments),
	"sources.kind": words(contact.SourceKinds), "sources.channel": words(contact.Channels), "campaigns.kind": words(contact.CampaignKinds), "campaigns.channel": words(contact.Channels),
	"contact_identities.kind": words(contact.IdentityKinds), "consents.channel": words(contact.Channels), "consents.purpose": words(contact.Purposes),
	"consents.state": words(contact.ConsentStates), "consents.basis": words(contact.ConsentBases), "leads.stage": words(lifecycle.Stages),
	"touches.direction": words(contact.Directions), "touches.resource_position": words(contact.FunnelPositions), "imports.state": words(JobStates),
	"reasons.use": words(lifecycle.ReasonUses), "deals.outcome": words(lifecycle.DealOutcomes), "moves.department": words(auth.Departments),
	"leads.fit_grade": words(lifecycle.FitGrades), "leads.band": words(lifecycle.Bands), "agreements.kind": words(agreement.Kinds), "agreements.state": words(agreement.States),
	"signatures.department": words(auth.Departments), "score_history.cause": words(ScoreCauses), "moves.actor_kind": words(auth.ActorKinds),
	"clocks.stage": words(sla.Stages), "clocks.state": words(sla.States), "clocks.department": words(auth.Departments), "waivers.state": words(WaiverStates),
	"credit_disputes.state": words(dispute.States), "credit_disputes.claimant": words(auth.Departments), "ruling_signatures.department": words(auth.Departments),
	"rescores.state": words(JobStates), "back_tests.state": words(JobStates), "model_fits.state": words(JobStates),
	"handoffs.direction": words(lifecycle.HandoffDirections), "handoffs.state": words(lifecycle.HandoffStates),
	"standings.floor_department": words(auth.Departments), "messages.purpose": words(contact.Purposes),
	"messages.department": words(auth.Departments), "messages.state": words(MessageStates), "messages.actor_kind": words(auth.ActorKinds),
	"goals.department":       words(auth.Departments),
	"attribution_fits.state": words(JobStates), "attribution_runs.cause": words(RunCauses),
	"resources.format": words(resource.Formats), "resources.position": words(contact.FunnelPositions), "resource_labels.position": words(contact.FunnelPositions),
	"resource_lifts.position": words(contact.FunnelPositions),
	// A workspace defines no attributes of sources, and no enums.
	"attribute_definitions.entity": words([]condition.Entity{condition.EntityLead, condition.EntityContact, condition.EntityAccount}),
	"attribute_definitions.type":   words([]condition.Type{condition.TypeText, condition.TypeNumber, condition.TypeBoolean, condition.TypeTime}),
}

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

func TestEnumsSayTheSameInTheDatabaseAndInGo(t *testing.T) {
	t.Parallel()
	checks := answers(t, catalog(t), `select c.relname || '.' || a.attname || ' ' || pg_get_constraintdef(k.oid) from pg_constraint k join pg_class c on c.oid = k.conrelid
		join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
		where `+ours+` and k.contype = 'c' and not c.relispartition and pg_get_constraintdef(k.oid) like '%ANY%'`)
	seen := map[string][]string{}
	for _, check := range checks {
		name, text, _ := strings.Cut(check, " ")
		for _, m := range regexp.MustCompile(`'([A-Z_]+)'`).FindAllStringSubmatch(text, -1) {
			seen[name] = append(seen[name], m[1])
		}
	}
	for name, values := range seen {
		require.Contains(t, lists, name, "the check has no list in Go to be compared with")
		require.ElementsMatch(t, lists[name], values, name)
	}
	require.Len(t, seen, len(lists))
}

func TestClosedLeadsAreTheSameInTheDatabaseAndInGo(t *testing.T) {
	t.Parallel()
	where := answers(t, catalog(t), "select pg_get_expr(indpred, indrelid) from pg_index where indexrelid = 'leads_open'::regclass")
	require.Len(t, where, 1)
	for _, s := range lifecycle.Stages {
		require.Equal(t, s.Open(), !strings.Contains(where[0], fmt.Sprintf("'%s'", s)), s)
	}
}

func TestConditionsFunctionsAreCopied(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../internal/condition/functions.sql")
	require.NoError(t, err)
	migration, err := migrations.ReadFile("migrations/0004_condition.sql")
	require.NoError(t, err)
	copied := strings.Contains(string(migration), string(source)) // neither is worth printing
	require.True(t, copied, "a migration that has run is not edited: put what changed in functions.sql into a new one")
}

// sorted is a list with its orders.
type sorted struct {
	table  string
	enum   string // in the SDL; empty where callers cannot choose
	orders map[string]string
}

func sortedBy[T any](s shape[T], enum string) sorted {
	out := sorted{s.table, enum, map[string]string{}}
	for name, o := range s.orders {
		out.orders[name] = o.column
	}
	return out
}

func TestEveryOrderHasAnIndex(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	all := []sorted{sortedBy(leads, "LeadOrder"), sortedBy(touches, ""), sortedBy(events, ""), sortedBy(accounts, "AccountOrder"), sortedBy(contacts, "ContactOrder"),
		sortedBy(members, ""), sortedBy(apiKeys, ""), sortedBy(sources, ""), sortedBy(campaigns, "CampaignOrder"), sortedBy(resources, "ResourceOrder"), sortedBy(shares, ""), sortedBy(personas, ""), sortedBy(imports, ""), sortedBy(refusals, ""),
		sortedBy(handoffs, "HandoffOrder"), sortedBy(deals, "DealOrder"), sortedBy(clocks, "ClockOrder"), sortedBy(attributionFits, ""), sortedBy(disputes, "CreditDisputeOrder"), sortedBy(goals, "")}
	enums := orderEnums(t)
	for _, l := range all {
		var names []string
		for name, column := range l.orders {
			names = append(names, name)
			keys := "workspace_id, " + column + ", id"
			if column == "" {
				keys = "workspace_id, import_id, id" // the only list that stands in the order of ids, below its parent
			}
			if l.table == "events" {
				keys = "workspace_id, lead_id, at, id" // events are listed below their lead only
			}
			if l.table == "shares" {
				keys = "workspace_id, resource_id, shared_at, id" // and shares below their resource
			}
			found := answers(t, c, "select replace(pg_get_indexdef(indexrelid), ' DESC', '') from pg_index where indrelid = '"+l.table+"'::regclass")
			require.True(t, slices.ContainsFunc(found, func(def string) bool { return strings.Contains(def, "("+keys+")") }), "%s by %q has no index (%s)", l.table, name, keys)
		}
		if l.enum != "" {
			require.ElementsMatch(t, enums[l.enum], names, l.enum)
		}
	}
	require.Len(t, enums, 9)
}

// orderEnums are the SDL's orders.
func orderEnums(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	files, err := filepath.Glob("../graph/*.graphqls")
	require.NoError(t, err)
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		doc, err := parser.ParseSchema(&ast.Source{Input: string(b)})
		require.NoError(t, err)
		for _, d := range doc.Definitions {
			for _, v := range d.EnumValues {
				if strings.HasSuffix(d.Name, "Order") {
					all[d.Name] = append(all[d.Name], v.Name)
				}
			}
		}
	}
	return all
}
