package funnel

import (
	"context"
	"errors"
	"fmt"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// TurnClocks does what is due by now: it starts clocks, warns, tells which have run out, and gives leads back whose follow-up plans have come to their end. It answers how many there were; somebody who is at a lead
// keeps its clocks for the next look. It is the system's own verb; several servers share the work.
func (f *Funnel) TurnClocks(ctx context.Context) (turned int, err error) {
	places, err := f.DB.Read(id.UUID{}).ClockWorkspaces(ctx, f.Now())
	if err != nil {
		return 0, fmt.Errorf("look for clocks that are due: %w", err)
	}
	// Each by itself: a lead that cannot be given back keeps no deadline from being told.
	turned, failed := f.inEach(ctx, places, func(t *tx) (int, error) { return t.tickClocks(ctx) })
	given, err := f.inEach(ctx, places, func(t *tx) (int, error) { return t.returnExhausted(ctx) })
	return turned + given, errors.Join(failed, err)
}

// inEach does what is due in some workspaces, each by itself, as the system. What fails in one does not keep the others waiting.
func (f *Funnel) inEach(ctx context.Context, places []id.UUID, do func(*tx) (int, error)) (done int, failed error) {
	for _, workspace := range places {
		var n int
		if err := f.as(ctx, auth.System(workspace), func(t *tx) (err error) {
			n, err = do(t)
			return err
		}); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		done += n
	}
	return done, failed
}
