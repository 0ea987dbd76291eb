package page

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

func TestCursors(t *testing.T) {
	t.Parallel()
	s := NewSealer([]byte("a key of thirty-two bytes, or so"))
	list := List("leads", "workspace 1", "CREATED_DESC", nil)

	t.Run("a cursor opens in its own list as the place it was made of", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			text, n := rapid.String().Draw(t, "text"), rapid.Int64().Draw(t, "n")
			at := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at")).UTC()
			in := rapid.SampledFrom([]Tuple{{Text: &text}, {Int: &n}, {Time: &at}, {}}).Draw(t, "tuple")
			in.ID = id.New()
			out, err := s.Open(list, "after", s.Seal(list, in))
			require.NoError(t, err)
			require.Equal(t, in.ID, out.ID)
			require.Equal(t, in.Key(), out.Key())
		})
	})
	t.Run("it opens in no other list, and not under another key", func(t *testing.T) {
		t.Parallel()
		cursor := s.Seal(list, Tuple{ID: id.New()})
		_, err := s.Open(List("leads", "workspace 2", "CREATED_DESC", nil), "after", cursor)
		require.True(t, fault.Is(err, fault.CursorMismatch))
		_, err = NewSealer([]byte("another key of thirty-two bytes!")).Open(list, "after", cursor)
		require.True(t, fault.Is(err, fault.CursorMismatch))
	})
	t.Run("it does not tell the name it stands at", func(t *testing.T) {
		t.Parallel()
		name := "agnieszka bąk"
		raw, err := base64.RawURLEncoding.DecodeString(s.Seal(list, Tuple{Text: &name, ID: id.New()}))
		require.NoError(t, err)
		require.NotContains(t, string(raw), "agnieszka")
	})
	t.Run("no edit of a cursor is taken", func(t *testing.T) {
		t.Parallel()
		cursor := s.Seal(list, Tuple{ID: id.New()})
		for i := range cursor {
			edited := []byte(cursor)
			edited[i] = 'A' + (edited[i]+7)%26
			if string(edited) == cursor {
				continue
			}
			_, err := s.Open(list, "after", string(edited))
			require.Error(t, err)
		}
		for _, garbage := range []string{"", "x", "%%%", "Ag", cursor + "A", cursor[:20]} {
			_, err := s.Open(list, "before", garbage)
			require.Equal(t, "before", fault.As(err).Field)
		}
	})
}

func TestArguments(t *testing.T) {
	t.Parallel()
	s, list := NewSealer([]byte("a key of thirty-two bytes, or so")), List("leads")
	five, none, many := int32(5), int32(0), int32(Max+1)
	for name, c := range map[string]struct {
		args  Args
		field string
		limit int
	}{
		"nothing said is a page of the usual size": {Args{}, "", Default},
		"the first five":                      {Args{First: &five}, "", 5},
		"the last five":                       {Args{Last: &five}, "", 5},
		"first and last together are refused": {Args{First: &five, Last: &five}, "last", 0},
		"no items are refused":                {Args{First: &none}, "first", 0},
		"too many items are refused":          {Args{Last: &many}, "last", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := s.Read(list, c.args)
			if c.field != "" {
				require.Equal(t, c.field, fault.As(err).Field)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.limit, r.Limit)
			require.Equal(t, c.args.Last != nil, r.Backward)
		})
	}
}
