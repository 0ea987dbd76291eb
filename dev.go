package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/urfave/cli/v3"

	"github.com/leadgraph/leadgraph/db"
	liveboard "github.com/leadgraph/leadgraph/examples/live-board"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/demo"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/httpapi/playground"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/pg"
)

// devMode is what only development has: demo people whom the Playground may act as.
type devMode struct {
	demo   *demo.Demo
	apiKey string
	tracer pgx.QueryTracer // of tests that count statements
}

func (d *devMode) queries() pgx.QueryTracer {
	if d == nil {
		return nil
	}
	return d.tracer
}

func devCommand() *cli.Command {
	return &cli.Command{
		Name:  "dev",
		Usage: "start everything on this machine: PostgreSQL, a demo company, the API and the Playground",
		Description: "Starts a PostgreSQL of its own (or uses DATABASE_URL), loads a demo company, and prints the Playground's address, demo\n" +
			"sign-ins and a partner's API key; the same stands in .leadgraph/dev.json. Ctrl-C stops everything; the data stay.",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "port", Value: 8080, Usage: "serve on this port; 0 takes a free one"},
			&cli.StringFlag{Name: "data", Value: ".leadgraph", Usage: "keep database, secret and dev.json in this `FOLDER`"},
			&cli.BoolFlag{Name: "fresh", Usage: "throw the folder's database away first"},
			&cli.BoolFlag{Name: "no-demo", Usage: "start without the demo company"},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			return dev(ctx, c.Int("port"), c.String("data"), c.Bool("fresh"), !c.Bool("no-demo"))
		},
	}
}

func dev(ctx context.Context, port int, dir string, fresh, withDemo bool) error {
	s, err := readSettings()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if s.DatabaseURL == "" {
		database, err := ownPostgres(ctx, dir, fresh)
		if err != nil {
			return err
		}
		defer database.Stop()
		s.DatabaseURL = database.URL("postgres")
	} else if fresh {
		return errors.New("--fresh throws away the folder's own database only; with DATABASE_URL empty that one yourself")
	}
	if err := db.Migrate(ctx, s.DatabaseURL); err != nil {
		return err
	}
	if s.Secret, err = keepSecret(dir); err != nil {
		return err
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return fmt.Errorf("listen: %w (another server runs there? --port 0 takes a free one)", err)
	}
	s.URL, s.dev = "http://"+localhost(l), &devMode{}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	srv, err := wire(ctx, s, log)
	if err != nil {
		return err
	}
	defer srv.close()
	if withDemo {
		if err := srv.loadDemo(ctx, dir); err != nil {
			return err
		}
	}
	if err := srv.announce(ctx, dir); err != nil {
		return err
	}
	return srv.run(ctx, l, log)
}

func localhost(l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return net.JoinHostPort("localhost", port)
}

func ownPostgres(ctx context.Context, dir string, fresh bool) (*pg.Server, error) {
	place := filepath.Join(dir, "pg")
	if fresh {
		if err := pg.Remove(place); err != nil {
			return nil, fmt.Errorf("throw the old database away: %w", err)
		}
		_ = os.Remove(filepath.Join(dir, "dev.json")) // its key went with the database
	}
	return pg.Start(ctx, pg.Options{Dir: place, Durable: true})
}

// devFile is .leadgraph/dev.json: what a client needs to try the API.
type devFile struct {
	URL        string      `json:"url"`
	WSURL      string      `json:"wsUrl"`  // WebSocket: graphql-transport-ws
	SSEURL     string      `json:"sseUrl"` // server-sent events: graphql-sse, distinct connections
	Playground string      `json:"playground"`
	LiveBoard  string      `json:"liveBoard"`
	APIKey     string      `json:"apiKey"`
	Members    []devMember `json:"members"`
}

type devMember struct {
	Email      string          `json:"email"`
	Password   string          `json:"password"`
	Department auth.Department `json:"department"`
	Role       auth.Role       `json:"role"`
	Token      string          `json:"token"`
}

// loadDemo loads the demo company, unless it is there, and finds or makes the partner's key.
func (s *server) loadDemo(ctx context.Context, dir string) error {
	d, err := demo.Load(ctx, s.db, s.jobs.Client, auth.NewPasswords(1), time.Now())
	if err != nil {
		return fmt.Errorf("load the demo company: %w", err)
	}
	s.settings.dev.demo = d
	var old devFile
	if b, err := os.ReadFile(filepath.Join(dir, "dev.json")); err == nil && json.Unmarshal(b, &old) == nil && s.works(ctx, d.Workspace, old.APIKey) {
		s.settings.dev.apiKey = old.APIKey
		return nil
	}
	made, err := s.funnel.CreateAPIKey(auth.With(ctx, auth.System(d.Workspace)), funnel.CreateAPIKeyInput{Name: "Demo partner",
		Scopes: []string{string(auth.LeadsRead), string(auth.LeadsWrite), string(auth.LeadsImport), string(auth.PIIRead), string(auth.CampaignsRead), string(auth.ResourcesRead), string(auth.ConsentsWrite), string(auth.MembersRead)}})
	if err != nil {
		return fmt.Errorf("make the demo partner's key: %w", err)
	}
	s.settings.dev.apiKey = *made.Secret
	return nil
}

// works tells whether a key of an earlier start is still good.
func (s *server) works(ctx context.Context, workspace id.UUID, key string) bool {
	hash, _, err := auth.ParseAPIKey(key)
	if err != nil {
		return false
	}
	places, err := s.db.Read(id.UUID{}).FindAPIKey(ctx, hash[:])
	return err == nil && len(places) == 1 && places[0].WorkspaceID == workspace
}

// announce prints what to do next and writes it to dev.json.
func (s *server) announce(ctx context.Context, dir string) error {
	out := devFile{URL: s.settings.URL + "/graphql", WSURL: "ws" + strings.TrimPrefix(s.settings.URL, "http") + "/graphql", SSEURL: s.settings.URL + "/graphql", Playground: s.settings.URL + "/playground", LiveBoard: s.settings.URL + liveboard.Path, APIKey: s.settings.dev.apiKey, Members: []devMember{}}
	fmt.Printf("\n  leadgraph is ready.\n\n  Playground  %s\n  Live board  %s\n  API         %s\n  WebSocket   %s (graphql-transport-ws)\n  Events      %s (Accept: text/event-stream)\n",
		out.Playground, out.LiveBoard, out.URL, out.WSURL, out.SSEURL)
	if d := s.settings.dev.demo; d != nil {
		fmt.Printf("  API key     %s\n\n  Sign in as (password %q):\n", out.APIKey, d.Members[0].Password)
		for _, m := range d.Members {
			token, err := s.token(ctx, m.ID)
			if err != nil {
				return err
			}
			out.Members = append(out.Members, devMember{m.Email, m.Password, m.Department, m.Role, token})
			fmt.Printf("    %-46s %s %s\n", m.Email, m.Department, m.Role)
		}
	} else {
		fmt.Println("\n  No demo company: make a workspace with the signUp mutation in the Playground.")
	}
	file := filepath.Join(dir, "dev.json")
	body, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	fmt.Printf("\n  The same stands in %s. Ctrl-C stops.\n\n", file)
	return os.WriteFile(file, append(body, '\n'), 0o600)
}

// token signs a demo member in.
func (s *server) token(ctx context.Context, member id.UUID) (string, error) {
	t, err := s.funnel.DemoSession(ctx, s.settings.dev.demo.Workspace, member)
	if err != nil {
		return "", fmt.Errorf("sign a demo member in: %w", err)
	}
	return t.AccessToken, nil
}

// identities are whom the Playground may act as.
func (d *devMode) identities() []playground.Identity {
	var all []playground.Identity
	if d.demo == nil {
		return all
	}
	for _, m := range d.demo.Members {
		all = append(all, playground.Identity{ID: m.ID.String(), Name: m.Name, Post: strings.ToLower(string(m.Department) + " " + string(m.Role)), Group: string(m.Department)})
	}
	return append(all, playground.Identity{ID: "key", Name: "Demo partner", Post: "API key", Group: "PARTNER"})
}

// people are whom the live board may act as.
func (d *devMode) people() []liveboard.Person {
	all := []liveboard.Person{}
	if d.demo != nil {
		for _, m := range d.demo.Members {
			all = append(all, liveboard.Person{ID: m.ID.String(), Name: m.Name, Department: string(m.Department), Role: string(m.Role)})
		}
	}
	return all
}

// devSignIn gives the Playground a fresh token.
func (s *server) devSignIn(ctx context.Context, identity string) (playground.Token, error) {
	d := s.settings.dev
	if d.demo == nil {
		return playground.Token{}, errors.New("there is no demo company")
	}
	if identity == "key" {
		return playground.Token{Value: d.apiKey, Lifetime: 24 * time.Hour}, nil
	}
	for _, m := range d.demo.Members {
		if m.ID.String() == identity {
			token, err := s.token(ctx, m.ID)
			return playground.Token{Value: token, Lifetime: 10 * time.Minute}, err
		}
	}
	return playground.Token{}, errors.New("there is no such identity")
}
