package auth

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := NewPasswords(2)
	stored, err := p.Hash(ctx, "vier Wörter von mir")
	require.NoError(t, err)

	t.Run("the right password opens, however its letters are composed", func(t *testing.T) {
		t.Parallel()
		require.True(t, strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$"))
		for _, spelling := range []string{"vier W\u00f6rter von mir", "vier Wo\u0308rter von mir"} {
			ok, outdated, err := p.Verify(ctx, spelling, stored)
			require.NoError(t, err)
			require.True(t, ok)
			require.False(t, outdated)
		}
	})
	t.Run("a wrong one does not, and one hash is not another", func(t *testing.T) {
		t.Parallel()
		ok, _, err := p.Verify(ctx, "vier Wörter von Mir", stored)
		require.NoError(t, err)
		require.False(t, ok)
		again, err := p.Hash(ctx, "vier Wörter von mir")
		require.NoError(t, err)
		require.NotEqual(t, stored, again)
	})
	t.Run("an unknown address costs what a known one costs", func(t *testing.T) {
		t.Parallel()
		known, err := parsePHC(stored)
		require.NoError(t, err)
		nobody, err := parsePHC(noPassword)
		require.NoError(t, err)
		require.Equal(t, []any{known.memory, known.rounds, known.threads, len(known.salt), len(known.hash)},
			[]any{nobody.memory, nobody.rounds, nobody.threads, len(nobody.salt), len(nobody.hash)})
		require.NoError(t, p.VerifyNone(ctx, "anything"))
		ok, _, err := p.Verify(ctx, "", noPassword)
		require.NoError(t, err)
		require.False(t, ok)
	})
}

func TestStoredPasswords(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := NewPasswords(2)
	stored, err := p.Hash(ctx, "vier Wörter von mir")
	require.NoError(t, err)

	t.Run("a hash of another cost opens still and is called outdated", func(t *testing.T) {
		t.Parallel()
		h := phc{memory: 64, rounds: 1, threads: 1, salt: []byte("16 bytes of salt"), hash: make([]byte, 32)}
		h.hash, err = p.compute(ctx, "old password", h)
		require.NoError(t, err)
		ok, outdated, err := p.Verify(ctx, "old password", h.String())
		require.NoError(t, err)
		require.True(t, ok)
		require.True(t, outdated)
	})
	t.Run("a damaged row is an error and never a crash", func(t *testing.T) {
		t.Parallel()
		for _, bad := range []string{
			"", "$", "$$$$$", "x", strings.Replace(stored, "argon2id", "argon2i", 1), strings.Replace(stored, "v=19", "v=16", 1),
			strings.Replace(stored, "m=19456", "m=4294967295", 1), strings.Replace(stored, "m=19456", "m=99999999999", 1), strings.Replace(stored, "t=2", "t=0", 1),
			strings.Replace(stored, "t=2", "t=4000000000", 1), strings.Replace(stored, "p=1", "p=0", 1), strings.Replace(stored, "p=1", "p=255", 1),
			strings.Replace(stored, "p=1", "p=256", 1), strings.Replace(stored, "t=2", "t=-2", 1), strings.Replace(stored, "t=2", "t=02", 1),
			strings.Replace(stored, "p=1", "p=1,x=2", 1), stored + "=", stored + "$", stored + "\n", stored[:60], "$2a$10$abcdefghijklmnopqrstuv",
			strings.Replace(stored, "$argon2id", " $argon2id", 1), "$argon2id$v=19$m=19456,t=2,p=1$$",
		} {
			_, _, err := p.Verify(ctx, "x", bad)
			require.Error(t, err, bad)
			require.NotContains(t, err.Error(), "$")
		}
	})
	t.Run("who waits for a place too long is told to come back", func(t *testing.T) {
		t.Parallel()
		full := NewPasswords(1)
		full.places <- struct{}{}
		gone, leave := context.WithCancel(ctx)
		leave()
		_, err := full.Hash(gone, "x")
		require.True(t, fault.Is(err, fault.Unavailable))
		require.True(t, fault.As(err).Retryable)
		require.True(t, fault.Is(full.VerifyNone(gone, "x"), fault.Unavailable))
		<-full.places
		require.NoError(t, full.VerifyNone(ctx, "x"))
		require.Empty(t, full.places, "the place is free again")
	})
}
