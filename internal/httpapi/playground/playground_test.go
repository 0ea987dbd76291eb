package playground_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/httpapi/playground"
)

func get(t *testing.T, handler http.Handler, target string, header ...string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Result()
}

func body(t *testing.T, from io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(from)
	require.NoError(t, err)
	return string(text)
}

func TestThePageCarriesItsConfigurationAndIsNeverCached(t *testing.T) {
	t.Parallel()
	answer := get(t, playground.New(playground.Config{
		Endpoint: "/graphql",
		Examples: []playground.Example{{Name: "x", Title: "</script><b>", Query: "{ viewer }"}},
	}), "/playground")
	page := body(t, answer.Body)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	require.Equal(t, "text/html; charset=utf-8", answer.Header.Get("Content-Type"))
	require.NotRegexp(t, "%[A-Z]{4,}%", page, "a placeholder is left")
	require.NotContains(t, page, "</script><b>", "the configuration breaks out of its element")
	require.Contains(t, page, "<title>leadgraph</title>")

	found := regexp.MustCompile(`id="config">(.*)</script>`).FindStringSubmatch(page)
	require.NotNil(t, found)
	var config struct {
		Endpoint   string
		Identities []playground.Identity
		Examples   []playground.Example
	}
	require.NoError(t, json.Unmarshal([]byte(found[1]), &config))
	require.Equal(t, "/graphql", config.Endpoint)
	require.Equal(t, "</script><b>", config.Examples[0].Title)
	require.Empty(t, config.Identities)
}

func TestThePageMayLoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	handler := playground.New(playground.Config{})
	for _, target := range []string{"/playground", "/playground/", "/playground/nothing", "/playground/licenses.txt"} {
		answer := get(t, handler, target)
		require.Contains(t, answer.Header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self';", target)
		require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"), target)
	}
	page := body(t, get(t, handler, "/playground").Body)
	require.NotRegexp(t, `(src|href)="https?:`, page)
}

func TestEveryAssetComesPackedOrPlainAndLastsForEver(t *testing.T) {
	t.Parallel()
	handler := playground.New(playground.Config{})
	types := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".ttf": "font/ttf"}
	files, err := fs.Glob(os.DirFS("dist/assets"), "*.gz")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(file, ".gz")
		packed := get(t, handler, "/playground/assets/"+name, "Accept-Encoding", "br;q=1.0, gzip;q=0.8")
		require.Equal(t, http.StatusOK, packed.StatusCode, name)
		require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"), name)
		require.Equal(t, "public, max-age=31536000, immutable", packed.Header.Get("Cache-Control"), name)
		require.Equal(t, types[path.Ext(name)], packed.Header.Get("Content-Type"), name)
		unpacked, err := gzip.NewReader(packed.Body)
		require.NoError(t, err, name)

		plain := get(t, handler, "/playground/assets/"+name, "Accept-Encoding", "gzip;q=0")
		require.Empty(t, plain.Header.Get("Content-Encoding"), name)
		require.Equal(t, body(t, unpacked), body(t, plain.Body), name)
	}
	page := body(t, get(t, handler, "/playground").Body)
	for _, named := range regexp.MustCompile(`/playground/assets/[\w.-]+`).FindAllString(page, -1) {
		require.Equal(t, http.StatusOK, get(t, handler, named).StatusCode, named)
	}
	require.Equal(t, http.StatusNotFound, get(t, handler, "/playground/assets/none.js").StatusCode)
	require.Equal(t, http.StatusNotFound, get(t, handler, "/playground/assets/..%2findex.html").StatusCode)
}

func TestDemoIdentitiesSignInFromThePageOnly(t *testing.T) {
	t.Parallel()
	handler := playground.New(playground.Config{SignIn: func(_ context.Context, identity string) (playground.Token, error) {
		if identity != "ada" {
			return playground.Token{}, errors.New("no such demo identity")
		}
		return playground.Token{Value: "a-token", Lifetime: 10 * time.Minute}, nil
	}})
	tests := map[string]struct {
		body, site string
		status     int
		says       string
	}{
		"the page gets a token":                    {`{"identity":"ada"}`, "same-origin", http.StatusOK, `{"expiresIn":600,"token":"a-token"}`},
		"another site's page is refused":           {`{"identity":"ada"}`, "cross-site", http.StatusForbidden, "cross-origin"},
		"an identity that is not there is refused": {`{"identity":"eve"}`, "same-origin", http.StatusUnprocessableEntity, "no such demo identity"},
		"a body without an identity is refused":    {`{}`, "same-origin", http.StatusBadRequest, `Send {"identity"`},
		"a body that is no JSON is refused":        {`ada`, "same-origin", http.StatusBadRequest, `Send {"identity"`},
		"a body that has no end is refused":        {`{"identity":"` + strings.Repeat("a", 5000) + `"}`, "same-origin", http.StatusBadRequest, `Send {"identity"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := httptest.NewRequest(http.MethodPost, "/playground/token", strings.NewReader(test.body))
			request.Header.Set("Sec-Fetch-Site", test.site)
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, request)
			require.Equal(t, test.status, recorder.Code)
			require.Contains(t, recorder.Body.String(), test.says)
		})
	}
}

func TestOutsideDevThereAreNoDemoIdentities(t *testing.T) {
	t.Parallel()
	handler := playground.New(playground.Config{Identities: func() []playground.Identity { return []playground.Identity{{ID: "ada"}} }})
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/playground/token", strings.NewReader(`{"identity":"ada"}`)))
	require.Equal(t, http.StatusNotFound, recorder.Code)
	require.Contains(t, body(t, get(t, handler, "/playground").Body), `"identities":[]`)
}
