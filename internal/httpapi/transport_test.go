package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRequestsAreReadStrictly(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	big := strings.Repeat("x", 256<<10)
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
		field  string
	}{
		"a query alone answers":                      {`{"query":"{hello}"}`, 200, "OK", ""},
		"null for what is optional answers":          {`{"query":"{hello}","variables":null,"operationName":null,"extensions":null}`, 200, "OK", ""},
		"keys that nobody knows are left alone":      {`{"query":"{hello}","id":7}`, 200, "OK", ""},
		"escapes in the query are read":              {`{"query":"{hello(name:\"\u00e9\ud83d\ude00\")}"}`, 200, "OK", ""},
		"a batch is refused":                         {`[{"query":"{hello}"}]`, 400, "BAD_USER_INPUT", ""},
		"a query given twice is refused":             {`{"query":"{hello}","query":"{must}"}`, 400, "BAD_USER_INPUT", "query"},
		"a query under another key is refused":       {`{"Query":"{hello}"}`, 400, "BAD_USER_INPUT", "query"},
		"a query that is a list is refused":          {`{"query":["{hello}"]}`, 400, "BAD_USER_INPUT", "query"},
		"a null query is refused":                    {`{"query":null}`, 400, "BAD_USER_INPUT", "query"},
		"an operation name that is none is refused":  {`{"query":"{hello}","operationName":1}`, 400, "BAD_USER_INPUT", "operationName"},
		"variables that are a list are refused":      {`{"query":"{hello}","variables":[]}`, 400, "BAD_USER_INPUT", "variables"},
		"extensions that are a text are refused":     {`{"query":"{hello}","extensions":"x"}`, 400, "BAD_USER_INPUT", "extensions"},
		"NUL in a variable is refused by its place":  {`{"query":"{hello}","variables":{"input":{"name":"a\u0000"}}}`, 400, "BAD_USER_INPUT", "variables.input.name"},
		"invalid UTF-8 is refused":                   {"{\"query\":\"{hello}\xff\"}", 400, "BAD_USER_INPUT", ""},
		"a body that is too deep is refused":         {`{"query":"{hello}","variables":` + strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 41), 400, "DEPTH_LIMIT", ""},
		"a body of more than 256 KiB is refused":     {`{"query":"{hello}","x":"` + big + `"}`, 413, "BODY_TOO_LARGE", ""},
		"an operation that is not there is refused":  {`{"query":"query A{hello}","operationName":"B"}`, 400, "BAD_USER_INPUT", "operationName"},
		"of two operations one must be named":        {`{"query":"query A{hello} query B{hello}"}`, 400, "BAD_USER_INPUT", "operationName"},
		"of two operations the named one runs":       {`{"query":"query A{hello} query B{hello}","operationName":"B"}`, 200, "OK", ""},
		"a subscription is refused":                  {`{"query":"subscription{ticks}"}`, 400, "OPERATION_LIMIT", ""},
		"@defer is refused":                          {`{"query":"{...@defer{hello}}"}`, 400, "DIRECTIVE_LIMIT", ""},
		"a document that does not parse is refused":  {`{"query":"{hello"}`, 400, "GRAPHQL_PARSE_FAILED", ""},
		"a document that does not fit is refused":    {`{"query":"{helo}"}`, 400, "GRAPHQL_VALIDATION_FAILED", ""},
		"a quote after a block text is refused":      {`{"query":"{hello(name:\"\"\"x\"\"\"\")}"}`, 400, "GRAPHQL_PARSE_FAILED", ""},
		"half a surrogate pair in a literal is too":  {`{"query":"{hello(name:\"\\ud800\")}"}`, 400, "GRAPHQL_PARSE_FAILED", ""},
		"NUL in a literal is refused":                {`{"query":"{hello(name:\"\\u0000\")}"}`, 400, "BAD_USER_INPUT", ""},
		"NUL by a braced escape is refused":          {`{"query":"{hello(name:\"\\u{00}\")}"}`, 400, "BAD_USER_INPUT", ""},
		"an object for a text is refused":            {`{"query":"{hello(name:{})}"}`, 400, "GRAPHQL_VALIDATION_FAILED", ""},
		"a number that runs into a name is refused":  {`{"query":"{hello(ids:[1a])}"}`, 400, "GRAPHQL_PARSE_FAILED", ""},
		"a strange character is named by the parser": {`{"query":"{hello ?}"}`, 400, "GRAPHQL_PARSE_FAILED", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := send(t, h, post("", c.body))
			require.Equal(t, c.status, g.Status, g.Body)
			require.Equal(t, c.code, g.code(), g.Body)
			if c.field != "" {
				require.Equal(t, c.field, g.field(), g.Body)
			}
			if c.status != 200 {
				require.NotContains(t, g.Body, `"data"`)
			}
		})
	}
}

func TestTheStatusFollowsTheMediaType(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	for name, c := range map[string]struct {
		accept, body string
		status       int
		media        string
	}{
		"old clients get 200 for a bad document":        {"application/json", `{"query":"{"}`, 200, typeJSON},
		"new clients get 400 for a bad document":        {"application/graphql-response+json", `{"query":"{"}`, 400, typeResponse},
		"everybody gets 400 for a bad body":             {"application/json", `{`, 400, typeJSON},
		"everybody gets 401 without signing in":         {"application/json", `{"query":"{leads{totalCount}}"}`, 401, typeJSON},
		"the first of equals is taken":                  {"application/graphql-response+json, application/json", `{"query":"{hello}"}`, 200, typeResponse},
		"the better liked is taken":                     {"application/graphql-response+json;q=0.5, application/json;q=0.9", `{"query":"{hello}"}`, 200, typeJSON},
		"what is liked at 0 is not taken":               {"application/graphql-response+json;q=0, */*;q=0.1", `{"query":"{hello}"}`, 200, typeJSON},
		"browsers get JSON":                             {"text/html,application/xhtml+xml,*/*;q=0.8", `{"query":"{hello}"}`, 200, typeJSON},
		"who accepts nothing of ours gets 406":          {"text/html", `{"query":"{hello}"}`, 406, typeJSON},
		"another charset is not acceptable":             {"application/json; charset=latin1", `{"query":"{hello}"}`, 406, typeJSON},
		"a query is answered as events to who asks so":  {"text/event-stream", `{"query":"{hello}"}`, 200, "text/event-stream; charset=utf-8"},
		"a stream that is refused is no stream":         {"text/event-stream", `{"query":"{nope}"}`, 400, typeResponse},
		"subscriptions are not served without any":      {"text/event-stream", `{"query":"subscription { ticks }"}`, 400, typeResponse},
		"a partial answer is 200 with errors":           {"application/graphql-response+json", `{"query":"{fails(how:\"fault\") hello}"}`, 200, typeResponse},
		"no answer for want of the database is 503":     {"application/graphql-response+json", `{"query":"{must}"}`, 503, typeResponse},
		"a partial answer for want of it stays 200":     {"application/graphql-response+json", `{"query":"{fails(how:\"57P01\")}"}`, 200, typeResponse},
		"no Accept header means JSON":                   {"", `{"query":"{hello}"}`, 200, typeJSON},
		"an Accept header that is no such thing is 406": {";;", `{"query":"{hello}"}`, 406, typeJSON},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := post("", c.body)
			r.Header.Set("Accept", c.accept)
			if c.accept == "" {
				r.Header.Del("Accept")
			}
			g := send(t, h, r)
			require.Equal(t, c.status, g.Status, g.Body)
			require.Equal(t, c.media, g.Header.Get("Content-Type"))
			if g.Status == 503 {
				require.Equal(t, "1", g.Header.Get("Retry-After"))
			}
			if g.Status == 401 {
				require.Equal(t, "Bearer", g.Header.Get("WWW-Authenticate"))
			}
		})
	}
}

func TestBodiesAreJSONInUTF8WithoutEncoding(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	for content, status := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200, "Application/JSON;charset=\"UTF-8\"": 200,
		"application/json; charset=utf-16": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415, "multipart/form-data; boundary=x": 415,
		"application/graphql": 415, "": 415,
	} {
		r := post("", `{"query":"{hello}"}`)
		r.Header.Set("Content-Type", content)
		require.Equal(t, status, send(t, h, r).Status, content)
	}
	r := post("", `{"query":"{hello}"}`)
	r.Header.Set("Content-Encoding", "gzip")
	require.Equal(t, 415, send(t, h, r).Status)
}

func TestGETServesQueriesOnly(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	g := send(t, h, get(map[string]string{"query": "query($n:String){hello(name:$n)}", "variables": `{"n":"x"}`, "extensions": "{}", "operationName": ""}))
	require.Equal(t, 200, g.Status, g.Body)
	require.Contains(t, g.Body, "x")
	g = send(t, h, get(map[string]string{"query": "mutation{signIn(password:\"x\"){member{id}}}"}))
	require.Equal(t, 405, g.Status)
	require.Equal(t, "POST", g.Header.Get("Allow"))
	for name, url := range map[string]string{
		"no query":                   "/graphql",
		"a parameter given twice":    "/graphql?query={hello}&query={must}",
		"variables that are no JSON": "/graphql?query={hello}&variables={",
		"variables that are a list":  "/graphql?query={hello}&variables=[]",
		"a broken escape":            "/graphql?query={hello}&x=%zz",
		"invalid UTF-8":              "/graphql?query=%ff",
		"NUL":                        "/graphql?query={hello}%00",
	} {
		g := send(t, h, httptest.NewRequest(http.MethodGet, url, nil))
		require.Equal(t, 400, g.Status, name)
		require.Equal(t, "BAD_USER_INPUT", g.code(), name)
	}
	r := httptest.NewRequest(http.MethodPut, "/graphql", nil)
	g = send(t, h, r)
	require.Equal(t, 405, g.Status)
	require.Equal(t, "GET, POST", g.Header.Get("Allow"))
}

func TestBadCredentialsAreRefusedBeforeTheBodyIsRead(t *testing.T) {
	t.Parallel()
	r := post("stolen", "")
	r.Body = http.NoBody
	g := send(t, New(testConfig()), r)
	require.Equal(t, 401, g.Status)
	require.Equal(t, "UNAUTHENTICATED", g.code())
}

func TestAnIdempotencyKeyStandsForOneMutation(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	const one = `mutation{save(note:{text:"x"}){name}}`
	const two = `mutation{save(note:{text:"x"}){name} b:save(note:{text:"y"}){name}}`
	for name, c := range map[string]struct {
		query, key string
		status     int
		want       string
	}{
		"one mutation takes it":               {one, "abc 123", 200, `"name":"abc 123"`},
		"two mutations cannot share it":       {two, "abc", 400, "Idempotency-Key"},
		"a query ignores it":                  {"{viewer{member{name}}}", strings.Repeat("x", 300), 200, `"name":""`},
		"256 characters are too many":         {one, strings.Repeat("x", 256), 400, "Idempotency-Key"},
		"characters that do not print go not": {one, "a\tb", 400, "Idempotency-Key"},
	} {
		r := post("all", `{"query":`+quoteJSON(c.query)+`}`)
		r.Header.Set("Idempotency-Key", c.key)
		g := send(t, h, r)
		require.Equal(t, c.status, g.Status, name+g.Body)
		require.Contains(t, g.Body, c.want, name)
	}
}
