package db

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// sqlc guesses the types of parameters and columns from the migrations alone. These tests ask Postgres instead.

// across are the statements that look across workspaces, each through a function that returns no more than where to look.
var across = []string{"FindMembers", "FindSubject", "FindAPIKey", "FindRefreshToken", "FindWorkspace", "DueWorkspaces", "FindNews", "ClockWorkspaces", "LateWorkspaces", "DisputeWorkspaces"}

// dial is a connection that ends with the test.
func dial(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// generated is the code that sqlc wrote.
type generated struct {
	statements map[string]string   // text by constant
	rows       map[string][]string // types of a struct's fields
	fields     map[string]string   // type by struct and field, as in "Lead.Stage"
	calls      []call
}

// call is one method that sends a statement.
type call struct {
	name      string
	statement string   // the constant
	params    []string // Go types
	columns   []string // Go types; nil where nothing is scanned
}

func readGenerated(t *testing.T) *generated {
	t.Helper()
	g := &generated{statements: map[string]string{}, rows: map[string][]string{}, fields: map[string]string{}}
	names, err := filepath.Glob("*.sql.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range append(names, "models_gen.go") {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, f)
		ast.Inspect(f, g.declaration)
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if m, ok := d.(*ast.FuncDecl); ok {
				g.calls = append(g.calls, g.method(m))
			}
		}
	}
	require.NotEmpty(t, g.calls)
	return g
}

// declaration notes the constants and structs.
func (g *generated) declaration(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ValueSpec:
		if l, ok := n.Values[0].(*ast.BasicLit); ok {
			g.statements[n.Names[0].Name], _ = strconv.Unquote(l.Value)
		}
	case *ast.TypeSpec:
		s, ok := n.Type.(*ast.StructType)
		for i := 0; ok && i < len(s.Fields.List); i++ {
			f := s.Fields.List[i]
			of := types.ExprString(f.Type)
			g.rows[n.Name.Name] = append(g.rows[n.Name.Name], of)
			g.fields[n.Name.Name+"."+f.Names[0].Name] = of
		}
		return false
	case *ast.FuncDecl:
		return false
	}
	return true
}

// method reads which statement a method sends, with what, and what it reads.
func (g *generated) method(m *ast.FuncDecl) call {
	c := call{name: m.Name.Name}
	of := map[string]string{} // variables' types
	for _, p := range m.Type.Params.List {
		of[p.Names[0].Name] = types.ExprString(p.Type)
	}
	var typeOf func(e ast.Expr) string
	typeOf = func(e ast.Expr) string {
		if s, ok := e.(*ast.SelectorExpr); ok { // a field, perhaps of a row within the row
			return g.fields[typeOf(s.X)+"."+s.Sel.Name]
		}
		return of[types.ExprString(e)]
	}
	ast.Inspect(m.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			of[n.Names[0].Name] = types.ExprString(n.Type)
		case *ast.CallExpr:
			s, ok := n.Fun.(*ast.SelectorExpr)
			switch {
			case !ok:
			case types.ExprString(s.X) == "q.db":
				c.statement = types.ExprString(n.Args[1])
				for _, a := range n.Args[2:] {
					c.params = append(c.params, typeOf(a))
				}
			case s.Sel.Name == "Scan":
				for _, a := range n.Args {
					c.columns = append(c.columns, typeOf(a.(*ast.UnaryExpr).X))
				}
			}
		}
		return true
	})
	return c
}

// sqlName is the Postgres type that a generated Go type stands for.
func sqlName(of string) string {
	of = strings.TrimPrefix(of, "*")
	if of == "[]byte" {
		return "bytea"
	}
	if elem, list := strings.CutPrefix(of, "[]"); list {
		return sqlName(elem) + "[]"
	}
	known := map[string]string{"id.UUID": "uuid", "time.Time": "timestamptz", "bool": "bool", "int32": "int4", "int64": "int8", "uint64": "xid8", "float64": "float8",
		"Attributes": "jsonb", "ConditionReasons": "jsonb", "condition.Condition": "jsonb", "event.Data": "jsonb", "sheet.Layout": "jsonb", "sheet.Mapping": "jsonb", "sheet.State": "jsonb",
		"agreement.Body": "jsonb", "backtest.Cohort": "jsonb", "backtest.Report": "jsonb", "learning.Report": "jsonb", "attribution.Fit": "jsonb", "ScoreFactors": "text", "Evidence": "jsonb", "CreditEvidences": "jsonb", "dispute.Circumstances": "jsonb", "condition.Value": "jsonb",
		"sla.Calendar": "jsonb", "routing.Outcome": "jsonb", "HandoffEvidence": "jsonb", "Pauses": "jsonb", "FollowUpSteps": "jsonb"}
	if name, ok := known[of]; ok {
		return name
	}
	return "text" // strings, and the enums
}

func TestStatementsArePreparedWithTheTypesThatTheCodeBelieves(t *testing.T) {
	t.Parallel()
	conn := dial(t, pg.AppURL(pgtest.Database(t, Migrate, Fingerprint()))) // as those who serve requests
	g := readGenerated(t)
	name := func(oid uint32) string {
		of, ok := conn.TypeMap().TypeForOID(oid)
		if !ok {
			return fmt.Sprint(oid)
		}
		if elem, list := strings.CutPrefix(of.Name, "_"); list {
			return elem + "[]"
		}
		return of.Name
	}
	// bytea is []byte, and so is jsonb that no rule's type reads.
	same := func(of string, oid uint32) bool {
		return sqlName(of) == name(oid) || strings.HasSuffix(of, "[]byte") && (oid == pgtype.JSONBOID || oid == pgtype.JSONBArrayOID)
	}
	for _, c := range g.calls {
		if c.statement == "" { // New, WithTx
			continue
		}
		d, err := conn.Prepare(t.Context(), c.name, g.statements[c.statement])
		require.NoError(t, err, c.name)
		require.Len(t, c.params, len(d.ParamOIDs), "%s: parameters", c.name)
		for i, oid := range d.ParamOIDs {
			require.True(t, same(c.params[i], oid), "%s: $%d is %s, the code says %s", c.name, i+1, name(oid), c.params[i])
		}
		if c.columns == nil {
			continue
		}
		require.Len(t, c.columns, len(d.Fields), "%s: columns", c.name)
		for i, f := range d.Fields {
			require.True(t, same(c.columns[i], f.DataTypeOID), "%s: %s is %s, the code says %s", c.name, f.Name, name(f.DataTypeOID), c.columns[i])
		}
	}
}

// read is a table that a statement reads or changes, with its alias; made is one that it adds rows to.
var (
	read = regexp.MustCompile(`\b(?:from|join|update) ([a-z_]+)( [a-z]+)?\b`)
	made = regexp.MustCompile(`\binsert into ([a-z_]+) \((\w+)`)
)

// column is the one that holds the workspace.
func column(table string) string {
	if table == "workspaces" {
		return "id"
	}
	return "workspace_id"
}

func TestEveryStatementNamesItsWorkspace(t *testing.T) {
	t.Parallel()
	tables := 0
	for _, text := range readGenerated(t).statements {
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "-- name: "), " ")
		if slices.Contains(across, name) {
			require.Regexp(t, ` from lg_(find|due)_`, text, name)
			continue
		}
		for _, m := range made.FindAllStringSubmatch(text, -1) {
			tables++
			require.Equal(t, column(m[1]), m[2], "%s: the workspace comes first", name)
		}
		for _, m := range read.FindAllStringSubmatch(text, -1) {
			if slices.Contains([]string{"unnest", "lateral", "written", "set", "skip"}, m[1]) { // parameters, sub-selects, rows just written, conflicts, rows that others lock
				continue
			}
			if regexp.MustCompile(`\b` + m[1] + ` as (?:materialized )?\(`).MatchString(text) { // a part of this statement, which names its workspace itself
				continue
			}
			tables++
			alias := strings.TrimSpace(m[2])
			if alias == "" || slices.Contains([]string{"where", "set", "on"}, alias) {
				require.Regexp(t, `\bwhere (workspace_id = \$\d|`+column(m[1])+` = \$\d)`, text, "%s reads %s", name, m[1])
			} else {
				require.Regexp(t, `\b`+alias+`\.workspace_id = (\$\d|[a-z]\.workspace_id)`, text, "%s reads %s", name, m[1])
			}
		}
	}
	require.Greater(t, tables, 70, "the expressions find too few tables")
	t.Run("and writes it so that sqlc does not lose the parameter", func(t *testing.T) {
		t.Parallel()
		names, err := filepath.Glob("queries/*.sql")
		require.NoError(t, err)
		for _, name := range names {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NotRegexp(t, `[=<>]@`, string(b), "%s: put spaces around operators, or they are read as one", name)
		}
	})
}
