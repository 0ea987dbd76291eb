package routing

import (
	"cmp"
	"slices"

	"github.com/leadgraph/leadgraph/internal/id"
)

// Entry is what one member has been given in one pool.
type Entry struct {
	Pool        string  `json:"pool"` // its key
	Member      id.UUID `json:"memberId"`
	Assigned    int     `json:"assigned"`    // leads given, also those that were rejected
	Calibration float64 `json:"calibration"` // leads that a newcomer is taken to have been given before; beside the policy's own
	Credits     int     `json:"credits"`     // leads given back as bad
}

// Credit is the entry after its member rejected a lead as bad: the lead no longer counts. Once for a hand-off, which is for the caller
// to see to; more leads than were given are never credited.
func (e Entry) Credit() Entry {
	e.Credits = min(e.Credits+1, e.Assigned)
	return e
}

// Level is how full a member is: (assigned + calibration - credits) / weight, the calibration being the entry's and the share's. The
// lowest gets the next lead.
func (e Entry) Level(s Share) float64 {
	return (float64(e.Assigned-e.Credits) + e.Calibration + s.Calibration) / s.Weight
}

// newcomer is the entry of a member who starts at a level.
func newcomer(pool string, member id.UUID, level float64, s Share) Entry {
	// The product is rounded by itself, so that machines that multiply and add in one step come to the same bits.
	return Entry{Pool: pool, Member: member, Calibration: float64(level*s.Weight) - s.Calibration}
}

// Ledger is the entries of a workspace, by pool and member. It is only read here: what changes is in Outcome.Entries.
type Ledger map[seat]Entry

// seat is a member's place in a pool.
type seat struct {
	pool   string
	member id.UUID
}

// NewLedger makes a ledger; of two entries for the same seat the later counts.
func NewLedger(entries ...Entry) Ledger {
	l := make(Ledger, len(entries))
	l.Put(entries...)
	return l
}

// Put takes entries in place of those of the same seats.
func (l Ledger) Put(entries ...Entry) {
	for _, e := range entries {
		l[seat{e.Pool, e.Member}] = e
	}
}

// Get is a member's entry in a pool; false where there is none yet.
func (l Ledger) Get(pool string, member id.UUID) (Entry, bool) {
	e, ok := l[seat{pool, member}]
	return e, ok
}

// Entries are the ledger's entries by pool and member: the order in which their rows are locked.
func (l Ledger) Entries() []Entry {
	all := make([]Entry, 0, len(l))
	for _, e := range l {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Pool, b.Pool), compareIDs(a.Member, b.Member)) })
	return all
}
