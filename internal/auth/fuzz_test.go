package auth

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/id"
)

// FuzzVerify tries texts around the known forgeries: nothing but a token that was issued may pass, and nothing may panic.
func FuzzVerify(f *testing.F) {
	c := newClock()
	all := authorities(f, c)
	good := map[string]bool{}
	for _, a := range all {
		token := a.token(a.header(), a.claims)
		good[token] = true
		f.Add(token)
		for _, corpus := range [][]forgery{forgedAlgorithms(a, c.now()), forgedHeaders(a, c.now()), forgedShapes(a, c.now()), forgedTimes(a, c.now())} {
			for _, one := range corpus {
				f.Add(one.token)
			}
		}
	}
	f.Fuzz(func(t *testing.T, token string) {
		for name, a := range all {
			if err := a.verify(token); err == nil && !good[token] {
				t.Errorf("%s accepts %q", name, token)
			}
		}
	})
}

// FuzzSigned lets our own key sign any header and claims: what passes must be as plausible as what we issue.
func FuzzSigned(f *testing.F) {
	c := newClock()
	i := newIssuer(f, c, secretOf('a'), nil)
	a := authorities(f, c)["own"]
	f.Add(a.header().String(), a.claims.String())
	for _, corpus := range [][]forgery{forgedHeaders(a, c.now()), forgedClaims(a, c.now()), forgedTimes(a, c.now()), forgedOwn(a, c.now())} {
		for _, one := range corpus {
			p := strings.Split(one.token, ".")
			header, _ := base64.RawURLEncoding.DecodeString(p[0])
			claims, _ := base64.RawURLEncoding.DecodeString(p[1])
			f.Add(string(header), string(claims))
		}
	}
	f.Fuzz(func(t *testing.T, header, claims string) {
		got, err := i.Verify(sign("EdDSA", i.current.private, header, claims))
		if err != nil {
			require.ErrorContains(t, err, "access token")
			return
		}
		require.False(t, got.Workspace.IsZero())
		require.True(t, got.Expires.After(c.now().Add(-leeway)))
		require.False(t, got.IssuedAt.After(c.now().Add(leeway)))
		require.LessOrEqual(t, got.Expires.Sub(got.IssuedAt), maxTokenLife)
		require.GreaterOrEqual(t, got.SessionVersion, int32(0))
		require.Contains(t, header, i.current.jwk.KeyID[:8])
	})
}

// FuzzParseAPIKey checks that what passes is exactly of the form we make.
func FuzzParseAPIKey(f *testing.F) {
	for range 20 {
		f.Add(NewAPIKey(true))
		f.Add(NewAPIKey(false))
	}
	f.Add("lg_live_")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if _, prefix, err := ParseAPIKey(s); err == nil {
			require.Regexp(t, "^lg_(live|test)_[0-9A-Za-z]{38}$", s)
			require.Equal(t, s[:12], prefix)
			require.Equal(t, s, string(appendCheck([]byte(s[:len(s)-checkChars]))))
		}
	})
}

func BenchmarkIssue(b *testing.B) {
	i := newIssuer(b, newClock(), secretOf('a'), nil)
	for b.Loop() {
		i.Issue(Claims{})
	}
}

func BenchmarkVerifyFirst(b *testing.B) {
	i := newIssuer(b, newClock(), secretOf('a'), nil)
	token, _ := i.Issue(Claims{Workspace: id.UUID{1}})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := i.verify(token); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, a := range authorities(b, newClock()) {
		token := a.token(a.header(), a.claims)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := a.verify(token); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+" forged", func(b *testing.B) {
			b.ReportAllocs()
			forged := token[:len(token)-6] + "AAAAAA"
			for b.Loop() {
				if a.verify(forged) == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}

func BenchmarkParseAPIKey(b *testing.B) {
	s := NewAPIKey(true)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := ParseAPIKey(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseAPIKeyMistyped(b *testing.B) {
	s := "lg_live_0" + NewAPIKey(true)[9:]
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = ParseAPIKey(s)
	}
}

func BenchmarkPassword(b *testing.B) {
	p := NewPasswords(1)
	for b.Loop() {
		_ = p.VerifyNone(context.Background(), "a password of mine")
	}
}

func BenchmarkTake(b *testing.B) {
	l := newLimiter(b, 1000, 50, 10)
	c := newClock()
	b.ReportAllocs()
	for b.Loop() {
		l.Take("k", 1, c.at)
	}
}
