package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/page"
)

// background measures work on all leads, run by this process as a server's job runs it: judging them after a publication, and a
// back-test. Between the two come the workloads that judge leads: theirs have scores by then, as those of a workspace at work.
func background(ctx context.Context, o options, d *dataset, judged []*workload, out io.Writer) ([]row, error) {
	debug.SetGCPercent(200) // as the server does, whose ballast would not show here
	database, err := db.Open(ctx, db.Config{URL: d.url, Sealer: page.NewSealer(make([]byte, 32))})
	if err != nil {
		return nil, err
	}
	defer database.Close()
	f := funnel.New(funnel.Config{DB: database, Now: time.Now, Sealer: page.NewSealer(make([]byte, 32))})
	if len(judged) > 0 || o.runs("rescore") {
		if err := d.rescored(ctx, f, out); err != nil {
			return nil, err
		}
	}
	rows, err := requests(ctx, o, d, judged)
	if err != nil || !o.runs("backtest") {
		return rows, err
	}
	return rows, d.trial(ctx, f, out)
}

// rescored measures judging all open leads, twice: the second time finds scores that are there.
func (d *dataset) rescored(ctx context.Context, f *funnel.Funnel, out io.Writer) error {
	if err := d.rule(ctx, true); err != nil {
		return err
	}
	for _, what := range []string{"rescore, the first", "rescore, the second"} {
		which, err := d.rescore(ctx)
		if err != nil {
			return err
		}
		if err := timed(out, what, len(d.leads), d.server.PID(), func() error {
			return f.RunRescore(ctx, funnel.RescoreArgs{Workspace: d.workspace, Rescore: which})
		}); err != nil {
			return err
		}
		if err := d.tidy(ctx); err != nil {
			return err
		}
	}
	return nil
}

// trial measures a back-test of all leads.
func (d *dataset) trial(ctx context.Context, f *funnel.Funnel, out io.Writer) error {
	if err := d.rule(ctx, true); err != nil {
		return err
	}
	if err := d.history(ctx); err != nil {
		return err
	}
	which, err := d.backTest(ctx, backtest.Cohort{From: worldBegin.AddDate(-1, 0, 0), To: time.Now(), Label: backtest.LabelWon, HorizonDays: 90, Decision: backtest.DecisionCreation, AfterDays: 7})
	if err != nil {
		return err
	}
	return timed(out, "backtest", len(d.leads), d.server.PID(), func() error {
		return f.DoBackTest(ctx, funnel.BackTestArgs{Workspace: d.workspace, BackTest: which})
	})
}

// timed prints how long work on leads takes, what it costs and how much memory it needs at most.
func timed(out io.Writer, what string, leads, postgres int, do func() error) error {
	usage := meter(os.Getpid(), postgres)
	before, err := usage()
	if err != nil {
		return err
	}
	var rest runtime.MemStats // the world of the generator is in this process too
	runtime.GC()
	runtime.ReadMemStats(&rest)
	var heap uint64
	var watching sync.WaitGroup
	done := make(chan struct{})
	watching.Go(func() { heap = mostHeap(done) })
	began := time.Now()
	err = do()
	took := time.Since(began)
	close(done)
	watching.Wait()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	after, err := usage()
	if err != nil {
		return err
	}
	n := float64(leads)
	_, err = fmt.Fprintf(out, "%s: %d leads in %.1f s, %.0f leads/s; CPU us a lead: server %.1f, Postgres %.1f; heap at most %d MB more\n", what, leads, took.Seconds(), n/took.Seconds(),
		(after.server-before.server).Seconds()*1e6/n, (after.postgres-before.postgres).Seconds()*1e6/n, (heap-min(heap, rest.HeapInuse))>>20)
	return err
}

// mostHeap looks at the memory now and then until it is done, and answers the most that it saw.
func mostHeap(done <-chan struct{}) (seen uint64) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return seen
		case <-tick.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			seen = max(seen, m.HeapInuse)
		}
	}
}
