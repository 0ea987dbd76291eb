package feed

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/leadgraph/leadgraph/db"
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
