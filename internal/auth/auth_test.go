package auth

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// clock is a time that only the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

const (
	ownURL   = "https://leadgraph.test"
	theirURL = "https://issuer.test"
	ourName  = "leadgraph"
)

func secretOf(name byte) []byte { return bytes.Repeat([]byte{name}, 32) }

func newIssuer(t testing.TB, c *clock, secret, previous []byte) *Issuer {
	t.Helper()
	i, err := NewIssuer(IssuerConfig{Secret: secret, PreviousSecret: previous, Issuer: ownURL, Audience: ourName, Now: c.now})
	require.NoError(t, err)
	return i
}

func someClaims() Claims {
	return Claims{Member: id.New(), Workspace: id.New(), Session: id.New(), SessionVersion: 3}
}

// authority is somebody whose signatures are accepted, with what a forger knows and does not know of him.
type authority struct {
	alg, kid string
	private  crypto.PrivateKey
	public   crypto.PublicKey
	claims   object // of a good token
	verify   func(token string) error
}

// object is a JSON object of which single members are changed.
type object map[string]any

func (o object) with(name string, value any) object {
	c := maps.Clone(o)
	c[name] = value
	return c
}

func (o object) without(name string) object {
	c := maps.Clone(o)
	delete(c, name)
	return c
}

func (o object) String() string {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (a authority) header() object { return object{"alg": a.alg, "kid": a.kid, "typ": "JWT"} }

// sign makes a token of any two texts.
func sign(alg string, key any, header, claims string) string {
	signed := encode([]byte(header)) + "." + encode([]byte(claims))
	sig, err := jwt.GetSigningMethod(alg).Sign(signed, key)
	if err != nil {
		panic(err)
	}
	return signed + "." + encode(sig)
}

// token is signed by the authority itself.
func (a authority) token(header, claims object) string {
	return sign(a.alg, a.private, header.String(), claims.String())
}

// keys of all kinds; RSA takes long to draw, so all tests share it.
var (
	sharedRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	sharedEC  = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	sharedEd  = sync.OnceValue(func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(secretOf('e')) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
