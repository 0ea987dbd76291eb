package auth

import (
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestIssuer(t *testing.T) {
	t.Parallel()
	t.Run("a token says what was put in, for ten minutes and the leeway", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		i := newIssuer(t, c, secretOf('a'), nil)
		want := someClaims()
		token, expires := i.Issue(want)
		require.Equal(t, c.now().Add(10*time.Minute), expires)
		want.IssuedAt, want.Expires = c.now(), expires
		for _, sight := range []string{"first", "second"} {
			got, err := i.Verify(token)
			require.NoError(t, err, sight)
			require.Equal(t, want, got, sight)
		}

		c.pass(10*time.Minute + leeway - time.Second)
		_, err := i.Verify(token)
		require.NoError(t, err)
		c.pass(time.Second)
		_, err = i.Verify(token)
		require.ErrorIs(t, err, ErrTokenExpired)
	})
	t.Run("only good tokens are remembered, and no more than there is room for", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t, newClock(), secretOf('a'), nil)
		for n := range 50 {
			token, _ := i.Issue(someClaims())
			_, err := i.Verify(token[:len(token)-1])
			require.ErrorIs(t, err, ErrToken)
			require.Equal(t, n, i.known.Len())
			_, err = i.Verify(token)
			require.NoError(t, err)
		}
		require.Zero(t, i.known.Resize(50))
	})
	t.Run("another secret, issuer or audience is another world", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		token, _ := newIssuer(t, c, secretOf('a'), nil).Issue(someClaims())
		for _, cfg := range []IssuerConfig{
			{Secret: secretOf('b'), Issuer: ownURL, Audience: ourName},
			{Secret: secretOf('a'), Issuer: "https://other.test", Audience: ourName},
			{Secret: secretOf('a'), Issuer: ownURL, Audience: "other"},
		} {
			cfg.Now = c.now
			i, err := NewIssuer(cfg)
			require.NoError(t, err)
			_, err = i.Verify(token)
			require.ErrorIs(t, err, ErrToken)
		}
	})
}

func TestIssuerKeys(t *testing.T) {
	t.Parallel()
	t.Run("an operator's slip is told at the start", func(t *testing.T) {
		t.Parallel()
		good := IssuerConfig{Secret: secretOf('a'), Issuer: ownURL, Audience: ourName}
		for _, spoil := range []func(*IssuerConfig){
			func(c *IssuerConfig) { c.Secret = secretOf('a')[:31] },
			func(c *IssuerConfig) { c.PreviousSecret = secretOf('b')[:31] },
			func(c *IssuerConfig) { c.PreviousSecret = c.Secret },
			func(c *IssuerConfig) { c.Issuer = "" },
			func(c *IssuerConfig) { c.Audience = "" },
			func(c *IssuerConfig) { c.Life = -time.Minute },
			func(c *IssuerConfig) { c.Life = 25 * time.Hour },
		} {
			c := good
			spoil(&c)
			_, err := NewIssuer(c)
			require.Error(t, err)
		}
	})
	t.Run("the JWKS document shows both public keys and nothing private", func(t *testing.T) {
		t.Parallel()
		i := newIssuer(t, newClock(), secretOf('b'), secretOf('a'))
		var doc struct{ Keys []map[string]string }
		require.NoError(t, json.Unmarshal(i.JWKS(), &doc))
		require.Len(t, doc.Keys, 2)
		for _, k := range doc.Keys {
			require.Len(t, k, 6)
			require.Equal(t, "EdDSA", k["alg"])
			require.Equal(t, encode(i.keys[k["kid"]]), k["x"])
		}
		keys, err := readKeys(i.JWKS(), []string{"EdDSA"})
		require.NoError(t, err)
		require.Len(t, keys, 2)
	})
	t.Run("keys derived for two purposes differ, and stay the same for one", func(t *testing.T) {
		t.Parallel()
		require.Len(t, Derive(secretOf('a'), "cursors"), 32)
		require.Equal(t, Derive(secretOf('a'), "cursors"), Derive(secretOf('a'), "cursors"))
		require.NotEqual(t, Derive(secretOf('a'), "cursors"), Derive(secretOf('a'), "uploads"))
		require.NotEqual(t, Derive(secretOf('a'), "cursors"), Derive(secretOf('b'), "cursors"))
		require.NotEqual(t, ed25519.NewKeyFromSeed(Derive(secretOf('a'), "cursors")), newSigner(secretOf('a')).private)
	})
}

// TestRotation changes the secret of a fleet as IssuerConfig advises, its servers restarting in any order at each step, while
// all of them go on issuing: at every moment each server must accept what any of them issued within a token's life.
func TestRotation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := newClock()
		a, b := secretOf('a'), secretOf('b')
		steps := []*Issuer{newIssuer(t, c, a, nil), newIssuer(t, c, a, b), newIssuer(t, c, b, a), newIssuer(t, c, b, nil)}
		fleet := []*Issuer{steps[0], steps[0], steps[0]}
		type issued struct {
			token   string
			expires time.Time
		}
		var live []issued
		check := func() {
			for _, s := range fleet {
				token, expires := s.Issue(someClaims())
				live = append(live, issued{token, expires})
			}
			live = slices.DeleteFunc(live, func(one issued) bool { return !c.now().Before(one.expires) })
			for _, one := range live {
				for n, s := range fleet {
					_, err := s.Verify(one.token)
					require.NoError(rt, err, "server %d", n)
				}
			}
		}
		check()
		for step := 1; step < len(steps); step++ {
			for _, n := range rapid.Permutation([]int{0, 1, 2}).Draw(rt, "order") {
				c.pass(time.Duration(rapid.IntRange(0, 400).Draw(rt, "seconds")) * time.Second)
				if step == 3 {
					c.pass(tokenLife) // the old secret is dropped a token's life after the last server signed with it
				}
				fleet[n] = steps[step]
				check()
			}
		}
		old, _ := steps[0].Issue(someClaims())
		for _, s := range fleet {
			_, err := s.Verify(old)
			require.ErrorIs(rt, err, ErrToken, "the retired key opens nothing")
		}
	})
}
