package feed

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Place is a place in the event log: behind all events of transactions before Xid, and of Xid's those up to Seq.
type Place struct{ Xid, Seq int64 }

// Before tells whether a place stands before another one.
func (p Place) Before(o Place) bool { return p.Xid < o.Xid || p.Xid == o.Xid && p.Seq < o.Seq }

// of is an event's place.
func of(e *db.Event) Place { return Place{int64(e.Xid), e.Seq} }

// horizon is which transactions have ended: all below first, and below next all but those that run.
type horizon struct {
	first, next int64
	running     []int64 // sorted
}

// readHorizon reads Postgres' text of a snapshot, such as 100:105:100,102.
func readHorizon(text string) (h horizon, err error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return h, fmt.Errorf("read the snapshot %q", text)
	}
	number := func(s string) (n int64) {
		var wrong error
		if n, wrong = strconv.ParseInt(s, 10, 64); wrong != nil {
			err = fmt.Errorf("read the snapshot %q: %w", text, wrong)
		}
		return n
	}
	h.first, h.next = number(parts[0]), number(parts[1])
	if parts[2] != "" {
		for one := range strings.SplitSeq(parts[2], ",") {
			h.running = append(h.running, number(one))
		}
	}
	slices.Sort(h.running)
	return h, err
}

// place is the end of what is settled: every event of a transaction that may still be running stands behind it.
func (h horizon) place() Place { return Place{h.first - 1, math.MaxInt64} }

// ended tells whether a transaction had ended.
func (h horizon) ended(xid int64) bool {
	_, runs := slices.BinarySearch(h.running, xid)
	return xid < h.next && !runs
}

// question is one look at what has ended, for all who asked before it was sent.
type question struct {
	answered chan struct{}
	horizon  horizon
	err      error
}

// horizon asks which transactions have ended. Many streams may begin at once: those that ask while a question is under way share the next.
func (f *Feed) horizon(ctx context.Context) (horizon, error) {
	f.mu.Lock()
	q := f.asked
	if q == nil && !f.closed {
		q = &question{answered: make(chan struct{})}
		f.asked = q
		f.work.Go(func() { f.answer(q) })
	}
	f.mu.Unlock()
	if q == nil {
		return horizon{}, ending()
	}
	select {
	case <-q.answered:
		return q.horizon, q.err
	case <-ctx.Done():
		return horizon{}, ctx.Err()
	}
}

func (f *Feed) answer(q *question) {
	f.asking.Lock()
	defer f.asking.Unlock()
	f.mu.Lock()
	f.asked = nil
	f.mu.Unlock()
	defer close(q.answered)
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	text, err := f.db.Read(id.UUID{}).EventHorizon(ctx)
	if err != nil {
		q.err = fmt.Errorf("read the log's end: %w", err)
		return
	}
	q.horizon, q.err = readHorizon(text)
}

func ending() error {
	return &fault.Error{Code: fault.Unavailable, Retryable: true, RetryAfter: time.Second, Message: "This server is about to end. Connect again."}
}
