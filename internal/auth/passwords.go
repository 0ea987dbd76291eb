package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// phc is a hash with what it takes to make it again: the PHC string format.
type phc struct {
	memory  uint32 // KiB
	rounds  uint32
	threads uint8
	salt    []byte
	hash    []byte
}

// The cost of a new hash: OWASP's first choice for argon2id.
const (
	hashMemory  = 19 << 10
	hashRounds  = 2
	hashThreads = 1
	saltBytes   = 16
	hashBytes   = 32

	// noPassword is a hash of today's cost that no password has.
	noPassword = "$argon2id$v=19$m=19456,t=2,p=1$bGVhZGdyYXBoLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

// Passwords hashes and verifies passwords, a few at a time: each takes 19 MiB while it lasts.
type Passwords struct {
	places chan struct{}
}

// NewPasswords makes the places; more than there are processors gain nothing.
func NewPasswords(parallel int) *Passwords {
	return &Passwords{places: make(chan struct{}, max(parallel, 1))}
}

// Hash makes the PHC string to store for a password.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	h := phc{memory: hashMemory, rounds: hashRounds, threads: hashThreads, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}
	_, _ = rand.Read(h.salt) // never fails: crypto/rand ends the process instead
	made, err := p.compute(ctx, password, h)
	if err != nil {
		return "", err
	}
	h.hash = made
	return h.String(), nil
}

// Verify tells whether the password has the stored hash, and whether that hash should be made anew because today's cost is
// another.
func (p *Passwords) Verify(ctx context.Context, password, stored string) (ok, outdated bool, err error) {
	h, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	made, err := p.compute(ctx, password, h)
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(made, h.hash) == 1, !h.current(), nil
}

// VerifyNone takes the time of Verify, so that nobody learns from a clock which addresses have an account.
func (p *Passwords) VerifyNone(ctx context.Context, password string) error {
	_, _, err := p.Verify(ctx, password, noPassword)
	return err
}

// compute waits for a place and computes a hash. Equal characters may be typed as different code points: NFC makes them one.
func (p *Passwords) compute(ctx context.Context, password string, h phc) ([]byte, error) {
	select {
	case p.places <- struct{}{}:
		defer func() { <-p.places }()
	case <-ctx.Done():
		f := fault.New(fault.Unavailable, "Too many people are signing in just now: try again in a few seconds.")
		f.Retryable, f.RetryAfter = true, 5*time.Second
		return nil, f
	}
	return argon2.IDKey(norm.NFC.AppendString(nil, password), h.salt, h.rounds, h.memory, h.threads, uint32(len(h.hash))), nil
}

// current tells whether the hash was made at today's cost.
func (h phc) current() bool {
	return h.memory == hashMemory && h.rounds == hashRounds && h.threads == hashThreads && len(h.salt) == saltBytes && len(h.hash) == hashBytes
}

// String is the form to store.
func (h phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.memory, h.rounds, h.threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.hash))
}

// parsePHC reads what String wrote. Its bounds keep a damaged row from taking all memory or time.
func parsePHC(s string) (phc, error) {
	bad := errors.New("a stored password hash is damaged")
	var h phc
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return h, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.rounds, &h.threads); err != nil {
		return h, bad
	}
	var errSalt, errHash error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	h.hash, errHash = base64.RawStdEncoding.DecodeString(parts[5])
	switch {
	case errSalt != nil, errHash != nil, h.String() != s,
		h.memory > 64<<10, h.rounds < 1, h.rounds > 10, h.threads < 1, h.threads > 4,
		len(h.salt) < 8, len(h.salt) > 64, len(h.hash) < 16, len(h.hash) > 64:
		return h, bad
	}
	return h, nil
}
