package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v3"
)

func importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "import a CSV or JSON Lines file of leads through the API",
		ArgsUsage: "FILE",
		Description: "Uploads the file and follows the import. Without --url and --key it talks to the server that `leadgraph dev` started here.\n" +
			"The mapping is a JSON file, see examples/; without one the columns are guessed from their names.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "url", Sources: cli.EnvVars("LEADGRAPH_API_URL"), Usage: "the API's address, ending in /graphql"},
			&cli.StringFlag{Name: "key", Sources: cli.EnvVars("LEADGRAPH_API_KEY"), Usage: "an API key with leads:import"},
			&cli.StringFlag{Name: "data", Value: ".leadgraph", Usage: "the `FOLDER` of the dev server"},
			&cli.StringFlag{Name: "mapping", Usage: "a JSON `FILE` that says how columns become facts"},
			&cli.StringFlag{Name: "source", Value: "website", Usage: "the `KEY` of the source the leads come from"},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.NArg() != 1 {
				return errors.New("name one file to import")
			}
			api, err := newClient(c.String("url"), c.String("key"), c.String("data"))
			if err != nil {
				return err
			}
			return api.importFile(ctx, c.Args().First(), c.String("mapping"), c.String("source"))
		},
	}
}

// client calls the API as any other client would.
type client struct{ url, key string }

func newClient(url, key, dir string) (*client, error) {
	if url != "" && key != "" {
		return &client{url, key}, nil
	}
	var d devFile
	b, err := os.ReadFile(filepath.Join(dir, "dev.json"))
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	if err != nil {
		return nil, fmt.Errorf("give --url and --key, or start `leadgraph dev` here first (%w)", err)
	}
	return &client{d.URL, d.APIKey}, nil
}

// do runs one operation and reads its data.
func (c *client) do(ctx context.Context, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("call the API: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("call the API: %w", err)
	}
	defer res.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Field string }
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("read the API's answer (%s): %w", res.Status, err)
	}
	if len(answer.Errors) > 0 {
		e := answer.Errors[0]
		return fmt.Errorf("%s %s", e.Extensions.Field, e.Message)
	}
	return json.Unmarshal(answer.Data, into)
}

const (
	openUpload  = `mutation ($name: String!) { createUpload(input: {fileName: $name}) { uploadId url } }`
	startImport = `mutation ($upload: ID!, $source: String, $mapping: ImportMappingInput) {
  importLeads(input: {uploadId: $upload, source: $source, mapping: $mapping}) { import { id } }
}`
	followImport = `query ($id: ID!) {
  node(id: $id) { ... on Import { state bytesTotal bytesRead rowsRead rowsCreated rowsMerged rowsRefused failure refusalsUrl } }
}`
)

func (c *client) importFile(ctx context.Context, file, mapping, source string) error {
	var by json.RawMessage
	if mapping != "" {
		b, err := os.ReadFile(mapping)
		if err != nil {
			return fmt.Errorf("read the mapping: %w", err)
		}
		if !json.Valid(b) {
			return fmt.Errorf("the mapping %s is no JSON", mapping)
		}
		by = b
	}
	upload, err := c.upload(ctx, file)
	if err != nil {
		return err
	}
	var started struct {
		ImportLeads struct{ Import struct{ ID string } }
	}
	if err := c.do(ctx, startImport, map[string]any{"upload": upload, "source": source, "mapping": by}, &started); err != nil {
		return err
	}
	return c.follow(ctx, started.ImportLeads.Import.ID)
}

func (c *client) upload(ctx context.Context, file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	size, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("open the file: %w", err)
	}
	var opened struct {
		CreateUpload struct{ UploadID, URL string }
	}
	if err := c.do(ctx, openUpload, map[string]any{"name": filepath.Base(file)}, &opened); err != nil {
		return "", err
	}
	bar := progressbar.DefaultBytes(size.Size(), "uploading")
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, opened.CreateUpload.URL, io.TeeReader(f, bar))
	if err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	req.ContentLength = size.Size()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 2000))
		return "", fmt.Errorf("upload: %s: %s", res.Status, b)
	}
	return opened.CreateUpload.UploadID, nil
}

// follow shows the progress until the import ends.
func (c *client) follow(ctx context.Context, imp string) error {
	bar := progressbar.DefaultBytes(-1, "importing")
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		var a struct {
			Node struct {
				State                                                                 string
				BytesTotal, BytesRead, RowsRead, RowsCreated, RowsMerged, RowsRefused int64
				Failure, RefusalsURL                                                  *string
			}
		}
		if err := c.do(ctx, followImport, map[string]any{"id": imp}, &a); err != nil {
			return err
		}
		n := a.Node
		bar.ChangeMax64(n.BytesTotal)
		_ = bar.Set64(n.BytesRead) // only fails when it cannot draw
		if n.State != "PENDING" && n.State != "RUNNING" {
			_ = bar.Finish()
			fmt.Printf("\n%s: %d rows = %d created + %d merged + %d refused\n", n.State, n.RowsRead, n.RowsCreated, n.RowsMerged, n.RowsRefused)
			if n.RefusalsURL != nil {
				fmt.Printf("Refused rows: %s\n", *n.RefusalsURL)
			}
			if n.Failure != nil {
				return errors.New(*n.Failure)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
