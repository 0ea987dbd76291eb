package demo

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

const day = 24 * time.Hour

// founded is how many days ago the workspace was made.
const founded = 600

// world is the demo while it is thought up. The same now gives the same world, but for the salt of the passwords' hash.
type world struct {
	*material
	rng   *rand.Rand
	now   time.Time
	zones map[string]*time.Location
	taken map[string]bool // addresses, numbers and domains

	workspace  *db.Workspace
	members    []*db.Member
	attributes []*db.AttributeDefinition
	sources    map[string]*db.Source
	campaigns  map[place][]*db.Campaign
	personas   []*db.Persona
	companies  []*company
	people     []*person
	desk       desk
	reasons    []*db.Reason
	versions   []version // of what leads are judged by, oldest first

	rows rows
}

// place is where a campaign works.
type place struct {
	kind    contact.CampaignKind
	channel contact.Channel
}

// rows are what is written, besides the workspace and its members.
type rows struct {
	sources    []*db.Source
	campaigns  []*db.Campaign
	accounts   []*db.Account
	contacts   []*db.Contact
	identities []*db.ContactIdentity
	consents   []*db.Consent
	agreements []*db.Agreement
	signatures []*db.Signature
	rescores   []*db.Rescore
	trials     []*db.BackTest
	fits       []*db.AttributionFit
	leads      []*db.Lead
	changes    []*db.FactChange
	scores     []*db.Score
	history    []*db.ScoreHistory
	moves      []*db.Move
	touches    []*db.Touch
	events     []*db.Event
	plans      []*db.FollowUp
	attempts   []*db.Attempt
}

// newWorld thinks up everything.
func newWorld(h house, now time.Time, hash string) (*world, error) {
	m, err := readMaterial(h)
	if err != nil {
		return nil, err
	}
	w := &world{material: m, rng: rand.New(rand.NewPCG(1926, 7)), now: now.UTC().Truncate(time.Hour), zones: map[string]*time.Location{}, taken: map[string]bool{},
		sources: map[string]*db.Source{}, campaigns: map[place][]*db.Campaign{}}
	for _, c := range m.countries {
		for _, town := range c.Cities {
			if w.zones[town.Zone], err = time.LoadLocation(town.Zone); err != nil {
				return nil, fmt.Errorf("find the time zone of %s: %w", town.Name, err)
			}
		}
	}
	w.furnish(hash)
	if err := w.agree(); err != nil {
		return nil, err
	}
	w.makeCompanies()
	w.makePeople()
	w.live()
	w.settle()
	if err := w.equip(); err != nil {
		return nil, err
	}
	if err := w.match(); err != nil {
		return nil, err
	}
	w.recall()
	w.keepDiary()
	return w, nil
}

// id is a UUIDv7 of an instant.
func (w *world) id(at time.Time) id.UUID {
	var u id.UUID
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|0x7000|w.rng.Uint64N(4096))
	binary.BigEndian.PutUint64(u[8:], w.rng.Uint64())
	u[8] = u[8]&0x3f | 0x80
	return u
}

// ago is some days before now.
func (w *world) ago(days float64) time.Time {
	return w.now.Add(-time.Duration(days * float64(day))).Truncate(time.Second)
}

func (w *world) chance(p float64) bool { return w.rng.Float64() < p }

// between is a number from lo up to hi.
func (w *world) between(lo, hi float64) float64 { return lo + w.rng.Float64()*(hi-lo) }

// minutes are from lo up to hi minutes, to the second.
func (w *world) minutes(lo, hi float64) time.Duration {
	return time.Duration(w.between(lo, hi) * float64(time.Minute)).Truncate(time.Second)
}

// skewed is a number from lo to hi, mostly near lo.
func (w *world) skewed(lo, hi, power float64) float64 {
	return lo + (hi-lo)*math.Pow(w.rng.Float64(), power)
}

func pick[T any](w *world, all []T) T { return all[w.rng.IntN(len(all))] }

// weighted picks one by weight.
func weighted[T any](w *world, all []T, weight func(T) int) T {
	total := 0
	for _, x := range all {
		total += weight(x)
	}
	n := w.rng.IntN(total)
	for _, x := range all {
		if n -= weight(x); n < 0 {
			return x
		}
	}
	return all[len(all)-1]
}

// fresh claims the first text that nobody has yet, of up to twenty.
func (w *world) fresh(next func(try int) string) (string, bool) {
	for try := range 20 {
		if s := next(try); s != "" && !w.taken[s] {
			w.taken[s] = true
			return s, true
		}
	}
	return "", false
}

// officeHours is an instant up to t that is a weekday between eight and six in the zone.
func (w *world) officeHours(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	switch h := local.Hour(); {
	case h < 8:
		local = local.AddDate(0, 0, -1)
		fallthrough
	case h >= 18:
		y, m, d := local.Date()
		local = time.Date(y, m, d, 8+w.rng.IntN(10), w.rng.IntN(60), w.rng.IntN(60), 0, zone)
	}
	switch local.Weekday() {
	case time.Saturday:
		local = local.AddDate(0, 0, -1-w.rng.IntN(3))
	case time.Sunday:
		local = local.AddDate(0, 0, -2-w.rng.IntN(3))
	}
	return local.UTC()
}

// atWork is the earliest instant from t on that is a weekday between eight and six in the zone.
func (w *world) atWork(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	if h := local.Hour(); h < 8 || h >= 18 {
		y, m, d := local.Date()
		local = time.Date(y, m, d, 8+w.rng.IntN(4), w.rng.IntN(60), w.rng.IntN(60), 0, zone)
		if h >= 18 {
			local = local.AddDate(0, 0, 1)
		}
	}
	switch local.Weekday() {
	case time.Saturday:
		local = local.AddDate(0, 0, 2)
	case time.Sunday:
		local = local.AddDate(0, 0, 1)
	}
	return local.UTC()
}

// ptr is a text that may be missing; an empty one is.
func ptr(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
