package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"

	"github.com/leadgraph/leadgraph/internal/auth"
)

// traces makes spans; nil where tracing is off.
type traces = api.TracerProvider

// tracing sends spans to a collector where OTEL_EXPORTER_OTLP_ENDPOINT names one.
func (s *server) tracing(ctx context.Context) (traces, error) {
	if s.settings.OTLP == "" {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("set tracing up: %w", err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter))
	s.closers = append(s.closers, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = provider.Shutdown(ctx) // spans that cannot be sent now are lost
	})
	return provider, nil
}

// rates are the token buckets: one for each key or member, and one ten times as large for each workspace, so that one key cannot
// starve the others.
type rates struct{ callers, workspaces *auth.Limiter }

func newRates(cost, restore int) (*rates, error) {
	callers, err := auth.NewLimiter(cost, restore, 50_000)
	if err != nil {
		return nil, fmt.Errorf("set the rates up: %w", err)
	}
	workspaces, err := auth.NewLimiter(10*cost, 10*restore, 10_000)
	if err != nil {
		return nil, fmt.Errorf("set the rates up: %w", err)
	}
	return &rates{callers, workspaces}, nil
}

// names are the buckets of a caller: without credentials, the address.
func names(v *auth.Viewer) (caller, workspace string) {
	if !v.Signed() {
		return "address " + v.RemoteAddr, "nobody"
	}
	return v.Actor().String(), v.Workspace.String()
}

func (r *rates) take(v *auth.Viewer, cost int, now time.Time) (auth.Throttle, time.Duration, bool) {
	caller, workspace := names(v)
	left, wait, ok := r.callers.Take(caller, cost, now)
	if !ok {
		return left, wait, false
	}
	if all, wait, ok := r.workspaces.Take(workspace, cost, now); !ok {
		r.callers.Refund(caller, cost, now)
		return all, wait, false
	}
	return left, 0, true
}

func (r *rates) refund(v *auth.Viewer, points int, now time.Time) auth.Throttle {
	caller, workspace := names(v)
	r.workspaces.Refund(workspace, points, now)
	return r.callers.Refund(caller, points, now)
}

// jwks publishes the keys of our own tokens, for services that check them themselves.
func jwks(issuer *auth.Issuer) http.Handler {
	body := issuer.JWKS()
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "public, max-age=60")
		_, _ = w.Write(body)
	})
}
