package funnel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/riverqueue/river"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sheet"
)

// ImportLeadsInput is the file, the source and the mapping.
type ImportLeadsInput struct {
	UploadID       *id.Global
	Text           *string
	Source         *string
	Campaign       *string
	Mapping        *sheet.Mapping
	IdempotencyKey *string
}

// ImportLeadsPayload is the import, waiting to begin.
type ImportLeadsPayload struct {
	Mark
	Import *db.Import
}

// ImportArgs asks for an import to be run, or to be gone on with.
type ImportArgs struct {
	Workspace id.UUID `json:"workspace"`
	Import    id.UUID `json:"import"`
}

// Kind names the job.
func (ImportArgs) Kind() string { return "import_leads" }

// InsertOpts lets the import itself count its tries: one that lands rows in between may start as often as servers come and go.
func (ImportArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 10_000} }

// ImportLeads asks for a file to be imported in the background. Members who import may, and API keys with that scope.
func (f *Funnel) ImportLeads(ctx context.Context, in ImportLeadsInput) (*ImportLeadsPayload, error) {
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*ImportLeadsPayload, error) {
		source, err := t.source(ctx, "input.source", in.Source)
		if err != nil {
			return nil, err
		}
		campaign, err := t.campaign(ctx, "input.campaign", in.Campaign)
		if err != nil {
			return nil, err
		}
		file, err := t.file(ctx, in.UploadID, in.Text, true)
		if err != nil {
			return nil, err
		}
		plan, err := file.plan(in.Mapping)
		if err != nil {
			return nil, err
		}
		if err := t.defineColumns(ctx, &plan.mapping); err != nil {
			return nil, err
		}
		p := db.InsertImportParams{WorkspaceID: t.Workspace, ID: id.New(), UploadID: file.upload.ID, SourceID: source.ID, FileName: file.upload.FileName,
			Layout: plan.layout, Mapping: plan.mapping, BytesTotal: file.upload.Bytes, CreatedAt: t.now}
		if campaign != nil {
			p.CampaignID = &campaign.ID
		}
		if !t.who.Member.IsZero() {
			p.CreatedBy = &t.who.Member
		}
		row, err := t.InsertImport(ctx, p)
		if err != nil {
			return nil, err
		}
		if _, err := f.Jobs.InsertTx(ctx, t.Tx.Tx, ImportArgs{t.Workspace, row.ID}, nil); err != nil {
			return nil, fmt.Errorf("queue the import: %w", err)
		}
		t.emit(logged{kind: event.ImportRequested, subject: row.ID, data: event.Data{Name: row.FileName}})
		t.progressed(row)
		return &ImportLeadsPayload{Import: row}, nil
	})
}

// file is an upload with its first bytes, or a text.
type file struct {
	upload *db.Upload
	head   []byte
	field  string // of the input that gave it
}

// file finds the upload, or takes a small text for one.
func (t *tx) file(ctx context.Context, upload *id.Global, text *string, keep bool) (*file, error) {
	if (upload == nil) == (text == nil) {
		return nil, fault.Input("input.uploadId", "Give either an upload or a text.")
	}
	if text != nil {
		return t.inline(ctx, *text, keep)
	}
	key, err := kind("input.uploadId", *upload, id.Upload)
	if err != nil {
		return nil, err
	}
	u, err := t.UploadByID(ctx, db.UploadByIDParams{WorkspaceID: t.Workspace, ID: key})
	if u, err = found(u, err, "input.uploadId", "upload"); err != nil {
		return nil, err
	}
	if !t.now.Before(u.ExpiresAt) {
		return nil, &fault.Error{Code: fault.NotFound, Field: "input.uploadId", Message: "This upload is over a day old and was thrown away. Upload the file again."}
	}
	if !u.Complete {
		return nil, &fault.Error{Code: fault.Conflict, Field: "input.uploadId", Retryable: true, Message: "This upload has no bytes yet. PUT the file to its address first."}
	}
	rows, err := t.UploadChunk(ctx, db.UploadChunkParams{WorkspaceID: t.Workspace, UploadID: u.ID})
	if err != nil {
		return nil, fmt.Errorf("read the upload: %w", err)
	}
	out := &file{upload: u, field: "input.uploadId"}
	if len(rows) > 0 {
		out.head = rows[0]
	}
	return out, nil
}

func (t *tx) inline(ctx context.Context, text string, keep bool) (*file, error) {
	if len(text) > maxInline {
		return nil, fault.Input("input.text", "A text has at most 64 KiB. Upload larger files.")
	}
	out := &file{upload: &db.Upload{FileName: "pasted text", Bytes: int64(len(text))}, head: []byte(text), field: "input.text"}
	if !keep {
		return out, nil
	}
	u, err := t.upload(ctx, "pasted text")
	if err != nil {
		return nil, err
	}
	if err := t.InsertChunk(ctx, db.InsertChunkParams{WorkspaceID: t.Workspace, UploadID: u.ID, Data: out.head}); err != nil {
		return nil, fmt.Errorf("keep the text: %w", err)
	}
	out.upload, err = t.FinishUpload(ctx, db.FinishUploadParams{WorkspaceID: t.Workspace, ID: u.ID, Bytes: out.upload.Bytes})
	return out, err
}

// plan is how a file is read.
type plan struct {
	layout   sheet.Layout
	mapping  sheet.Mapping
	unmapped []sheet.Unmapped
	compiled *sheet.Plan
}

// plan looks at the file's first bytes and checks the mapping against its columns, or suggests one.
func (f *file) plan(given *sheet.Mapping) (*plan, error) {
	if len(f.head) == 0 {
		return nil, fault.Input(f.field, "This file is empty.")
	}
	hint := sheet.Format("")
	if n := strings.ToLower(f.upload.FileName); strings.HasSuffix(n, ".jsonl") || strings.HasSuffix(n, ".ndjson") {
		hint = sheet.JSONL
	}
	layout, err := sheet.Sniff(f.head[:min(len(f.head), sheet.SniffSize)], hint)
	if err != nil {
		return nil, under(err, f.field)
	}
	p := &plan{layout: layout}
	if given != nil {
		p.mapping = *given
	} else {
		p.mapping, p.unmapped = sheet.Suggest(layout.Headers, f.sample(layout))
	}
	compiled, faults := sheet.Compile(p.mapping, layout.Headers)
	if len(faults) > 0 {
		placed := make(fault.List, 0, maxChecks)
		for _, x := range faults[:min(len(faults), maxChecks)] {
			placed = append(placed, x.Under("input.mapping"))
		}
		return nil, placed
	}
	p.compiled = compiled
	return p, nil
}

// sample is some of the file's first rows.
func (f *file) sample(layout sheet.Layout) [][]string {
	r := sheet.Open(bytes.NewReader(f.head), layout)
	var rows [][]string
	for len(rows) < 50 {
		row, err := r.Next()
		var bad *sheet.RowError
		switch {
		case errors.As(err, &bad):
			continue
		case err != nil:
			return rows
		}
		rows = append(rows, row.Cells)
	}
	return rows
}

// defineColumns makes the custom attributes of a mapping known.
func (t *tx) defineColumns(ctx context.Context, m *sheet.Mapping) error {
	var custom []condition.Custom
	for _, c := range m.Columns {
		entity, key, ok := strings.Cut(c.To, ".custom.")
		if !ok {
			continue
		}
		kind := condition.TypeText
		if c.Type != nil {
			kind = *c.Type
		}
		custom = append(custom, condition.Custom{Entity: condition.Entity(strings.ToUpper(entity)), Key: key, Type: kind, Label: c.Column})
	}
	if len(custom) == 0 {
		return nil
	}
	if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil {
		return err
	}
	_, err := t.define(ctx, custom)
	if f := fault.As(err); f != nil {
		f.Field = "input.mapping"
	}
	return err
}

// progressed tells how far an import has come.
func (t *tx) progressed(row *db.Import) {
	p := &event.Progress{Job: event.JobImport, State: string(row.State), Done: row.BytesRead, Total: row.BytesTotal}
	t.emit(logged{kind: event.JobProgressed, subject: row.ID, data: event.Data{Name: row.FileName, Count: int(row.RowsRead), Progress: p,
		Detail: fmt.Sprintf("%d of %d bytes", p.Done, p.Total)}})
}

// stepped tells how far work on leads has come.
func (t *tx) stepped(job event.Job, subject id.UUID, state db.JobState, done, total int64) {
	p := &event.Progress{Job: job, State: string(state), Done: done, Total: total}
	what := "leads"
	if job == event.JobAttributionFit {
		what = "deals and leads"
	}
	t.emit(logged{kind: event.JobProgressed, subject: subject, data: event.Data{Name: string(job), Progress: p, Detail: fmt.Sprintf("%d of %d %s", done, total, what)}})
}

// CancelImportInput says which import to end.
type CancelImportInput struct {
	ImportID       id.Global
	IdempotencyKey *string
}

// CancelImportPayload is the ended import.
type CancelImportPayload struct {
	Mark
	Import *db.Import
}

// CancelImport ends an import behind the rows it is at. Members who import may.
func (f *Funnel) CancelImport(ctx context.Context, in CancelImportInput) (*CancelImportPayload, error) {
	key, err := kind("input.importId", in.ImportID, id.Import)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CancelImportPayload, error) {
		row, err := t.LockImport(ctx, db.LockImportParams{WorkspaceID: t.Workspace, ID: key})
		if row, err = found(row, err, "input.importId", "import"); err != nil {
			return nil, err
		}
		if row.State.Ended() {
			return nil, (&fault.Error{Code: fault.Conflict, Field: "input.importId", Message: "This import has ended already."}).With("state", string(row.State))
		}
		row, err = t.FinishImport(ctx, db.FinishImportParams{WorkspaceID: t.Workspace, ID: row.ID, State: db.JobCancelled, At: t.now})
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.ImportCancelled, subject: row.ID, data: event.Data{Name: row.FileName}})
		t.progressed(row)
		return &CancelImportPayload{Import: row}, nil
	})
}

// RefusalsURL is the address of an import's refused rows as CSV; nil where there are none.
func (f *Funnel) RefusalsURL(i *db.Import) *string {
	if i.RowsRefused == 0 {
		return nil
	}
	url := f.ticket("/refusals/", i.WorkspaceID, i.ID, f.Now().Add(ticketLife))
	return &url
}

// WriteRefusals writes an import's refused rows as CSV.
func (f *Funnel) WriteRefusals(ctx context.Context, workspace, imp id.UUID, w io.Writer) error {
	r := f.DB.Read(workspace)
	var readErr error
	err := sheet.ErrorsCSV(w, func(yield func(sheet.RowError) bool) {
		var after id.UUID
		for {
			rows, err := r.RefusalsAfter(ctx, db.RefusalsAfterParams{WorkspaceID: workspace, ImportID: imp, AfterID: after, Rows: 1000})
			if readErr = err; err != nil {
				return
			}
			for _, x := range rows {
				if !yield(sheet.RowError{Line: int(x.Line), Column: text(x.ColumnName), Code: x.Code, Message: x.Message, Value: text(x.Value)}) {
					return
				}
				after = x.ID
			}
			if len(rows) < 1000 {
				return
			}
		}
	})
	return errors.Join(readErr, err)
}
