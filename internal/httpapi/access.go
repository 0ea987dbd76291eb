package httpapi

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/mask"
)

// LogKeys are the attributes that this package logs: for mask.Allow.
func LogKeys() []string {
	return []string{"method", "path", "status", "ms", "operation", "kind", "viewer", "requestId", "error", "stack"}
}

// recorder is the ResponseWriter that the outermost handler puts in: it keeps what the access log tells.
type recorder struct {
	http.ResponseWriter
	status    int
	operation string
	kind      string
	viewer    auth.ActorKind
}

// WriteHeader keeps the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write is an implicit 200 where no status was written.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// note tells the access log what a request to the graph was.
func note(w http.ResponseWriter, c *call) {
	if r, ok := w.(*recorder); ok {
		r.operation, r.kind, r.viewer = c.name(), string(c.kind()), c.viewer.Kind
	}
}

// access gives every request an id, logs it when it is done, and answers panics. The id and the caller's address travel in a
// viewer that is not yet anybody. Logged are names and numbers that this server chose or checked: no variables, no tokens,
// no query strings.
func access(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, requestID := time.Now(), requestID(r)
		w.Header().Set("X-Request-Id", requestID)
		secure(w.Header())
		rec := &recorder{ResponseWriter: w}
		ctx := auth.With(r.Context(), &auth.Viewer{RequestID: requestID, RemoteAddr: remoteAddr(r)})
		req := r.WithContext(ctx)
		defer func() {
			if reason := recover(); reason != nil && reason != http.ErrAbortHandler {
				log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("requestId", requestID),
					slog.String("error", mask.Panic(reason)), slog.String("stack", string(debug.Stack())))
				if rec.status == 0 {
					answerFault(rec, internal(), requestID)
				}
			}
			rec.log(ctx, log, req, requestID, time.Since(began))
		}()
		next.ServeHTTP(rec, req)
	})
}

func (r *recorder) log(ctx context.Context, log *slog.Logger, req *http.Request, requestID string, took time.Duration) {
	attrs := [...]slog.Attr{
		slog.String("requestId", requestID), slog.String("method", method(req)), slog.String("path", path(req)),
		slog.Int("status", r.status), slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("operation", r.operation), slog.String("kind", r.kind), slog.String("viewer", string(r.viewer)),
	}
	n := len(attrs)
	if r.kind == "" {
		n -= 3
	}
	log.LogAttrs(ctx, slog.LevelInfo, "request", attrs[:n]...)
}

// path is the route that served a request: a path that none of ours serves is text of the caller's.
func path(r *http.Request) string {
	if r.Pattern == "" {
		return "other"
	}
	return r.Pattern[strings.IndexByte(r.Pattern, ' ')+1:]
}

// method is the request's, if it is one of HTTP's: callers may invent others.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return r.Method
	}
	return "other"
}

// requestID takes a caller's id if it is a sane one, else makes one.
func requestID(r *http.Request) string {
	given := r.Header.Get("X-Request-Id")
	sane := len(given) >= 8 && len(given) <= 64
	for i := 0; sane && i < len(given); i++ {
		c := given[i]
		sane = c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '_' || c == '.'
	}
	if sane {
		return given
	}
	u := id.New()
	return hex.EncodeToString(u[:])
}

// remoteAddr is the caller's address without the port.
func remoteAddr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// secure sets the headers that keep browsers from doing more with an answer than show it to who asked.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
}

// answerFault answers a request outside the graph in the graph's own shape.
func answerFault(w http.ResponseWriter, f *fault.Error, requestID string) {
	b := pool.Get().(*buffers)
	defer b.release()
	a := answer{media: typeJSON, status: statusOf(f.Code)}
	a.errors = append(a.errors, shape(f, nil, nil, requestID))
	limits := DefaultLimits()
	a.write(w, b, &limits)
}
