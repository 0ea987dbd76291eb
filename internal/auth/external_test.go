package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/outbound"
)

// publisher serves a JWKS document and counts how often it is asked.
type publisher struct {
	*httptest.Server
	asked  atomic.Int64
	mu     sync.Mutex
	answer http.HandlerFunc
}

func newPublisher(t testing.TB, document string) *publisher {
	t.Helper()
	p := &publisher{}
	p.says(document)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		p.mu.Lock()
		answer := p.answer
		p.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) does(answer http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *publisher) says(document string) {
	p.does(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(document)) })
}

func (p *publisher) fails() {
	p.does(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
}

// external trusts what the publisher says.
func (p *publisher) external(t testing.TB, c *clock) *External {
	t.Helper()
	e, err := NewExternal(ExternalConfig{
		URL: p.URL, Issuer: theirURL, Audience: ourName, Now: c.now,
		Client: outbound.SafeClient(time.Minute, netip.MustParsePrefix("127.0.0.0/8")),
	})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	return e
}

func b64int(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

func rsaJWK(kid string, k *rsa.PublicKey) object {
	return object{"kty": "RSA", "kid": kid, "n": b64int(k.N), "e": b64int(big.NewInt(int64(k.E)))}
}

func ecJWK(kid string) object {
	k := sharedEC().PublicKey
	point := must(k.Bytes())
	return object{"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "use": "sig", "x": encode(point[1:33]), "y": encode(point[33:])}
}

func edJWK(kid string, k ed25519.PrivateKey) object {
	return object{"kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": encode(k.Public().(ed25519.PublicKey))}
}

func document(keys ...object) string { return object{"keys": keys}.String() }

func theirClaims(c *clock) object {
	return object{
		"iss": theirURL, "aud": ourName, "sub": "auth0|42", "iat": c.now().Unix(), "exp": c.now().Add(time.Hour).Unix(),
		"email": "ada@example.com", "email_verified": true, "name": "Ada",
	}
}

// authorities are our own issuer and an external one with each kind of key.
func authorities(t testing.TB, c *clock) map[string]authority {
	t.Helper()
	own := newIssuer(t, c, secretOf('a'), secretOf('b'))
	all := map[string]authority{"own": {
		alg: "EdDSA", kid: own.current.jwk.KeyID, private: own.current.private, public: own.current.public,
		claims: object{
			"iss": ownURL, "aud": ourName, "sub": id.Global{Kind: id.Member, UUID: id.UUID{1}}.String(), "sid": id.UUID{2}.String(), "sv": 1,
			"ws": id.Global{Kind: id.Workspace, UUID: id.UUID{3}}.String(), "iat": c.now().Unix(), "exp": c.now().Add(tokenLife).Unix(),
		},
		verify: func(token string) error { _, err := own.Verify(token); return err },
	}}
	e := newPublisher(t, document(rsaJWK("rsa-key", &sharedRSA().PublicKey), ecJWK("ec-key"), edJWK("ed-key", sharedEd()))).external(t, c)
	verify := func(token string) error { _, err := e.Verify(context.Background(), token); return err }
	claims := theirClaims(c)
	all["RSA"] = authority{alg: "RS256", kid: "rsa-key", private: sharedRSA(), public: sharedRSA().Public(), claims: claims, verify: verify}
	all["EC"] = authority{alg: "ES256", kid: "ec-key", private: sharedEC(), public: sharedEC().Public(), claims: claims, verify: verify}
	all["Ed"] = authority{alg: "EdDSA", kid: "ed-key", private: sharedEd(), public: sharedEd().Public(), claims: claims, verify: verify}
	return all
}

// edToken is signed by a key of the name.
func edToken(c *clock, kid string, k ed25519.PrivateKey) string {
	return sign("EdDSA", k, object{"alg": "EdDSA", "kid": kid}.String(), theirClaims(c).String())
}

func TestExternal(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	key := sharedEd()
	t.Run("an identity is what the token says", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		e := newPublisher(t, document(edJWK("k", key))).external(t, c)
		got, err := e.Verify(ctx, edToken(c, "k", key))
		require.NoError(t, err)
		require.Equal(t, Identity{
			Subject: "auth0|42", Email: "ada@example.com", EmailVerified: true, Name: "Ada", IssuedAt: c.now(), Expires: c.now().Add(time.Hour),
		}, got)
		for _, v := range []struct {
			claims object
			ok     bool
		}{
			{theirClaims(c).with("email_verified", "true"), true},
			{theirClaims(c).with("email_verified", false), false},
			{theirClaims(c).with("email_verified", 1), false},
			{theirClaims(c).without("email_verified"), false},
			{theirClaims(c).without("email_verified").with("EMAIL_VERIFIED", true), false},
			{theirClaims(c).without("email").without("name"), true},
			{theirClaims(c).with("aud", []string{"other", ourName}).with("nbf", 0), true},
			{theirClaims(c).with("exp", float64(c.now().Unix())+1.5), true},
		} {
			got, err := e.Verify(ctx, sign("EdDSA", key, `{"alg":"EdDSA","kid":"k","typ":"at+jwt","x5t":"abc"}`, v.claims.String()))
			require.NoError(t, err, v.claims)
			require.Equal(t, v.ok, got.EmailVerified, v.claims)
		}
		for _, claims := range []object{
			theirClaims(c).with("sub", "a\x00b"), theirClaims(c).with("email", 5), theirClaims(c).with("name", []string{"x"}),
			theirClaims(c).with("name", strings.Repeat("x", 1001)), theirClaims(c).with("email", "a@b\n"),
		} {
			_, err := e.Verify(ctx, sign("EdDSA", key, `{"alg":"EdDSA","kid":"k"}`, claims.String()))
			require.ErrorIs(t, err, ErrToken, claims)
		}
	})
}

func TestExternalConfig(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("our own JWKS document serves an external verifier", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		own, err := NewIssuer(IssuerConfig{Secret: secretOf('a'), Issuer: theirURL, Audience: ourName, Now: c.now})
		require.NoError(t, err)
		token, _ := own.Issue(someClaims())
		_, err = newPublisher(t, string(own.JWKS())).external(t, c).Verify(ctx, token)
		require.NoError(t, err)
	})
	t.Run("an operator's slip is told at the start", func(t *testing.T) {
		t.Parallel()
		good := ExternalConfig{URL: "https://issuer.test/jwks", Issuer: theirURL, Audience: ourName, Client: http.DefaultClient}
		_, err := NewExternal(good)
		require.NoError(t, err)
		for _, spoil := range []func(*ExternalConfig){
			func(c *ExternalConfig) { c.URL = "" }, func(c *ExternalConfig) { c.URL = "issuer.test" }, func(c *ExternalConfig) { c.URL = "http://[::1" },
			func(c *ExternalConfig) { c.Issuer = "" }, func(c *ExternalConfig) { c.Audience = "" }, func(c *ExternalConfig) { c.Client = nil },
			func(c *ExternalConfig) { c.Algorithms = []string{"RS256", "HS256"} }, func(c *ExternalConfig) { c.Algorithms = []string{"none"} },
		} {
			bad := good
			spoil(&bad)
			_, err := NewExternal(bad)
			require.Error(t, err)
		}
	})
}
