package funnel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sheet"
)

// maxPreview is how many rows a preview shows.
const maxPreview = 100

// PreviewImportInput is the file to look at.
type PreviewImportInput struct {
	UploadID *id.Global
	Text     *string
	Mapping  *sheet.Mapping
	Source   *string
}

// ImportPreview is how a file would land.
type ImportPreview struct {
	Layout   *sheet.Layout
	Mapping  *sheet.Mapping
	Unmapped []string
	Rows     []*ImportPreviewRow
}

// ImportRowOutcome says what becomes of a row.
type ImportRowOutcome string

// The outcomes, as in the SDL.
const (
	RowCreated ImportRowOutcome = "CREATED"
	RowMerged  ImportRowOutcome = "MERGED"
	RowRefused ImportRowOutcome = "REFUSED"
)

// ImportRowOutcomes lists every ImportRowOutcome.
var ImportRowOutcomes = []ImportRowOutcome{RowCreated, RowMerged, RowRefused}

// MarshalGQL writes the enum's name.
func (o ImportRowOutcome) MarshalGQL(w io.Writer) { enum.Write(w, o) }

// UnmarshalGQL refuses what is no ImportRowOutcome.
func (o *ImportRowOutcome) UnmarshalGQL(v any) error { return enum.Read(v, o, ImportRowOutcomes) }

// ImportPreviewRow is one row as it would land.
type ImportPreviewRow struct {
	Line     int
	Outcome  ImportRowOutcome
	Values   []sheet.Fact
	Refusals []*db.ImportRefusal
}

// PreviewImport tries the first rows of a file: they are captured as an import would, and the transaction is given up. Members who
// import may.
func (f *Funnel) PreviewImport(ctx context.Context, in PreviewImportInput) (*ImportPreview, error) {
	out := &ImportPreview{Unmapped: []string{}}
	_, err := write(ctx, f, nil, in, func(t *tx) (*Nothing, error) {
		file, err := t.file(ctx, in.UploadID, in.Text, false)
		if err != nil {
			return nil, err
		}
		p, err := file.plan(in.Mapping)
		if err != nil {
			return nil, err
		}
		out.Layout, out.Mapping = &p.layout, &p.mapping
		for _, u := range p.unmapped {
			out.Unmapped = append(out.Unmapped, u.Column)
		}
		source := &db.Source{Name: "Preview", Kind: "IMPORT", Channel: "DIRECT"}
		if in.Source != nil || t.who.Source != nil {
			if source, err = t.source(ctx, "input.source", in.Source); err != nil {
				return nil, err
			}
		} else if source, err = t.InsertSource(ctx, db.InsertSourceParams{WorkspaceID: t.Workspace, ID: id.New(), Key: "preview-" + id.New().String()[24:],
			Name: source.Name, Kind: source.Kind, Channel: source.Channel}); err != nil {
			return nil, err
		}
		if err := t.preview(ctx, file, p, source, out); err != nil {
			return nil, err
		}
		return nil, errDry
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, err
	}
	return out, nil
}

// Nothing is the payload of a verb that is only tried.
type Nothing struct{ Mark }

func (t *tx) preview(ctx context.Context, file *file, p *plan, source *db.Source, out *ImportPreview) error {
	r := &running{f: t.f, who: auth.System(t.Workspace), plan: p.compiled, row: &db.Import{Mapping: p.mapping, SourceID: source.ID, CreatedAt: t.now},
		reader: sheet.Open(bytes.NewReader(file.head), p.layout)}
	if err := r.read(ctx, t); err != nil {
		return err
	}
	r.source = source
	var rows []sheet.Record
	var refused []sheet.RowError
	for range maxPreview {
		row, err := r.reader.Next()
		var bad *sheet.RowError
		if errors.As(err, &bad) {
			refused = append(refused, *bad)
			continue
		}
		if err != nil {
			break
		}
		if cut := int64(len(file.head)) < file.upload.Bytes && row.EndOffset >= int64(len(file.head)); cut {
			break // the file goes on, but not the piece in hand
		}
		rec, faults := p.compiled.Apply(row)
		if len(faults) > 0 {
			refused = append(refused, faults...)
			continue
		}
		rows = append(rows, rec)
	}
	d, err := t.dispatch(ctx, r, rows)
	if err != nil {
		return err
	}
	out.show(append(refused, d.refused...), d)
	return nil
}

// show puts landed and refused rows in the order of the file.
func (out *ImportPreview) show(refused []sheet.RowError, d *dispatched) {
	byLine := map[int]*ImportPreviewRow{}
	at := func(line int) *ImportPreviewRow {
		if byLine[line] == nil {
			byLine[line] = &ImportPreviewRow{Line: line, Values: []sheet.Fact{}, Refusals: []*db.ImportRefusal{}}
			out.Rows = append(out.Rows, byLine[line])
		}
		return byLine[line]
	}
	for _, x := range refused {
		row := at(x.Line)
		row.Outcome = RowRefused
		row.Refusals = append(row.Refusals, &db.ImportRefusal{Line: int64(x.Line), ColumnName: nonempty(x.Column), Code: x.Code, Message: x.Message, Value: nonempty(clean(x.Value))})
	}
	for i, rec := range d.landed {
		row := at(rec.Line)
		row.Outcome, row.Values = ImportRowOutcome(d.outcomes[i].outcome), rec.Facts()
	}
	slices.SortFunc(out.Rows, func(a, b *ImportPreviewRow) int { return a.Line - b.Line })
}
