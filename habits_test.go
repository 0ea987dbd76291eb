package main_test

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryExportedNameIsDescribed(t *testing.T) {
	t.Parallel()
	described := map[string]bool{}
	for _, s := range written(t, true) {
		described[s.dir] = described[s.dir] || s.file.Doc != nil || s.dir == "graph/generated"
		for _, d := range s.file.Decls {
			for _, n := range undescribed(d) {
				if !s.test && !strings.HasSuffix(s.path, ".resolvers.go") { // those answer what the SDL describes
					t.Errorf("%s: %s has no comment", s.at(n), n.Name)
				}
			}
		}
	}
	for dir, ok := range described {
		require.True(t, ok, "the package %s has no comment", dir)
	}
}

// undescribed are the exported names of a declaration that have no comment of their own or of their group.
func undescribed(d ast.Decl) (bare []*ast.Ident) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || exportedReceiver(d.Recv.List[0].Type)) {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
					bare = append(bare, spec.Name)
				}
			case *ast.ValueSpec:
				for _, n := range spec.Names {
					if n.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
						bare = append(bare, n)
					}
				}
			}
		}
	}
	return bare
}

// exportedReceiver tells whether callers outside can name the method's type.
func exportedReceiver(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StarExpr:
		return exportedReceiver(e.X)
	case *ast.IndexExpr:
		return exportedReceiver(e.X)
	case *ast.IndexListExpr:
		return exportedReceiver(e.X)
	case *ast.Ident:
		return e.IsExported()
	}
	return false
}

// starters may start goroutines: the listener, the keeper of the embedded Postgres, the benchmark's clients, and the
// executor's levels, whose tasks are calls of resolvers that recover.
var starters = []string{".", "internal/pg", "bench", "internal/level"}

func TestHabits(t *testing.T) {
	t.Parallel()
	for _, s := range written(t, true) {
		if name := strings.TrimSuffix(s.file.Name.Name, "_test"); slices.Contains([]string{"util", "utils", "common", "helpers", "types", "misc"}, name) {
			t.Errorf("%s: a package is named after what it is about, not %s", s.path, name)
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s: server.go shows the whole wiring, so there is no init", s.at(n))
				}
			case *ast.GoStmt:
				// A test may start a goroutine: the test binary is the only process that its panic ends.
				if !s.test {
					t.Errorf("%s: somebody has to wait for a goroutine: start it by sync.WaitGroup.Go", s.at(n))
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && !s.test {
					s.selector(t, n, x.Name+"."+n.Sel.Name)
				}
			}
			return true
		})
	}
}

// selector refuses calls where they do not belong.
func (s *source) selector(t *testing.T, n ast.Node, name string) {
	t.Helper()
	switch {
	case name == "context.WithValue" && s.dir != "internal/auth" && s.dir != "internal/level":
		t.Errorf("%s: the viewer and the level are the only values in a context", s.at(n))
	case strings.HasSuffix(name, ".Go") && !slices.Contains(starters, s.dir):
		t.Errorf("%s: a panic in a goroutine ends the process, with all its requests", s.at(n))
	case name == "time.Now" && slices.Contains(pure, s.dir):
		t.Errorf("%s: in a rule time is an argument", s.at(n))
	}
}

func TestEachMutationCallsItsVerbAndNothingElse(t *testing.T) {
	t.Parallel()
	want := regexp.MustCompile(`^return r\.Funnel\.(\w+)\(ctx, input\)$`)
	for _, s := range written(t, false) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || s.dir != "graph" || f.Recv == nil || receiver(f) != "mutationResolver" {
				continue
			}
			b, err := os.ReadFile(s.path)
			require.NoError(t, err)
			body := strings.TrimSpace(string(b[s.fset.Position(f.Body.Lbrace).Offset+1 : s.fset.Position(f.Body.Rbrace).Offset]))
			m := want.FindStringSubmatch(body)
			require.NotNil(t, m, "%s: %s does more than to call its verb", s.at(f), f.Name.Name)
			require.Equal(t, f.Name.Name, m[1])
		}
	}
}

// receiver is the name of a method's type.
func receiver(f *ast.FuncDecl) string {
	e := f.Recv.List[0].Type
	if p, ok := e.(*ast.StarExpr); ok {
		e = p.X
	}
	n, _ := e.(*ast.Ident)
	return n.Name
}

func TestNothingIsLeftUnsaidOrUndone(t *testing.T) {
	t.Parallel()
	undone := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|HA` + `CK|XX` + `X)\b`)
	elsewhere := regexp.MustCompile(`(^|[\s("'])(/wo` + `rk/|/Us` + `ers/|[A-Z]:\\Us` + `ers)|(^|[\s(])#[0-9]+\b|\bissue [0-9]+\b`)
	for _, name := range texts(t, ".go", ".sql", ".graphqls", ".md", ".yml", ".yaml", ".sh", ".mjs", ".ts", ".tsx") {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		for i, line := range strings.Split(string(b), "\n") {
			require.False(t, undone.MatchString(line), "%s:%d: do it, or leave it out", name, i+1)
			require.False(t, elsewhere.MatchString(line), "%s:%d: a reader has neither our folders nor our lists: say it in words", name, i+1)
		}
	}
}
