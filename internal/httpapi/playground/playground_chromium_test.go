package playground_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/httpapi/playground"
	"github.com/leadgraph/leadgraph/internal/httpapi/playground/playgroundtest"
)

//go:embed testdata/introspection.json
var introspection []byte

// server answers the playground's examples as leadgraph would, with a made-up lead.
type server struct {
	*httptest.Server
	signIns  atomic.Int32
	lifetime time.Duration
	valid    func(token string) bool
}

var demoExamples = []playground.Example{
	{Name: "inbox", Title: "The inbox", Description: "Leads, latest activity first.", Query: "# The inbox\nquery Inbox($first: Int) {\n  leads(first: $first) {\n    id\n    stage\n    fullName\n  }\n}\n", Variables: "{\n  \"first\": 3\n}"},
	{Name: "capture", Title: "Capture a lead", Description: "Somebody filled in a form.", Query: "# Capture a lead\nmutation CaptureLead {\n  captureLead(email: \"grace@example.com\") {\n    id\n  }\n}\n"},
	{Name: "viewer", Title: "Who am I", Query: "# Who am I\nquery Viewer {\n  viewer\n}\n"},
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{lifetime: 10 * time.Minute, valid: func(token string) bool { return token != "" }}
	mux := http.NewServeMux()
	page := playground.New(playground.Config{
		Endpoint: "/graphql",
		Examples: demoExamples,
		Identities: func() []playground.Identity {
			return []playground.Identity{
				{ID: "ada", Name: "Ada Park", Post: "marketing director", Group: "Marketing"},
				{ID: "sam", Name: "Sam Okafor", Post: "sales rep", Group: "Sales"},
				{ID: "key", Name: "Partner feed", Group: "API keys"},
			}
		},
		SignIn: func(_ context.Context, identity string) (playground.Token, error) {
			if identity == "nobody" {
				return playground.Token{}, errors.New("There is no such demo identity.")
			}
			return playground.Token{Value: fmt.Sprintf("secret-of-%s-%d", identity, s.signIns.Add(1)), Lifetime: s.lifetime}, nil
		},
	})
	mux.Handle("/playground", page)
	mux.Handle("/playground/", page)
	mux.HandleFunc("POST /graphql", s.answer)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	var request struct{ Query, OperationName string }
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/graphql-response+json")
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	data := `{"viewer":"somebody"}`
	switch {
	case strings.Contains(request.Query, "Inbox"):
		data = `{"leads":[{"id":"lead_1","stage":"NEW","fullName":"Grace Hopper"}]}`
	case strings.Contains(request.Query, "CaptureLead"):
		data = `{"captureLead":{"id":"lead_2"}}`
	}
	switch {
	case request.OperationName == "IntrospectionQuery":
		_, _ = w.Write(introspection)
	case !strings.Contains(request.Query, request.OperationName):
		_, _ = w.Write([]byte(`{"errors":[{"message":"No operation has this name."}]}`))
	case !s.valid(token):
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"errors":[{"message":"Sign in.","extensions":{"code":"UNAUTHENTICATED"}}]}`))
	default:
		_, _ = fmt.Fprintf(w, `{"data":%s,"extensions":{"cost":{"requested":152,"actual":41,
			"throttle":{"maximumAvailable":10000,"currentlyAvailable":9812.5,"restoreRate":500}}}}`, data)
	}
}

// shoot writes a screenshot where LEADGRAPH_SHOTS names a folder.
func shoot(b *playgroundtest.Browser, name string) {
	if folder := os.Getenv("LEADGRAPH_SHOTS"); folder != "" {
		b.Screenshot(filepath.Join(folder, name+".png"))
	}
}

func TestInChromiumRunOnEveryTabShowsData(t *testing.T) {
	t.Parallel()
	playgroundtest.RunEveryTab(t, newServer(t).URL)
}

func TestInChromiumAKeyOfOnesOwnIsSentAndNotKept(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	b := playgroundtest.Start(t)
	b.OpenPlayground(s.URL)
	shoot(b, "opened")
	b.RequireData(b.RunTab(0))
	shoot(b, "answer")
	b.Eval(`(() => {
		const select = document.querySelector('.lg-actor select');
		Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(select, 'key');
		select.dispatchEvent(new Event('change', { bubbles: true }));
	})()`, nil)
	b.Click(".lg-actor input")
	b.Type("lg_live_of_my_own")
	shoot(b, "own-key")
	b.RequireData(b.RunTab(2))
	require.Equal(t, "Bearer lg_live_of_my_own", b.Authorizations()[len(b.Authorizations())-1])
	b.RequireNothingKept()
	b.RequireClean(s.URL)
}

func TestInChromiumTheDocumentationAndTheExamplesOpen(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	b := playgroundtest.Start(t)
	b.OpenPlayground(s.URL)
	b.Click(`[aria-label="Show Documentation Explorer"]`)
	b.WaitFor("the root types", `document.querySelector('.graphiql-doc-explorer')?.textContent.includes('Mutation')`)
	shoot(b, "documentation")
	b.Click(`[aria-label="Show Examples"]`)
	b.Click(".lg-examples button:nth-of-type(2)")
	b.WaitFor("a fourth tab", "document.querySelectorAll('.graphiql-tab').length === 4")
	tab := b.RunTab(3)
	b.RequireData(tab)
	require.Equal(t, "CaptureLead", tab.Title)
	shoot(b, "examples")
	b.RequireClean(s.URL)
}

func TestInChromiumTheEditorsCompleteAndLayOut(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	b := playgroundtest.Start(t)
	b.OpenPlayground(s.URL)
	b.Eval(`(() => {
		const [query] = __MONACO.editor.getEditors();
		query.setValue('query Inbox($first: Int) { leads(first: $first) { id  } }');
		query.setPosition({ lineNumber: 1, column: 54 });
		query.focus();
		query.trigger('test', 'editor.action.triggerSuggest');
	})()`, nil)
	b.WaitFor("the schema's fields", `document.querySelector('.suggest-widget')?.textContent.includes('fullName')`)
	shoot(b, "completion")
	b.Eval(`(() => {
		const [query, variables] = __MONACO.editor.getEditors();
		query.trigger('test', 'hideSuggestWidget');
		variables.setValue('{"first":3}');
	})()`, nil)
	b.WaitFor("the list to close", "!document.querySelector('.suggest-widget.visible')")
	b.Click(`[aria-label^="Prettify query"]`)
	b.WaitFor("the query in lines", `__MONACO.editor.getEditors()[0].getValue().split('\n').length > 3`)
	b.WaitFor("the variables in lines", `__MONACO.editor.getEditors()[1].getValue() === '{\n  "first": 3\n}'`)
	b.RequireClean(s.URL)
}

func TestInChromiumThePageIsDarkWhereTheMachineIs(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	b := playgroundtest.Start(t)
	b.PreferDark()
	b.OpenPlayground(s.URL)
	b.RequireData(b.RunTab(0))
	shoot(b, "dark")
	var colours struct{ Page, Text string }
	b.Eval(`({
		page: getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor,
		text: getComputedStyle(document.querySelector('.graphiql-query-editor .view-line span span:last-child')).color,
	})`, &colours)
	require.Equal(t, "rgb(33, 42, 59)", colours.Page)
	require.NotEqual(t, "rgb(0, 0, 0)", colours.Text, "the editor kept its light theme")
}

func TestInChromiumARefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	b := playgroundtest.Start(t)
	b.OpenPlayground(s.URL)
	before := fmt.Sprintf("secret-of-ada-%d", s.signIns.Load())
	s.valid = func(token string) bool { return token != before } // as if the server had been started again
	b.RequireData(b.RunTab(0))
	require.EqualValues(t, 2, s.signIns.Load())
}
