package auth

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"

	"github.com/leadgraph/leadgraph/internal/fault"
)

const (
	keysFresh   = 10 * time.Minute // a key withdrawn by its issuer is accepted no longer than this while the issuer answers
	keysStale   = 24 * time.Hour   // and this while it does not
	keysPause   = 30 * time.Second // between two fetches
	keysTimeout = 5 * time.Second
	maxJWKS     = 256 << 10
)

// keySet holds an external issuer's public keys. jwkset reads them; its own HTTP storage is not used, for it reads answers of
// any length, keeps stale keys for ever, lets one bad key spoil the set and makes bearers of an unknown kid queue.
type keySet struct {
	url    string
	client *http.Client
	algs   []string
	now    func() time.Time
	alive  context.Context
	stop   context.CancelFunc
	busy   chan struct{} // held by the one who fetches
	held   atomic.Pointer[keysHeld]
}

// keyName finds a key: by kid and algorithm, so that no key serves another algorithm than its own.
type keyName struct{ kid, alg string }

// keysHeld is what the last fetches brought.
type keysHeld struct {
	keys    map[keyName]crypto.PublicKey
	at      time.Time // of the fetch that brought them
	asked   time.Time // when the last fetch began
	failure error     // of the last fetch
}

func newKeySet(url string, client *http.Client, algs []string, now func() time.Time) *keySet {
	s := &keySet{url: url, client: client, algs: algs, now: now, busy: make(chan struct{}, 1)}
	s.alive, s.stop = context.WithCancel(context.Background())
	s.held.Store(&keysHeld{})
	return s
}

// find returns the key of this name. While somebody fetches, known keys serve and only a bearer of an unknown one waits.
func (s *keySet) find(ctx context.Context, kid, alg string) (crypto.PublicKey, error) {
	name := keyName{kid, alg}
	held := s.held.Load()
	key, known := held.keys[name]
	switch age := s.now().Sub(held.at); {
	case known && age < keysFresh:
		return key, nil
	case known && age < keysStale:
		s.refreshIfIdle()
	default:
		if err := s.refresh(ctx); err != nil && ctx.Err() != nil {
			return nil, fmt.Errorf("%w (%w)", unavailable(), ctx.Err())
		}
	}
	held = s.held.Load()
	key, known = held.keys[name]
	switch stale := s.now().Sub(held.at) >= keysStale; {
	case known && !stale:
		return key, nil
	case stale, held.failure != nil: // it may well be a key of theirs
		return nil, unavailable()
	}
	return nil, refuse("unknown kid")
}

func unavailable() *fault.Error {
	f := fault.New(fault.Unavailable, "The identity provider does not answer, so your token cannot be checked: try again later.")
	f.Retryable, f.RetryAfter = true, keysPause
	return f
}

// refreshIfIdle fetches unless somebody else is at it.
func (s *keySet) refreshIfIdle() {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
		_ = s.fetchOnce() // the failure is kept
	default:
	}
}

// refresh fetches, or waits for the one who is at it.
func (s *keySet) refresh(ctx context.Context) error {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
		return s.fetchOnce()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fetchOnce fetches unless that was done a moment ago. A bearer who goes away does not end it: others may wait for the keys.
func (s *keySet) fetchOnce() error {
	held := s.held.Load()
	begin := s.now()
	if !held.asked.IsZero() && begin.Sub(held.asked) < keysPause {
		return held.failure
	}
	ctx, cancel := context.WithTimeout(s.alive, keysTimeout)
	defer cancel()
	next := keysHeld{keys: held.keys, at: held.at, asked: begin}
	if keys, err := s.fetch(ctx); err != nil {
		next.failure = fmt.Errorf("fetch the external issuer's keys: %w", err)
	} else {
		next.keys, next.at = keys, begin
	}
	s.held.Store(&next)
	return next.failure
}

func (s *keySet) fetch(ctx context.Context) (map[keyName]crypto.PublicKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxJWKS+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxJWKS {
		return nil, fmt.Errorf("the document is longer than %d bytes", maxJWKS)
	}
	return readKeys(body, s.algs)
}

// readKeys takes from a JWKS document the keys that can verify one of the algorithms, and leaves the others aside: an issuer may
// publish keys for encryption or of kinds we do not know.
func readKeys(body []byte, algs []string) (map[keyName]crypto.PublicKey, error) {
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	keys := map[keyName]crypto.PublicKey{}
	for _, raw := range doc.Keys {
		var m jwkset.JWKMarshal
		if json.Unmarshal(raw, &m) != nil || m.KID == "" || m.USE != "" && m.USE != jwkset.UseSig || m.D != "" {
			continue
		}
		m.X5C = nil // certificates say nothing that we would believe
		// No validation: it panics at coordinates longer than their curve. fits looks at what matters.
		key, err := jwkset.NewJWKFromMarshal(m, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{SkipAll: true})
		if err != nil {
			continue
		}
		for _, alg := range algs {
			name := keyName{m.KID, alg}
			if _, taken := keys[name]; !taken && (m.ALG == "" || m.ALG.String() == alg) && fits(key.Key(), alg) {
				keys[name] = key.Key()
			}
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("no key in the document that verifies an accepted algorithm")
	}
	return keys, nil
}

// fits tells whether a public key is sound and of the algorithm's kind.
func fits(key any, alg string) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		bits := k.N.BitLen()
		return (strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS")) && bits >= 2048 && bits <= 8192 && k.E > 1
	case *ecdsa.PublicKey:
		if _, err := k.ECDH(); err != nil { // off its curve
			return false
		}
		return alg == map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[k.Curve.Params().Name]
	case ed25519.PublicKey:
		return alg == "EdDSA"
	}
	return false
}
