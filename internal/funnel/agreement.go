package funnel

import (
	"context"
	"fmt"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// AgreementPayload is a version after what was done with it.
type AgreementPayload struct {
	Mark
	Agreement *db.Agreement
}

// DraftAgreementInput is what a new version shall say; its kind is that of the body's one field.
type DraftAgreementInput struct {
	Title          string
	Note           *string
	Body           *agreement.Body
	IdempotencyKey *string
}

// DraftAgreement makes a draft of the next version of a kind. Managers and directors of both departments may.
func (f *Funnel) DraftAgreement(ctx context.Context, in DraftAgreementInput) (*AgreementPayload, error) {
	var c checks
	title, note := c.line("input.title", in.Title, 100), c.prose("input.note", in.Note, 2000)
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*AgreementPayload, error) {
		row, err := t.draft(ctx, title, note, in.Body, nil)
		return &AgreementPayload{Agreement: row}, err
	})
}

// draft stores a draft of what has been checked.
func (t *tx) draft(ctx context.Context, title string, note *string, body *agreement.Body, on *id.UUID) (*db.Agreement, error) {
	if err := t.checkBody(ctx, body); err != nil {
		return nil, err
	}
	if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil { // two drafts at once do not get one number
		return nil, err
	}
	row, err := t.InsertAgreement(ctx, db.InsertAgreementParams{WorkspaceID: t.Workspace, ID: id.New(), Kind: body.Kind(), Title: title, Note: note, State: agreement.Draft,
		Body: *body, Hash: body.Hash(), BasedOn: on, CreatedBy: nonzero(t.who.Member), At: t.now})
	if err != nil {
		return nil, fmt.Errorf("store the draft: %w", err)
	}
	t.tell(event.AgreementDrafted, row, "")
	return row, nil
}

func nonzero(u id.UUID) *id.UUID {
	if u.IsZero() {
		return nil
	}
	return &u
}

// checkBody refuses rules that cannot be kept, each fault with its place below input.body.
func (t *tx) checkBody(ctx context.Context, body *agreement.Body) error {
	reg, err := t.Registry(ctx, t.Workspace)
	if err != nil {
		return err
	}
	var c checks
	c.under("input.body", body.Check(reg))
	if body.Kind() == agreement.RoutingPolicy && c.err() == nil {
		if err := t.checkMembers(ctx, &c, body.RoutingPolicy); err != nil {
			return err
		}
	}
	return c.err()
}

// tell records what happened with a version.
func (t *tx) tell(kind event.Kind, a *db.Agreement, detail string) {
	t.emit(logged{kind: kind, subject: a.ID, data: event.Data{Name: version(a), Detail: detail}})
}

// version is what events call a version.
func version(a *db.Agreement) string { return fmt.Sprintf("%s %d, %s", a.Kind, a.Number, a.Title) }

// act locks a version, checks that an act is possible, and does it.
func (f *Funnel) act(ctx context.Context, key *string, request any, on id.Global, expected *int32, a agreement.Act, do func(*tx, *db.Agreement) (*db.Agreement, error)) (*AgreementPayload, error) {
	which, err := kind("input.agreementId", on, id.Agreement)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, key, request, func(t *tx) (*AgreementPayload, error) {
		row, err := t.LockAgreement(ctx, db.LockAgreementParams{WorkspaceID: t.Workspace, ID: which})
		if row, err = found(row, err, "input.agreementId", "agreement"); err != nil {
			return nil, err
		}
		if err := current(expected, row.Version); err != nil {
			return nil, err
		}
		if _, err := agreement.Next(row.State, a); err != nil {
			return nil, err
		}
		row, err = do(t, row)
		return &AgreementPayload{Agreement: row}, err
	})
}

// EditAgreementInput changes a version that is not published; absent keeps, null clears the note.
type EditAgreementInput struct {
	AgreementID     id.Global
	ExpectedVersion *int32
	Title           *string
	Note            graphql.Omittable[*string] `json:",omitzero"`
	Body            *agreement.Body
	IdempotencyKey  *string
}

// EditAgreement changes a version. Whatever changed, signatures are void and it is a draft again: who signs answers for all that they read. Managers and
// directors of both departments may.
func (f *Funnel) EditAgreement(ctx context.Context, in EditAgreementInput) (*AgreementPayload, error) {
	var c checks
	title := c.another("input.title", in.Title, 100)
	prose := func(s *string) *string { return c.prose("input.note", s, 2000) }
	if s := in.Note.Value(); s != nil {
		prose(s)
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return f.act(ctx, in.IdempotencyKey, in, in.AgreementID, in.ExpectedVersion, agreement.Edit, func(t *tx, row *db.Agreement) (*db.Agreement, error) {
		p := db.EditAgreementParams{WorkspaceID: t.Workspace, ID: row.ID, Title: row.Title, Note: row.Note, Body: row.Body, Hash: row.Hash, At: t.now}
		var ch changes
		set(&ch, "title", &p.Title, title)
		patch(&ch, "note", &p.Note, in.Note, prose)
		if in.Body != nil {
			if in.Body.Kind() != row.Kind {
				return nil, fault.Input("input.body", "The kind of this version is %s: its body cannot be that of another kind, %s.", row.Kind, in.Body.Kind())
			}
			if err := t.checkBody(ctx, in.Body); err != nil {
				return nil, err
			}
			if hash := in.Body.Hash(); hash != row.Hash {
				ch.note("body")
				p.Body, p.Hash = *in.Body, hash
			}
		}
		if len(ch) == 0 {
			return row, nil
		}
		if err := t.void(ctx, row); err != nil {
			return nil, err
		}
		row, err := t.Queries.EditAgreement(ctx, p)
		if err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.AgreementEdited, subject: row.ID, data: event.Data{Name: version(row), Changes: ch}})
		return row, nil
	})
}

// void takes the signatures back that stand under a content that changes.
func (t *tx) void(ctx context.Context, row *db.Agreement) error {
	n, err := t.VoidSignatures(ctx, db.VoidSignaturesParams{WorkspaceID: t.Workspace, AgreementID: row.ID, At: t.now})
	if err == nil && n > 0 {
		t.emit(logged{kind: event.AgreementSignaturesVoided, subject: row.ID, data: event.Data{Name: version(row), Count: int(n)}})
	}
	return err
}

// AgreementActInput names a version.
type AgreementActInput struct {
	AgreementID     id.Global
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// SubmitAgreement asks the directors to sign a draft. Managers and directors of both departments may.
func (f *Funnel) SubmitAgreement(ctx context.Context, in AgreementActInput) (*AgreementPayload, error) {
	return f.act(ctx, in.IdempotencyKey, in, in.AgreementID, in.ExpectedVersion, agreement.Submit, func(t *tx, row *db.Agreement) (*db.Agreement, error) {
		if err := t.checkBody(ctx, &row.Body); err != nil { // attributes and members may have gone since it was written
			return nil, err
		}
		t.tell(event.AgreementSubmitted, row, "")
		return t.Queries.SubmitAgreement(ctx, db.SubmitAgreementParams{WorkspaceID: t.Workspace, ID: row.ID, At: t.now})
	})
}

// RequestAgreementChangesInput says what must be different.
type RequestAgreementChangesInput struct {
	AgreementID     id.Global
	Reason          string
	ExpectedVersion *int32
	IdempotencyKey  *string
}

// RequestAgreementChanges sends a version in review back to its authors. Managers and directors of both departments may.
func (f *Funnel) RequestAgreementChanges(ctx context.Context, in RequestAgreementChangesInput) (*AgreementPayload, error) {
	var c checks
	reason := c.prose("input.reason", &in.Reason, 2000)
	if reason == nil {
		c.add(fault.Input("input.reason", "Say what must be different."))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return f.act(ctx, in.IdempotencyKey, in, in.AgreementID, in.ExpectedVersion, agreement.RequestChanges, func(t *tx, row *db.Agreement) (*db.Agreement, error) {
		if err := t.void(ctx, row); err != nil {
			return nil, err
		}
		t.tell(event.AgreementChangesRequested, row, "")
		return t.Queries.RequestAgreementChanges(ctx, db.RequestAgreementChangesParams{WorkspaceID: t.Workspace, ID: row.ID, ReviewNote: reason, At: t.now})
	})
}

// SignAgreementInput names the content that is signed.
type SignAgreementInput struct {
	AgreementID    id.Global
	Hash           string
	IdempotencyKey *string
}

// SignAgreement signs a version for the viewer's own department; with both signatures it is approved. Directors may, each once.
func (f *Funnel) SignAgreement(ctx context.Context, in SignAgreementInput) (*AgreementPayload, error) {
	who := auth.From(ctx)
	if who.Signed() && who.Kind != auth.ActorMember {
		return nil, fault.New(fault.Forbidden, "Only people sign agreements: sign in as a director.")
	}
	return f.act(ctx, in.IdempotencyKey, in, in.AgreementID, nil, agreement.Sign, func(t *tx, row *db.Agreement) (*db.Agreement, error) {
		rows, err := t.SignaturesOf(ctx, db.SignaturesOfParams{WorkspaceID: t.Workspace, AgreementIds: []id.UUID{row.ID}})
		if err != nil {
			return nil, fmt.Errorf("read signatures: %w", err)
		}
		var force []agreement.Signature
		for _, s := range rows {
			if s.VoidedAt == nil {
				force = append(force, agreement.Signature{Member: s.MemberID, Department: s.Department})
			}
		}
		state, err := agreement.SignedBy(row.State, row.Hash, in.Hash, force, agreement.Signature{Member: who.Member, Department: who.Department}, who.Role)
		if err != nil {
			return nil, err
		}
		if err := t.InsertSignature(ctx, db.InsertSignatureParams{WorkspaceID: t.Workspace, ID: id.New(), AgreementID: row.ID, MemberID: who.Member, Department: who.Department,
			Hash: row.Hash, At: t.now}); err != nil {
			return nil, err
		}
		t.tell(event.AgreementSigned, row, string(who.Department))
		if row, err = t.MarkAgreementSigned(ctx, db.MarkAgreementSignedParams{WorkspaceID: t.Workspace, ID: row.ID, State: state, At: t.now}); err != nil {
			return nil, err
		}
		if state == agreement.Approved {
			t.tell(event.AgreementApproved, row, "")
		}
		return row, nil
	})
}

// WithdrawAgreement ends a version that nobody wants any more. Managers and directors of both departments may.
func (f *Funnel) WithdrawAgreement(ctx context.Context, in AgreementActInput) (*AgreementPayload, error) {
	return f.act(ctx, in.IdempotencyKey, in, in.AgreementID, in.ExpectedVersion, agreement.Withdraw, func(t *tx, row *db.Agreement) (*db.Agreement, error) {
		if err := t.void(ctx, row); err != nil {
			return nil, err
		}
		t.tell(event.AgreementWithdrawn, row, "")
		return t.Queries.WithdrawAgreement(ctx, db.WithdrawAgreementParams{WorkspaceID: t.Workspace, ID: row.ID, At: t.now})
	})
}

// RevertAgreement makes a new draft that says what an earlier published version said. It has to be signed and published like any other. Managers and
// directors of both departments may.
func (f *Funnel) RevertAgreement(ctx context.Context, in AgreementActInput) (*AgreementPayload, error) {
	which, err := kind("input.agreementId", in.AgreementID, id.Agreement)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*AgreementPayload, error) {
		rows, err := t.AgreementsByID(ctx, db.AgreementsByIDParams{WorkspaceID: t.Workspace, Ids: []id.UUID{which}})
		if err != nil || len(rows) == 0 {
			return nil, either(err, fault.Missing("input.agreementId", "agreement"))
		}
		old := rows[0]
		if !slices.Contains([]agreement.State{agreement.Published, agreement.Superseded}, old.State) {
			return nil, fault.New(fault.Conflict, "This version was never in force, so there is nothing to return to.")
		}
		row, err := t.draft(ctx, old.Title, new(fmt.Sprintf("Returns to version %d.", old.Number)), &old.Body, &old.ID)
		return &AgreementPayload{Agreement: row}, err
	})
}
