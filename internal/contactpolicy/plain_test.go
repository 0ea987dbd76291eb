package contactpolicy

import (
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// plainly is what stands against a contact and passes by itself, once more and slowly: read from the words of the policy's types.
func plainly(p *Policy, s *State, a Ask) []Code {
	list := []Code{}
	note := func(c Code, stands bool) {
		if stands && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	note(FloorHeld, s.Holder != nil && s.Holder.Department != a.Department && a.At.Before(s.Holder.Until))
	for scope, code := range map[CapScope]Code{PerContact: CapContact, PerChannel: CapChannel, PerAccount: CapAccount} {
		for _, c := range p.Caps {
			about := (len(c.Purposes) == 0 || slices.Contains(c.Purposes, a.Purpose)) && (c.Channel == nil || *c.Channel == a.Channel)
			note(code, c.Scope == scope && about && crowded(s, a, c.Limit, time.Duration(c.WindowHours)*time.Hour, func(e *Entry) bool { return counts(&c, e, a.Channel) }))
		}
	}
	for _, g := range p.MinGaps {
		about := (len(g.Purposes) == 0 || slices.Contains(g.Purposes, a.Purpose)) && (g.Channel == nil || *g.Channel == a.Channel)
		note(GapTooShort, about && slices.ContainsFunc(s.Ledger, func(e Entry) bool {
			same := (len(g.Purposes) == 0 || slices.Contains(g.Purposes, e.Purpose)) && (g.Channel == nil || *g.Channel == e.Channel)
			return same && !e.Colleague && counted(&e) && e.At.Sub(a.At).Abs() < time.Duration(g.Minutes)*time.Minute
		}))
	}
	note(Quiet, p.QuietHours != nil && sleeps(p.QuietHours, s, a))
	note(NotDue, a.At.Before(s.NotBefore))
	note(CampaignOverlap, p.CampaignOverlapHours != nil && a.Campaign != nil && slices.ContainsFunc(s.Ledger, func(e Entry) bool {
		theirs := e.CampaignID != id.UUID{} && e.CampaignID != a.Campaign.ID
		return theirs && !e.Colleague && counted(&e) && e.At.Sub(a.At).Abs() < time.Duration(*p.CampaignOverlapHours)*time.Hour
	}))
	slices.SortFunc(list, func(a, b Code) int { return slices.Index(Codes, a) - slices.Index(Codes, b) })
	return list
}

// counted tells whether an entry counts at all.
func counted(e *Entry) bool { return e.Purpose != contact.PurposeTransactional }

// counts tells whether a cap counts an entry, asked about a channel.
func counts(c *Cap, e *Entry, channel contact.Channel) bool {
	if len(c.Purposes) > 0 && !slices.Contains(c.Purposes, e.Purpose) {
		return false
	}
	switch c.Scope {
	case PerAccount:
		return true
	case PerContact:
		return !e.Colleague
	}
	if c.Channel != nil {
		channel = *c.Channel
	}
	return !e.Colleague && e.Channel == channel
}

// crowded tells whether a window that holds the question's instant, and begins with it or with a message, is full already.
func crowded(s *State, a Ask, limit int, window time.Duration, counts func(*Entry) bool) bool {
	starts := []time.Time{a.At}
	for i := range s.Ledger {
		starts = append(starts, s.Ledger[i].At)
	}
	for _, start := range starts {
		in := func(t time.Time) bool { return !t.Before(start) && t.Before(start.Add(window)) }
		n := 0
		for i := range s.Ledger {
			if e := &s.Ledger[i]; in(e.At) && counted(e) && counts(e) {
				n++
			}
		}
		if in(a.At) && n >= limit {
			return true
		}
	}
	return false
}

// sleeps tells whether it is quiet where the person lives.
func sleeps(q *QuietHours, s *State, a Ask) bool {
	where := s.Zone
	if where == nil {
		where, _ = time.LoadLocation(q.FallbackZone)
	}
	local := a.At.In(where)
	today := clause.Weekdays[(int(local.Weekday())+6)%7]
	yesterday := clause.Weekdays[(int(local.Weekday())+5)%7]
	now := local.Format("15:04")
	for _, t := range q.Times {
		on := func(d clause.Weekday) bool { return len(t.Days) == 0 || slices.Contains(t.Days, d) }
		late, early := t.From <= now && (now < t.To || t.To <= t.From), t.To <= t.From && now < t.To
		if (len(t.Channels) == 0 || slices.Contains(t.Channels, a.Channel)) && (on(today) && late || on(yesterday) && early) {
			return true
		}
	}
	return false
}
