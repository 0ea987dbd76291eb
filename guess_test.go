package main

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/learning"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/resource"
	"github.com/leadgraph/leadgraph/internal/sheet"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// victim is what a workspace holds: the arguments of somebody who knows all of it and must get none of it.
type victim struct {
	t         *testing.T
	workspace id.UUID
	values    map[string][]any // by column
	ids       []id.UUID        // of every row
	rows      []map[string]any // one of each table, and all of some
	summing   string           // see digest
	sum       string
}

// varied are tables of which each row is in another state, or of another kind.
var varied = []string{"handoffs", "attribution_fits", "back_tests", "credit_disputes", "touches"}

// know reads everything of a workspace, past row-level security.
func know(t *testing.T, c *pgx.Conn, workspace id.UUID) *victim {
	t.Helper()
	v := &victim{t: t, workspace: workspace, values: map[string][]any{}, summing: summing(tables(t, c)), sum: digest(t, c, workspace)}
	for table, column := range tables(t, c) {
		var first map[string]any
		rows, err := c.Query(context.Background(), "select * from "+table+" where "+column+" = $1", workspace)
		require.NoError(t, err)
		for rows.Next() {
			values, err := rows.Values()
			require.NoError(t, err)
			row := map[string]any{}
			for i, f := range rows.FieldDescriptions() {
				if values[i] == nil {
					continue
				}
				row[f.Name] = values[i]
				v.values[f.Name] = append(v.values[f.Name], values[i])
				if u, ok := values[i].([16]byte); ok && f.Name == "id" {
					v.ids = append(v.ids, id.UUID(u))
				}
			}
			if first == nil {
				first = row
			} else if slices.Contains(varied, table) {
				v.rows = append(v.rows, row)
			}
		}
		require.NoError(t, rows.Err())
		if first != nil {
			v.rows = append(v.rows, first)
		}
	}
	return v
}

// column is the name of a parameter's column: EmailKeys are of email_key.
func column(field string) string {
	var b strings.Builder
	for i, r := range field {
		if unicode.IsUpper(r) && i > 0 && !unicode.IsUpper(rune(field[i-1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// words are values of types that hold a few words, or a document.
var words = map[reflect.Type]any{
	reflect.TypeFor[auth.Department](): auth.Sales, reflect.TypeFor[auth.Role](): auth.Worker, reflect.TypeFor[contact.Channel](): contact.ChannelEmail,
	reflect.TypeFor[contact.SourceKind](): contact.SourceKinds[0], reflect.TypeFor[contact.CampaignKind](): contact.CampaignKinds[0],
	reflect.TypeFor[condition.Entity](): condition.EntityLead, reflect.TypeFor[condition.Type](): condition.TypeText, reflect.TypeFor[db.JobState](): db.JobFailed,
	reflect.TypeFor[condition.Condition](): condition.Condition{}, reflect.TypeFor[sheet.Layout](): sheet.Layout{}, reflect.TypeFor[sheet.Mapping](): sheet.Mapping{},
	reflect.TypeFor[sheet.State](): sheet.State{}, reflect.TypeFor[time.Time](): time.Now(),
	reflect.TypeFor[agreement.Body](): agreement.Default(agreement.LeadDefinition), reflect.TypeFor[agreement.State](): agreement.Approved,
	reflect.TypeFor[agreement.Kind](): agreement.SLAPolicy, reflect.TypeFor[backtest.Cohort](): backtest.Cohort{}, reflect.TypeFor[backtest.Report](): backtest.Report{},
	reflect.TypeFor[learning.Report](): learning.Report{}, reflect.TypeFor[attribution.Fit](): attribution.Fit{}, reflect.TypeFor[sla.Calendar](): sla.Calendar{}, reflect.TypeFor[resource.Format](): resource.FormatGuide,
	reflect.TypeFor[contact.FunnelPosition](): contact.PositionTop, reflect.TypeFor[lifecycle.HandoffState](): lifecycle.HandoffWithdrawn,
	reflect.TypeFor[uint64](): uint64(1),
}

// coded are columns that hold one of a few words.
var coded = []string{"kind", "actor_kind", "channel", "purpose", "state", "basis", "currency"}

// called are columns under the names of parameters that are not called after them.
var called = map[string]string{"owner_id": "member_id", "base": "basis", "handoff_id": "id", "answered_by": "asked_by", "excused_by": "asked_by", "hashe": "hash", "by_marketing": "member_id", "by_sales": "member_id",
	"word": "email_key"}

// spans are moments between which things are looked for, or lie: from when the test began.
var spans = map[string]time.Duration{"FromAt": -time.Hour, "AfterAt": -time.Hour, "Since": -time.Hour, "Sinces": -time.Hour, "ToAt": time.Hour, "EndsAt": time.Hour, "BeforeAt": time.Hour, "Matured": time.Hour}

// guess is a call in the making: what for, in which workspace, and with the row at hand that the caller would like to reach.
type guess struct {
	method    string
	workspace id.UUID
	row       map[string]any
}

func (g *guess) adds() bool {
	return strings.HasPrefix(g.method, "Insert") || strings.HasPrefix(g.method, "Upsert")
}

// known is what is known of a column: first the row's, else anybody's.
func (v *victim) known(g *guess, column string) (all []any) {
	if c, ok := called[column]; ok {
		column = c
	}
	if own := g.row[column]; own != nil {
		all = append(all, own)
	}
	return append(all, v.values[column]...)
}

// fill makes a value for a parameter.
func (v *victim) fill(g *guess, name string, of reflect.Type) reflect.Value {
	if strings.Contains(g.method, "Due") && of == reflect.TypeFor[time.Time]() {
		return reflect.ValueOf(time.Now().AddDate(9, 0, 0)) // everything is due one day
	}
	if shift, ok := spans[name]; ok && of == reflect.TypeFor[time.Time]() {
		return reflect.ValueOf(time.Now().Add(shift))
	}
	if w, ok := words[of]; ok {
		return reflect.ValueOf(w)
	}
	known := v.known(g, column(name))
	switch {
	case name == "WorkspaceID":
		return reflect.ValueOf(g.workspace)
	case name == "AfterID" || name == "ExceptID":
		return reflect.ValueOf(id.UUID{})
	case of == reflect.TypeFor[id.UUID]() && name == "ID" && g.adds():
		return reflect.ValueOf(id.New())
	case of == reflect.TypeFor[id.UUID]():
		return reflect.ValueOf(id.UUID(first[[16]byte](known, v.ids[0])))
	case name == "Ids" && !g.adds():
		return reflect.ValueOf(v.ids)
	case of == reflect.TypeFor[[]byte]() && g.adds():
		own, _ := g.row[column(name)].([]byte)
		return reflect.ValueOf(first([]any{own}, []byte("{}")))
	case of == reflect.TypeFor[[]byte]():
		return reflect.ValueOf(first(known, []byte("{}")))
	}
	switch of.Kind() {
	case reflect.Pointer:
		p := reflect.New(of.Elem())
		if g.adds() {
			return reflect.Zero(of)
		}
		p.Elem().Set(v.fill(g, name, of.Elem()))
		if at, ok := p.Interface().(*time.Time); ok {
			*at = at.Add(time.Hour) // ends behind what begins
		}
		return p
	case reflect.Slice:
		return v.slice(g, name, of)
	case reflect.String:
		fresh := "x" + id.New().String()[30:]
		if g.adds() && name != "Base" && !slices.Contains(coded, column(name)) {
			return reflect.ValueOf(fresh).Convert(of)
		}
		return reflect.ValueOf(first(known, fresh)).Convert(of)
	case reflect.Bool:
		return reflect.ValueOf(true)
	case reflect.Int32, reflect.Int64, reflect.Float64:
		if n, ok := g.row[column(name)].(int32); ok {
			return reflect.ValueOf(n).Convert(of)
		}
		if name == "Least" {
			return reflect.ValueOf(1).Convert(of) // there is one of each
		}
		return reflect.ValueOf(100).Convert(of)
	}
	v.t.Fatalf("%s takes %s %s: say in words what that can be", g.method, name, of)
	return reflect.Value{}
}

// first is the first value of a type, or another one.
func first[T any](all []any, otherwise T) T {
	for _, k := range all {
		if k, ok := k.(T); ok && !reflect.ValueOf(&k).Elem().IsZero() {
			return k
		}
	}
	return otherwise
}

// slice makes a list of one; of texts that somebody looks for, of all that are known, the row's first.
func (v *victim) slice(g *guess, name string, of reflect.Type) reflect.Value {
	list := reflect.MakeSlice(of, 0, 1)
	singular := strings.TrimSuffix(strings.TrimSuffix(name, "s"), "Id")
	if strings.HasSuffix(name, "Ids") {
		singular += "ID"
	}
	return reflect.Append(list, v.fill(g, singular, of.Elem()))
}
