package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// story is a pursuit while it is told: what happens, in order, and then when.
type story struct {
	w          *world
	p          *person
	l          *pursuit
	start, end time.Time // the capture, and about the last touch
	rep        *db.Member
	final      bool // the person's latest pursuit
	resource   *resource
	beats      []beat
	capture    int          // the beat that made the lead; -1 where none did
	latest     *db.Campaign // of the touches so far
}

// beat is one thing that happens.
type beat struct {
	form   *beatForm
	about  *resource
	text   string
	opens  bool          // begins a new visit, mail or call: the time before it is stretched
	weight float64       // of that time
	gap    time.Duration // the time before it where it opens nothing
	at     time.Time
}

// open begins something new, some time after what came before.
func (s *story) open(key string) {
	s.add(key)
	b := &s.beats[len(s.beats)-1]
	b.opens, b.weight = true, s.w.between(0.4, 1.6)*max(b.form.Stretch, 1)
}

// then goes on with what was begun, minutes or hours later.
func (s *story) then(key string) { s.add(key) }

// add adds a beat. Who has no address is called instead, or calls.
func (s *story) add(key string) {
	f := s.w.beats[key]
	if f.Channel == contact.ChannelEmail && s.p.row.Email == nil {
		f = s.w.beats["callback"]
		if s.w.beats[key].Direction == contact.DirectionOutbound {
			f = s.w.beats["call"]
		}
	}
	from, to := 1.0, 20.0
	if f.Gap[1] > 0 {
		from, to = float64(f.Gap[0]), float64(f.Gap[1])
	}
	b := beat{form: f, about: s.resource, gap: s.w.minutes(from, to)}
	for range 3 { // nobody looks at the same page twice
		b.text = pick(s.w, f.Texts)
		if n := len(s.beats); n == 0 || s.beats[n-1].text != b.text {
			break
		}
	}
	s.beats = append(s.beats, b)
}

// move changes the stage, some minutes after the latest beat.
func (s *story) move(to lifecycle.Stage, least, most float64) {
	s.l.moves = append(s.l.moves, move{to: to, after: len(s.beats) - 1, delay: s.w.minutes(least, most)})
}

// read chooses what the next beats are about: something the person does not know, as far as there is.
func (s *story) read(p contact.FunnelPosition) {
	for range 5 {
		s.resource = pick(s.w, s.w.resources[p])
		if !slices.Contains(s.p.read, s.resource.title) {
			s.p.read = append(s.p.read, s.resource.title)
			return
		}
	}
}

// clock tells when everything happened: the capture at the start, what led to it before, the rest spread up to the end, people at
// work in office hours.
func (s *story) clock() {
	at := s.start
	for i := s.capture; i >= 0; i-- {
		s.beats[i].at = at
		at = at.Add(-s.beats[i].gap)
	}
	free, weights := s.end.Sub(s.start), 0.0
	for _, b := range s.beats[s.capture+1:] {
		if b.opens {
			weights += b.weight
		} else {
			free -= b.gap
		}
	}
	at = s.start
	for i := s.capture + 1; i < len(s.beats); i++ {
		at = s.next(&s.beats[i], at, float64(max(free, 0))/weights)
		s.beats[i].at = at
	}
	s.hurry(at)
	s.schedule()
}

// next is when a beat comes after the instant of the one before. A unit is the time for a beat of weight one.
func (s *story) next(b *beat, after time.Time, unit float64) time.Time {
	person := b.form.Source == "sales" || b.form.Direction == contact.DirectionOutbound // somebody works, not only a click
	if !b.opens {
		at := after.Add(b.gap)
		if person {
			at = s.w.atWork(at, s.p.zone)
		}
		return at
	}
	at := after.Add(time.Duration(unit * b.weight)).Truncate(time.Second)
	if person || s.w.chance(0.85) {
		at = s.w.officeHours(at, s.p.zone)
	}
	if at.Before(after.Add(15 * time.Minute)) {
		at = after.Add(s.w.minutes(15, 120))
		if person {
			at = s.w.atWork(at, s.p.zone)
		}
	}
	return at
}

// hurry moves the whole story back by days where it would end in the future. One that began at a fair, which stays where it was, is
// pressed together.
func (s *story) hurry(last time.Time) {
	end := s.w.now.Add(-2 * time.Minute)
	over := last.Sub(end)
	if over <= 0 {
		return
	}
	if s.l.source == "trade-fairs" {
		share := float64(end.Sub(s.start)) / float64(last.Sub(s.start))
		for i := s.capture + 1; i < len(s.beats); i++ {
			since := time.Duration(float64(s.beats[i].at.Sub(s.start)) * share)
			s.beats[i].at = s.start.Add(since.Truncate(time.Second))
		}
		return
	}
	over = (over + day).Truncate(day)
	s.start = s.start.Add(-over)
	for i := range s.beats {
		s.beats[i].at = s.beats[i].at.Add(-over)
	}
}

// schedule tells when the stage changed: after the beat that made it change and before the next.
func (s *story) schedule() {
	at := s.start
	for i := range s.l.moves {
		m := &s.l.moves[i]
		if m.after >= 0 && s.beats[m.after].at.After(at) {
			at = s.beats[m.after].at
		}
		limit := s.w.now
		if m.after+1 < len(s.beats) {
			limit = s.beats[m.after+1].at
		}
		m.at = at.Add(m.delay)
		if m.to != lifecycle.Nurturing && m.to != lifecycle.Qualified && m.to != lifecycle.Offered { // the others are somebody's decision
			m.at = s.w.atWork(m.at, s.p.zone)
		}
		if m.at.After(limit) {
			m.at = at.Add(limit.Sub(at) / 2).Truncate(time.Second)
		}
		at = m.at
	}
}

// record makes the rows: the lead and its touches, which get their ids and people later.
func (s *story) record() {
	s.clock()
	l := s.l.row
	l.CreatedAt, l.StageSince, l.LastActivityAt = s.start, s.start, s.start
	for i := range s.beats {
		t := s.touch(&s.beats[i])
		s.l.touches = append(s.l.touches, t)
		if i <= s.capture && l.CampaignID == nil {
			l.CampaignID = t.CampaignID
		}
	}
	s.pace()
	for _, t := range s.l.touches {
		if t.OccurredAt.After(l.LastActivityAt) {
			l.LastActivityAt = t.OccurredAt
		}
	}
	for _, m := range s.l.moves {
		l.StageSince = m.at
		if m.to == lifecycle.Accepted {
			s.l.owner = s.rep
		}
	}
	l.UpdatedAt, l.Version = l.LastActivityAt, int32(1+len(s.l.moves))
	if l.StageSince.After(l.UpdatedAt) {
		l.UpdatedAt = l.StageSince
	}
	if s.l.owner != nil && l.Stage != lifecycle.Returned && l.Stage != lifecycle.Retargeting {
		l.OwnerID = &s.l.owner.ID
	}
	l.Queue = s.l.queue(s.p.country.Queue)
	l.SourceID = s.w.sources[s.l.source].ID
}

func (s *story) touch(b *beat) *db.Touch {
	f := b.form
	t := &db.Touch{WorkspaceID: s.w.workspace.ID, ID: s.w.id(b.at), SourceID: s.w.sources[f.Source].ID, Kind: f.Kind, Channel: f.Channel, Direction: contact.DirectionInbound,
		OccurredAt: b.at, RecordedAt: b.at.Add(time.Duration(s.w.rng.IntN(50)) * time.Second)}
	if f.Direction != "" {
		t.Direction = f.Direction
	}
	if f.Department != "" {
		t.Department = &f.Department
	}
	if f.Department == auth.Sales || f.Member {
		t.MemberID = &s.rep.ID
	}
	switch {
	case f.Content && b.about != nil:
		t.ResourcePosition, t.ResourceID = &b.about.position, &b.about.row.ID
	case f.Position != "":
		t.ResourcePosition = &f.Position
	}
	campaign := s.campaign(b)
	if campaign != nil {
		t.CampaignID = &campaign.ID
	}
	t.Subject = ptr(s.subject(b, campaign))
	if f.Source == "palletworks" || f.Source == "simulator" {
		t.ExternalID = ptr(fmt.Sprintf("%s-%08x", strings.ToUpper(f.Source[:2]), s.w.rng.Uint32()))
	}
	return t
}

// campaign is the campaign that a beat belongs to: that of the mail which is opened, of the webinar which was registered for, or one
// that runs.
func (s *story) campaign(b *beat) *db.Campaign {
	p := place{b.form.Campaign, b.form.Channel}
	if p.kind == "" {
		return nil
	}
	if s.latest == nil || s.latest.Kind != p.kind || s.latest.Channel != p.channel || b.opens && b.form.Kind != contact.KindWebinarAttended {
		s.latest = s.w.running(p, b.at)
	}
	return s.latest
}

// subject is the text of a beat with its blanks filled.
func (s *story) subject(b *beat, c *db.Campaign) string {
	text := strings.ReplaceAll(b.text, "{city}", *s.p.row.City)
	if b.about != nil {
		text = strings.ReplaceAll(text, "{resource}", b.about.title)
	}
	if c != nil {
		text = strings.ReplaceAll(text, "{campaign}", c.Name)
	}
	return text
}
