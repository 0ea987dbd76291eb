package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// TestAWorkspaceWorksBehindAPooler does, without prepared statements, what writes documents, lists of words and many rows at once.
func TestAWorkspaceWorksBehindAPooler(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Pooler = true })
	a.worksBehindAPooler()
}

// TestAWorkspaceWorksBehindPgBouncer does the same behind the pooler itself, where it is installed: each transaction gets whichever of three connections is free.
func TestAWorkspaceWorksBehindPgBouncer(t *testing.T) {
	t.Parallel()
	bouncer, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("pgbouncer is not installed")
	}
	if _, err := user.Lookup("postgres"); err != nil && os.Geteuid() == 0 {
		t.Skip("pgbouncer does not run as root, and there is no user postgres")
	}
	a := startAPI(t, func(s *settings) { s.Pooler, s.DatabaseURL = true, bounced(t, bouncer, s.DatabaseURL) })
	a.worksBehindAPooler()
	var all sync.WaitGroup
	for i := range 8 { // more than there are connections behind it
		all.Go(func() {
			token := a.signUp(fmt.Sprint("pooler", i))
			a.source(token, "web")
			for n := range 10 {
				a.capture(token, fmt.Sprintf("p%d@acme.example", n))
			}
			var out struct{ Leads struct{ TotalCount int } }
			a.do(token, `{ leads { totalCount } }`, nil).into(t, &out)
			if out.Leads.TotalCount != 10 {
				t.Errorf("%d leads in a workspace with 10", out.Leads.TotalCount)
			}
		})
	}
	all.Wait()
}

// bounced starts pgbouncer before a database and answers its address there.
func bounced(t *testing.T, bouncer, database string) string {
	t.Helper()
	c, err := pgconn.ParseConfig(database)
	require.NoError(t, err)
	host, port, _ := strings.Cut(freePort(t), ":")
	dir, err := os.MkdirTemp("/tmp", "bouncer") // who it runs as has to reach it
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	conf, secret := filepath.Join(dir, "pgbouncer.ini"), ""
	if c.Password != "" {
		secret = "password=" + c.Password
	}
	require.NoError(t, os.WriteFile(conf, fmt.Appendf(nil, `[databases]
behind = host=%s port=%d dbname=%s user=%s %s connect_query='set role lg_app; set statement_timeout = 8000; set plan_cache_mode = force_generic_plan; set enable_memoize = off'
[pgbouncer]
listen_addr = %s
listen_port = %s
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
ignore_startup_parameters = role, statement_timeout, plan_cache_mode, enable_memoize
`, c.Host, c.Port, c.Database, c.User, secret, host, port), 0o644))
	args := []string{conf}
	if os.Geteuid() == 0 { // which it refuses to run as
		args = []string{"-u", "postgres", conf}
	}
	cmd, said := exec.Command(bouncer, args...), &output{}
	cmd.Stdout, cmd.Stderr = said, said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	url := fmt.Sprintf("postgres://anybody@%s:%s/behind?sslmode=disable", host, port)
	t.Cleanup(func() { t.Log(said.last()) })
	eventually(t, "pgbouncer", func() bool {
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			return false
		}
		_ = conn.Close(context.Background())
		return true
	})
	return url
}

// worksBehindAPooler does what writes documents, lists of words and many rows at once.
func (a *testAPI) worksBehindAPooler() {
	t := a.t
	t.Helper()
	ada := a.signUp("pooler")
	a.source(ada, "web")
	a.inForce(ada, "pooler", awake())
	who := a.person(ada, "web", "eve@acme.example", "Acme")
	outcome, _, slot := a.reserved(ada, who)
	require.Equal(t, "ALLOWED", outcome)
	require.Empty(t, a.do(ada, `mutation ($id: ID!) { confirmContact(input: {messageId: $id, touch: {source: "web"}}) { cursor } }`, map[string]any{"id": slot}).Errors)
	require.Empty(t, a.do(ada, `mutation ($id: ID!) { recordBounce(input: {contactId: $id, channel: EMAIL}) { cursor } }`, map[string]any{"id": who}).Errors)
	var out struct {
		Leads struct {
			Nodes []struct {
				Score   *int
				Contact struct {
					Standing struct{ Bounced []string }
					Messages struct{ TotalCount int }
				}
			}
		}
	}
	a.do(ada, `{ leads(first: 5) { nodes { score contact { standing { bounced } messages { totalCount } } } } }`, nil).into(t, &out)
	require.Len(t, out.Leads.Nodes, 1)
	require.NotNil(t, out.Leads.Nodes[0].Score)
	require.Equal(t, []string{"EMAIL"}, out.Leads.Nodes[0].Contact.Standing.Bounced)
	require.Equal(t, 1, out.Leads.Nodes[0].Contact.Messages.TotalCount)
}
