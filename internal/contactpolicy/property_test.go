package contactpolicy

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// The random worlds are small, so that things meet: two channels, two campaigns, some days before and after noon.
var (
	someChannels = []contact.Channel{contact.ChannelEmail, contact.ChannelPhone}
	somePurposes = []contact.Purpose{contact.PurposeMarketing, contact.PurposeSales}
	someZones    = []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"}
)

// somePolicy draws a policy that passes Check.
func somePolicy(rt *rapid.T) Policy {
	p := Policy{}
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(somePurposes), 0, 2, rapid.ID)
	channel := rapid.Ptr(rapid.SampledFrom(someChannels), true)
	for i := range rapid.IntRange(0, 4).Draw(rt, "caps") {
		c := Cap{Key: fmt.Sprintf("c%d", i), Scope: rapid.SampledFrom(CapScopes).Draw(rt, "scope"), Purposes: some.Draw(rt, "purposes"),
			Limit: rapid.IntRange(1, 3).Draw(rt, "limit"), WindowHours: rapid.IntRange(1, 40).Draw(rt, "window")}
		if c.Scope == PerChannel {
			c.Channel = channel.Draw(rt, "channel")
		}
		if p.Caps = append(p.Caps, c); p.Check(nil) != nil {
			p.Caps = p.Caps[:len(p.Caps)-1] // another cap makes it idle
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(rt, "gaps") {
		p.MinGaps = append(p.MinGaps, MinGap{Key: fmt.Sprintf("g%d", i), Channel: channel.Draw(rt, "channel"), Purposes: some.Draw(rt, "purposes"), Minutes: rapid.IntRange(1, 900).Draw(rt, "minutes")})
	}
	if rapid.Bool().Draw(rt, "quiet") {
		q := &QuietHours{FallbackZone: rapid.SampledFrom(someZones).Draw(rt, "zone")}
		clock := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "h"), rapid.SampledFrom([]int{0, 30}).Draw(t, "m"))
		})
		for i := range rapid.IntRange(1, 3).Draw(rt, "times") {
			q.Times = append(q.Times, QuietTime{Key: fmt.Sprintf("q%d", i), Days: rapid.SliceOfNDistinct(rapid.SampledFrom(clause.Weekdays), 0, 3, rapid.ID).Draw(rt, "days"),
				From: clock.Draw(rt, "from"), To: clock.Draw(rt, "to"), Channels: rapid.SliceOfNDistinct(rapid.SampledFrom(someChannels), 0, 1, rapid.ID).Draw(rt, "channels")})
		}
		if p.QuietHours = q; p.Check(nil) != nil {
			p.QuietHours = nil // never open
		}
	}
	if rapid.Bool().Draw(rt, "overlap") {
		p.CampaignOverlapHours = new(rapid.IntRange(1, 60).Draw(rt, "overlap hours"))
	}
	return p
}

// someTime draws an instant near the night in which Berlin's clocks change, often a whole hour.
func someTime(rt *rapid.T, label string) time.Time {
	base := rapid.SampledFrom([]time.Time{time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC)}).Draw(rt, label)
	return base.Add(time.Duration(rapid.IntRange(-60*40, 60*40).Draw(rt, label)) * time.Minute).Add(time.Duration(rapid.SampledFrom([]int{0, 0, -1, 1}).Draw(rt, label)) * time.Microsecond)
}

// someState draws a person.
func someState(rt *rapid.T) State {
	s := State{}
	for range rapid.IntRange(0, 12).Draw(rt, "entries") {
		e := Entry{At: someTime(rt, "at"), Colleague: rapid.IntRange(0, 3).Draw(rt, "colleague") == 0, Channel: rapid.SampledFrom(someChannels).Draw(rt, "channel"),
			Purpose: rapid.SampledFrom(contact.Purposes).Draw(rt, "purpose"), Department: rapid.SampledFrom(auth.Departments).Draw(rt, "department")}
		e.CampaignID = id.UUID{byte(rapid.IntRange(0, 2).Draw(rt, "campaign"))}
		s.Ledger = append(s.Ledger, e)
	}
	if rapid.Bool().Draw(rt, "zone known") {
		s.Zone = zone(rt, rapid.SampledFrom(someZones).Draw(rt, "zone"))
	}
	if rapid.IntRange(0, 3).Draw(rt, "held") == 0 {
		s.Holder = &Holder{Department: rapid.SampledFrom(auth.Departments).Draw(rt, "holder"), Until: someTime(rt, "until")}
	}
	if rapid.IntRange(0, 3).Draw(rt, "day") == 0 {
		s.NotBefore = someTime(rt, "not before")
	}
	return s
}

// someAsk draws a question.
func someAsk(rt *rapid.T) Ask {
	a := Ask{Channel: rapid.SampledFrom(someChannels).Draw(rt, "channel"), Purpose: rapid.SampledFrom(somePurposes).Draw(rt, "purpose"),
		Department: rapid.SampledFrom(auth.Departments).Draw(rt, "department"), At: someTime(rt, "ask")}
	if n := rapid.IntRange(0, 2).Draw(rt, "campaign"); n > 0 {
		a.Campaign = &Campaign{ID: id.UUID{byte(n)}, Kind: contact.CampaignNurture}
	}
	return a
}

func TestDecisionsAreWhatTheWordsSay(t *testing.T) {
	t.Parallel()
	count := map[Code]int{}
	rapid.Check(t, func(rt *rapid.T) {
		p, s, a := somePolicy(rt), someState(rt), someAsk(rt)
		d := compiled(rt, p).Decide(&s, a)
		require.Equal(rt, plainly(&p, &s, a), slices.Compact(codes(d)))
		for _, c := range codes(d) {
			count[c]++
		}
	})
	t.Log(count)
}

func TestTheNextInstantIsTrueAndTheFirst(t *testing.T) {
	t.Parallel()
	deferred := 0
	rapid.Check(t, func(rt *rapid.T) {
		p, s, a := compiled(rt, somePolicy(rt)), someState(rt), someAsk(rt)
		d, now := p.Decide(&s, a), a.At
		at := func(t time.Time) Decision {
			a.At = t
			return p.Decide(&s, a)
		}
		for _, r := range d.Reasons {
			stands := func(t time.Time) bool {
				return slices.ContainsFunc(at(t).Reasons, func(q Reason) bool {
					return q.Code == r.Code && (r.Clause == nil || q.Clause != nil && (*q.Clause == *r.Clause || r.Code == Quiet))
				})
			}
			require.False(rt, stands(*r.Until), "%s at its own end", r.Text)
			require.True(rt, stands(r.Until.Add(-time.Microsecond)), "%s just before its end", r.Text)
			require.True(rt, stands(between(rt, now, *r.Until)), "%s before its end", r.Text)
		}
		if d.NextAllowedAt == nil {
			require.Equal(rt, Allowed, d.Outcome)
			return
		}
		deferred++
		require.True(rt, d.NextAllowedAt.After(now))
		require.Equal(rt, Allowed, at(*d.NextAllowedAt).Outcome)
		require.Equal(rt, Defer, at(d.NextAllowedAt.Add(-time.Microsecond)).Outcome)
		require.Equal(rt, d.NextAllowedAt, at(between(rt, now, *d.NextAllowedAt)).NextAllowedAt)
	})
	t.Logf("%d were deferred", deferred)
}

// between draws an instant from the first on, before the last.
func between(rt *rapid.T, first, last time.Time) time.Time {
	return first.Add(time.Duration(rapid.Int64Range(0, last.Sub(first).Microseconds()-1).Draw(rt, "between")) * time.Microsecond)
}

func TestWhatIsAllowedNeverBreaksACap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		body := somePolicy(rt)
		p, s := compiled(rt, body), State{}
		for range rapid.IntRange(5, 30).Draw(rt, "questions") {
			if a := someAsk(rt); p.Decide(&s, a).Outcome == Allowed { // in any order of their times
				s.Ledger = append(s.Ledger, Entry{At: a.At, Channel: a.Channel, Purpose: a.Purpose, Department: a.Department})
			}
		}
		for _, e := range s.Ledger {
			for _, c := range body.Caps {
				n := 0
				for _, other := range s.Ledger {
					if since := other.At.Sub(e.At); since >= 0 && since < time.Duration(c.WindowHours)*time.Hour && counts(&c, &other, e.Channel) {
						n++
					}
				}
				require.LessOrEqual(rt, n, c.Limit, "%s from %s on", c.sentence(), e.At)
			}
		}
	})
}

func TestTheOrderOfTheLedgerDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p, s, a := compiled(rt, somePolicy(rt)), someState(rt), someAsk(rt)
		before := p.Decide(&s, a)
		s.Ledger = rapid.Permutation(s.Ledger).Draw(rt, "ledger")
		after := p.Decide(&s, a)
		require.Equal(rt, codes(before), codes(after))
		require.Equal(rt, before.NextAllowedAt, after.NextAllowedAt)
	})
}
