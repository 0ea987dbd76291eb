package funnel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sheet"
)

// batch is how many rows one transaction of an import takes.
const batch = 500

// maxTries is how often an import starts again without landing a row, before it is taken for one that never will.
const maxTries = 8

// ErrOvertaken tells that another server is at the same import, and further on.
var ErrOvertaken = errors.New("another server goes on with this import")

// running is an import at work.
type running struct {
	f      *Funnel
	row    *db.Import
	who    *auth.Viewer
	reader *sheet.Reader
	plan   *sheet.Plan
	source *db.Source
	region string
	by     *db.Campaign // of every row that names none
}

// RunImport reads a file from where it was left, batch by batch; each batch lands together with the place behind it, so that a crash
// neither loses nor doubles a row. It is the system's own verb.
func (f *Funnel) RunImport(ctx context.Context, args ImportArgs) error {
	r, err := f.startImport(ctx, args)
	if err != nil || r == nil {
		return err
	}
	for {
		rows, refused, end, err := r.next()
		if err != nil {
			return err
		}
		more, err := r.land(ctx, rows, refused, end)
		if err != nil || !more {
			return err
		}
	}
}

// startImport marks the import as running and opens its file; nil where there is nothing left to do.
func (f *Funnel) startImport(ctx context.Context, args ImportArgs) (*running, error) {
	r := &running{f: f, who: auth.System(args.Workspace)}
	var upload *db.Upload
	err := f.as(ctx, r.who, func(t *tx) error {
		row, err := t.LockImport(ctx, db.LockImportParams{WorkspaceID: args.Workspace, ID: args.Import})
		if err != nil || row.State.Ended() {
			return err
		}
		if row.Tries >= maxTries {
			why := "Something went wrong on our side, several times. What landed stays; import the file again for the rest."
			return t.finishImport(ctx, row, db.JobFailed, &why)
		}
		if row.State == db.JobPending {
			t.emit(logged{kind: event.ImportStarted, subject: row.ID, data: event.Data{Name: row.FileName}})
		}
		if r.row, err = t.StartImport(ctx, db.StartImportParams{WorkspaceID: args.Workspace, ID: row.ID, At: t.now}); err != nil {
			return err
		}
		t.progressed(r.row)
		if upload, err = t.UploadByID(ctx, db.UploadByIDParams{WorkspaceID: args.Workspace, ID: row.UploadID}); err != nil {
			return err
		}
		return r.read(ctx, t)
	})
	if err != nil || r.row == nil {
		return nil, err
	}
	plan, faults := sheet.Compile(r.row.Mapping, r.row.Layout.Headers)
	if len(faults) > 0 {
		return nil, faults
	}
	r.plan = plan
	file := &chunks{ctx: ctx, r: f.DB.Read(args.Workspace), upload: upload.ID, size: upload.Bytes}
	if r.row.Cursor == nil {
		r.reader = sheet.Open(file, r.row.Layout)
	} else {
		file.at = r.row.Cursor.Offset
		r.reader = sheet.Resume(file, r.row.Layout, *r.row.Cursor)
	}
	return r, nil
}

// read reads what all rows of the import share.
func (r *running) read(ctx context.Context, t *tx) error {
	ws, err := t.WorkspaceByID(ctx, t.Workspace)
	if err != nil {
		return err
	}
	if r.region = ws.DefaultRegion; r.row.Mapping.DefaultRegion != nil {
		r.region = *r.row.Mapping.DefaultRegion
	}
	sources, err := t.SourcesByID(ctx, db.SourcesByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{r.row.SourceID}})
	if err != nil {
		return fmt.Errorf("read the source: %w", err)
	}
	if len(sources) > 0 {
		r.source = sources[0]
	}
	if r.row.CreatedBy != nil {
		r.who.Kind, r.who.Member = auth.ActorMember, *r.row.CreatedBy
	}
	if r.row.CampaignID == nil {
		return nil
	}
	campaigns, err := t.CampaignsByID(ctx, db.CampaignsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{*r.row.CampaignID}})
	if err == nil && len(campaigns) > 0 {
		r.by = campaigns[0]
	}
	return err
}

// next reads a batch; end tells that the file is done.
func (r *running) next() (rows []sheet.Record, refused []sheet.RowError, end bool, err error) {
	for range batch {
		row, err := r.reader.Next()
		var bad *sheet.RowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, refused, true, nil
		case errors.As(err, &bad):
			refused = append(refused, *bad)
			continue
		case err != nil:
			return nil, nil, false, fmt.Errorf("read the file: %w", err)
		}
		rec, faults := r.plan.Apply(row)
		if len(faults) > 0 {
			refused = append(refused, faults...)
			continue
		}
		rows = append(rows, rec)
	}
	return rows, refused, false, nil
}

// land stores a batch with its counts, its refusals and the place behind it. It tells whether to go on.
func (r *running) land(ctx context.Context, rows []sheet.Record, refused []sheet.RowError, end bool) (more bool, err error) {
	state := r.reader.State()
	var advanced *db.Import
	err = r.f.as(ctx, r.who, func(t *tx) error {
		advanced = nil
		row, err := t.LockImport(ctx, db.LockImportParams{WorkspaceID: t.Workspace, ID: r.row.ID})
		switch {
		case err != nil || row.State.Ended(): // cancelled, or another server was quicker
			return err
		case row.BytesRead != r.row.BytesRead:
			return ErrOvertaken
		}
		d, err := t.dispatch(ctx, r, rows)
		if err != nil {
			return err
		}
		all := append(append([]sheet.RowError{}, refused...), d.refused...)
		slices.SortStableFunc(all, func(a, b sheet.RowError) int { return cmp.Compare(a.Line, b.Line) }) // they are listed as they are stored
		if err := t.refuse(ctx, row.ID, all); err != nil {
			return err
		}
		lost := int64(lines(all))
		p := db.AdvanceImportParams{WorkspaceID: t.Workspace, ID: row.ID, Cursor: &state, BytesRead: state.Offset, Done: d.created + d.merged + lost,
			Created: d.created, Merged: d.merged, Refused: lost}
		if end {
			p.BytesRead = row.BytesTotal
		}
		if advanced, err = t.AdvanceImport(ctx, p); err != nil {
			return err
		}
		if !end {
			t.progressed(advanced)
			return nil
		}
		return t.finishImport(ctx, advanced, db.JobSucceeded, nil)
	})
	if err != nil || advanced == nil {
		return false, err
	}
	r.row = advanced
	return !end, nil
}

// lines counts the rows that refusals are about: a row may have several.
func lines(all []sheet.RowError) int {
	seen := map[int]bool{}
	for _, x := range all {
		seen[x.Line] = true
	}
	return len(seen)
}

func (t *tx) refuse(ctx context.Context, imp id.UUID, all []sheet.RowError) error {
	rows := make([]*db.ImportRefusal, len(all))
	for i, x := range all {
		rows[i] = &db.ImportRefusal{WorkspaceID: t.Workspace, ImportID: imp, ID: id.New(), Line: int64(x.Line), ColumnName: nonempty(x.Column), Code: x.Code,
			Message: x.Message, Value: nonempty(clean(x.Value))}
	}
	_, err := db.Insert(ctx, t.Tx, "import_refusals", rows, "")
	return err
}

func (t *tx) finishImport(ctx context.Context, row *db.Import, state db.JobState, failure *string) error {
	row, err := t.FinishImport(ctx, db.FinishImportParams{WorkspaceID: t.Workspace, ID: row.ID, State: state, Failure: failure, At: t.now})
	if err != nil {
		return err
	}
	t.emit(logged{kind: event.ImportFinished, subject: row.ID, data: event.Data{Name: row.FileName, Count: int(row.RowsRead),
		Detail: fmt.Sprintf("%d created, %d merged, %d refused", row.RowsCreated, row.RowsMerged, row.RowsRefused)}})
	t.progressed(row)
	return nil
}

// FailImport ends an import that cannot go on. It is the system's own verb, for the job that gave up.
func (f *Funnel) FailImport(ctx context.Context, args ImportArgs, why string) error {
	return f.as(ctx, auth.System(args.Workspace), func(t *tx) error {
		row, err := t.LockImport(ctx, db.LockImportParams{WorkspaceID: t.Workspace, ID: args.Import})
		if err != nil || row.State.Ended() {
			return err
		}
		return t.finishImport(ctx, row, db.JobFailed, &why)
	})
}
