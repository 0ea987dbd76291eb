package auth

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
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
