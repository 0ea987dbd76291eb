package metrics

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/httpapi"
)

func TestRequestsAreCountedByWhatTheyWere(t *testing.T) {
	t.Parallel()
	m := New(prometheus.NewRegistry())
	for _, o := range []httpapi.Observation{
		{Operation: "query", Status: 200, Code: "OK", Took: 3 * time.Millisecond}, {Operation: "query", Status: 200, Code: "OK", Cached: true, Took: time.Millisecond},
		{Status: 400, Code: "GRAPHQL_PARSE_FAILED"},
	} {
		m.Observe()(o)
	}
	m.Observe() // still running
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`leadgraph_graphql_requests_total{code="OK",operation="query",status="200"} 2`,
		`leadgraph_graphql_requests_total{code="GRAPHQL_PARSE_FAILED",operation="none",status="400"} 1`,
		`leadgraph_graphql_documents_total{cache="hit"} 1`,
		`leadgraph_graphql_seconds_bucket{operation="query",le="0.002"} 1`,
		`leadgraph_graphql_in_flight 1`,
	} {
		require.Contains(t, w.Body.String(), line)
	}
}
