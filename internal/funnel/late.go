package funnel

import (
	"context"
	"fmt"
	"slices"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
)

// maxNews is how many events one look for late touches takes.
const maxNews = 1000

// bringers are the events that touches come with.
var bringers = []event.Kind{event.TouchesRecorded, event.LeadCaptured, event.LeadMerged, event.LeadImported}

// CreditLate looks through the event log for touches that became known after the close of the deal that they belong to, and credits that deal
// anew: the frozen run stays. Recording touches does nothing for it. It answers how many events it went through. It is the system's own verb; several servers
// share the work.
func (f *Funnel) CreditLate(ctx context.Context) (int, error) {
	places, err := f.DB.Read(id.UUID{}).LateWorkspaces(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for late touches: %w", err)
	}
	return f.inEach(ctx, places, func(t *tx) (int, error) { return t.creditLate(ctx) })
}

// creditLate goes through the next stretch of the log of a workspace.
func (t *tx) creditLate(ctx context.Context) (int, error) {
	place, err := t.LockLateSearch(ctx, t.Workspace)
	if err != nil || len(place) == 0 {
		return 0, err
	}
	news, err := t.EventPeople(ctx, db.EventPeopleParams{WorkspaceID: t.Workspace, Xid: place[0].Xid, Seq: place[0].Seq, Rows: maxNews})
	if err != nil || len(news) == 0 {
		return 0, err
	}
	var people []id.UUID
	for _, e := range news {
		if e.ContactID != nil && slices.Contains(bringers, e.Kind) {
			people = append(people, *e.ContactID)
		}
	}
	if len(people) > 0 {
		deals, err := t.LateDeals(ctx, db.LateDealsParams{WorkspaceID: t.Workspace, ContactIds: unique(people)})
		if err != nil {
			return 0, fmt.Errorf("look for late touches: %w", err)
		}
		t.settle()
		if _, err := t.creditAgain(ctx, deals, db.RunLate); err != nil {
			return 0, err
		}
	}
	last := news[len(news)-1]
	return len(news), t.MoveLateSearch(ctx, db.MoveLateSearchParams{WorkspaceID: t.Workspace, Xid: last.Xid, Seq: last.Seq})
}
