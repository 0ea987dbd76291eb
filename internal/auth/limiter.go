package auth

import (
	"errors"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Limiter is a token bucket for each key: a request takes its cost out, and time fills the bucket again. A server has one
// limiter for API keys and one for workspaces.
//
// Beyond the given number of keys the longest unused are forgotten, which fills their buckets; they mostly are full by then.
type Limiter struct {
	mu      sync.Mutex
	maximum int64 // points
	restore int64 // points a second
	buckets *simplelru.LRU[string, bucket]
}

// bucket holds points in billionths, so that a nanosecond restores a whole number of them and nothing is lost to rounding.
type bucket struct {
	level int64
	at    time.Time
}

const (
	billion   = int64(time.Second)
	maxPoints = 1_000_000_000
)

// Throttle is the state of a bucket, as every answer's extensions.cost shows it.
type Throttle struct {
	MaximumAvailable   int `json:"maximumAvailable"`
	CurrentlyAvailable int `json:"currentlyAvailable"`
	RestoreRate        int `json:"restoreRate"` // a second
}

// NewLimiter makes a limiter of buckets that hold maximum points and restore so many a second.
func NewLimiter(maximum, restore, keys int) (*Limiter, error) {
	if maximum < 1 || maximum > maxPoints || restore < 1 || restore > maxPoints {
		return nil, errors.New("a cost limit needs a maximum and a restore rate between 1 and 1,000,000,000")
	}
	buckets, err := simplelru.NewLRU[string, bucket](keys, nil)
	if err != nil {
		return nil, errors.New("a cost limit needs room for at least one key")
	}
	return &Limiter{maximum: int64(maximum), restore: int64(restore), buckets: buckets}, nil
}

// Take takes the cost of a request out of the key's bucket. Where there is not enough it takes nothing, and tells when there
// will be; a cost above the maximum there never is, and retryAfter is 0.
func (l *Limiter) Take(key string, cost int, now time.Time) (state Throttle, retryAfter time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.filled(key, now)
	if int64(cost) > l.maximum {
		return l.state(b), 0, false
	}
	need := int64(max(cost, 0)) * billion
	if b.level < need {
		wait := time.Duration((need - b.level + l.restore - 1) / l.restore)
		return l.state(b), (wait + time.Millisecond - 1).Truncate(time.Millisecond), false
	}
	b.level -= need
	l.buckets.Add(key, b)
	return l.state(b), 0, true
}

// Refund puts back what a request was charged too much.
func (l *Limiter) Refund(key string, points int, now time.Time) Throttle {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.filled(key, now)
	b.level = min(b.level+int64(min(max(points, 0), maxPoints))*billion, l.maximum*billion)
	l.buckets.Add(key, b)
	return l.state(b)
}

// filled is the key's bucket with what time has restored. A clock that goes back restores nothing.
func (l *Limiter) filled(key string, now time.Time) bucket {
	b, ok := l.buckets.Get(key)
	if !ok {
		return bucket{level: l.maximum * billion, at: now}
	}
	passed, missing := int64(now.Sub(b.at)), l.maximum*billion-b.level
	switch {
	case passed <= 0:
		return b
	case passed > missing/l.restore:
		b.level = l.maximum * billion
	default:
		b.level += passed * l.restore
	}
	b.at = now
	return b
}

func (l *Limiter) state(b bucket) Throttle {
	return Throttle{MaximumAvailable: int(l.maximum), CurrentlyAvailable: int(b.level / billion), RestoreRate: int(l.restore)}
}
