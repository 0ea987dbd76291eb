package demo

import (
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// tell tells the pursuit up to the stage it stands in.
func (s *story) tell() {
	s.discover()
	switch s.l.row.Stage {
	case lifecycle.New:
		if s.mailable() && s.w.chance(0.25) {
			s.mail(contact.PositionTop)
		}
	case lifecycle.Nurturing:
		s.nurture(int(min(1+s.end.Sub(s.start).Hours()/24/s.w.between(18, 34), 6)))
	case lifecycle.Qualified:
		s.qualify()
	case lifecycle.Offered:
		s.offer()
	case lifecycle.Accepted:
		s.accept()
	case lifecycle.Working:
		s.work(1+s.w.rng.IntN(5), s.w.chance(0.5))
	case lifecycle.SalesQualified:
		s.understand()
	case lifecycle.Opportunity:
		s.evaluate()
	case lifecycle.Won:
		s.win()
	case lifecycle.Lost:
		s.lose()
	case lifecycle.Retargeting:
		s.lose()
		s.lookAgain()
	case lifecycle.Returned:
		s.work(4+s.w.rng.IntN(3), false)
		s.move(lifecycle.Returned, 60, 2000)
	case lifecycle.Disqualified:
		s.dismiss()
	case lifecycle.Erased:
		s.nurture(s.w.rng.IntN(2))
		s.move(lifecycle.Erased, 600, 20000)
	}
	if stage := s.l.row.Stage; s.final && s.mailable() && (stage == lifecycle.Nurturing && s.w.chance(0.1) || stage == lifecycle.Disqualified && s.w.chance(0.2)) {
		s.mail(contact.PositionTop)
		s.then("unsubscribed")
		s.p.gone = true
	}
	s.record()
}

func (s *story) mailable() bool { return s.p.row.Email != nil && s.l.source != "sales" }

// either is one of two keys.
func (s *story) either(p float64, a, b string) string {
	if s.w.chance(p) {
		return a
	}
	return b
}

// discover is how the person came to us, up to the capture.
func (s *story) discover() {
	s.read(contact.PositionTop)
	switch s.l.source {
	case "website":
		s.then(s.either(0.1, "ad.banner", s.either(0.65, "search", "direct")))
		s.look(1 + s.w.rng.IntN(2))
		s.then(s.either(0.55, "form", s.either(0.7, "content.taken", "chat")))
	case "paid-search":
		s.then("ad.search")
		s.look(1 + s.w.rng.IntN(2))
		s.then(s.either(0.6, "form", "content.taken"))
	case "paid-social":
		if s.w.chance(0.5) {
			s.then("ad.seen")
		}
		s.then("ad.social")
		s.then(s.either(0.7, "content.taken", "form"))
	case "webinars":
		s.then("webinar.registered")
	case "trade-fairs":
		s.then("fair")
	case "palletworks":
		s.then("partner")
	case "simulator":
		s.look(1)
		s.then("trial")
	case "referrals":
		s.then("friend")
	case "sales":
		s.then("prospect")
	}
	s.capture = len(s.beats) - 1 // of a vendor's list nothing has happened yet
	if s.l.source == "simulator" {
		s.then("trial.used")
	}
	if s.l.source == "webinars" && s.w.chance(0.65) {
		s.open("webinar.attended")
	}
}

func (s *story) look(pages int) {
	for range pages {
		s.then("page")
	}
}

// mail is one mailing and what the person did with it.
func (s *story) mail(p contact.FunnelPosition) {
	s.read(p)
	s.open("mail.sent")
	if !s.w.chance(0.5) {
		return
	}
	s.then("mail.opened")
	if s.w.chance(0.4) {
		s.then("mail.clicked")
		s.then(s.either(0.6, "content.taken", "content.viewed"))
	}
}

// nurture is marketing's part: mailings above all, and visits between them.
func (s *story) nurture(rounds int) {
	if s.l.source == "sales" {
		return
	}
	if s.l.row.Stage != lifecycle.Erased {
		s.move(lifecycle.Nurturing, 5, 700)
	}
	for i := range rounds {
		switch x := s.w.rng.Float64(); {
		case s.p.row.Email != nil && x < 0.7:
			s.mail([]contact.FunnelPosition{contact.PositionTop, contact.PositionMiddle}[min(i/2, 1)])
			if i == 0 && s.final && s.l.row.Stage == lifecycle.Nurturing && s.l.source == "leadfield" && s.w.chance(0.1) {
				s.then("mail.bounced")
				return
			}
		case x < 0.8:
			s.open("webinar.registered")
			if s.w.chance(0.6) {
				s.open("webinar.attended")
			}
		case x < 0.85 && s.p.row.Email != nil:
			s.open(s.either(0.5, "survey", "postcard"))
		default:
			s.read(contact.PositionMiddle)
			s.open(s.either(0.4, "search", s.either(0.5, "ad.social", "direct")))
			s.look(1 + s.w.rng.IntN(2))
			if s.w.chance(0.4) {
				s.then("content.viewed")
			}
		}
	}
}

// qualify is when the person wants to know. What sales enters itself needs no proof.
func (s *story) qualify() {
	if s.l.source == "sales" {
		return
	}
	s.nurture(1 + s.w.rng.IntN(2))
	s.read(contact.PositionBottom)
	s.open(s.either(0.4, "search", "direct"))
	s.then("page.prices")
	asks, reads := 0.5, 0.5
	if s.keen() {
		asks, reads = 0.75, 0.85
	}
	if s.w.chance(reads) {
		s.then(s.either(0.6, "content.taken", "content.viewed"))
	}
	s.then(s.either(asks, "demo", s.either(0.5, "chat", "form")))
	s.move(lifecycle.Qualified, 1, 30)
}

// keen tells whether the person wants robots indeed: who buys, or nearly does, asks for more on the way.
func (s *story) keen() bool {
	switch s.l.row.Stage {
	case lifecycle.SalesQualified, lifecycle.Opportunity, lifecycle.Won:
		return true
	}
	return false
}

// offer is the hand-off to sales.
func (s *story) offer() {
	s.qualify()
	if s.l.source != "sales" {
		s.move(lifecycle.Offered, 5, 900)
	}
}

// accept is when a rep takes the lead.
func (s *story) accept() {
	s.offer()
	s.move(lifecycle.Accepted, 10, 1200)
}

// work is the rep's attempts to speak with the person.
func (s *story) work(attempts int, answered bool) {
	s.accept()
	for i := range attempts {
		switch x := s.w.rng.Float64(); {
		case x < 0.35:
			s.open("voicemail")
		case x < 0.75:
			s.open("rep.mail")
		case x < 0.82:
			s.open("message")
		case answered:
			s.open("call")
		default:
			s.open("voicemail")
		}
		if i == 0 {
			s.move(lifecycle.Working, 1, 8)
		}
	}
	if answered {
		s.then(s.either(0.7, "reply", "callback"))
		if s.w.chance(0.6) {
			s.open("call")
		}
	}
}

// understand is the second gate: volumes, budget and timing are clear.
func (s *story) understand() {
	s.work(1+s.w.rng.IntN(3), true)
	s.open("discovery")
	s.move(lifecycle.SalesQualified, 20, 600)
	if s.w.chance(0.5) {
		s.open("rep.mail")
	}
}

// evaluate is from the showroom to the offer.
func (s *story) evaluate() {
	s.understand()
	if s.w.chance(0.55) {
		s.open("showroom")
		s.p.showroom = true
	}
	if s.w.chance(0.65) {
		s.open("site")
	}
	s.open("business.case")
	s.move(lifecycle.Opportunity, 30, 900)
	if s.w.chance(0.5) {
		s.read(contact.PositionBottom)
		s.open("direct")
		s.then("content.taken")
	}
	s.open("offer")
}

// win is the contract and the first weeks with the fleet.
func (s *story) win() {
	s.evaluate()
	for range s.w.rng.IntN(3) {
		s.open("negotiation")
	}
	s.then("signed")
	s.move(lifecycle.Won, 10, 300)
	s.open("kickoff")
	for range 1 + s.w.rng.IntN(3) {
		s.open("fleet")
	}
	if s.p.row.Email != nil {
		s.read(contact.PositionCustomer)
		s.open("owner.mail")
		if s.w.chance(0.7) {
			s.then("owner.opened")
		}
	}
}

// lose is a refusal after the offer.
func (s *story) lose() {
	s.evaluate()
	if s.w.chance(0.5) {
		s.open("negotiation")
	}
	s.then("refused")
	s.move(lifecycle.Lost, 20, 2000)
}

// lookAgain is what we show those who refused.
func (s *story) lookAgain() {
	s.move(lifecycle.Retargeting, 60, 3000)
	for range 1 + s.w.rng.IntN(3) {
		s.read(contact.PositionMiddle)
		if s.p.row.Email != nil && s.w.chance(0.4) {
			s.open("again.mail")
		} else {
			s.open("again.seen")
		}
	}
}

// dismiss is the end of what fits nobody: mostly seen at once, sometimes after a call.
func (s *story) dismiss() {
	switch x := s.w.rng.Float64(); {
	case s.p.negative() || x < 0.45:
	case x < 0.75:
		s.nurture(1 + s.w.rng.IntN(2))
	case x < 0.9:
		s.offer()
		s.open("unfit")
	default:
		s.work(1+s.w.rng.IntN(2), false)
		s.open("unfit")
	}
	s.move(lifecycle.Disqualified, 30, 3000)
}
