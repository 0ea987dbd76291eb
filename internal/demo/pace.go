package demo

import (
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// again is after how many working days sales tries once more, and how: about what the steps of a follow-up plan ask for.
var again = []struct {
	days int
	beat string
}{{1, "voicemail"}, {2, "voicemail"}, {3, "rep.mail"}, {5, "rep.mail"}}

// pace lets sales keep at the leads that it works on: mostly when the plan says so.
func (s *story) pace() {
	taken := slices.IndexFunc(s.l.moves, func(m move) bool { return m.to == lifecycle.Accepted })
	if st := s.l.row.Stage; taken < 0 || st != lifecycle.Working && st != lifecycle.SalesQualified {
		return
	}
	began := s.l.response(s.l.moves[taken].at, s.w.now)
	for _, a := range again {
		f := s.w.beats[a.beat]
		if f.Channel == contact.ChannelEmail && s.p.row.Email == nil {
			f = s.w.beats["voicemail"]
		}
		at := s.w.atWork(workingDays(began, a.days).Add(s.w.minutes(20, 200)), s.p.zone)
		if s.w.chance(0.85) && at.Before(s.w.now) {
			s.l.touches = append(s.l.touches, s.touch(&beat{form: f, text: pick(s.w, f.Texts), at: at}))
		}
	}
	slices.SortStableFunc(s.l.touches, func(a, b *db.Touch) int { return a.OccurredAt.Compare(b.OccurredAt) })
}

// workingDays goes so many days ahead, weekends left out.
func workingDays(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if d := t.Weekday(); d != time.Saturday && d != time.Sunday {
			n--
		}
	}
	return t
}
