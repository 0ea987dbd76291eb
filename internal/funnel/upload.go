package funnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

const (
	maxUpload  = 1 << 30 // bytes of one file
	chunkSize  = 1 << 20
	uploadLife = 24 * time.Hour
	ticketLife = time.Hour
	maxInline  = 64 << 10 // bytes of a file given as text
)

// CreateUploadInput is what a file is called.
type CreateUploadInput struct {
	FileName       string
	IdempotencyKey *string
}

// CreateUploadPayload is an upload that waits for its bytes.
type CreateUploadPayload struct {
	Mark
	UploadID  id.Global
	URL       string
	ExpiresAt time.Time
}

// CreateUpload opens an upload. Members who import may, and API keys with that scope.
func (f *Funnel) CreateUpload(ctx context.Context, in CreateUploadInput) (*CreateUploadPayload, error) {
	var c checks
	name := c.line("input.fileName", in.FileName, 200)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*CreateUploadPayload, error) {
		u, err := t.upload(ctx, name)
		if err != nil {
			return nil, err
		}
		expires := t.now.Add(ticketLife)
		return &CreateUploadPayload{UploadID: id.Global{Kind: id.Upload, UUID: u.ID}, URL: f.ticket("/uploads/", t.Workspace, u.ID, expires), ExpiresAt: expires}, nil
	})
}

func (t *tx) upload(ctx context.Context, name string) (*db.Upload, error) {
	p := db.InsertUploadParams{WorkspaceID: t.Workspace, ID: id.New(), FileName: name, CreatedAt: t.now, ExpiresAt: t.now.Add(uploadLife)}
	if !t.who.Member.IsZero() {
		p.CreatedBy = &t.who.Member
	}
	u, err := t.InsertUpload(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("open an upload: %w", err)
	}
	_, err = t.f.Jobs.InsertTx(ctx, t.Tx.Tx, ExpireUploadArgs{t.Workspace, u.ID}, &river.InsertOpts{ScheduledAt: p.ExpiresAt})
	if err != nil {
		return nil, fmt.Errorf("plan the upload's end: %w", err)
	}
	return u, nil
}

// ExpireUploadArgs asks for the bytes of an upload to be thrown away.
type ExpireUploadArgs struct {
	Workspace id.UUID `json:"workspace"`
	Upload    id.UUID `json:"upload"`
}

// Kind names the job.
func (ExpireUploadArgs) Kind() string { return "expire_upload" }

// ExpireUpload throws the bytes of an upload away, unless an import is still reading them: then it tells so. It is the system's own verb.
func (f *Funnel) ExpireUpload(ctx context.Context, args ExpireUploadArgs) (busy bool, err error) {
	err = f.as(ctx, auth.System(args.Workspace), func(t *tx) error {
		if busy, err = t.UploadInUse(ctx, db.UploadInUseParams{WorkspaceID: args.Workspace, UploadID: args.Upload}); err != nil || busy {
			return err
		}
		return t.ClearUpload(ctx, db.ClearUploadParams{WorkspaceID: args.Workspace, UploadID: args.Upload})
	})
	return busy, err
}

// ticket is an address that is its own permission: it names the object and is signed.
func (f *Funnel) ticket(path string, workspace, object id.UUID, expires time.Time) string {
	return f.BaseURL + path + auth.SignTicket(f.TicketKey, path+workspace.String()+"/"+object.String(), expires)
}

// Open reads the ticket of an address under the path.
func (f *Funnel) Open(path, ticket string) (workspace, object id.UUID, err error) {
	payload, err := auth.OpenTicket(f.TicketKey, ticket, f.Now())
	if err != nil {
		return workspace, object, err
	}
	ws, obj, ok := strings.Cut(strings.TrimPrefix(payload, path), "/")
	if !ok || !strings.HasPrefix(payload, path) {
		return workspace, object, auth.ErrTicket
	}
	return workspace, object, errors.Join(workspace.UnmarshalText([]byte(ws)), object.UnmarshalText([]byte(obj)))
}

// Receive stores the bytes of an upload, piece by piece; each piece is a short transaction, so that a slow sender holds nothing. A
// second try begins anew, unless the first was complete.
func (f *Funnel) Receive(ctx context.Context, workspace, upload id.UUID, body io.Reader) (int64, error) {
	system := auth.System(workspace)
	err := f.as(ctx, system, func(t *tx) error {
		u, err := t.LockUpload(ctx, db.LockUploadParams{WorkspaceID: workspace, ID: upload})
		if u, err = found(u, err, "", "upload"); err != nil {
			return err
		}
		if u.Complete {
			return fault.New(fault.Conflict, "This upload has its bytes already. Create another one.")
		}
		return t.ClearUpload(ctx, db.ClearUploadParams{WorkspaceID: workspace, UploadID: upload})
	})
	if err != nil {
		return 0, err
	}
	total, err := f.receive(ctx, workspace, upload, body)
	if fault.Is(err, fault.BodyTooLarge) { // nobody will read what was stored of it
		err = errors.Join(err, f.as(ctx, system, func(t *tx) error {
			if u, err := t.LockUpload(ctx, db.LockUploadParams{WorkspaceID: workspace, ID: upload}); err != nil || u.Complete {
				return err
			}
			return t.ClearUpload(ctx, db.ClearUploadParams{WorkspaceID: workspace, UploadID: upload})
		}))
	}
	return total, err
}

// errTwice tells that two senders are at one upload.
var errTwice = &fault.Error{Code: fault.Conflict, Retryable: true, Message: "This upload is being sent twice at the same time. Send the file again, once."}

// receive stores the pieces, and with the last one that the upload is complete.
func (f *Funnel) receive(ctx context.Context, workspace, upload id.UUID, body io.Reader) (total int64, err error) {
	buf := make([]byte, chunkSize)
	for n := int32(0); ; n++ {
		size, readErr := io.ReadFull(body, buf)
		if total += int64(size); total > maxUpload {
			return 0, fault.New(fault.BodyTooLarge, "A file has at most 1 GiB. Split it.")
		}
		if readErr != nil && readErr != io.EOF && readErr != io.ErrUnexpectedEOF {
			return 0, fault.New(fault.BadUserInput, "The upload broke off. Send the file again.")
		}
		err := f.as(ctx, auth.System(workspace), func(t *tx) error {
			if size > 0 {
				err := t.InsertChunk(ctx, db.InsertChunkParams{WorkspaceID: workspace, UploadID: upload, N: n, Data: buf[:size]})
				if constraint(err) == "upload_chunks_pkey" {
					return errTwice
				}
				if err != nil {
					return err
				}
			}
			if readErr == nil {
				return nil
			}
			return t.complete(ctx, upload, total)
		})
		if err != nil || readErr != nil {
			return total, err
		}
	}
}

// complete makes sure that the pieces are those of one sender.
func (t *tx) complete(ctx context.Context, upload id.UUID, total int64) error {
	there, err := t.UploadedBytes(ctx, db.UploadedBytesParams{WorkspaceID: t.Workspace, UploadID: upload})
	if err != nil {
		return fmt.Errorf("count the upload's bytes: %w", err)
	}
	if there != total {
		return errTwice
	}
	_, err = t.FinishUpload(ctx, db.FinishUploadParams{WorkspaceID: t.Workspace, ID: upload, Bytes: total})
	return err
}

// chunks reads an upload from an offset on, one piece in memory at a time.
type chunks struct {
	ctx    context.Context
	r      *db.Reader
	upload id.UUID
	at     int64
	size   int64
	piece  []byte // what is left of the piece at hand
}

// Read hands out the bytes of the upload.
func (c *chunks) Read(p []byte) (int, error) {
	if len(c.piece) == 0 {
		if c.at >= c.size {
			return 0, io.EOF
		}
		rows, err := c.r.UploadChunk(c.ctx, db.UploadChunkParams{WorkspaceID: c.r.Workspace, UploadID: c.upload, N: int32(c.at / chunkSize)})
		if err != nil {
			return 0, fmt.Errorf("read the upload: %w", err)
		}
		if len(rows) == 0 {
			return 0, fmt.Errorf("read the upload: the piece at byte %d is gone", c.at)
		}
		c.piece = rows[0][c.at%chunkSize:]
	}
	n := copy(p, c.piece)
	c.piece, c.at = c.piece[n:], c.at+int64(n)
	return n, nil
}
