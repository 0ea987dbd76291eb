package main

import (
	goast "go/ast"
	goparser "go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// succeeds stands among the codes of a mutation for an answer with data.
const succeeds = "an answer"

// shownByStories is what stories show of mutations: "acceptHandoff: CONFLICT".
func shownByStories(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("graph/testdata/*.txtar")
	require.NoError(t, err)
	all := map[string]bool{}
	for _, file := range files {
		s, err := readStory(file)
		require.NoError(t, err)
		for _, step := range s.steps {
			step.tells(t, all)
		}
	}
	return all
}

// tells adds what a step shows: of several calls each may be the one that is refused.
func (s *step) tells(t *testing.T, all map[string]bool) {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: s.body})
	if err != nil || len(doc.Operations) != 1 || doc.Operations[0].Operation != ast.Mutation {
		return // a file, or a document that is wrong on purpose
	}
	answer := object{}
	if x := s.expected(); x != nil {
		v, err := decode([]byte(x.text))
		require.NoError(t, err, s.title)
		answer, _ = v.(object)
	}
	data, _ := answer.get("data")
	values, _ := data.(object)
	errs, _ := answer.get("errors")
	list, _ := errs.([]any)
	for _, x := range doc.Operations[0].SelectionSet {
		f, ok := x.(*ast.Field)
		if !ok {
			continue
		}
		if v, _ := values.get(f.Alias); v != nil || s.expected() == nil {
			all[f.Name+": "+succeeds] = true
		}
		for _, e := range list {
			code, _ := e.(object).get("code")
			all[f.Name+": "+code.(string)] = true
		}
	}
}

var aCode = regexp.MustCompile(`\b[A-Z]+(?:_[A-Z]+)*\b`)

// promised is what the schema says that a mutation answers: data, and the codes behind "Errors:".
func promised(f *ast.FieldDefinition, codes []string) []string {
	all := []string{succeeds}
	_, errs, _ := strings.Cut(f.Description, "Errors:")
	for _, code := range aCode.FindAllString(errs, -1) {
		if slices.Contains(codes, code) && !slices.Contains(all, code) {
			all = append(all, code)
		}
	}
	return all
}

func TestEachMutationHasAStoryAndSoHasEachRefusalThatTheSchemaNames(t *testing.T) {
	t.Parallel()
	shown, schema := shownByStories(t), sdl()
	var codes []string
	for _, v := range schema.Types["ErrorCode"].EnumValues {
		codes = append(codes, v.Name)
	}
	for _, f := range schema.Mutation.Fields {
		for _, what := range promised(f, codes) {
			if one := f.Name + ": " + what; !shown[one] {
				t.Errorf("no story shows %q: add a step to one in graph/testdata", one)
			}
		}
	}
}

// verbs are the files of verbs whose refusals all have a story: the life of a lead and of a deal, agreements, hand-offs, clocks, the follow-up, the contact ledger and more.
var verbs = []string{"absence", "account", "agreement", "attempt", "backtest", "calendar", "campaign", "capture", "deal", "dealclose", "disqualify", "effort", "handback", "handoff", "handoffanswer", "handoffexpire", "importdeal", "lead", "ledger", "member", "message", "modelfit", "move", "pause", "preview", "publish", "reason", "ruling", "session", "source", "standing", "subject", "touch", "try", "waiver"}

// elsewhere are refusals that no story can show, since they tell a time of theirs, come of what others do at once or need much before them: each with the test that does.
var elsewhere = map[string]string{
	"Sales has this lead since %s: an attempt before that is none.":                                    "internal/funnel/followup_test.go",
	"The window for objections ended at %s.":                                                           "internal/funnel/life_test.go",
	"The reservation does not hold at this instant, and the contact policy allows no message then: %s": "internal/funnel/ledger_test.go",
	"This member has %d absences to come: cancel some first.":                                          "internal/funnel/bounds_test.go",
	"There are %d reasons to %s: change one of them instead.":                                          "internal/funnel/bounds_test.go",
	"Give at most 300.": "internal/funnel/bounds_test.go",
	"The back-test of this content looked at no leads. Leads whose outcome is known were created from %s to %s: try it on those, with runBackTest, and by the decision CREATION where they were never offered.": "internal/funnel/publish_test.go",
	"All leads are being judged under the rules before (%d of %d are done). Publish when that has ended.":                                                                                                       "internal/funnel/judge_test.go",
}

// sentences are the texts of the refusals in a file: whole sentences among the arguments of calls of package fault, and the messages of its errors.
func sentences(t *testing.T, file string) (all []string) {
	t.Helper()
	f, err := goparser.ParseFile(token.NewFileSet(), file, nil, goparser.SkipObjectResolution)
	require.NoError(t, err)
	texts := func(n goast.Node) {
		goast.Inspect(n, func(n goast.Node) bool {
			if lit, ok := n.(*goast.BasicLit); ok && lit.Kind == token.STRING {
				if s, _ := strconv.Unquote(lit.Value); strings.Count(s, " ") > 1 { // no separators
					all = append(all, s)
				}
			}
			return true
		})
	}
	goast.Inspect(f, func(n goast.Node) bool {
		switch n := n.(type) {
		case *goast.CallExpr:
			if s, ok := n.Fun.(*goast.SelectorExpr); ok {
				if p, ok := s.X.(*goast.Ident); ok && p.Name == "fault" && (s.Sel.Name == "New" || s.Sel.Name == "Input") {
					texts(n)
				}
			}
		case *goast.KeyValueExpr:
			if k, ok := n.Key.(*goast.Ident); ok && k.Name == "Message" {
				texts(n.Value)
			}
		}
		return true
	})
	return all
}

var aVerb = regexp.MustCompile(`%[-+.\d]*[a-z]`)

// messages are what stories' answers say.
func messages(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("graph/testdata/*.txtar")
	require.NoError(t, err)
	message := regexp.MustCompile(`"message": ("(?:[^"\\]|\\.)*")`)
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range message.FindAllStringSubmatch(string(b), -1) {
			s, err := strconv.Unquote(m[1])
			require.NoError(t, err, m[1])
			all = append(all, s)
		}
	}
	return all
}

func TestEachRefusalHasAStory(t *testing.T) {
	t.Parallel()
	shown := messages(t)
	left := maps.Clone(elsewhere)
	for _, name := range verbs {
		for _, s := range sentences(t, "internal/funnel/"+name+".go") {
			if file, ok := elsewhere[s]; ok {
				delete(left, s)
				b, err := os.ReadFile(file)
				require.NoError(t, err)
				require.Contains(t, string(b), strings.TrimSpace(aVerb.Split(s, 2)[0]), "%s shows %q", file, s)
				continue
			}
			form := regexp.MustCompile("^" + strings.Join(quoted(aVerb.Split(s, -1)), ".*") + "$")
			if !slices.ContainsFunc(shown, form.MatchString) {
				t.Errorf("no story shows what %s.go says: %q", name, s)
			}
		}
	}
	require.Empty(t, left, "nobody says this any more")
}

func quoted(parts []string) []string {
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return parts
}
