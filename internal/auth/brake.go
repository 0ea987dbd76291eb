package auth

import (
	"crypto/sha256"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	brakeWindow    = 15 * time.Minute
	accountTries   = 5  // failures of one account in a window; then it rests, twice as long each time
	addressTries   = 50 // failures from one address in a window
	longestRest    = 24 * time.Hour
	brakeAccounts  = 50_000
	brakeAddresses = 20_000
)

// Brake slows down who guesses passwords. It counts in memory, each server for itself, and forgets the longest unseen accounts
// and addresses first. Accounts count whether or not they exist, so that the brake does not tell which do.
type Brake struct {
	mu        sync.Mutex
	now       func() time.Time
	accounts  *simplelru.LRU[[32]byte, *tries]
	addresses *simplelru.LRU[[32]byte, *tries]
}

// tries are the counted ones of an account or an address.
type tries struct {
	at    []time.Time // within the window, oldest first
	until time.Time   // rests until then
	rests int         // so far
}

// NewBrake makes a brake; now is time.Now outside tests.
func NewBrake(now func() time.Time) *Brake {
	b := &Brake{now: now}
	b.accounts, _ = simplelru.NewLRU[[32]byte, *tries](brakeAccounts, nil) // fails for sizes below 1 only
	b.addresses, _ = simplelru.NewLRU[[32]byte, *tries](brakeAddresses, nil)
	return b
}

// Allow tells whether a try may be made, else how long to wait. The try counts as failed at once, for many may be under way
// together; Succeeded takes it back.
func (b *Brake) Allow(account, address string) (retryAfter time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	accountKey, addressKey := accountKey(account), addressKey(address)
	byAccount, byAddress := look(b.accounts, accountKey), look(b.addresses, addressKey)
	if wait := max(byAccount.wait(now, accountTries), byAddress.wait(now, addressTries)); wait > 0 {
		return wait, false
	}
	byAccount.at, byAddress.at = append(byAccount.at, now), append(byAddress.at, now)
	b.accounts.Add(accountKey, byAccount)
	b.addresses.Add(addressKey, byAddress)
	return 0, true
}

// Failed ends an allowed try that was wrong: the account rests when it was one too many.
func (b *Brake) Failed(account string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	t := look(b.accounts, accountKey(account))
	if t.forget(now); len(t.at) < accountTries {
		return
	}
	t.until = now.Add(min(brakeWindow<<min(t.rests, 10), longestRest))
	t.rests++
	t.at = nil
}

// Succeeded ends an allowed try that was right: the account starts afresh. The address gets only this try back, or somebody
// could guess on and on by signing in to an account of his own in between.
func (b *Brake) Succeeded(account, address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accounts.Remove(accountKey(account))
	if t := look(b.addresses, addressKey(address)); len(t.at) > 0 {
		t.at = t.at[:len(t.at)-1]
	}
}

// look finds the tries of a key, or none; what was not there is not stored, so that refused tries push nobody out.
func look(known *simplelru.LRU[[32]byte, *tries], key [32]byte) *tries {
	if t, ok := known.Get(key); ok {
		return t
	}
	return &tries{}
}

// wait is how long to wait until fewer than limit tries are in the window; 0 for not at all.
func (t *tries) wait(now time.Time, limit int) time.Duration {
	t.forget(now)
	if now.Before(t.until) {
		return t.until.Sub(now)
	}
	if len(t.at) < limit {
		return 0
	}
	return t.at[len(t.at)-limit].Add(brakeWindow).Sub(now)
}

// forget drops the tries that have left the window, and in the end that there were rests.
func (t *tries) forget(now time.Time) {
	old := 0
	for old < len(t.at) && now.Sub(t.at[old]) >= brakeWindow {
		old++
	}
	t.at = t.at[old:]
	if t.rests > 0 && now.Sub(t.until) >= longestRest {
		t.rests = 0
	}
}

// accountKey makes spellings of one account one key of a fixed size.
func accountKey(account string) [32]byte {
	return sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(account))))
}

// addressKey takes an address with or without a port. Of IPv6 only the network counts: everybody has 2^64 addresses in it.
func addressKey(address string) [32]byte {
	a, err := netip.ParseAddr(address)
	if ap, errPort := netip.ParseAddrPort(address); errPort == nil {
		a, err = ap.Addr(), nil
	}
	if err != nil {
		return sha256.Sum256([]byte(address))
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		network, _ := a.Prefix(64) // an IPv6 address has one
		a = network.Addr()
	}
	return sha256.Sum256([]byte(a.String()))
}
