package condition

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestValue(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Value{
		`"a \"b\" é"`: Text(`a "b" é`), `0.1`: Number(0.1), `-3`: Number(-3), `9007199254740992`: Number(1 << 53), `true`: Bool(true), `false`: Bool(false),
	} {
		var v Value
		require.NoError(t, json.Unmarshal([]byte(body), &v))
		require.Equal(t, want, v)
		var s strings.Builder
		v.MarshalGQL(&s)
		require.Equal(t, body, s.String())
	}
	t.Run("literals of a query are values", func(t *testing.T) {
		for raw, want := range map[any]Value{"x": Text("x"), int64(7): Number(7), 7: Number(7), 2.5: Number(2.5), json.Number("1e3"): Number(1000), true: Bool(true)} {
			var v Value
			require.NoError(t, v.UnmarshalGQL(raw))
			require.Equal(t, want, v)
		}
	})
	t.Run("everything else is refused", func(t *testing.T) {
		for _, raw := range []any{nil, []any{"x"}, map[string]any{"a": 1}, struct{}{}, math.NaN(), math.Inf(1), json.Number("1e400"), json.Number("x"), "a\x00b", "\xff", strings.Repeat("x", maxText+1)} {
			v := Text("as before")
			require.True(t, fault.Is(v.UnmarshalGQL(raw), fault.BadUserInput), "%v", raw)
			require.Equal(t, Text("as before"), v)
		}
		var v Value
		require.Error(t, json.Unmarshal([]byte(`[1]`), &v))
	})
	t.Run("a time is kept in UTC and microseconds", func(t *testing.T) {
		at := time.Date(2026, 1, 31, 10, 0, 0, 123456789, time.FixedZone("", 3600))
		require.Equal(t, Text("2026-01-31T09:00:00.123456Z"), Time(at))
	})
}

func FuzzValue(f *testing.F) {
	for _, s := range []string{`"x"`, `1`, `-1.5e300`, `true`, `null`, `[]`, `{}`, `"\u0000"`, `"\ud800"`, `1e999`, ` "x" `, `""`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var v Value
		if json.Unmarshal(body, &v) != nil {
			return
		}
		require.Empty(t, v.problem())
		again, err := json.Marshal(v)
		require.NoError(t, err)
		var same Value
		require.NoError(t, json.Unmarshal(again, &same))
		require.Equal(t, v, same)
		var raw any
		require.NoError(t, json.Unmarshal(body, &raw))
		require.NoError(t, same.UnmarshalGQL(raw))
	})
}

func FuzzCondition(f *testing.F) {
	reg := NewRegistry(custom)
	for _, s := range []string{
		`{"attribute": {"name": "contact.title", "op": "CONTAINS", "value": "director"}}`, `{"all": [{"not": {"behaviour": {"kinds": ["CALL"]}}}]}`,
		`{"attribute": {"name": "lead.custom.budget", "op": "BETWEEN", "values": [1, 2]}}`, `{"attribute": {"name": "lead.createdAt", "op": "WITHIN_DAYS", "value": 3}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var c Condition
		if json.Unmarshal(body, &c) != nil {
			return
		}
		p, err := Compile(&c, reg)
		if err != nil {
			require.NotNil(t, fault.As(err))
			return
		}
		facts := reg.NewFacts(noon)
		require.Equal(t, p.Match(facts), p.Explain(facts).Passed)
		var args Args
		require.NotEmpty(t, p.SQL(&args, noon))
	})
}
