package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
)

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
}

func TestKeysOfAnIssuerAway(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	old, next := sharedEd(), ed25519.NewKeyFromSeed(secretOf('n'))
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
}

func TestKeysOfBadDocuments(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	old := sharedEd()
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
	require.True(t, fault.Is(err, fault.Unavailable), "and is not told that the token is wrong")
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
