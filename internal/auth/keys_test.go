package auth

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestAPIKeys(t *testing.T) {
	t.Parallel()
	t.Run("a key tells its kind and is known by its hash and first characters", func(t *testing.T) {
		t.Parallel()
		for live, kind := range map[bool]string{true: "lg_live_", false: "lg_test_"} {
			s := NewAPIKey(live)
			require.Regexp(t, "^"+kind+"[0-9A-Za-z]{38}$", s)
			hash, prefix, err := ParseAPIKey(s)
			require.NoError(t, err)
			require.Equal(t, sha256.Sum256([]byte(s)), hash)
			require.Equal(t, s[:12], prefix)
			require.True(t, SameHash(hash[:], hash))
			require.NotEqual(t, s, NewAPIKey(live))
		}
	})
	t.Run("every edit of one character is refused without asking the database", func(t *testing.T) {
		t.Parallel()
		edits := 0
		for range 20 {
			s := NewAPIKey(true)
			for _, edited := range editsOf(s) {
				_, _, err := ParseAPIKey(edited)
				require.Truef(t, fault.Is(err, fault.Unauthenticated), "%s for %s", edited, s)
				edits++
			}
		}
		t.Logf("%d edits", edits)
	})
	t.Run("two neighbours swapped are refused", func(t *testing.T) {
		t.Parallel()
		for range 50 {
			s := NewAPIKey(false)
			for i := range len(s) - checkChars - 1 {
				b := []byte(s)
				b[i], b[i+1] = b[i+1], b[i]
				if string(b) != s {
					_, _, err := ParseAPIKey(string(b))
					require.ErrorIs(t, err, ErrAPIKey)
				}
			}
		}
	})
}

func TestAPIKeysOfOthers(t *testing.T) {
	t.Parallel()
	t.Run("what is no key of ours is refused", func(t *testing.T) {
		t.Parallel()
		s := NewAPIKey(true)
		refresh, _ := NewRefreshToken()
		for _, bad := range []string{
			"", "lg_live_", s + s, " " + s, s + "\n", strings.ToUpper(s), strings.ToLower(s), "LG_LIVE_" + s[8:], "lg_test_" + s[8:], "lgr_" + s[8:], refresh,
			strings.Repeat("a", 1<<20), "lg_live_" + strings.Repeat("é", 19), "lg_live_" + strings.Repeat("\x00", 38),
		} {
			_, _, err := ParseAPIKey(bad)
			require.ErrorIs(t, err, ErrAPIKey)
		}
	})
	t.Run("characters are drawn evenly", func(t *testing.T) {
		t.Parallel()
		const keys = 5000
		count := map[byte]int{}
		for range keys {
			for _, c := range []byte(NewAPIKey(true)[8 : 8+secretChars]) {
				count[c]++
			}
		}
		mean, chi := float64(keys*secretChars)/62, 0.0
		require.Len(t, count, 62)
		for _, n := range count {
			chi += (float64(n) - mean) * (float64(n) - mean) / mean
		}
		require.Less(t, chi, 135.0, "61 degrees of freedom: exceeded once in ten million; bytes mod 62 make about 1000")
	})
}

// editsOf are all texts one character away: any byte in any place, one more, one less.
func editsOf(s string) (all []string) {
	for i := range len(s) {
		for c := range 256 {
			if byte(c) != s[i] {
				all = append(all, s[:i]+string([]byte{byte(c)})+s[i+1:])
			}
		}
		all = append(all, s[:i]+s[i+1:])
	}
	for i := range len(s) + 1 {
		for _, c := range base62 + "_-. \n" {
			all = append(all, s[:i]+string(c)+s[i:])
		}
	}
	return all
}

func TestRefreshTokens(t *testing.T) {
	t.Parallel()
	s, want := NewRefreshToken()
	require.Regexp(t, "^lgr_[0-9A-Za-z]{38}$", s)
	got, err := ParseRefreshToken(s)
	require.NoError(t, err)
	require.Equal(t, want, got)
	for _, edited := range editsOf(s) {
		_, err := ParseRefreshToken(edited)
		require.ErrorIs(t, err, ErrRefreshToken)
	}
	_, err = ParseRefreshToken(NewAPIKey(true))
	require.ErrorIs(t, err, ErrRefreshToken)
	require.False(t, SameHash(nil, got))
	require.False(t, SameHash(got[:31], got))
}
