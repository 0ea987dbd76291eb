package contactpolicy

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// Program is a policy ready to be asked. It never changes and serves any number of goroutines.
type Program struct {
	consents             []consentRule
	floors               []Floor
	customers, openDeals *protection
	rolling              []rolling // in the order of their codes
	quiet                *quiet    // nil without quiet hours
}

// Compile makes a policy ready that was checked when it was written: it asks for no more than what an answer takes. The program keeps nothing
// of the policy.
func Compile(p *Policy) (*Program, error) {
	if err := p.runs(); err != nil {
		return nil, err
	}
	r := &Program{floors: slices.Clone(p.Floors), customers: p.Customers.ready(), openDeals: p.OpenDeals.ready()}
	for i := range p.Consents {
		c := &p.Consents[i]
		r.consents = append(r.consents, consentRule{clause: c.clauseKey(), words: words(c.Channels, c.Purposes), bases: slices.Clone(c.Bases)})
	}
	for _, code := range []Code{CapContact, CapChannel, CapAccount} {
		for i := range p.Caps {
			if c := p.Caps[i].ready(); c.code == code {
				r.rolling = append(r.rolling, c)
			}
		}
	}
	for i := range p.MinGaps {
		r.rolling = append(r.rolling, p.MinGaps[i].ready())
	}
	if h := p.CampaignOverlapHours; h != nil {
		r.rolling = append(r.rolling, rolling{code: CampaignOverlap, clause: "campaignOverlap", holds: anyChannel | anyPurpose,
			mask: anyChannel | anyPurpose | own | other, limit: 1, window: micros(60 * *h), length: amount(*h, "hour")})
	}
	if p.QuietHours != nil {
		var err error
		if r.quiet, err = p.QuietHours.ready(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// runs tells what keeps a policy from being asked: a window without a length, or without room for any message, would never pass.
func (p *Policy) runs() error {
	var n clause.Needs
	for _, f := range p.Floors {
		n.Number("the hours of the floor "+string(f.Event), float64(f.Hours), 0, clause.MaxMinutes/60)
	}
	for i := range p.Caps {
		c := &p.Caps[i]
		n.That(slices.Contains(CapScopes, c.Scope), "the scope of the cap %s is %q", c.Key, c.Scope)
		n.Number("the limit of the cap "+c.Key, float64(c.Limit), 1, math.MaxInt32)
		n.Number("the hours of the cap "+c.Key, float64(c.WindowHours), 1, clause.MaxMinutes/60)
	}
	for i := range p.MinGaps {
		n.Number("the minutes of the gap "+p.MinGaps[i].Key, float64(p.MinGaps[i].Minutes), 1, clause.MaxMinutes)
	}
	if h := p.CampaignOverlapHours; h != nil {
		n.Number("the hours between campaigns", float64(*h), 1, clause.MaxMinutes/60)
	}
	return n.Err()
}

// LongestWindow is how far before the instant of a question the ledger matters. All that is after it does: the answer may look for a later instant.
func (p *Program) LongestWindow() time.Duration {
	longest := int64(0)
	for i := range p.rolling {
		longest = max(longest, p.rolling[i].window)
	}
	return time.Duration(longest) * time.Microsecond
}

// AccountWindow is LongestWindow of messages to colleagues: they count for the caps of companies only. Zero where there are none.
func (p *Program) AccountWindow() time.Duration {
	longest := int64(0)
	for i := range p.rolling {
		if p.rolling[i].code == CapAccount {
			longest = max(longest, p.rolling[i].window)
		}
	}
	return time.Duration(longest) * time.Microsecond
}

// FloorAfter is who owns the conversation after an event, in place of whoever did; nil where the event changes nothing.
func (p *Program) FloorAfter(e FloorEvent, at time.Time) *Holder {
	for _, f := range p.floors {
		if f.Event == e {
			return &Holder{Department: f.Department, Until: at.Add(time.Duration(f.Hours) * time.Hour)}
		}
	}
	return nil
}

// overlap is the rule of the distance between campaigns; nil without one.
func (p *Program) overlap() *rolling {
	if n := len(p.rolling); n > 0 && p.rolling[n-1].code == CampaignOverlap {
		return &p.rolling[n-1]
	}
	return nil
}

// consentRule is a rule made ready.
type consentRule struct {
	clause string
	words  uint32 // channels and purposes
	bases  []contact.ConsentBasis
}

// consentRule is the first rule for a channel and a purpose; nil where none names them.
func (p *Program) consentRule(word uint32) *consentRule {
	for i := range p.consents {
		if p.consents[i].words&word == word {
			return &p.consents[i]
		}
	}
	return nil
}

// words are the bits of channels and purposes; of none, those of all.
func words(channels []contact.Channel, some []contact.Purpose) uint32 {
	set := uint32(0)
	for _, c := range channels {
		set |= channelBit(c)
	}
	if len(channels) == 0 {
		set |= anyChannel
	}
	for _, p := range some {
		set |= purposeBit(p)
	}
	if len(some) == 0 {
		set |= anyPurpose
	}
	return set
}

// ready makes a cap ready.
func (c *Cap) ready() rolling {
	r := rolling{code: CapContact, clause: "caps." + c.Key, limit: c.Limit, window: micros(60 * c.WindowHours), length: amount(c.WindowHours, "hour")}
	whose := uint32(own)
	var channels []contact.Channel
	switch {
	case c.Scope == PerAccount:
		r.code, whose = CapAccount, own|colleague
	case c.Scope == PerChannel && c.Channel == nil:
		r.code, r.each = CapChannel, true
	case c.Scope == PerChannel:
		r.code, channels = CapChannel, []contact.Channel{*c.Channel}
	}
	r.holds = words(channels, c.Purposes)
	r.mask = r.holds | whose | anyCampaign
	return r
}

// ready makes a gap ready.
func (g *MinGap) ready() rolling {
	var channels []contact.Channel
	if g.Channel != nil {
		channels = []contact.Channel{*g.Channel}
	}
	holds := words(channels, g.Purposes)
	return rolling{code: GapTooShort, clause: "minGaps." + g.Key, holds: holds, mask: holds | own | anyCampaign, limit: 1, window: micros(g.Minutes), length: amount(g.Minutes, "minute")}
}

// protection is a Protection made ready.
type protection struct {
	departments []auth.Department // all that are held
	words       uint32
	except      []contact.CampaignKind
	text        string
}

// ready makes a protection ready; nil stays nil.
func (p *Protection) ready() *protection {
	if p == nil {
		return nil
	}
	departments := p.Departments
	if len(departments) == 0 {
		departments = auth.Departments
	}
	return &protection{departments: slices.Clone(departments), words: words(nil, p.Purposes), except: slices.Clone(p.ExceptCampaignKinds), text: p.sentence()}
}

// holds tells whether a protection stands against a question.
func (p *protection) holds(d *decider) bool {
	return p != nil && !d.transactional && slices.Contains(p.departments, d.a.Department) && d.word&p.words == d.word &&
		(d.a.Campaign == nil || !slices.Contains(p.except, d.a.Campaign.Kind))
}

// listed puts words into a sentence: "EMAIL, PHONE or SMS".
func listed[T ~string](all []T, last string) string {
	var s strings.Builder
	for i, w := range all {
		switch {
		case i == 0:
		case i == len(all)-1:
			s.WriteString(" " + last + " ")
		default:
			s.WriteString(", ")
		}
		s.WriteString(string(w))
	}
	return s.String()
}
