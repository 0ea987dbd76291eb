package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// hasty gives operations no time.
func hasty() Config {
	c := testConfig()
	c.Timeout = 50 * time.Millisecond
	return c
}

func TestErrorsOfResolvers(t *testing.T) {
	t.Parallel()
	for how, c := range map[string]struct {
		code      string
		retryable any
	}{
		"fault": {"BAD_USER_INPUT", nil}, "internal": {"INTERNAL", nil}, "panic": {"INTERNAL", nil}, "late": {"TIMEOUT", true},
		"wait": {"UNAVAILABLE", true}, "23505": {"INTERNAL", nil}, "53100": {"STORAGE_FULL", true}, "53300": {"UNAVAILABLE", true},
		"57P01": {"UNAVAILABLE", true}, "57P03": {"UNAVAILABLE", true}, "08006": {"UNAVAILABLE", true}, "57014": {"TIMEOUT", true},
		"40001": {"UNAVAILABLE", true}, "25006": {"UNAVAILABLE", true},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			config := testConfig()
			if how == "late" {
				config = hasty()
			}
			g := ask(t, New(config), "", "query($how:String!){x:fails(how:$how) hello}", map[string]any{"how": how})
			require.Equal(t, http.StatusOK, g.Status)
			require.Equal(t, c.code, g.code(), g.Body)
			require.Equal(t, c.retryable, g.Errors[0].Extensions["retryable"])
			require.Equal(t, []any{"x"}, g.Errors[0].Path)
			require.Equal(t, 21, g.Errors[0].Locations[0].Column)
			require.NotContains(t, g.Body, "canary")
			require.NotEmpty(t, g.Errors[0].Extensions["requestId"])
		})
	}
}

func TestAFaultShowsAllItSays(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	g := ask(t, h, "", `{fails(how:"fault")}`, nil)
	require.Equal(t, "This is no address.", g.Errors[0].Message)
	require.Equal(t, "input.email", g.field())
	require.Equal(t, "x", g.Errors[0].Extensions["hint"])
	g = ask(t, h, "", `{fails(how:"list")}`, nil)
	require.Len(t, g.Errors, 3)
	for i, field := range []string{"a", "b", "c"} {
		require.Equal(t, field, g.Errors[i].Extensions["field"], "in their order")
		require.Equal(t, []any{"fails"}, g.Errors[i].Path)
	}
}

func TestAtMostTenErrorsAnd64KiBOfThem(t *testing.T) {
	t.Parallel()
	config := testConfig()
	config.Exec = nil
	config.Schema = newGraph("type Query { l: [X] } type X { y: String }", resolvers{
		"Query.l": func(context.Context, any, map[string]any) (any, error) { return make([]struct{}, 1000), nil },
		"X.y":     func(context.Context, any, map[string]any) (any, error) { return nil, errors.New("no") },
	})
	g := ask(t, New(config), "all", "{l{y}}", nil)
	require.Len(t, g.Errors, 10)
	require.Contains(t, g.Body, `"data":{"l":[{"y":null}`)

	config = testConfig()
	config.Exec = func(ctx context.Context, _ *sync.Map, _ []byte) (*graphql.Response, int) {
		for range 20 {
			graphql.AddError(ctx, fault.New(fault.Conflict, "x").With("is", strings.Repeat("y", 20<<10)))
		}
		return &graphql.Response{}, 0
	}
	g = ask(t, New(config), "", "{hello}", nil)
	require.Len(t, g.Errors, 3)
	require.Equal(t, "null", string(g.Data))

	g = ask(t, New(testConfig()), "", "{"+many(400, "f%d ")+"}", nil)
	require.Equal(t, "ALIAS_LIMIT", g.code())
	g = ask(t, New(testConfig()), "", "{lead(id:1){"+many(390, "f%d ")+"}}", nil)
	require.Len(t, g.Errors, 10)
	require.Equal(t, "GRAPHQL_VALIDATION_FAILED", g.code())
	g = ask(t, New(testConfig()), "", "{"+strings.Repeat("x", 200<<10)+"}", nil)
	require.Less(t, len(g.Body), 3000, "a caller's own text is not sent back at length")
}

func TestNoSuggestionsUnlessWanted(t *testing.T) {
	t.Parallel()
	quiet, config := New(testConfig()), testConfig()
	config.Suggestions = true
	helpful := New(config)
	for _, query := range []string{"{helo}", "{hello(nam:1)}", "query($x:Strin){hello(name:$x)}", `{hello(note:{text:"x",band:HOTT})}`, "{hello(note:{tex:1})}", "{viewer}"} {
		require.NotContains(t, ask(t, quiet, "", query, nil).Body, "Did you mean", query)
	}
	require.Contains(t, ask(t, helpful, "", "{helo}", nil).Body, "Did you mean")
}

// canaries are texts that no log may show.
var canaries = []string{"canary@example.com", "hunter2", "Bearer", "secret-variable", "+49 171 2345678"}

func TestLogsTellWhatHappenedButNotToWhom(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	config := testConfig()
	config.Logger = slog.New(slog.NewJSONHandler(&log, nil))
	h := New(config)
	config.Timeout = hasty().Timeout
	for how, h := range map[string]http.Handler{"fault": h, "internal": h, "panic": h, "late": New(config), "23505": h, "57P01": h} {
		ask(t, h, "all", "query How($how:String!,$s:String=\"secret-variable\"){fails(how:$how) hello(name:$s)}", map[string]any{"how": how})
	}
	ask(t, h, "hunter2", "{hello}", nil)
	ask(t, h, "", "{secret-variable", nil)
	send(t, h, get(map[string]string{"query": `{hello(name:"secret-variable")}`}))
	r := post("", `{"query":"{hello}"}`)
	r.URL.Path = "/secret-variable"
	r.Method = "SECRET-VARIABLE"
	r.Header.Set("X-Request-Id", "canary@example.com")
	send(t, h, r)
	text := log.String()
	for _, c := range canaries {
		require.NotContains(t, text, c)
	}
	require.NotContains(t, strings.ToLower(text), "secret-variable")
	require.Contains(t, text, `"operation":"How"`)
	require.Contains(t, text, "SQLSTATE 23505")
	require.Equal(t, 10, strings.Count(text, `"msg":"request"`))
	require.Equal(t, 2, strings.Count(text, `"msg":"internal error"`))
	require.Equal(t, 1, strings.Count(text, `"msg":"panic"`))
}

func TestAPanicOfOurOwnIsAnswered(t *testing.T) {
	t.Parallel()
	config := testConfig()
	config.Exec = func(context.Context, *sync.Map, []byte) (*graphql.Response, int) { panic(fmt.Errorf("canary")) }
	g := ask(t, New(config), "", "{hello}", nil)
	require.Equal(t, http.StatusInternalServerError, g.Status)
	require.Equal(t, "INTERNAL", g.code())
	require.NotContains(t, g.Body, "canary")
}
