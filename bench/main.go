// Command bench measures what requests to leadgraph cost, as a ratio to a server written by hand for the same requests.
// README.md beside it says how to run it and what is counted.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	only    string
	rounds  int
	window  time.Duration
	warmup  time.Duration
	conns   int
	checks  int
	leads   int
	json    string
	data    string
	explain bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) == 2 && os.Args[1] == limitCommand {
		err = serveLimit(ctx, os.Getenv("DATABASE_URL"), os.Getenv("LIMIT_ADDR"))
	} else {
		err = bench(ctx, readOptions())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// limitCommand makes this program the limit server: a process of its own, whose CPU time can be told apart.
const limitCommand = "limit-server"

func readOptions() (o options) {
	flag.StringVar(&o.only, "only", "", "the workloads to run, such as w1,w3; all where empty")
	flag.IntVar(&o.rounds, "rounds", 3, "windows of each target")
	flag.DurationVar(&o.window, "window", 6*time.Second, "length of a window")
	flag.DurationVar(&o.warmup, "warmup", 1500*time.Millisecond, "load before each window that is not counted")
	flag.IntVar(&o.conns, "conns", 32, "keep-alive connections, each with one request at a time")
	flag.IntVar(&o.checks, "checks", 200, "requests of each workload whose answers must be equal")
	flag.IntVar(&o.leads, "leads", 200_000, "size of the data; all else grows with it")
	flag.StringVar(&o.json, "json", "", "file for the results")
	flag.StringVar(&o.data, "data", "bench/data", "folder that keeps the data for the next run")
	flag.BoolVar(&o.explain, "explain", false, "instead print the plan of every list on these data, and fail for bad ones")
	flag.Parse()
	return o
}

func bench(ctx context.Context, o options) error {
	d, err := openDataset(ctx, o.data, o.leads, os.Stderr)
	if err != nil {
		return err
	}
	defer d.close()
	if o.explain {
		return explain(ctx, d, os.Stdout)
	}
	limit, err := startLimit(ctx, d, o.data)
	if err != nil {
		return err
	}
	defer limit.stop()
	leadgraph, err := startLeadgraph(ctx, d, o.data, "leadgraph", nil)
	if err != nil {
		return err
	}
	defer leadgraph.stop()
	gqlgen, err := startLeadgraph(ctx, d, o.data, "leadgraph-gqlgen", []string{"-tags", "bench"}, "LEADGRAPH_BENCH_EXECUTOR=gqlgen", "LEADGRAPH_JOBS=false")
	if err != nil {
		return err
	}
	defer gqlgen.stop()
	var all, judged []*workload
	for _, w := range workloads(d.world, limit, leadgraph, gqlgen) {
		switch {
		case !o.runs(w.name):
		case w.unequal:
			judged = append(judged, w)
		default:
			all = append(all, w)
		}
	}
	if o.runs("w4") {
		if err := fanout(ctx, o, d, limit, leadgraph, os.Stdout); err != nil {
			return err
		}
	}
	summed, err := requests(ctx, o, d, all)
	if err != nil {
		return err
	}
	more, err := background(ctx, o, d, judged, os.Stdout) // last, for it leaves other data
	if err != nil {
		return err
	}
	return save(o.json, o, append(summed, more...))
}

// requests measures workloads that are requests.
func requests(ctx context.Context, o options, d *dataset, all []*workload) ([]row, error) {
	if len(all) == 0 {
		return nil, nil
	}
	if err := check(ctx, o, d, all, os.Stderr); err != nil {
		return nil, err
	}
	results, err := measure(ctx, o, d, all, os.Stderr)
	if err != nil {
		return nil, err
	}
	summed := rows(results)
	return summed, print(os.Stdout, summed)
}

// runs tells whether a workload is asked for.
func (o options) runs(name string) bool {
	return o.only == "" || slices.Contains(strings.Split(o.only, ","), name)
}

func startLimit(ctx context.Context, d *dataset, dir string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, "limit", dir, func(addr string) *exec.Cmd {
		cmd := exec.Command(self, limitCommand)
		cmd.Env = append(os.Environ(), "DATABASE_URL="+d.url, "LIMIT_ADDR="+addr)
		return cmd
	})
}

// startLeadgraph builds the server as it is released, or for other flags, and starts it with an allowance that the load cannot use up.
func startLeadgraph(ctx context.Context, d *dataset, dir, name string, flags []string, env ...string) (*server, error) {
	program, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", program}, flags...), "github.com/leadgraph/leadgraph")...)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return start(ctx, name, dir, func(addr string) *exec.Cmd {
		cmd := exec.Command(program, "serve")
		cmd.Env = append(append(os.Environ(), "DATABASE_URL="+d.url, "LEADGRAPH_ADDR="+addr, "LEADGRAPH_SECRET="+strings.Repeat("bench", 8),
			"LEADGRAPH_RATE_COST=100000000", "LEADGRAPH_RATE_RESTORE=100000000", "LEADGRAPH_SUBSCRIPTIONS=100000"), env...)
		return cmd
	})
}
