// Package liveboard serves the live board, an example of a client, out of the binary. `dev` alone does: it shows how to build on leadgraph.
package liveboard

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
)

// Path is where the board lies.
const Path = "/examples/live-board/"

// Person is somebody whom the board may act as. It gets their tokens where the Playground gets its own.
type Person struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Department string `json:"department"`
	Role       string `json:"role"`
}

// policy lets the page load nothing but what leadgraph serves, and nothing that is written into the page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed dist
var dist embed.FS

// New serves the board, as one of these people.
func New(people func() []Person) (http.Handler, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, http.StripPrefix(Path, http.FileServerFS(files)))
	mux.HandleFunc("GET "+Path+"people.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(people()) // a list of texts is always JSON
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache") // the names of the files stay the same from build to build
		mux.ServeHTTP(w, r)
	}), nil
}
