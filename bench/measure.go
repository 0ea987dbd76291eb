package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// result is what all windows of a target showed.
type result struct {
	workload *workload
	target   *target
	samples  []sample
	ratios   []float64 // to the limit of the same round
}

// cost is the CPU time of one request, of the server and Postgres together.
func (s sample) cost() float64 { return perRequest(s, s.server+s.postgres) }

func (s sample) rps() float64 { return float64(s.requests) / s.took.Seconds() }

// perRequest is milliseconds.
func perRequest(s sample, d time.Duration) float64 {
	return d.Seconds() * 1000 / float64(s.requests)
}

// measure runs the windows of all targets, one after the other, round for round, so that what disturbs the machine disturbs all alike.
func measure(ctx context.Context, o options, d *dataset, all []*workload, log io.Writer) ([]*result, error) {
	var results []*result
	for _, w := range all {
		for i := range w.targets {
			results = append(results, &result{workload: w, target: &w.targets[i]})
		}
	}
	for round := range o.rounds {
		var limit sample
		for _, r := range results {
			s, err := r.window(ctx, o, d, uint64(round))
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %w", r.workload.name, r.target.name, err)
			}
			if r.target == &r.workload.targets[0] {
				limit = s
			}
			r.samples = append(r.samples, s)
			r.ratios = append(r.ratios, s.cost()/limit.cost())
			fmt.Fprintf(log, "round %d  %s  %-16s %6.0f req/s  p99 %6.1f ms  server %.3f ms  postgres %.3f ms  ratio %.2f  refused %d\n", round+1, r.workload.name,
				r.target.name, s.rps(), ms(s.p99), perRequest(s, s.server), perRequest(s, s.postgres), s.cost()/limit.cost(), s.refused)
			if r.workload.writes { // else the next target would walk over the rows that this one left dead
				if err := d.tidy(ctx); err != nil {
					return nil, err
				}
			}
		}
	}
	return results, nil
}

// window measures a target once. All targets of a round get the same requests.
func (r *result) window(ctx context.Context, o options, d *dataset, round uint64) (sample, error) {
	if r.workload.writes {
		if err := d.rule(ctx, r.target.rules); err != nil {
			return sample{}, err
		}
	}
	conns := make([]*caller, o.conns)
	throws := make([]dice, o.conns)
	for i := range conns {
		c, err := dial(ctx, r.target.server.addr, r.target.path, d.key)
		if err != nil {
			return sample{}, err
		}
		defer c.conn.Close()
		conns[i], throws[i] = c, newDice(round<<16|uint64(i))
	}
	body := func(i int, b []byte) []byte { return r.target.body(r.workload, throws[i], b) }
	return drive(ctx, o, conns, body, meter(r.target.server.cmd.Process.Pid, d.server.PID()))
}

// tidy takes the touches away that came since the data were made, so that no round finds more than another, and what updates left behind, as autovacuum does where it is on.
func (d *dataset) tidy(ctx context.Context) error {
	return withConn(ctx, d.url, func(conn *pgx.Conn) error {
		for _, s := range []string{"delete from touch_keys k using touches t where t.occurred_at > $1 and k.workspace_id = t.workspace_id and k.touch_id = t.id", "delete from touches where occurred_at > $1"} {
			if _, err := conn.Exec(ctx, s, worldEnd); err != nil {
				return err
			}
		}
		return run(ctx, conn, "vacuum leads", "vacuum scores", "vacuum touch_keys", "vacuum touches", "checkpoint")
	})
}

// summary counts the requests that were answered in a window.
func summary(logs [][]finished, from, to time.Duration) sample {
	s := sample{took: to - from}
	var all []time.Duration
	for _, log := range logs {
		for _, a := range log {
			switch {
			case a.at < from || a.at >= to:
			case a.refused:
				s.refused++
			default:
				all = append(all, a.took)
			}
		}
	}
	slices.Sort(all)
	if s.requests = len(all); s.requests > 0 {
		s.p99 = all[(len(all)-1)*99/100]
	}
	return s
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }
