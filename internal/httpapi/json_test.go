package httpapi

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// anyJSON draws values of every kind.
func anyJSON(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Map(rapid.StringMatching(`[^\x00]*`), func(s string) any { return s }),
		rapid.Map(rapid.Float64Range(-1e300, 1e300), func(f float64) any { return f }),
		rapid.Map(rapid.Int64(), func(i int64) any { return i }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just[any](nil),
	)
	if depth == 0 {
		return leaf
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return anyJSON(depth - 1) })
	return rapid.OneOf(leaf,
		rapid.Map(rapid.SliceOfN(inner, 0, 4), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.StringMatching(`[^\x00]{0,8}`), inner, 0, 4), func(m map[string]any) any { return m }),
	)
}

func read(text string) (any, *fault.Error) {
	in := jsonReader{text: []byte(text), left: 32}
	v, err := in.value()
	if err == nil {
		err = in.end()
	}
	return v, err
}

func TestWhatEncodingJSONWritesIsReadAsItReadsIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.MarshalIndent(anyJSON(4).Draw(t, "value"), "", " ")
		require.NoError(t, err)
		got, refused := read(string(text))
		require.Nil(t, refused, string(text))
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		var want any
		require.NoError(t, dec.Decode(&want))
		require.Equal(t, want, got)
	})
}

func TestAnyTextIsReadOrRefusedAsEncodingJSONWouldOrStricter(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{"{", "}", "[", "]", ",", ":", `"a"`, `"\u00e9"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\n"`, "1", "-0", "01", "1.5e+3", "1.", "true", "nul", "null", " ", "\t", `"`, `\`, "é"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), "")
		if _, refused := read(text); refused == nil {
			require.True(t, json.Valid([]byte(text)), text)
		}
	})
}

func TestTheReaderIsStrict(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a key given twice":               `{"a":1,"a":2}`,
		"half a surrogate pair":           `"\ud800"`,
		"a pair in the wrong order":       `"\ude00\ud83d"`,
		"NUL by escape":                   `"a\u0000b"`,
		"a bare control character":        "\"a\nb\"",
		"text after the value":            `{} x`,
		"a comma too many":                `[1,]`,
		"a number with a leading zero":    `01`,
		"a number that ends in its point": `1.`,
		"a word that is none":             `nulL`,
		"nothing":                         ``,
		"33 levels":                       strings.Repeat("[", 33) + strings.Repeat("]", 33),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, refused := read(text)
			require.NotNil(t, refused)
		})
	}
	_, refused := read(`{"input":{"names":["a","b\u0000"]}}`)
	require.Equal(t, "input.names[1]", refused.Field, "a refusal names the place")
	_, refused = read(strings.Repeat("[", 32) + strings.Repeat("]", 32))
	require.Nil(t, refused, "32 levels pass")
}
