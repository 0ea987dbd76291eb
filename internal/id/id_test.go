package id

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestGlobalIDs(t *testing.T) {
	t.Parallel()
	t.Run("an id reads back as it was written", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			g := Global{Kind: Lead}
			copy(g.UUID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
			back, err := Parse(g.String())
			require.NoError(t, err)
			require.Equal(t, g, back)
		})
	})
	t.Run("only what this API writes is an id", func(t *testing.T) {
		t.Parallel()
		for _, s := range []string{"", "lead", "lead_", "_01m81fwk93epgarbaa9gwymdtw", "lead_01M81FWK93EPGARBAA9GWYMDTW", "lead_81m81fwk93epgarbaa9gwymdtw",
			"lead_01m81fwk93epgarbaa9gwymdtwx", "lead_01m81fwk93epgarbaa9gwymdti", "lead-01m81fwk93epgarbaa9gwymdtw", "0b9c0f4e-7d0e-4b6e-9d0e-3f0e7d0e4b6e"} {
			_, err := Parse(s)
			require.ErrorIs(t, err, ErrMalformed, s)
		}
	})
	t.Run("a misread character cannot make two texts of one id", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			s := Global{Kind: Touch, UUID: New()}.String()
			b := []byte(s)
			b[rapid.IntRange(6, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
			if g, err := Parse(string(b)); err == nil {
				require.Equal(t, string(b), g.String())
			}
		})
	})
}

func TestNewIDsGrow(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_795_000_000_000)
	last := newAt(now)
	for range 10_000 {
		next := newAt(now) // one instant, many ids
		require.Less(t, string(last[:]), string(next[:]))
		require.Equal(t, byte(0x70), next[6]&0xf0, "version 7")
		require.Equal(t, byte(0x80), next[8]&0xc0, "variant of RFC 9562")
		last = next
	}
}
