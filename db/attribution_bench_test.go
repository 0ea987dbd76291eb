package db

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/internal/attribution"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/pg"
	"github.com/leadgraph/leadgraph/internal/pg/pgtest"
)

// millionTouches fills a workspace with a hundred thousand companies of two people, who had ten touches, and of which every fourth bought; the others were lost.
var millionTouches = []string{
	`insert into workspaces (id, slug, name) values ($1, 'million', 'Million')`,
	`insert into sources (workspace_id, id, key, name, kind, channel) values ($1, $1, 's', 'S', 'FORM', 'WEB')`,
	`insert into campaigns (workspace_id, id, key, name, kind, channel, starts_at) select $1, lpad(n::text, 32, '0')::uuid, 'c' || n, 'C', 'NURTURE', 'EMAIL', '2026-01-01' from generate_series(1, 100) n`,
	`insert into accounts (workspace_id, id, name, name_key) select $1, lpad(n::text, 32, '0')::uuid, 'A' || n, 'a' || n from generate_series(1, 100000) n`,
	`insert into contacts (workspace_id, id, account_id) select $1, lpad(n::text, 32, '0')::uuid, lpad((1 + n % 100000)::text, 32, '0')::uuid from generate_series(1, 200000) n`,
	`insert into leads (workspace_id, id, contact_id, account_id, source_id, stage, stage_since, created_at, last_activity_at) select $1, c.id, c.id, c.account_id, $1, 'WON', now(), now(), now() from contacts c where c.id::text < '00000000-0000-0000-0000-000000100000'
		or c.id::text = '00000000-0000-0000-0000-000000100000'`,
	`insert into deals (workspace_id, id, lead_id, contact_id, account_id, name, amount_minor, currency, outcome, opened_at, closed_at, updated_at)
		select $1, l.id, l.id, l.contact_id, l.account_id, 'D', 100000, 'EUR', case when hashtext(l.id::text) % 4 = 0 then 'WON' else 'LOST' end, '2026-05-01', timestamptz '2026-06-01' + (hashtext(l.id::text) % 1000000) * interval '1 second', now() from leads l`,
	`insert into touches (workspace_id, id, contact_id, source_id, campaign_id, kind, channel, direction, department, occurred_at)
		select $1, gen_random_uuid(), lpad((1 + n % 200000)::text, 32, '0')::uuid, $1, lpad((1 + n % 100)::text, 32, '0')::uuid, 'PAGE_VIEWED',
		(array['EMAIL', 'PHONE', 'WEB', 'SOCIAL', 'PAID_SEARCH', 'ORGANIC_SEARCH', 'EVENT', 'WEBINAR', 'DISPLAY', 'DIRECT'])[1 + abs(hashtext(n::text)) % 10], 'INBOUND', 'MARKETING',
		timestamptz '2026-02-01' + (abs(hashtext((n * 7)::text)) % 9000000) * interval '1 second' from generate_series(1, 1000000) n`,
	`update deals set outcome = 'WON' where workspace_id = $1`,
}

// highest notes the greatest heap that it sees until it is told to stop.
func highest(stop chan struct{}) func() uint64 {
	var most uint64
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	})
	return func() uint64 { close(stop); done.Wait(); return most }
}

// BenchmarkAMillionTouches credits a hundred thousand journeys from Postgres under the eight models that do not learn, and fits MARKOV to them besides.
func BenchmarkAMillionTouches(b *testing.B) {
	if testing.Short() {
		b.Skip("a million touches take a minute to write")
	}
	url := pgtest.Database(b, Migrate, Fingerprint())
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(context.Background())
	ws := id.New()
	for _, sql := range millionTouches {
		if _, err := c.Exec(context.Background(), sql, ws); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := c.Exec(context.Background(), "vacuum analyze"); err != nil {
		b.Fatal(err)
	}
	d, err := Open(context.Background(), Config{URL: pg.AppURL(url)})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	p := attribution.Default()
	w := &Journeyed{Outcomes: []JourneyOutcome{JourneyWon}, From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	w.Silent = w.To
	for _, fit := range []bool{false, true} {
		b.Run(map[bool]string{false: "heuristics", true: "heuristics and MARKOV"}[fit], func(b *testing.B) {
			heap := highest(make(chan struct{}))
			touches := int64(0)
			for b.Loop() {
				r, err := attribution.NewReport(attribution.New(&p), attribution.ByChannel, attribution.Models[:8])
				if err != nil {
					b.Fatal(err)
				}
				l := attribution.NewLearner(&p)
				if err := d.Read(ws).EachJourney(context.Background(), w, p.LookBackDays, func(j *attribution.Journey) error {
					touches += int64(len(j.Touches))
					if fit {
						if err := l.Add(j); err != nil {
							return err
						}
					}
					return r.Add(j)
				}, nil); err != nil {
					b.Fatal(err)
				}
				if fit {
					l.Markov()
				}
			}
			b.ReportMetric(float64(touches)/float64(b.N), "touches/op")
			b.ReportMetric(float64(heap())/(1<<20), "MB-heap")
		})
	}
}
