package playgroundtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Tab is what one tab of the playground showed after run was pressed.
type Tab struct {
	Title  string
	Answer map[string]json.RawMessage
}

// OpenPlayground opens the playground of the server at base, and waits until it has the schema.
func (b *Browser) OpenPlayground(base string) {
	b.t.Helper()
	b.Open(strings.TrimSuffix(base, "/") + "/playground")
	b.WaitFor("the editor", "document.querySelector('.graphiql-query-editor .view-line') && globalThis.__MONACO")
	b.WaitFor("the schema", "document.querySelector('.graphiql-sidebar') && !document.querySelector('.graphiql-sidebar .graphiql-spin')")
}

// Tabs counts the tabs that are open.
func (b *Browser) Tabs() int {
	b.t.Helper()
	var tabs int
	b.Eval("document.querySelectorAll('.graphiql-tab').length", &tabs)
	return tabs
}

// RunTab chooses a tab, presses run and waits for the answer.
func (b *Browser) RunTab(index int) Tab {
	b.t.Helper()
	b.Click(fmt.Sprintf("#graphiql-session-tab-%d", index))
	b.WaitFor("the tab", fmt.Sprintf("document.querySelector('.graphiql-tab-active #graphiql-session-tab-%d')", index))
	const idle = "document.querySelector('.graphiql-execute-button')?.getAttribute('aria-label').startsWith('Execute')"
	b.WaitFor("the run button", idle)
	const answer = "__MONACO.editor.getModels().find((model) => model.uri.path.endsWith('response.json')).getValue()"
	b.Eval("void "+strings.TrimSuffix(answer, ".getValue()")+".setValue('')", nil)
	b.Click(".graphiql-execute-button")
	var live bool
	b.Eval("/^subscription /m.test(__MONACO.editor.getModels().find((model) => model.uri.path.endsWith('operation.graphql')).getValue())", &live)
	if live {
		b.follow(answer)
	}
	b.WaitFor("an answer", answer+" !== '' && "+idle)
	var text string
	b.Eval(answer, &text)
	tab := Tab{}
	b.Eval("document.querySelector('.graphiql-tab-active .graphiql-tab-button').textContent", &tab.Title)
	require.NoError(b.t, json.Unmarshal([]byte(text), &tab.Answer), "the tab %s shows %s", tab.Title, text)
	return tab
}

// follow has something happen while a subscription runs, sees it arrive, and presses stop.
func (b *Browser) follow(answer string) {
	b.t.Helper()
	sent := b.Authorizations()
	b.Eval(fmt.Sprintf(`(() => {
		const capture = () => fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json', authorization: %q }, body: JSON.stringify({
			query: 'mutation ($email: String!) { captureLead(input: { source: "website", contact: { email: $email } }) { cursor } }',
			variables: { email: Date.now() + '@playground.example' } }) });
		globalThis.captures = setInterval(capture, 500); // until the subscription stands
	})()`, sent[len(sent)-1]), nil)
	b.WaitFor("an event", answer+" !== ''")
	b.Eval("clearInterval(globalThis.captures)", nil)
	b.Click(".graphiql-execute-button")
}

// RequireData fails where a tab shows an error, or no data.
func (b *Browser) RequireData(tab Tab) {
	b.t.Helper()
	require.Empty(b.t, string(tab.Answer["errors"]), "the tab %s", tab.Title)
	var data map[string]json.RawMessage
	require.NoError(b.t, json.Unmarshal(tab.Answer["data"], &data), "the tab %s", tab.Title)
	require.NotEmpty(b.t, data, "the tab %s", tab.Title)
	for field, value := range data {
		require.NotEqual(b.t, "null", string(value), "the tab %s: %s", tab.Title, field)
	}
}

// Authorizations are the values of the Authorization headers that the page has sent.
func (b *Browser) Authorizations() []string {
	b.t.Helper()
	type request struct {
		Request struct{ Headers map[string]string }
	}
	var sent []string
	for _, r := range collected[request](b, "Network.requestWillBeSent") {
		for name, value := range r.Request.Headers {
			if strings.EqualFold(name, "authorization") {
				sent = append(sent, value)
			}
		}
	}
	return sent
}

// RequireNothingKept fails where the browser's storage holds anything but how the page looks.
func (b *Browser) RequireNothingKept() {
	b.t.Helper()
	var kept struct {
		Storage   map[string]string
		Session   int
		Cookies   string
		Databases int
		Caches    int
	}
	b.Eval(`(async () => ({
		storage: { ...localStorage }, session: sessionStorage.length, cookies: document.cookie,
		databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
	}))()`, &kept)
	require.Empty(b.t, kept.Cookies)
	require.Zero(b.t, kept.Session+kept.Databases+kept.Caches, "%+v", kept)
	looks := []string{"graphiql:theme", "graphiql:visiblePlugin", "graphiql:docExplorerFlex", "graphiql:editorFlex", "graphiql:secondaryEditorFlex"}
	for key, value := range kept.Storage {
		require.Contains(b.t, looks, key, "the page keeps %s = %s", key, value)
		for _, authorization := range b.Authorizations() {
			require.NotContains(b.t, value, strings.TrimPrefix(authorization, "Bearer "))
		}
	}
}

// RequireClean fails where the page broke its Content-Security-Policy, threw, or asked another host for anything.
func (b *Browser) RequireClean(base string) {
	b.t.Helper()
	own, err := url.Parse(base)
	require.NoError(b.t, err)
	type request struct{ Request struct{ URL string } }
	for _, r := range collected[request](b, "Network.requestWillBeSent") {
		asked, err := url.Parse(r.Request.URL)
		require.NoError(b.t, err)
		require.True(b.t, asked.Host == own.Host || slices.Contains([]string{"data", "about", "blob"}, asked.Scheme), "asked for %s", r.Request.URL)
	}
	type entry struct {
		Entry struct{ Level, Text, URL string }
	}
	for _, e := range collected[entry](b, "Log.entryAdded") {
		require.NotEqual(b.t, "error", e.Entry.Level, "%s %s", e.Entry.Text, e.Entry.URL)
	}
	type said struct {
		Type string
		Args json.RawMessage
	}
	for _, e := range collected[said](b, "Runtime.consoleAPICalled") {
		require.NotEqual(b.t, "error", e.Type, "the page complains: %s", e.Args)
	}
	type thrown struct {
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	require.Empty(b.t, collected[thrown](b, "Runtime.exceptionThrown"))
}

// RunEveryTab opens the playground of the server at base, types nothing, presses run on every tab, and sees data, what it cost, and
// that nothing secret is kept.
func RunEveryTab(t *testing.T, base string) {
	t.Helper()
	b := Start(t)
	b.OpenPlayground(base)
	tabs := b.Tabs()
	require.NotZero(t, tabs)
	for index := range tabs {
		b.RequireData(b.RunTab(index))
		b.WaitFor("the cost", `/cost [\d,]+ of [\d,]+ requested/.test(document.querySelector('.lg-meter').textContent)`)
	}
	require.NotEmpty(t, b.Authorizations(), "the page acted as nobody")
	b.RequireNothingKept()
	b.RequireClean(base)
}
