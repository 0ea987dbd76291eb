package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/funnel"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/page"
)

func keyCommand() *cli.Command {
	workspace := &cli.StringFlag{Name: "workspace", Aliases: []string{"w"}, Required: true, Usage: "the workspace's `SLUG`"}
	return &cli.Command{
		Name:        "key",
		Usage:       "create, list and revoke API keys",
		Description: "Works on the database of DATABASE_URL, as the system.",
		Commands: []*cli.Command{
			{Name: "create", Usage: "make an API key and print its secret, once", Flags: []cli.Flag{workspace,
				&cli.StringFlag{Name: "name", Required: true, Usage: "what it is for"},
				&cli.StringSliceFlag{Name: "scope", Required: true, Usage: "a permission, such as leads:read; repeat for more"},
				&cli.IntFlag{Name: "days", Value: 365, Usage: "days until it ends"}}, Action: withWorkspace(createKey)},
			{Name: "list", Usage: "list API keys, never their secrets", Flags: []cli.Flag{workspace}, Action: withWorkspace(listKeys)},
			{Name: "revoke", Usage: "end an API key at once", ArgsUsage: "KEY-ID", Flags: []cli.Flag{workspace}, Action: withWorkspace(revokeKey)},
		},
	}
}

// withWorkspace wires a server without serving, finds the workspace and acts there as the system.
func withWorkspace(do func(context.Context, *cli.Command, *server) error) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) error {
		s, err := readSettings()
		if err != nil {
			return err
		}
		s.Jobs = false
		if err := s.check(); err != nil {
			return err
		}
		srv, err := wire(ctx, s, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer srv.close()
		found, err := srv.db.Read(id.UUID{}).FindWorkspace(ctx, c.String("workspace"))
		if err != nil {
			return fmt.Errorf("look the workspace up: %w", err)
		}
		if len(found) == 0 {
			return fmt.Errorf("there is no workspace with the slug %q", c.String("workspace"))
		}
		return do(auth.With(ctx, auth.System(found[0])), c, srv)
	}
}

func createKey(ctx context.Context, c *cli.Command, s *server) error {
	ends := time.Now().AddDate(0, 0, c.Int("days"))
	out, err := s.funnel.CreateAPIKey(ctx, funnel.CreateAPIKeyInput{Name: c.String("name"), Scopes: c.StringSlice("scope"), ExpiresAt: &ends})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s works until %s. Its secret is shown now and never again:\n", out.APIKey.GlobalID(), out.APIKey.ExpiresAt.Format(time.DateOnly))
	fmt.Println(*out.Secret)
	return nil
}

func listKeys(ctx context.Context, _ *cli.Command, s *server) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tPREFIX\tSCOPES\tENDS\tLAST USED\tSTATE")
	most := int32(page.Max)
	for args := (page.Args{First: &most}); ; {
		keys, err := s.db.Read(auth.From(ctx).Workspace).APIKeys(ctx, args, nil)
		if err != nil {
			return err
		}
		for _, k := range keys.Nodes {
			used, state := "never", "works"
			if k.LastUsedAt != nil {
				used = k.LastUsedAt.Format(time.DateTime)
			}
			switch {
			case k.RevokedAt != nil:
				state = "revoked"
			case time.Now().After(k.ExpiresAt):
				state = "ended"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.GlobalID(), k.Name, k.Prefix, strings.Join(k.Scopes, " "), k.ExpiresAt.Format(time.DateOnly), used, state)
		}
		if !keys.PageInfo.HasNextPage {
			return w.Flush()
		}
		args.After = keys.PageInfo.EndCursor()
	}
}

func revokeKey(ctx context.Context, c *cli.Command, s *server) error {
	if c.NArg() != 1 {
		return errors.New("name one key by its id: `leadgraph key list` shows them")
	}
	key, err := id.Parse(c.Args().First())
	if err != nil {
		return err
	}
	out, err := s.funnel.RevokeAPIKey(ctx, funnel.RevokeAPIKeyInput{APIKeyID: key})
	if err != nil {
		return err
	}
	fmt.Printf("%s has ended.\n", out.APIKey.Name)
	return nil
}
