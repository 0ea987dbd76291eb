package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// row is one line of the results file. Figures are medians of the rounds.
type row struct {
	Workload      string  `json:"workload"`
	Target        string  `json:"target"`
	RPS           float64 `json:"rps"`
	P99Ms         float64 `json:"p99Ms"`
	CPUServerMs   float64 `json:"cpuServerMs"`
	CPUPostgresMs float64 `json:"cpuPostgresMs"`
	Ratio         float64 `json:"ratio"`
	RatioMin      float64 `json:"ratioMin"`
	RatioMax      float64 `json:"ratioMax"`
	RefusedShare  float64 `json:"refusedShare"` // of the requests, because the server was too busy
}

// rows sums results up.
func rows(results []*result) []row {
	var out []row
	for _, r := range results {
		of := func(f func(sample) float64) float64 {
			var all []float64
			for _, s := range r.samples {
				all = append(all, f(s))
			}
			return median(all)
		}
		out = append(out, row{Workload: r.workload.name, Target: r.target.name,
			RPS:           round(of(func(s sample) float64 { return s.rps() }), 1),
			P99Ms:         round(of(func(s sample) float64 { return ms(s.p99) }), 10),
			CPUServerMs:   round(of(func(s sample) float64 { return perRequest(s, s.server) }), 1000),
			CPUPostgresMs: round(of(func(s sample) float64 { return perRequest(s, s.postgres) }), 1000),
			Ratio:         round(median(r.ratios), 100), RatioMin: round(slices.Min(r.ratios), 100), RatioMax: round(slices.Max(r.ratios), 100),
			RefusedShare: round(of(func(s sample) float64 { return float64(s.refused) / float64(s.refused+s.requests) }), 1000)})
	}
	return out
}

func median(of []float64) float64 {
	s := slices.Sorted(slices.Values(of))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// round rounds to a fraction of one.
func round(f, fraction float64) float64 { return float64(int64(f*fraction+0.5)) / fraction }

// print writes the table for people.
func print(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 2, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "workload\ttarget\treq/s\tp99 ms\tserver CPU ms\tPostgres CPU ms\ttotal\tratio\tmin\tmax\trefused\t")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%.0f\t%.1f\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\t%.2f\t%.1f %%\t\n", r.Workload, r.Target, r.RPS, r.P99Ms, r.CPUServerMs, r.CPUPostgresMs,
			r.CPUServerMs+r.CPUPostgresMs, r.Ratio, r.RatioMin, r.RatioMax, 100*r.RefusedShare)
	}
	return t.Flush()
}

// save writes the results file.
func save(name string, o options, rows []row) error {
	if name == "" {
		return nil
	}
	text, err := json.MarshalIndent(struct {
		At      time.Time `json:"at"`
		Go      string    `json:"go"`
		Cores   int       `json:"cores"`
		Leads   int       `json:"leads"`
		Conns   int       `json:"connections"`
		Rounds  int       `json:"rounds"`
		Window  string    `json:"window"`
		Results []row     `json:"results"`
	}{time.Now().UTC().Truncate(time.Second), runtime.Version(), runtime.NumCPU(), o.leads, o.conns, o.rounds, o.window.String(), rows}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o644)
}
