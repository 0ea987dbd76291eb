package sheet

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
)

// repeated answers one piece of text so many times.
type repeated struct {
	piece string
	at    int
	left  int64
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.left > 0 {
		c := copy(p[n:min(len(p), n+int(min(r.left, 1<<30)))], r.piece[r.at:])
		r.at = (r.at + c) % len(r.piece)
		r.left -= int64(c)
		n += c
	}
	return n, nil
}

func TestLongLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxRecord)
	lines := strings.Repeat("1,2\n", MaxRecord/4)
	for name, c := range map[string]struct {
		format Format
		file   string
		first  []string // of the answers
		rest   int      // answers after them
	}{
		"a line over a MiB costs itself":                            {CSV, "a,b\n1," + long + "\n3,4\n", []string{"!  LINE_TOO_LONG", "3|4"}, 0},
		"so does the last line":                                     {CSV, "a,b\n1,2\n" + long + "x", []string{"1|2", "!  LINE_TOO_LONG"}, 0},
		"a line of a MiB with its line end is read":                 {CSV, "a,b\n1," + long[3:] + "\n3,4\n", []string{"1|" + long[3:], "3|4"}, 0},
		"a line of a MiB and a byte is not":                         {CSV, "a,b\n1," + long[2:] + "\n3,4\n", []string{"!  LINE_TOO_LONG", "3|4"}, 0},
		"nor where its line end has two bytes":                      {CSV, "a,b\n1," + long[3:] + "\r\n3,4\n", []string{"!  LINE_TOO_LONG", "3|4"}, 0},
		"a long line with a quote astray is too long":               {CSV, "a,b\n1\"," + long + "\n3,4\n", []string{"!  LINE_TOO_LONG", "3|4"}, 0},
		"a quote open for a MiB costs its line":                     {CSV, "a,b\n\"1,2\n" + lines + "3,4\n", []string{"! a UNTERMINATED_QUOTE", "1|2"}, MaxRecord / 4},
		"so does one that closes after a MiB":                       {CSV, "a,b\n\"1,2\n" + lines + "\",4\n", []string{"! a UNTERMINATED_QUOTE", "1|2"}, MaxRecord / 4},
		"a long quoted cell without line breaks costs itself":       {CSV, "a,b\n\"" + long + "\",2\n3,4\n", []string{"!  LINE_TOO_LONG", "3|4"}, 0},
		"a long object costs itself":                                {JSONL, "{\"a\":\"" + long + "\"}\n{\"a\":1}\n", []string{"!  LINE_TOO_LONG", "1"}, 0},
		"a long line behind a quoted line break is skipped as well": {CSV, "a,b\n\"1\n" + long + "\",2\n3,4\n", []string{"! a UNTERMINATED_QUOTE", "!  LINE_TOO_LONG", "3|4"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout := Layout{Format: c.format, HasHeader: true}
			whole := answers(t, Open(strings.NewReader(c.file), layout))
			require.Len(t, whole, len(c.first)+c.rest)
			require.Equal(t, c.first, brief(whole[:len(c.first)]))
			require.EqualValues(t, len(c.file), whole[len(whole)-1].Row.EndOffset)
			halves := answers(t, Open(iotest.HalfReader(strings.NewReader(c.file)), layout))
			require.True(t, reflect.DeepEqual(whole, halves), "bytes that arrive otherwise make the same rows")
			cut := whole[0].At
			rest := answers(t, Resume(strings.NewReader(c.file[cut.Offset:]), layout, cut))
			require.True(t, reflect.DeepEqual(whole[1:], rest), "read on after the first answer, the rows are the same")
		})
	}
}

// TestMemory is not parallel, so that what it counts is its own. LEADGRAPH_LONG_LINE makes the line 2 GiB.
func TestMemory(t *testing.T) {
	length := int64(300 << 20)
	if os.Getenv("LEADGRAPH_LONG_LINE") != "" {
		length = 2 << 30
	}
	for name, c := range map[string]struct {
		format      Format
		start, line string
	}{
		"a huge line of CSV takes less than 24 MiB":        {CSV, "a,b\n1,", strings.Repeat("abcdefghij, klmnopqrst ", 100)},
		"a huge quoted cell takes less than 24 MiB":        {CSV, "a,b\n\"", strings.Repeat("abcdefghij, klmnopqrst ", 100)},
		"a huge object takes less than 24 MiB":             {JSONL, "{\"a\":\"", strings.Repeat("abcdefghij, klmnopqrst ", 100)},
		"a huge row of empty cells takes less than 24 MiB": {CSV, "a,b\n", strings.Repeat(",", 1000)},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			r := Open(io.MultiReader(strings.NewReader(c.start), &repeated{piece: c.line, left: length}, strings.NewReader("\n")), Layout{Format: c.format, HasHeader: true})
			runtime.ReadMemStats(&before)
			row, err := r.Next()
			runtime.ReadMemStats(&after)
			var bad *RowError
			require.ErrorAs(t, err, &bad)
			require.Equal(t, CodeLineTooLong, bad.Code)
			require.Greater(t, row.EndOffset, length)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(24<<20), "in all, and most of it is garbage by then; a few of them are the race detector's")
			_, err = r.Next()
			require.Equal(t, io.EOF, err)
		})
	}
	t.Run("a file of quotes that are never closed is read in its own length", func(t *testing.T) {
		body := []byte("a,b\n" + strings.Repeat("x\",\"b\n", 1<<19) + strings.Repeat("\"x\n", 1<<19) + strings.Repeat("\",\",\"\n", 1<<19))
		begun := time.Now()
		require.Greater(t, len(answers(t, Open(bytes.NewReader(body), Layout{HasHeader: true}))), 2<<19)
		require.Less(t, time.Since(begun), time.Minute, "scanning a MiB for each line would take hours")
	})
}
