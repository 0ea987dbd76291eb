package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// asProgram makes the test binary be the program: so tests can start it as a process, and kill it.
const asProgram = "LEADGRAPH_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// long tells that the long forms of tests are wanted, which take minutes.
func long() bool { return os.Getenv("LEADGRAPH_LONG") != "" }

// process is the program, started.
type process struct {
	*exec.Cmd
	out  *output
	done chan struct{} // closed when it has ended
}

// output is what a process wrote, readable while it writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write takes what the process wrote.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// last is the end of the output.
func (o *output) last() string {
	s := o.String()
	return s[max(0, len(s)-2000):]
}

// program starts the program with arguments and environment. It dies with its test.
func program(t *testing.T, args []string, env ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], args...), out: &output{}, done: make(chan struct{})}
	p.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "LEADGRAPH_SECRET=a secret for tests that is long enough"}, env...)
	p.Stdout, p.Stderr = p.out, p.out
	require.NoError(t, p.Start())
	go func() {
		_ = p.Wait()
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the process as a crash does.
func (p *process) kill() {
	_ = p.Process.Kill()
	<-p.done
}

// ended waits for the end and answers the exit code.
func (p *process) ended(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatalf("the program does not end:\n%s", p.out.last())
	}
	return p.ProcessState.ExitCode()
}

// term asks the process to end.
func (p *process) term() { _ = p.Process.Signal(syscall.SIGTERM) }

// freePort is a port that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// serve starts `leadgraph serve` on a database and waits until it is ready.
func serve(t *testing.T, database, address string, env ...string) *process {
	t.Helper()
	p := program(t, []string{"serve"}, append(env, "DATABASE_URL="+database, "LEADGRAPH_ADDR="+address, "LEADGRAPH_URL=http://"+address,
		"LEADGRAPH_RATE_COST=50000000", "LEADGRAPH_RATE_RESTORE=1000000")...)
	p.await(t, func() bool {
		res, err := http.Get("http://" + address + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	return p
}

// await waits until something is so, while the process runs.
func (p *process) await(t *testing.T, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !so(); {
		select {
		case <-tick.C:
		case <-p.done:
			t.Fatalf("the program ended:\n%s", p.out.last())
		case <-late:
			t.Fatalf("still not so after %s:\n%s", patience, p.out.last())
		}
	}
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !so(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// owner asks the database as its owner, past row-level security.
func owner(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// count is the one number that a query answers.
func count(t *testing.T, c *pgx.Conn, query string, args ...any) (n int64) {
	t.Helper()
	require.NoError(t, c.QueryRow(context.Background(), query, args...).Scan(&n), query)
	return n
}

// upload puts a file at an upload's address and answers the status.
func upload(t *testing.T, url string, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, url, strings.NewReader(body))
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	return res.StatusCode
}

// people is a CSV file of so many people, every hundredth of them without a usable address.
func people(n int) string {
	var b strings.Builder
	b.WriteString("Email,Name,Company\n")
	for i := range n {
		if i%100 == 99 {
			fmt.Fprintf(&b, "nobody-at-%d,Nobody,\n", i)
			continue
		}
		fmt.Fprintf(&b, "p%d@company%d.example,Person %d,Company %d\n", i, i%997, i, i%997)
	}
	return b.String()
}
