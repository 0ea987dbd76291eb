package matching

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	t.Parallel()
	t.Run("a note keeps its lines and all its characters", func(t *testing.T) {
		t.Parallel()
		got, err := Text("  one\r\n\ttwo \u202e\u200b\x1b[31m \U0001f468\u200d\U0001f469 \n", 100)
		require.NoError(t, err)
		require.Equal(t, "one\r\n\ttwo \u202e\u200b\x1b[31m \U0001f468\u200d\U0001f469", got)
	})
	t.Run("an accent is one character, however it was typed", func(t *testing.T) {
		t.Parallel()
		got, err := Text("Jose\u0301", 4)
		require.NoError(t, err)
		require.Equal(t, "José", got)
	})
	t.Run("the limit counts characters, not bytes", func(t *testing.T) {
		t.Parallel()
		_, err := Text(strings.Repeat("語", 10), 10)
		require.NoError(t, err)
		_, err = Text(strings.Repeat("語", 11), 10)
		require.ErrorContains(t, err, "longer than 10 characters")
	})
	t.Run("what cannot be stored is refused", func(t *testing.T) {
		t.Parallel()
		for _, s := range []string{"a\x00b", "\x00", "a\xffb", "\xed\xa0\x80"} {
			_, err := Text(s, 100)
			require.Error(t, err)
			requireFault(t, err)
		}
	})
	t.Run("a name is one line without control characters", func(t *testing.T) {
		t.Parallel()
		for s, says := range map[string]string{"Jane\nDoe": "line break", "Jane\u2028Doe": "line break", "Jane\x1b[31m": "U+001B",
			"Jane\tDoe": "U+0009", "Jane\u0085Doé": "U+0085", "Jane\x7f": "U+007F"} {
			_, err := Name(s)
			require.ErrorContains(t, err, says, "%q", s)
			requireFault(t, err)
		}
		_, err := Name(strings.Repeat("a", MaxName+1))
		require.Error(t, err)
		got, err := Line("\tVP, Sales & Marketing \r\n", 30)
		require.NoError(t, err)
		require.Equal(t, "VP, Sales & Marketing", got)
	})
}

func TestNameKey(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{
		"Jane  Doe ":         "jane doe",
		"JANE\u00a0DOE":      "jane doe",
		"Ja\u00adne\u200b":   "jane",
		"ＪＡＮＥ":               "jane",
		"Jose\u0301":         "JOSÉ",
		"Weiß":               "WEISS",
		"ΣΊΣΥΦΟΣ":            "σίσυφος",
		"\u2003 Jane\u3000X": "jane x",
	} {
		require.Equal(t, NameKey(b), NameKey(a), "%q", a)
	}
	require.NotEqual(t, NameKey("José"), NameKey("Jose"), "an accent may tell two people apart")
	require.Empty(t, NameKey(" \u200b "))
}
