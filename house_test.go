// Package main_test holds the rules of the house as tests: what reviewers would otherwise have to say again and again.
package main_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/leadgraph/leadgraph"

// Packages that many may import: the leaves, which know nothing of the trade or only its words, and the rules, which know nothing else.
const (
	leaves = "internal/enum internal/fault internal/id internal/mask internal/outbound internal/page internal/event internal/auth internal/level " +
		"internal/contact internal/lifecycle "
	rules = "internal/condition internal/matching internal/sheet internal/clause internal/agreement internal/definition internal/scoring internal/learning " +
		"internal/backtest internal/sla internal/routing internal/followup internal/contactpolicy internal/attribution internal/dispute internal/resource internal/scorecard "
)

// imports says for each package which others of this module it may import. A package that is not here is new: it needs a row, and a
// record in docs/adr that says why it is needed.
var imports = map[string]string{
	"internal/enum":      "",
	"internal/fault":     "",
	"internal/id":        "",
	"internal/mask":      "",
	"internal/outbound":  "",
	"internal/page":      "internal/fault internal/id",
	"internal/event":     "internal/enum",
	"internal/contact":   "internal/enum",
	"internal/lifecycle": "internal/enum internal/fault",
	"internal/auth":      "internal/enum internal/fault internal/id internal/outbound",

	"internal/condition": leaves,
	"internal/matching":  leaves,
	"internal/sheet":     leaves + "internal/condition internal/matching",

	// The bodies of agreements, each with its rule; agreement holds them all.
	"internal/clause":        leaves + "internal/condition",
	"internal/definition":    leaves + "internal/condition internal/clause",
	"internal/scoring":       leaves + "internal/condition internal/clause",
	"internal/sla":           leaves + "internal/condition internal/clause",
	"internal/routing":       leaves + "internal/condition internal/clause",
	"internal/followup":      leaves + "internal/condition internal/clause",
	"internal/contactpolicy": leaves + "internal/condition internal/clause",
	"internal/attribution":   leaves + "internal/condition internal/clause",
	"internal/resource":      leaves,
	"internal/dispute":       leaves + "internal/agreement",
	"internal/agreement": leaves + "internal/condition internal/clause internal/definition internal/scoring internal/sla internal/routing internal/followup " +
		"internal/contactpolicy internal/attribution",
	"internal/scorecard": leaves + "internal/agreement",
	"internal/learning":  leaves + "internal/condition internal/clause internal/scoring internal/backtest", // one AUC for both
	"internal/backtest":  leaves + "internal/condition internal/clause internal/scoring",

	"db":              leaves + rules,
	"internal/funnel": leaves + rules + "db",
	"internal/jobs":   leaves + rules + "db internal/funnel",
	"internal/feed":   leaves + "db",
	"internal/gate":   leaves + "db internal/funnel",
	"internal/demo":   leaves + rules + "db internal/funnel",

	"graph/model":     leaves + rules + "db internal/funnel internal/feed",
	"graph/generated": leaves + rules + "db internal/funnel internal/feed internal/breadth graph/model",
	"graph":           leaves + rules + "db internal/funnel internal/feed graph/model graph/generated",

	// The executor knows no table either. What it runs at once shares round trips in db, which knows nothing of it: both know levels.
	"internal/level":               "",
	"internal/breadth":             "internal/level",
	"internal/breadth/gen":         "",
	"internal/breadth/gen/cmd":     "internal/breadth/gen",
	"internal/breadth/breadthtest": leaves + rules + "db internal/funnel graph/model graph/generated",

	// The transport knows no table and no verb: it would serve another graph as well.
	"internal/httpapi":                           leaves,
	"internal/httpapi/files":                     leaves + "internal/funnel",
	"internal/httpapi/links":                     leaves + "internal/funnel",
	"internal/httpapi/metrics":                   leaves + "internal/httpapi",
	"internal/httpapi/playground":                leaves,
	"internal/httpapi/playground/playgroundtest": "",

	"examples/live-board": "",

	"bench":              leaves + rules + "db internal/funnel internal/pg",
	"internal/pg":        "",
	"internal/pg/pgtest": "internal/pg",

	".": leaves + rules + "db internal/funnel internal/feed internal/jobs internal/gate internal/demo graph graph/generated graph/model internal/httpapi internal/httpapi/files internal/httpapi/links " +
		"internal/httpapi/metrics internal/httpapi/playground internal/pg examples/live-board",
}

// pure are the packages of rules: values in, values out.
var pure = strings.Fields(rules + "internal/contact internal/event internal/lifecycle internal/enum")

// impure is what a rule cannot use and stay one.
var impure = []string{"context", "database/sql", "log", "log/slog", "math/rand", "math/rand/v2", "net/http", "os", "github.com/jackc/pgx/v5", "github.com/jackc/pgx/v5/pgxpool"}

// source is one Go file.
type source struct {
	path, dir string // with slashes, from the root
	test      bool
	generated bool
	file      *ast.File
	fset      *token.FileSet
}

// at is a place for messages.
func (s *source) at(n ast.Node) string { return s.path + ":" + strconv.Itoa(s.line(n.Pos())) }

func (s *source) line(p token.Pos) int { return s.fset.Position(p).Line }

// texts are the hand-written files with one of the endings; copies of others' work and builds are not ours to shape.
func texts(t *testing.T, endings ...string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "node_modules" || base == "testdata" || base == "dist" || len(base) > 1 && base[0] == '.' && base != ".ci" {
				return fs.SkipDir
			}
			return nil
		}
		if slices.Contains(endings, filepath.Ext(name)) {
			found = append(found, filepath.ToSlash(name))
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

// generatedName tells by its name that a file is generated.
func generatedName(name string) bool {
	return strings.HasSuffix(name, "_gen.go") || strings.HasSuffix(name, ".sql.go") || strings.Contains(name, "/generated/")
}

// sources are the Go files of the house.
func sources(t *testing.T) []*source {
	t.Helper()
	var all []*source
	for _, name := range texts(t, ".go") {
		s := &source{path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), generated: generatedName(name), fset: token.NewFileSet()}
		var err error
		s.file, err = parser.ParseFile(s.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		all = append(all, s)
	}
	return all
}

// written are the sources that people write; with tests or without.
func written(t *testing.T, tests bool) []*source {
	t.Helper()
	return slices.DeleteFunc(sources(t), func(s *source) bool { return s.generated || s.test && !tests })
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	t.Parallel()
	t.Run("no file has over 400 lines, and nine in ten have at most 250", func(t *testing.T) {
		t.Parallel()
		var all []size
		for _, name := range texts(t, ".go", ".sql", ".graphqls") {
			if !generatedName(name) {
				b, err := os.ReadFile(name)
				require.NoError(t, err)
				all = append(all, size{name, strings.Count(string(b), "\n")})
			}
		}
		bounded(t, all, 400, 250)
	})
	t.Run("no function has over 60 lines, and nine in ten have at most 30", func(t *testing.T) {
		t.Parallel()
		var all []size
		for _, s := range written(t, false) {
			all = append(all, s.functions()...)
		}
		bounded(t, all, 60, 30)
	})
	t.Run("no test has over 120 lines, and nine in ten have at most 45", func(t *testing.T) {
		t.Parallel()
		var all []size
		for _, s := range written(t, true) {
			if s.test {
				all = append(all, s.functions()...)
			}
		}
		bounded(t, all, 120, 45)
	})
}

// size is how many lines something has.
type size struct {
	name  string
	lines int
}

// functions are the functions of a file, each with its lines.
func (s *source) functions() []size {
	var all []size
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			all = append(all, size{s.at(f) + " " + f.Name.Name, s.line(f.End()) - s.line(f.Pos()) + 1})
		}
	}
	return all
}

// bounded fails for what is over the most, and where more than a tenth is over usual.
func bounded(t *testing.T, all []size, most, usual int) {
	t.Helper()
	require.NotEmpty(t, all)
	slices.SortFunc(all, func(a, b size) int { return cmp.Compare(a.lines, b.lines) })
	for _, s := range all {
		if s.lines > most {
			t.Errorf("%s has %d lines, over %d", s.name, s.lines, most)
		}
	}
	tenth := all[len(all)*9/10]
	require.LessOrEqual(t, tenth.lines, usual, "a tenth is longer than %s", tenth.name)
}

func TestImportsHaveOneDirection(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		allowed, known := imports[s.dir]
		if !known {
			t.Errorf("%s: the package %s is not in the table of imports", s.path, s.dir)
		}
		for _, i := range s.file.Imports {
			name, _ := strconv.Unquote(i.Path.Value) // it parsed
			ours, inside := strings.CutPrefix(name, module+"/")
			switch {
			case s.test: // tests wire what they need
			case inside && !slices.Contains(strings.Fields(allowed), ours):
				t.Errorf("%s: %s may not import %s", s.at(i), s.dir, ours)
			case slices.Contains(pure, s.dir) && slices.Contains(impure, name):
				t.Errorf("%s: %s holds rules: values in, values out, without %s", s.at(i), s.dir, name)
			}
		}
	}
}

// statement is how SQL begins.
var statement = regexp.MustCompile(`(?is)^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|with\s+\S+\s+as\s*\()`)

func TestSQLStaysInItsPlaces(t *testing.T) {
	t.Parallel()
	places := []string{"db", "internal/condition", "internal/pg", "internal/pg/pgtest", "bench"} // the last measures the database itself
	for _, s := range written(t, false) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && !slices.Contains(places, s.dir) {
				if text, _ := strconv.Unquote(l.Value); statement.MatchString(text) {
					t.Errorf("%s: a statement belongs in db/queries or db", s.at(l))
				}
			}
			return true
		})
	}
}
