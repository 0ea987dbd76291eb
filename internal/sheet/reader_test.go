package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"
)

// answer is what one call of Next gave.
type answer struct {
	Row Row
	Bad *RowError
	At  State
}

// answers reads a file to its end.
func answers(t require.TestingT, r *Reader) []answer {
	var all []answer
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			require.NoError(t, err)
		}
		all = append(all, answer{row, bad, r.State()})
	}
}

// brief is the rows as their cells joined by a bar, and the faults as line:column:code.
func brief(all []answer) []string {
	var out []string
	for _, a := range all {
		if a.Bad != nil {
			out = append(out, strings.Join([]string{"!", a.Bad.Column, a.Bad.Code}, " "))
			continue
		}
		out = append(out, strings.Join(a.Row.Cells, "|"))
	}
	return out
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"cells are parted by commas, rows by line ends of any kind":             {"a,b\n1,2\r\n3,4\r5,6", []string{"1|2", "3|4", "5|6"}},
		"a quoted cell keeps commas, quotes and line breaks as they are":        {"a,b\n\"x,\"\"y\"\"\",\"1\r\n2\"\nc,d\n", []string{"x,\"y\"|1\r\n2", "c|d"}},
		"an empty quoted cell is empty":                                         {"a,b\n\"\",1\n", []string{"|1"}},
		"blank lines and rows of blank cells are passed over":                   {"a,b\n\n , \n,\r\n\"\",\"\"\n1,2\n\n", []string{"1|2"}},
		"a byte order mark is no part of the first name":                        {"\uFEFFa,b\n1,2", []string{"1|2"}},
		"empty cells beyond the columns are dropped":                            {"a,b\n1,2,,\n", []string{"1|2"}},
		"a surplus cell with text is at fault":                                  {"a,b\n1,2,3\n4,5\n", []string{"! column_3 TOO_MANY_CELLS", "4|5"}},
		"a short row is at fault":                                               {"a,b,c\n1\n4,5,6\n", []string{"! b TOO_FEW_CELLS", "4|5|6"}},
		"a quote inside an unquoted cell costs its line":                        {"a,b\n1,5\" pipe\n3,4\n", []string{"! b STRAY_QUOTE", "3|4"}},
		"text behind a closing quote costs its line":                            {"a,b\n\"1\"x,2\n3,4\n", []string{"! a STRAY_QUOTE", "3|4"}},
		"a quote that is never closed costs its line, not the file":             {"a,b\n1,\"2\n3,4\n5,6\n", []string{"! b UNTERMINATED_QUOTE", "3|4", "5|6"}},
		"a quote that runs into a later cell's quote costs its line":            {"a,b\n1,\"2\n3,4\n5,\"6,7\"\n", []string{"! b UNTERMINATED_QUOTE", "3|4", "5|6,7"}},
		"an open quote in the last line is at fault":                            {"a,b\n1,2\n3,\"4", []string{"1|2", "! b UNTERMINATED_QUOTE"}},
		"NUL is named with its column":                                          {"a,b\n1,x\x00y\n3,4\n", []string{"! b NUL_CHARACTER", "3|4"}},
		"bytes that are no UTF-8 are named with their column":                   {"a,b\n1,caf\xe9\n3,4\n", []string{"! b INVALID_ENCODING", "3|4"}},
		"half a character at the end of one cell is not made whole by the next": {"a,b\n\xc3,\xa9\n", []string{"! a INVALID_ENCODING"}},
		"a file of its header alone has no rows":                                {"a,b\n", nil},
		"a file without a last line end has its last row":                       {"a,b\n1,\"2\"", []string{"1|2"}},
		"quotes only count at a cell's start, spaces and all":                   {"a,b\n1, \"2\"\n", []string{"! b STRAY_QUOTE"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, brief(answers(t, Open(strings.NewReader(c.file), Layout{HasHeader: true}))))
		})
	}
}

func TestReadJSONL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"keys become columns as they appear":                      {"{\"a\":\"x\"}\n{\"b\":\"y\",\"a\":null}\n", []string{"x", "|y"}},
		"numbers and booleans stay as they are written":           {`{"a":1.50,"b":-0,"c":true,"d":12345678901234567890}`, []string{"1.50|-0|true|12345678901234567890"}},
		"escapes are read, in keys too":                           {`{"a\u0062":"\u00e9\n\"x\" \ud83d\ude00"}`, []string{"é\n\"x\" 😀"}},
		"an empty object is a row":                                {"{}\n{\"a\":1}\n", []string{"", "1"}},
		"blank lines are passed over":                             {"\n  \r\n{\"a\":1}\r\n\n", []string{"1"}},
		"a list is no object":                                     {"[1]\n{\"a\":1}\n", []string{"!  NOT_AN_OBJECT", "1"}},
		"a text is no object":                                     {"\"a\"\n", []string{"!  NOT_AN_OBJECT"}},
		"what is no JSON costs its line":                          {"{\"a\":1\n{'a':1}\n{\"a\":2}", []string{"!  INVALID_JSON", "!  INVALID_JSON", "2"}},
		"a list or an object as a value is named with its column": {"{\"a\":{\"b\":1}}\n{\"a\":[]}\n{\"a\":1}", []string{"! a NESTED_VALUE", "! a NESTED_VALUE", "1"}},
		"a key that stands twice is named":                        {`{"a":1,"b":2,"a":1}`, []string{"! a DUPLICATE_KEY"}},
		"a key that stands twice under an escape is named":        {`{"a":1,"\u0061":2}`, []string{"! a DUPLICATE_KEY"}},
		"a row at fault brings no columns":                        {"{\"x\":1,\"y\":[]}\n{\"a\":1}\n", []string{"! y NESTED_VALUE", "1"}},
		"an empty key is refused":                                 {`{"":1}`, []string{"!  BAD_KEY"}},
		"an escaped NUL is refused":                               {`{"a":"\u0000"}`, []string{"! a NUL_CHARACTER"}},
		"half of an escaped pair is refused":                      {`{"a":"\ud83d"}`, []string{"! a INVALID_ENCODING"}},
		"a replacement character that is written is kept":         {`{"a":"\ufffd�"}`, []string{"��"}},
		"bytes that are no UTF-8 are refused":                     {"{\"a\":\"\xe9\"}\n{\"a\":1}", []string{"!  INVALID_ENCODING", "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, brief(answers(t, Open(strings.NewReader(c.file), Layout{Format: JSONL}))))
		})
	}
}

func TestReadLayouts(t *testing.T) {
	t.Parallel()
	t.Run("short rows are taken where the layout says so", func(t *testing.T) {
		t.Parallel()
		got := brief(answers(t, Open(strings.NewReader("a,b,c\n1\n"), Layout{HasHeader: true, ShortRows: true})))
		require.Equal(t, []string{"1||"}, got)
	})
	t.Run("the layout's names stand for the file's header", func(t *testing.T) {
		t.Parallel()
		r := Open(strings.NewReader("a,\"b\n1,2\n"), Layout{HasHeader: true, Headers: []string{"x", "y"}})
		require.Equal(t, []string{"1|2"}, brief(answers(t, r)))
		require.Equal(t, []string{"x", "y"}, r.Headers())
	})
	t.Run("a header that cannot be read ends the reading with a fault", func(t *testing.T) {
		t.Parallel()
		r := Open(strings.NewReader("a,b\"\n1,2\n"), Layout{HasHeader: true})
		for range 2 {
			_, err := r.Next()
			require.ErrorContains(t, err, "The columns' names in line 1 cannot be read.")
		}
	})
	t.Run("more than a thousand columns are refused", func(t *testing.T) {
		t.Parallel()
		_, err := Open(strings.NewReader(strings.Repeat("a,", MaxColumns)+"a\n"), Layout{HasHeader: true}).Next()
		require.ErrorContains(t, err, "more than 1000 columns")
	})
	t.Run("a JSON key beyond the thousandth is refused with its row", func(t *testing.T) {
		t.Parallel()
		keys := make([]string, MaxColumns)
		for i := range keys {
			keys[i] = "k" + strings.Repeat("x", i/10) + string(rune('0'+i%10))
		}
		r := Open(strings.NewReader("{\"new\":1}\n{\"k0\":1}\n"), Layout{Format: JSONL, Headers: keys})
		all := answers(t, r)
		require.Equal(t, CodeTooManyColumns, all[0].Bad.Code)
		require.Nil(t, all[1].Bad)
		require.Len(t, r.Headers(), MaxColumns)
	})
	t.Run("a stream that breaks off is an error, and the state stays before the row", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("gone")
		for _, file := range []string{"a,b\n1,2\n3,", "a,b\n1,2\n3,4\r", "a,b\n1,2\n3,\"x"} {
			r := Open(io.MultiReader(strings.NewReader(file), iotest.ErrReader(broken)), Layout{HasHeader: true})
			_, err := r.Next()
			require.NoError(t, err)
			for range 2 {
				_, err = r.Next()
				require.ErrorIs(t, err, broken)
				require.Equal(t, State{Offset: 8, Line: 3, Headers: []string{"a", "b"}}, r.State())
			}
		}
	})
	t.Run("a stream that never answers is an error", func(t *testing.T) {
		t.Parallel()
		_, err := Open(stuck{}, Layout{}).Next()
		require.ErrorIs(t, err, io.ErrNoProgress)
	})
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// encode writes a text in an encoding; what cannot be written becomes a question mark.
func encode(t require.TestingT, text string, e Encoding, mark bool) []byte {
	if mark && e != Windows1252 {
		text = byteOrderMark + text
	}
	var out []byte
	switch e {
	case UTF8:
		return []byte(text)
	case Windows1252:
		for _, c := range text {
			b, ok := charmap.Windows1252.EncodeRune(c)
			if !ok {
				b = '?'
			}
			out = append(out, b)
		}
		return out
	}
	for _, u := range utf16.Encode([]rune(text)) {
		if e == UTF16LE {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return out
}

func TestReadEncodings(t *testing.T) {
	t.Parallel()
	const file = "name,city\r\nZoë,Zürich\r\n\"Müller\r\n& Söhne\",€\r\n"
	for _, e := range Encodings {
		t.Run("accents and the euro are read from "+string(e), func(t *testing.T) {
			t.Parallel()
			for _, mark := range []bool{false, true} {
				body := encode(t, file, e, mark)
				all := answers(t, Open(iotest.OneByteReader(bytes.NewReader(body)), Layout{Encoding: e, HasHeader: true}))
				require.Equal(t, []string{"Zoë|Zürich", "Müller\r\n& Söhne|€"}, brief(all))
				require.EqualValues(t, len(body), all[1].Row.EndOffset)
				require.Equal(t, 3, all[1].Row.Line)
			}
		})
	}
	t.Run("a character beyond the first plane is read from UTF-16", func(t *testing.T) {
		t.Parallel()
		all := answers(t, Open(bytes.NewReader(encode(t, "😀,x\n", UTF16BE, true)), Layout{Encoding: UTF16BE}))
		require.Equal(t, []string{"😀|x"}, brief(all))
		require.EqualValues(t, 12, all[0].Row.EndOffset)
	})
	t.Run("half a pair, half a unit and a byte without meaning are at fault, at their place", func(t *testing.T) {
		t.Parallel()
		all := answers(t, Open(strings.NewReader("a\x00,\x00\x3d\xd8\n\x00b\x00\n\x00\x3d\xd8"), Layout{Encoding: UTF16LE}))
		require.Equal(t, []string{"! column_2 INVALID_ENCODING", "b", "! column_1 INVALID_ENCODING"}, brief(all))
		all = answers(t, Open(strings.NewReader("a\x00\n\x00b"), Layout{Encoding: UTF16LE}))
		require.Equal(t, []string{"a", "! column_1 INVALID_ENCODING"}, brief(all))
		require.EqualValues(t, 5, all[1].Row.EndOffset)
		all = answers(t, Open(strings.NewReader("a,\x81\nb,\xe9\n"), Layout{Encoding: Windows1252}))
		require.Equal(t, []string{"! column_2 INVALID_ENCODING", "b|é"}, brief(all))
	})
}

// pieces are what awkward files are made of.
var pieces = []string{"a", "b1", "é", "€", "😀", ",", ",", ";", "\"", "\"\"", "\n", "\n", "\r\n", "\r", " ", "\x00", "\\", "{\"k\":\"v\"}\n", "{\"k\":1,\"l\":\"x\"}\n", "{\"k\":[", "}", "null"}

func TestResume(t *testing.T) {
	t.Parallel()
	t.Run("cut after any row and read on, a file gives the same rows, however its bytes arrive", rapid.MakeCheck(func(t *rapid.T) {
		layout := Layout{
			Format: rapid.SampledFrom(Formats).Draw(t, "format"), Encoding: rapid.SampledFrom(Encodings).Draw(t, "encoding"),
			Delimiter: new(rapid.SampledFrom([]string{",", ";"}).Draw(t, "delimiter")), HasHeader: rapid.Bool().Draw(t, "header"),
		}
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 60).Draw(t, "pieces"), "")
		body := encode(t, text, layout.Encoding, rapid.Bool().Draw(t, "mark"))
		if rapid.Bool().Draw(t, "damaged") && len(body) > 0 {
			i := rapid.IntRange(0, len(body)-1).Draw(t, "at")
			body = append(body[:i:i], body[i+1:]...)
		}
		if layout.HasHeader && layout.Format == CSV {
			layout.Headers = []string{"x", "y"}
		}
		whole := answers(t, Open(bytes.NewReader(body), layout))
		require.Equal(t, whole, answers(t, Open(iotest.OneByteReader(bytes.NewReader(body)), layout)))
		require.Equal(t, whole, answers(t, Open(iotest.DataErrReader(bytes.NewReader(body)), layout)))
		end, line := int64(0), 0
		for i, a := range whole {
			require.GreaterOrEqual(t, a.Row.Offset, end)
			require.Greater(t, a.Row.EndOffset, a.Row.Offset)
			require.Greater(t, a.Row.Line, line)
			end, line = a.Row.EndOffset, a.Row.Line
			require.Equal(t, end, a.At.Offset)
			stored, err := json.Marshal(a.At)
			require.NoError(t, err)
			var state State
			require.NoError(t, json.Unmarshal(stored, &state))
			require.Equal(t, whole[i+1:], append([]answer{}, answers(t, Resume(bytes.NewReader(body[state.Offset:]), layout, state))...))
		}
	}))
}
