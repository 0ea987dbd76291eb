package contactpolicy

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// rolling is a cap: no window holds more than limit of the messages that mask picks. A gap is a cap of one message in a window of its
// length, and so is the distance between campaigns, which counts the messages of other campaigns only.
type rolling struct {
	code   Code
	clause string
	holds  uint32 // the channels and purposes of the questions that it answers
	mask   uint32 // of the messages that it counts
	each   bool   // it counts only those of the question's own channel
	limit  int
	window int64  // microseconds
	length string // the window in a sentence
}

// mark is what the rules look at of an entry: its time, and one bit for each of four sides.
type mark struct {
	at    int64
	word  uint32
	entry int32 // its place in the ledger
}

// The sides of a word: the channel and the purpose, each with a bit for what has no name, whose message it is, and which campaign's.
const (
	sides       = 4
	purposes    = 18 // where the purposes begin, after 17 channels and another
	own         = 1 << 22
	colleague   = 1 << 23
	sameOrNone  = 1 << 24
	other       = 1 << 25
	anyChannel  = 1<<purposes - 1
	anyPurpose  = own - 1<<purposes
	anyCampaign = sameOrNone | other
)

func channelBit(c contact.Channel) uint32 { return bit(contact.Channels, c) }

func purposeBit(p contact.Purpose) uint32 { return bit(contact.Purposes, p) << purposes }

// bit is the bit of a word of a vocabulary; the one after all others for what is not in it.
func bit[T comparable](all []T, word T) uint32 {
	if i := slices.Index(all, word); i >= 0 {
		return 1 << i
	}
	return 1 << len(all)
}

// read makes the marks of what counts in the ledger, oldest first.
func (d *decider) read() []mark {
	marks := make([]mark, 0, len(d.s.Ledger))
	for i := range d.s.Ledger {
		e := &d.s.Ledger[i]
		if e.Purpose == contact.PurposeTransactional {
			continue
		}
		m := mark{at: e.At.UnixMicro(), word: channelBit(e.Channel) | purposeBit(e.Purpose), entry: int32(i)}
		if e.Colleague {
			m.word |= colleague
		} else {
			m.word |= own
		}
		if d.a.Campaign == nil || e.CampaignID == d.a.Campaign.ID || e.CampaignID == (id.UUID{}) {
			m.word |= sameOrNone
		} else {
			m.word |= other
		}
		marks = append(marks, m)
	}
	oldest := func(a, b mark) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(marks, oldest) {
		slices.SortStableFunc(marks, oldest)
	}
	return marks
}

// free is the first instant from t on at which the rule holds nothing back. Until then it does so without a gap: each run ends when
// it leaves every window with the question.
func (d *decider) free(r *rolling, t int64) int64 {
	for {
		run := d.full(r, t)
		if len(run) == 0 {
			return t
		}
		t = run[0].at + r.window
	}
}

// full finds the newest limit messages of the rule that would lie in one window together with one more at t; none where there is room.
// A window of length w with its first and last message at x and y holds one more at t when max(y, t) - min(x, t) < w.
func (d *decider) full(r *rolling, t int64) []mark {
	mask := r.mask
	if r.each {
		mask = mask&^anyChannel | d.word&anyChannel
	}
	first, _ := slices.BinarySearchFunc(d.marks, t-r.window+1, func(m mark, at int64) int { return cmp.Compare(m.at, at) })
	run := d.run[:0]
	for i := first; i < len(d.marks) && d.marks[i].at-t < r.window; i++ {
		if m := &d.marks[i]; bits.OnesCount32(m.word&mask) == sides {
			run = append(run, *m)
		}
	}
	for i := len(run) - r.limit; i >= 0; i-- {
		if max(run[i+r.limit-1].at, t)-min(run[i].at, t) < r.window {
			return run[i : i+r.limit]
		}
	}
	return nil
}

// counted says why a rule holds a question back at t.
func (d *decider) counted(r *rolling, t int64) Reason {
	run := d.full(r, t)
	first := &d.s.Ledger[run[0].entry]
	text := ""
	switch r.code {
	case GapTooShort:
		text = fmt.Sprintf("%s's message by %s of %s is too near: %s must lie between.", first.Department, first.Channel, stamp(first.At), r.length)
	case CampaignOverlap:
		text = fmt.Sprintf("Another campaign's message by %s of %s is too near: %s must lie between messages of two campaigns.", first.Channel, stamp(first.At), r.length)
	default:
		whom := "the person"
		if r.code == CapAccount {
			whom = "people of the company"
		}
		by := ""
		if r.code == CapChannel {
			by = " by " + string(d.a.Channel)
		}
		text = fmt.Sprintf("%d of at most %d messages to %s%s in %s went or are reserved since %s: %s.", len(run), r.limit, whom, by, r.length, stamp(first.At), d.shares(run))
	}
	return Reason{Code: r.code, Clause: new(r.clause), Text: text}
}

// shares tells how many messages are whose: "2 by MARKETING, 1 by SALES".
func (d *decider) shares(run []mark) string {
	count := map[auth.Department]int{}
	for i := range run {
		count[d.s.Ledger[run[i].entry].Department]++
	}
	var said []string
	for _, dep := range auth.Departments {
		if n := count[dep]; n > 0 {
			said = append(said, fmt.Sprintf("%d by %s", n, dep))
		}
	}
	return strings.Join(said, ", ")
}

// amount is a window in a sentence, such as "24 hours".
func amount(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// micros is a number of minutes in microseconds.
func micros(minutes int) int64 { return int64(minutes) * time.Minute.Microseconds() }
