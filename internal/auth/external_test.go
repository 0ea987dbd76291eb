package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
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

	"github.com/leadgraph/leadgraph/internal/fault"
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
		Client: outbound.SafeClient(5*time.Second, netip.MustParsePrefix("127.0.0.0/8")),
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
			"iss": ownURL, "aud": ourName, "sub": id.Global{Kind: id.Member, UUID: id.New()}.String(), "sid": id.New().String(), "sv": 1,
			"ws": id.Global{Kind: id.Workspace, UUID: id.New()}.String(), "iat": c.now().Unix(), "exp": c.now().Add(tokenLife).Unix(),
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

func TestKeysFetched(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	old, next := sharedEd(), ed25519.NewKeyFromSeed(secretOf('n'))

	t.Run("strangers with unknown kids make us ask once in 30 seconds", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		p := newPublisher(t, document(edJWK("old", old)))
		e := p.external(t, c)
		var wg sync.WaitGroup
		for n := range 200 {
			wg.Go(func() {
				_, err := e.Verify(ctx, edToken(c, fmt.Sprint("made up ", n), next))
				require.ErrorIs(t, err, ErrToken)
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, p.asked.Load())
		for range 10 {
			c.pass(29 * time.Second)
			_, err := e.Verify(ctx, edToken(c, "made up", next))
			require.ErrorIs(t, err, ErrToken)
		}
		require.EqualValues(t, 1+5, p.asked.Load(), "every other one, for 29 s are too few")
		bad := theirClaims(c).with("iss", "https://other.test")
		c.pass(time.Minute)
		_, err := e.Verify(ctx, sign("EdDSA", next, `{"alg":"EdDSA","kid":"made up"}`, bad.String()))
		require.ErrorIs(t, err, ErrToken)
		require.EqualValues(t, 6, p.asked.Load(), "a token of another issuer is no reason to ask")
	})
	t.Run("a new key is found at once, a withdrawn one is refused in ten minutes", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		p := newPublisher(t, document(edJWK("old", old)))
		e := p.external(t, c)
		_, err := e.Verify(ctx, edToken(c, "old", old))
		require.NoError(t, err)
		p.says(document(edJWK("old", old), edJWK("next", next)))
		c.pass(keysPause)
		_, err = e.Verify(ctx, edToken(c, "next", next))
		require.NoError(t, err)
		p.says(document(edJWK("next", next)))
		c.pass(keysFresh)
		_, err = e.Verify(ctx, edToken(c, "old", old))
		require.ErrorIs(t, err, ErrToken)
		_, err = e.Verify(ctx, edToken(c, "next", next))
		require.NoError(t, err)
		require.EqualValues(t, 3, p.asked.Load())
	})
	t.Run("while the issuer is away its keys hold for a day", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		p := newPublisher(t, document(edJWK("old", old)))
		e := p.external(t, c)
		require.NoError(t, e.Refresh(ctx))
		p.fails()
		for range 23 {
			c.pass(time.Hour)
			_, err := e.Verify(ctx, edToken(c, "old", old))
			require.NoError(t, err)
		}
		_, err := e.Verify(ctx, edToken(c, "unknown", next))
		require.True(t, fault.Is(err, fault.Unavailable), "it may be a key of theirs")
		require.True(t, fault.As(err).Retryable)
		c.pass(time.Hour)
		_, err = e.Verify(ctx, edToken(c, "old", old))
		require.True(t, fault.Is(err, fault.Unavailable))
		p.says(document(edJWK("old", old)))
		c.pass(keysPause)
		_, err = e.Verify(ctx, edToken(c, "old", old))
		require.NoError(t, err)
	})
	t.Run("an issuer never reached is no reason to call a token forged", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		p := newPublisher(t, "")
		e := p.external(t, c)
		p.Close()
		require.Error(t, e.Refresh(ctx))
		_, err := e.Verify(ctx, edToken(c, "old", old))
		require.True(t, fault.Is(err, fault.Unavailable))
		require.Equal(t, keysPause, fault.As(err).RetryAfter)
	})
	t.Run("a document that is none leaves the keys as they were", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		p := newPublisher(t, document(edJWK("old", old)))
		e := p.external(t, c)
		require.NoError(t, e.Refresh(ctx))
		for _, bad := range []string{
			"", "<html>", "null", "[]", "{}", `{"keys":null}`, `{"keys":[]}`, `{"keys":5}`, `{"keys":[5,null,"x",{}]}`, document() + "x",
			document(object{"kty": "oct", "kid": "old", "k": "c2VjcmV0"}), document(edJWK("old", old)) + strings.Repeat(" ", maxJWKS),
		} {
			p.says(bad)
			c.pass(keysPause)
			require.Error(t, e.Refresh(ctx), bad[:min(len(bad), 40)])
			_, err := e.Verify(ctx, edToken(c, "old", old))
			require.NoError(t, err)
		}
	})
	t.Run("an answer without end is cut, a redirect is not followed", func(t *testing.T) {
		t.Parallel()
		p := newPublisher(t, "")
		c := newClock()
		e := p.external(t, c)
		p.does(func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		})
		require.ErrorContains(t, e.Refresh(ctx), "longer")
		elsewhere := newPublisher(t, document(edJWK("old", old)))
		p.does(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })
		c.pass(keysPause)
		require.ErrorContains(t, e.Refresh(ctx), "302")
		require.Zero(t, elsewhere.asked.Load())
	})
}

// TestKeysAwaited holds the publisher's answer back: nobody may wait who need not, and nobody for ever.
func TestKeysAwaited(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	key := sharedEd()
	c := newClock()
	p := newPublisher(t, document(edJWK("k", key)))
	e := p.external(t, c)
	require.NoError(t, e.Refresh(ctx))
	begun := make(chan struct{})
	p.does(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})
	c.pass(keysFresh)
	first := make(chan error, 1)
	go func() { _, err := e.Verify(ctx, edToken(c, "k", key)); first <- err }()
	<-begun

	_, err := e.Verify(ctx, edToken(c, "k", key))
	require.NoError(t, err, "who has a known key does not wait for another's fetch")
	impatient, leave := context.WithCancel(ctx)
	leave()
	_, err = e.Verify(impatient, edToken(c, "unknown", key))
	require.ErrorIs(t, err, context.Canceled, "who goes away does not wait")
	e.Close()
	require.NoError(t, <-first, "closing ends the fetch, and the stale key serves")
	_, err = e.Verify(ctx, edToken(c, "k", key))
	require.NoError(t, err)
	require.EqualValues(t, 2, p.asked.Load())
}

func TestReadKeys(t *testing.T) {
	t.Parallel()
	algs := asymmetric
	ec := ecJWK("k")
	long := encode([]byte(strings.Repeat("\xff", 100)))
	for what, key := range map[string]object{
		"a shared secret":               {"kty": "oct", "kid": "k", "k": "c2VjcmV0"},
		"without a kid":                 edJWK("", sharedEd()),
		"for encryption":                edJWK("k", sharedEd()).with("use", "enc"),
		"of a wrong length":             edJWK("k", sharedEd()).with("x", "AAAA"),
		"for another algorithm":         edJWK("k", sharedEd()).with("alg", "RS256"),
		"published with its secret":     edJWK("k", sharedEd()).with("d", encode(sharedEd().Seed())),
		"for key agreement":             edJWK("k", sharedEd()).with("crv", "X25519"),
		"of a curve nobody knows":       ec.with("crv", "P-999"),
		"off its curve":                 ec.with("y", ec["x"]),
		"at infinity":                   ec.with("x", "AA").with("y", "AA"),
		"longer than its curve":         ec.with("x", long),
		"longer than its curve in both": ec.with("x", long).with("y", long).without("alg"),
		"of a curve for another":        ec.with("crv", "P-384"),
		"RSA of 1024 bits":              rsaJWK("k", &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}),
		"RSA of 100,000 bits":           rsaJWK("k", &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 100_000), E: 65537}),
		"RSA with exponent 1":           rsaJWK("k", &rsa.PublicKey{N: sharedRSA().N, E: 1}),
		"RSA with exponent 0":           rsaJWK("k", &sharedRSA().PublicKey).with("e", "AAAA"),
		"RSA with a huge exponent":      rsaJWK("k", &sharedRSA().PublicKey).with("e", long),
		"not base64":                    edJWK("k", sharedEd()).with("x", "!!"),
		"with a kid that is a number":   edJWK("k", sharedEd()).with("kid", 5),
	} {
		t.Run("a key "+what+" is left aside, its neighbour taken", func(t *testing.T) {
			t.Parallel()
			keys, err := readKeys([]byte(document(key, edJWK("good", sharedEd()))), algs)
			require.NoError(t, err)
			require.Len(t, keys, 1)
			require.Contains(t, keys, keyName{"good", "EdDSA"})
		})
	}
	t.Run("a key serves the algorithms of its kind only", func(t *testing.T) {
		t.Parallel()
		keys, err := readKeys([]byte(document(rsaJWK("r", &sharedRSA().PublicKey), ecJWK("e").without("alg"), edJWK("d", sharedEd()))), algs)
		require.NoError(t, err)
		require.Len(t, keys, 8)
		require.Contains(t, keys, keyName{"e", "ES256"})
		require.Contains(t, keys, keyName{"r", "PS512"})
	})
	t.Run("a certificate chain beside a key is not even read", func(t *testing.T) {
		t.Parallel()
		keys, err := readKeys([]byte(document(rsaJWK("r", &sharedRSA().PublicKey).with("x5c", []string{"!!"}).with("alg", "RS256"))), algs)
		require.NoError(t, err)
		require.Len(t, keys, 1)
	})
}
