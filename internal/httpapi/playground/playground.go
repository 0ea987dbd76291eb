// Package playground serves GraphiQL at /playground: the whole page, its workers and its fonts come out of the binary, so that
// it works offline and behind a strict Content-Security-Policy.
//
// The page keeps nothing secret: tokens and keys live in its memory, and the browser's storage holds only how it looks.
package playground

import (
	"context"
	"embed"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Config is what the page needs to know of its server.
type Config struct {
	// Endpoint is the path of the GraphQL endpoint on the same host.
	Endpoint string
	// Examples are the tabs the page opens with.
	Examples []Example
	// Identities are whom the page may act as without a key, the first from the start. Leave it nil outside dev.
	Identities func() []Identity
	// SignIn gives a fresh token for the identity with this id. Without it there are no identities.
	SignIn func(ctx context.Context, identity string) (Token, error)
}

// Identity is a member or a key of the demo workspace that the page may act as.
type Identity struct {
	ID    string `json:"id"`    // what SignIn is asked for
	Name  string `json:"name"`  // e.g. "Ada Park"
	Post  string `json:"post"`  // e.g. "marketing director"; may be empty
	Group string `json:"group"` // the heading it is listed under, e.g. "Marketing"
}

// Token is what goes behind "Authorization: Bearer".
type Token struct {
	Value    string
	Lifetime time.Duration // the page asks for another one before it is over
}

// policy lets the page load nothing but what leadgraph serves. Monaco lays out its lines with style attributes and makes its
// themes as style elements, hence the one 'unsafe-inline'; its icons are a font, and small images ride in its style sheets.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; " +
	"img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed dist/index.html
var index string

//go:embed dist/assets dist/licenses.txt.gz
var dist embed.FS

// New serves the page at /playground and its parts below it.
func New(cfg Config) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /playground", cfg.page)
	mux.HandleFunc("GET /playground/{$}", cfg.page)
	mux.HandleFunc("GET /playground/assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		serveFile(w, r, "dist/assets/"+r.PathValue("name"), "public, max-age=31536000, immutable")
	})
	mux.HandleFunc("GET /playground/licenses.txt", func(w http.ResponseWriter, r *http.Request) {
		serveFile(w, r, "dist/licenses.txt", "no-cache")
	})
	if cfg.SignIn != nil {
		mux.Handle("POST /playground/token", http.NewCrossOriginProtection().Handler(http.HandlerFunc(cfg.token)))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		mux.ServeHTTP(w, r)
	})
}

// page is the HTML with the configuration in it. json.Marshal escapes <, > and &, so nothing in it can end the script element.
func (cfg Config) page(w http.ResponseWriter, _ *http.Request) {
	identities := []Identity{}
	if cfg.SignIn != nil && cfg.Identities != nil {
		identities = append(identities, cfg.Identities()...)
	}
	config, err := json.Marshal(map[string]any{
		"endpoint":   cfg.Endpoint,
		"tokenURL":   "/playground/token",
		"identities": identities,
		"examples":   append([]Example{}, cfg.Examples...),
	})
	if err != nil {
		http.Error(w, "The playground's configuration could not be written.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = strings.NewReplacer("%CONFIG%", string(config)).WriteString(w, index)
}

// token signs a demo identity in. Only the page itself may ask: another site's page is refused before it gets here.
func (cfg Config) token(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Identity string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&asked); err != nil || asked.Identity == "" {
		http.Error(w, `Send {"identity": "..."} with the id of a demo identity.`, http.StatusBadRequest)
		return
	}
	token, err := cfg.SignIn(r.Context(), asked.Identity)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"token": token.Value, "expiresIn": int(token.Lifetime.Seconds())})
}
