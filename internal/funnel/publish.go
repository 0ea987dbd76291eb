package funnel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// judges are the kinds whose rules every open lead is judged by.
var judges = []agreement.Kind{agreement.ScoringModel, agreement.LeadDefinition}

// PublishAgreement puts an approved version in force and supersedes the one before; where leads are judged by it, all open ones are judged
// again in the background; models that learn are fitted under an attribution policy. Directors may.
func (f *Funnel) PublishAgreement(ctx context.Context, in AgreementActInput) (*AgreementPayload, error) {
	return f.act(ctx, in.IdempotencyKey, in, in.AgreementID, in.ExpectedVersion, agreement.Publish, func(t *tx, row *db.Agreement) (*db.Agreement, error) {
		if _, err := t.LockWorkspace(ctx, t.Workspace); err != nil { // two versions cannot come into force at once
			return nil, err
		}
		if err := t.mayPublish(ctx, row); err != nil {
			return nil, err
		}
		before, err := t.SupersedeAgreement(ctx, db.SupersedeAgreementParams{WorkspaceID: t.Workspace, Kind: row.Kind, At: t.now})
		if err != nil {
			return nil, fmt.Errorf("supersede the version before: %w", err)
		}
		t.force = nil
		for _, b := range before {
			t.tell(event.AgreementSuperseded, b, "")
		}
		if row, err = t.Queries.PublishAgreement(ctx, db.PublishAgreementParams{WorkspaceID: t.Workspace, ID: row.ID, At: t.now}); err != nil {
			return nil, err
		}
		t.tell(event.AgreementPublished, row, "")
		if slices.Contains(judges, row.Kind) {
			err = t.rescore(ctx, row)
		} else if row.Kind == agreement.AttributionPolicy {
			_, err = t.askFit(ctx, row, t.now.Add(-fitPeriod), t.now)
		}
		return row, err
	})
}

// mayPublish refuses rules that do not fit the workspace any more, a scoring model that nobody has tried, and rules of judging while
// leads are still being judged by those before.
func (t *tx) mayPublish(ctx context.Context, row *db.Agreement) error {
	if err := t.checkBody(ctx, &row.Body); err != nil {
		return err
	}
	if !slices.Contains(judges, row.Kind) {
		return nil
	}
	running, err := t.OpenRescores(ctx, t.Workspace)
	if err != nil {
		return fmt.Errorf("look for a running re-score: %w", err)
	}
	if len(running) > 0 {
		return &fault.Error{Code: fault.Conflict, Field: "input.agreementId", Retryable: true, RetryAfter: 5 * time.Second,
			Message: fmt.Sprintf("All leads are being judged under the rules before (%d of %d are done). Publish when that has ended.", running[0].Done, running[0].Total)}
	}
	if row.Kind != agreement.ScoringModel {
		return nil
	}
	return t.tried(ctx, row)
}

// tried refuses a model that no back-test has looked at leads with. One that found none counts only while there is none to be found: a new
// workspace too may have a model of its own.
func (t *tx) tried(ctx context.Context, row *db.Agreement) error {
	tests, err := t.BackTestsOfHash(ctx, db.BackTestsOfHashParams{WorkspaceID: t.Workspace, Hash: row.Hash})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.New(fault.Conflict, "Nobody has tried this content on leads whose outcome is known: run a back-test of it first, with runBackTest.")
	case err != nil:
		return fmt.Errorf("look for back-tests: %w", err)
	case tests.Told == 0 && !tests.FirstKnown.IsZero():
		return fault.New(fault.Conflict, "The back-test of this content looked at no leads. Leads whose outcome is known were created from %s to %s: try it on those, with runBackTest, and by the decision CREATION where they were never offered.",
			tests.FirstKnown.UTC().Format(time.DateOnly), tests.LastKnown.UTC().Format(time.DateOnly))
	}
	return nil
}

// inForce tells which versions are in force: read once, for a verb obeys the same rules from its beginning to its end.
func (t *tx) inForce(ctx context.Context) (map[agreement.Kind]id.UUID, error) {
	if t.force != nil {
		return t.force, nil
	}
	rows, err := t.PublishedRules(ctx, t.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read which rules are in force: %w", err)
	}
	out := make(map[agreement.Kind]id.UUID, len(rows))
	for _, r := range rows {
		out[r.Kind] = r.ID
	}
	t.force = out
	return out, nil
}

// bootstrap publishes the defaults of a new workspace, marked as signed by its founder alone, so that everything works in the first minute.
func (t *tx) bootstrap(ctx context.Context, founder *db.Member) error {
	for _, k := range agreement.Kinds {
		body := agreement.Default(k)
		row, err := t.InsertAgreement(ctx, db.InsertAgreementParams{WorkspaceID: t.Workspace, ID: id.New(), Kind: k, Title: "Default", State: agreement.Published,
			Body: body, Hash: body.Hash(), Bootstrap: true, At: t.now, PublishedAt: &t.now})
		if err != nil {
			return fmt.Errorf("publish the default %s: %w", k, err)
		}
		if err := t.InsertSignature(ctx, db.InsertSignatureParams{WorkspaceID: t.Workspace, ID: id.New(), AgreementID: row.ID, MemberID: founder.ID, Department: founder.Department,
			Hash: row.Hash, Bootstrap: true, At: t.now}); err != nil {
			return fmt.Errorf("sign the default %s: %w", k, err)
		}
		t.tell(event.AgreementPublished, row, "")
	}
	return t.firstReasons(ctx)
}
