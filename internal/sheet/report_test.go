package sheet

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestErrorsCSV(t *testing.T) {
	t.Parallel()
	t.Run("refused rows can be read by a spreadsheet, and none of them runs in it", func(t *testing.T) {
		t.Parallel()
		var out strings.Builder
		require.NoError(t, ErrorsCSV(&out, slices.Values([]RowError{
			{Line: 2, Column: "=cmd", Code: CodeBadNumber, Message: `The target revenue wants "a" number, please.`, Value: "=1+2"},
			{Line: 3, Code: CodeNul, Message: "x", Value: "\tq"}, {Line: 4, Value: "-1"}, {Line: 5, Value: "@a"}, {Line: 6, Value: "+49"}, {Line: 7, Value: "\r\n\"x"}, {Line: 8, Value: "\nx"}, {Line: 9, Value: "a=b"},
		})))
		rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		require.NoError(t, err)
		require.Equal(t, []string{"line", "column", "code", "message", "value"}, rows[0])
		require.Equal(t, []string{"2", "'=cmd", "BAD_NUMBER", `The target revenue wants "a" number, please.`, "'=1+2"}, rows[1])
		var values []string
		for _, row := range rows[2:] {
			values = append(values, row[4])
		}
		require.Equal(t, []string{"'\tq", "'-1", "'@a", "'+49", "'\n\"x", "'\nx", "a=b"}, values) // the standard reader makes CRLF LF
	})
	t.Run("a writer that fails is an error", func(t *testing.T) {
		t.Parallel()
		err := ErrorsCSV(full{}, slices.Values([]RowError{{Line: 1, Value: strings.Repeat("x", 10000)}}))
		require.ErrorContains(t, err, "write the report of refused rows: no room")
	})
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestExcerpt(t *testing.T) {
	t.Parallel()
	t.Run("an excerpt is short, valid and the text's own start", rapid.MakeCheck(func(t *rapid.T) {
		text := strings.Repeat(rapid.String().Draw(t, "text"), rapid.IntRange(0, 50).Draw(t, "times"))
		got := excerpt(text)
		require.LessOrEqual(t, len(got), MaxExcerpt)
		require.True(t, utf8.ValidString(got))
		require.NotContains(t, got, "\x00")
		require.True(t, strings.HasPrefix(strings.ReplaceAll(text, "\x00", "\uFFFD"), got))
	}))
	t.Run("bytes that are no text are replaced", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "a\uFFFDb", excerpt([]byte("a\xffb")))
		require.LessOrEqual(t, len(excerpt(strings.Repeat("\xff", 1000))), MaxExcerpt)
	})
}
