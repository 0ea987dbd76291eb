// Package metrics counts requests to the graph for Prometheus.
package metrics

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/leadgraph/leadgraph/internal/httpapi"
)

// Metrics are the numbers of one server. Labels have few values: none of them is a caller's text.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	documents *prometheus.CounterVec
	inFlight  prometheus.Gauge
}

// New registers the numbers.
func New(registry *prometheus.Registry) *Metrics {
	m := &Metrics{
		registry: registry,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "leadgraph_graphql_requests_total", Help: "Requests by kind of operation, HTTP status and code of the first error.",
		}, []string{"operation", "status", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "leadgraph_graphql_seconds", Help: "Time from a request's headers to its answer.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10},
		}, []string{"operation"}),
		documents: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "leadgraph_graphql_documents_total", Help: "Valid documents, by whether they stood in the cache.",
		}, []string{"cache"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "leadgraph_graphql_in_flight", Help: "Requests being answered.",
		}),
	}
	registry.MustRegister(m.requests, m.seconds, m.documents, m.inFlight)
	return m
}

// Observe is for httpapi.Config.
func (m *Metrics) Observe() func(httpapi.Observation) {
	m.inFlight.Inc()
	return func(o httpapi.Observation) {
		m.inFlight.Dec()
		operation := o.Operation
		if operation == "" {
			operation = "none"
		} else if o.Cached {
			m.documents.WithLabelValues("hit").Inc()
		} else {
			m.documents.WithLabelValues("miss").Inc()
		}
		m.requests.WithLabelValues(operation, strconv.Itoa(o.Status), o.Code).Inc()
		m.seconds.WithLabelValues(operation).Observe(o.Took.Seconds())
	}
}

// Handler serves the numbers: the route GET /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
