package contactpolicy

import (
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Ask is the question: may this person be contacted so?
type Ask struct {
	Channel    contact.Channel
	Purpose    contact.Purpose
	Department auth.Department // which asks
	At         time.Time       // when the person would be contacted; like all times in here it counts in whole microseconds
	Campaign   *Campaign       // that the message belongs to; nil without one
}

// Campaign is what the policy looks at of a campaign.
type Campaign struct {
	ID           id.UUID
	Kind         contact.CampaignKind
	Acknowledged bool // both departments agreed that it may reach customers
}

// State is all that the policy looks at of a person, as one read finds it.
type State struct {
	Erased     bool
	Suppressed bool              // never to be contacted, by anybody
	Consents   []Consent         // the latest of each channel and purpose
	Bounced    []contact.Channel // whose address takes no messages
	Holder     *Holder           // of the conversation; nil: nobody
	Customer   bool
	OpenDeal   bool
	NotBefore  time.Time      // the day on which to come back, as agreed with the person or by the campaign's step; zero: none
	Zone       *time.Location // where the person lives; nil: unknown
	Ledger     []Entry        // of the last LongestWindow, and what is reserved by now; oldest first, others are put in that order
}

// Consent is what a person last said of messages by a channel for a purpose.
type Consent struct {
	Channel contact.Channel
	Purpose contact.Purpose
	State   contact.ConsentState
	Basis   contact.ConsentBasis
}

// Holder owns the conversation with a person.
type Holder struct {
	Department auth.Department
	Until      time.Time // zero: until somebody else does
}

// Entry is a message in the contact ledger: sent, or reserved to be sent. A reservation is a promise to whoever has it: as long as it is there it counts
// as the message that it may become, also at instants after it will have expired.
type Entry struct {
	At         time.Time // when it went, or is to go
	Colleague  bool      // it went to another person of the same company
	Channel    contact.Channel
	Purpose    contact.Purpose
	Department auth.Department
	CampaignID id.UUID // zero without a campaign
}

// Decision is the answer.
type Decision struct {
	Outcome       Outcome
	NextAllowedAt *time.Time // of DEFER: the first instant for which the same question, of the same person, is answered ALLOWED
	Reasons       []Reason   // all that stands against it, in the order of Codes; empty: ALLOWED
}

// Reason is one thing that stands against a contact.
type Reason struct {
	Code   Code
	Clause *string    // the key of the policy's clause; nil where the reason stands in no policy or its event is not known
	Until  *time.Time // the first instant at which it stands no more; nil: until somebody changes it
	Text   string     // as a sentence, with the numbers
}

// Decide answers whether the person may be contacted. NextAllowedAt is found by going from one instant at which a reason passes to the
// next: each stands without a gap until its own, so that nothing earlier is allowed.
func (p *Program) Decide(s *State, a Ask) Decision {
	d := p.decider(s, a)
	t := a.At.UnixMicro()
	reasons := d.lasting()
	forGood := len(reasons) > 0
	next := d.passing(t, func(r Reason) { reasons = append(reasons, r) })
	switch {
	case len(reasons) == 0:
		return Decision{Outcome: Allowed}
	case forGood:
		slices.SortStableFunc(reasons, func(a, b Reason) int { return slices.Index(Codes, a.Code) - slices.Index(Codes, b.Code) })
		return Decision{Outcome: Denied, Reasons: reasons}
	}
	for now := t; next > now; {
		now, next = next, d.passing(next, nil)
	}
	return Decision{Outcome: Defer, NextAllowedAt: instant(next), Reasons: reasons}
}

// decider is a question about a person on its way to the answer.
type decider struct {
	p             *Program
	s             *State
	a             Ask
	word          uint32 // the side of the channel and that of the purpose
	transactional bool
	marks         []mark // of the ledger
	run           []mark // what a rule counts, used again by the next
}

// decider prepares a question.
func (p *Program) decider(s *State, a Ask) *decider {
	d := &decider{p: p, s: s, a: a, word: channelBit(a.Channel) | purposeBit(a.Purpose), transactional: a.Purpose == contact.PurposeTransactional}
	if !d.transactional && len(s.Ledger) > 0 && len(p.rolling) > 0 {
		d.marks, d.run = d.read(), make([]mark, 0, len(s.Ledger))
	}
	return d
}

// lasting are the reasons that somebody has to change.
func (d *decider) lasting() []Reason {
	var rs []Reason
	if d.s.Erased {
		rs = append(rs, Reason{Code: Erased, Text: "The person's data was erased: there is nobody to contact."})
	}
	if d.s.Suppressed {
		rs = append(rs, Reason{Code: Suppressed, Text: "The person is on the list of those who are never contacted."})
	}
	rs = d.consent(rs)
	if slices.Contains(d.s.Bounced, d.a.Channel) {
		rs = append(rs, Reason{Code: Bounced, Text: "The person's address for " + string(d.a.Channel) + " takes no messages: correct it first."})
	}
	if h := d.s.Holder; h != nil && h.Department != d.a.Department && h.Until.IsZero() && !d.transactional {
		rs = append(rs, Reason{Code: FloorHeld, Text: "The conversation is " + string(h.Department) + "'s: ask them to pass it on."})
	}
	if d.s.Customer && (d.a.Campaign == nil || !d.a.Campaign.Acknowledged) && d.p.customers.holds(d) {
		rs = append(rs, Reason{Code: CustomerProtected, Clause: new("customers"), Text: "The person is a customer: " + d.p.customers.text})
	}
	if d.s.OpenDeal && d.p.openDeals.holds(d) {
		rs = append(rs, Reason{Code: DealProtected, Clause: new("openDeals"), Text: "The person has an open deal: " + d.p.openDeals.text})
	}
	return rs
}

// consent adds what is missing of a consent, or that it was withdrawn.
func (d *decider) consent(rs []Reason) []Reason {
	rule := d.p.consentRule(d.word)
	var onRecord contact.ConsentBasis
	for _, c := range d.s.Consents {
		if c.Channel != d.a.Channel || c.Purpose != d.a.Purpose {
			continue
		}
		if c.State == contact.ConsentWithdrawn {
			return append(rs, Reason{Code: OptedOut, Text: "The person wants no more messages by " + string(c.Channel) + " for " + string(c.Purpose) + "."})
		}
		if onRecord = c.Basis; rule != nil && slices.Contains(rule.bases, c.Basis) {
			rule = nil
		}
	}
	if rule == nil || len(rule.bases) == 0 {
		return rs
	}
	found := "none is on record."
	if onRecord != "" {
		found = "on record is one on the basis " + string(onRecord) + "."
	}
	text := "Messages by " + string(d.a.Channel) + " for " + string(d.a.Purpose) + " need a consent on the basis " + listed(rule.bases, "or") + "; " + found
	return append(rs, Reason{Code: NoConsent, Clause: new(rule.clause), Text: text})
}

// passing finds what stands against the contact at t and passes by itself, in the order of Codes, and the latest of the instants at
// which each passes: t where nothing stands. Reasons are told to note, if there is one.
func (d *decider) passing(t int64, note func(Reason)) (latest int64) {
	latest = t
	if d.transactional {
		return latest
	}
	found := func(until int64, reason func() Reason) {
		latest = max(latest, until)
		if note != nil && until > t {
			r := reason()
			r.Until = instant(until)
			note(r)
		}
	}
	if h := d.s.Holder; h != nil && h.Department != d.a.Department && !h.Until.IsZero() {
		found(h.Until.UnixMicro(), func() Reason {
			return Reason{Code: FloorHeld, Text: "The conversation is " + string(h.Department) + "'s until " + stamp(h.Until) + "."}
		})
	}
	for i := range d.p.rolling {
		if r := &d.p.rolling[i]; r.code != CampaignOverlap && d.word&r.holds == d.word {
			found(d.free(r, t), func() Reason { return d.counted(r, t) })
		}
	}
	if q := d.p.quiet; q != nil {
		zone := q.zone(d.s.Zone)
		found(q.free(d.a.Channel, zone, t), func() Reason { return q.reason(d.a.Channel, zone, t) })
	}
	if n := d.s.NotBefore; !n.IsZero() {
		found(n.UnixMicro(), func() Reason {
			return Reason{Code: NotDue, Text: "It was agreed not to come back before " + stamp(n) + "."}
		})
	}
	if r := d.p.overlap(); r != nil && d.a.Campaign != nil {
		found(d.free(r, t), func() Reason { return d.counted(r, t) })
	}
	return latest
}

// instant is a time of microseconds.
func instant(micro int64) *time.Time {
	t := time.UnixMicro(micro).UTC()
	return &t
}

// stamp is an instant in a sentence.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
