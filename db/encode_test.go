package db

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/id"
)

// TestListsAreSentAsPgxSendsThem compares the bytes of every list that we send in our own way with those of pgx.
func TestListsAreSentAsPgxSendsThem(t *testing.T) {
	t.Parallel()
	theirs, ours := pgtype.NewMap(), pgtype.NewMap()
	teach(ours)
	sent := func(r *rapid.T, m *pgtype.Map, oid uint32, list any) []byte {
		b, err := m.Encode(oid, pgtype.BinaryFormatCode, list, nil)
		require.NoError(r, err)
		return b
	}
	rapid.Check(t, func(r *rapid.T) {
		ids := rapid.SliceOf(rapid.Custom(func(r *rapid.T) (u id.UUID) {
			copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(r, "id"))
			return u
		})).Draw(r, "ids")
		texts := rapid.SliceOf(rapid.String()).Draw(r, "texts")
		times := rapid.SliceOf(rapid.Map(rapid.Int64Range(-62_135_596_800_000_000, 253_402_300_799_999_999), func(n int64) time.Time { return time.UnixMicro(n).UTC() })).Draw(r, "times")
		floats := rapid.SliceOf(rapid.Float64()).Draw(r, "floats")
		numbers := rapid.SliceOf(rapid.Int32()).Draw(r, "numbers")
		for oid, lists := range map[uint32][]any{
			pgtype.UUIDArrayOID: {ids, some(r, ids), []id.UUID(nil), []*id.UUID{}}, pgtype.TextArrayOID: {texts, some(r, texts), []string(nil), []*string{}},
			pgtype.JSONBArrayOID: {texts, some(r, texts)}, pgtype.TimestamptzArrayOID: {times, some(r, times)},
			pgtype.Float8ArrayOID: {floats, some(r, floats)}, pgtype.Int4ArrayOID: {numbers, some(r, numbers)},
		} {
			for _, list := range lists {
				require.Equal(r, sent(r, theirs, oid, list), sent(r, ours, oid, list), "%T", list)
			}
		}
	})
}

// some are pointers to values, and nil for others.
func some[T any](r *rapid.T, all []T) []*T {
	out := make([]*T, len(all))
	for i := range all {
		if rapid.Bool().Draw(r, "there") {
			out[i] = &all[i]
		}
	}
	return out
}
