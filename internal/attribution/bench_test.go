package attribution

import (
	"fmt"
	"testing"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
)

// crowd gives a hundred thousand journeys of ten touches on average, one after the other in the same place.
func crowd(yield func(*Journey)) {
	seed := uint64(1)
	next := func(n uint64) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed >> 33 % n)
	}
	j := Journey{Touches: make([]Touch, 0, 20)}
	for range 100_000 {
		j.ClosedAt = noon.Add(-time.Duration(next(1_000_000)) * time.Second)
		j.Won, j.AmountMinor = next(4) == 0, int64(next(5_000_000))
		j.Touches = j.Touches[:0]
		at := j.ClosedAt.Add(-100 * day)
		for n := 1 + next(19); n > 0; n-- {
			at = at.Add(time.Duration(next(5*24*60)) * time.Minute)
			j.Touches = append(j.Touches, Touch{
				ID: number(next(1 << 20)), At: at, Kind: contact.TouchKinds[next(27)], Channel: contact.Channels[next(12)], Campaign: number(next(200)),
				Contact: number(next(5)), Direction: contact.Directions[next(2)], Department: "MARKETING",
			})
		}
		j.LeadCreatedAt, j.OpportunityCreatedAt = j.Touches[0].At.Add(10*day), at
		yield(&j)
	}
}

// BenchmarkCrowd is the making of the journeys, which the other benchmarks contain.
func BenchmarkCrowd(b *testing.B) {
	touches := 0
	for b.Loop() {
		crowd(func(j *Journey) { touches += len(j.Touches) })
	}
	b.ReportMetric(float64(touches)/float64(b.N), "touches/op")
}

// BenchmarkReport credits all journeys under the eight models that do not learn, every one of them won.
func BenchmarkReport(b *testing.B) {
	for _, by := range []Dimension{ByChannel, ByCampaign} {
		b.Run(string(by), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p := Default()
				r, err := NewReport(New(&p), by, Models[:8])
				if err != nil {
					b.Fatal(err)
				}
				crowd(func(j *Journey) {
					j.Won = true
					if err := r.Add(j); err != nil {
						b.Fatal(err)
					}
				})
			}
		})
	}
}

// BenchmarkLearn gathers all journeys and fits a model.
func BenchmarkLearn(b *testing.B) {
	for _, m := range []struct {
		name  string
		order int
		fit   func(*Learner) Learned
	}{{"MARKOV", 1, (*Learner).Markov}, {"MARKOV", 2, (*Learner).Markov}, {"MARKOV", 3, (*Learner).Markov}, {"SHAPLEY", 1, (*Learner).Shapley}} {
		b.Run(fmt.Sprint(m.name, m.order), func(b *testing.B) {
			for b.Loop() {
				p := Default()
				p.Markov.Order = m.order
				l := NewLearner(&p)
				crowd(func(j *Journey) {
					if err := l.Add(j); err != nil {
						b.Fatal(err)
					}
				})
				if got := m.fit(l); got.Outcome != Answered {
					b.Fatal(got.Reason)
				}
			}
		})
	}
}
