package sheet

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestSniff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		head      string
		hint      Format
		delimiter string // empty for JSON Lines
		hasHeader bool
		headers   []string
	}{
		"a comma file with a header":           {"email,name\nann@example.com,Ann\n", "", ",", true, []string{"email", "name"}},
		"a semicolon file with decimal commas": {"name;score\nAnn;1,5\nBob;2,5\n", "", ";", true, []string{"name", "score"}},
		"a tab file":                           {"name\tcity\nAnn, Dr.\tBerlin\n", "", "\t", true, []string{"name", "city"}},
		"a bar file":                           {"name|city\nAnn|Berlin\n", "", "|", true, []string{"name", "city"}},
		"a comma file whose tags are parted by semicolons":     {"name,tags\nAnn,a;b\nBob,c;d\n\"Cid, Jr\",e;f\n", "", ",", true, []string{"name", "tags"}},
		"a file of one column":                                 {"email\nann@example.com\nbob@example.com\n", "", ",", true, []string{"email"}},
		"a file that begins with data":                         {"1,ann@example.com\n2,bob@example.com\n", "", ",", false, []string{"column_1", "column_2"}},
		"a file of texts that come again has no header":        {"Berlin,Ann\nBerlin,Bob\nParis,Cid\n", "", ",", false, []string{"column_1", "column_2"}},
		"a file of texts that do not is said to have one":      {"place,who\nBerlin,Bob\n", "", ",", true, []string{"place", "who"}},
		"years as names stand beside usual words":              {"Company,Country,2024\nExample,DE,7\n", "", ",", true, []string{"Company", "Country", "2024"}},
		"a header alone":                                       {"email,name", "", ",", true, []string{"email", "name"}},
		"names are trimmed and kept on one line":               {"\" first\nname \",email\nAnn,a@example.com\n", "", ",", true, []string{"first name", "email"}},
		"JSON Lines, keys in the order they appear":            {"{\"b\":1,\"a\":2}\n{\"c\":3}\n", "", "", false, []string{"b", "a", "c"}},
		"JSON Lines with a last line that is cut":              {"{\"a\":2}\n{\"b\":", "", "", false, []string{"a"}},
		"a brace at the start of what is known to be CSV":      {"{a},b\n1,2\n", CSV, ",", true, []string{"{a}", "b"}},
		"a file in which the row below the header is at fault": {"email,name\nann@example.com,\"Ann\" B\nbob@example.com,Bob\n", "", ",", true, []string{"email", "name"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, e := range []Encoding{UTF8, UTF16LE, UTF16BE} {
				got, err := Sniff(encode(t, c.head, e, e != UTF8), c.hint)
				require.NoError(t, err)
				require.Equal(t, e, got.Encoding)
				require.Equal(t, c.delimiter == "", got.Format == JSONL)
				if c.delimiter != "" {
					require.Equal(t, c.delimiter, *got.Delimiter)
				}
				require.Equal(t, c.hasHeader, got.HasHeader)
				require.Equal(t, c.headers, got.Headers)
				require.Empty(t, got.Check())
			}
		})
	}
}

func TestSniffHeaderNames(t *testing.T) {
	t.Parallel()
	t.Run("empty and double names are given a name of their own and reported", func(t *testing.T) {
		t.Parallel()
		got, err := Sniff([]byte("email,,Email,email,email_2,email,,column_2\na@example.com,,,,,,,\n"), CSV)
		require.NoError(t, err)
		require.Equal(t, []string{"email", "column_2_2", "Email", "email_3", "email_2", "email_4", "column_7", "column_2"}, got.Headers)
		var codes []string
		for _, n := range got.Notices {
			codes = append(codes, n.Column+" "+n.Code)
		}
		require.Equal(t, []string{"column_2_2 EMPTY_HEADER", "email_3 DUPLICATE_HEADER", "email_4 DUPLICATE_HEADER", "column_7 EMPTY_HEADER"}, codes)
	})
	t.Run("a name over 200 bytes is cut and reported", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("é", 150)
		names, notices := columnNames([]string{long, long, "a"}, 1)
		require.Equal(t, strings.Repeat("é", 100), names[0])
		require.Equal(t, strings.Repeat("é", 99)+"_2", names[1])
		require.Len(t, notices, 2)
		require.Empty(t, checkNames(names))
	})
	t.Run("a layout with a name twice, an empty one or an unknown delimiter is refused", func(t *testing.T) {
		t.Parallel()
		faults := Layout{Delimiter: new("x"), Headers: []string{"a", "", "a"}}.Check()
		var fields []string
		for _, f := range faults {
			fields = append(fields, f.Field)
		}
		require.Equal(t, []string{"delimiter", "headers[1]", "headers[2]"}, fields)
	})
}

func TestSniffEncodings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		head string
		want Encoding
	}{
		"plain ASCII is UTF-8":                                  {"name,city\nAnn,Berlin\n", UTF8},
		"bytes of an old spreadsheet are Windows-1252":          {"name,city\nZo\xeb,Z\xfcrich\n", Windows1252},
		"one bad byte among good UTF-8 is a fault of its row":   {"name,city\nZoë,Zürich\nZo\xeb,Genève\n", UTF8},
		"a character cut by the end of the head is no bad byte": {"name,city\nZo\xc3", UTF8},
		"UTF-16 is known without a mark":                        {"n\x00a\x00m\x00e\x00\n\x00A\x00", UTF16LE},
		"whichever byte comes first":                            {"\x00n\x00a\x00m\x00e\x00\n\x00A", UTF16BE},
		"a NUL here and there is a fault of its row":            {"name,city\nA\x00nn,Berlin\nBob,Paris\n", UTF8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Sniff([]byte(c.head), "")
			require.NoError(t, err)
			require.Equal(t, c.want, got.Encoding)
		})
	}
}

func TestSniffRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ head, want string }{
		"an empty file":                  {"", "The file is empty."},
		"a file of blanks":               {"\uFEFF \r\n\t\n", "The file is empty."},
		"a workbook":                     {"PK\x03\x04rest", "The file is an Excel workbook"},
		"a compressed file":              {"\x1f\x8b\x08rest", "compressed (gzip)"},
		"UTF-32":                         {"\xff\xfe\x00\x00a\x00\x00\x00", "The file is in UTF-32."},
		"a JSON list":                    {" [{\"a\":1},\n{\"a\":2}]", "The file is a JSON list."},
		"JSON over several lines":        {"{\n \"a\": 1\n}\n", "No line at the file's start is a flat JSON object."},
		"a header with a quote astray":   {"a,\"b\" c\n1,2\n", "The columns' names cannot be read: line 1, column column_2: A quote stands"},
		"a first line that does not end": {strings.Repeat("a,b", SniffSize), "no row ends within the first 64 KiB"},
		"more than a thousand columns":   {strings.Repeat("a,", MaxColumns) + "a\n", "The file has more than 1000 columns."},
	} {
		t.Run(name+" is refused with what to do", func(t *testing.T) {
			t.Parallel()
			_, err := Sniff([]byte(c.head)[:min(len(c.head), SniffSize)], "")
			require.ErrorContains(t, err, c.want)
			require.True(t, fault.Is(err, fault.BadUserInput))
		})
	}
}

func FuzzSniff(f *testing.F) {
	for _, head := range []string{"", "a,b\n1,2\n", "{\"a\":1}\n", "\xff\xfea\x00", "\"a\nb\";c\n", "[1]", "é;\x00\n\r"} {
		f.Add([]byte(head))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		for _, hint := range []Format{"", CSV, JSONL} {
			layout, err := Sniff(head[:min(len(head), SniffSize)], hint)
			if err != nil {
				require.True(t, fault.Is(err, fault.BadUserInput))
				continue
			}
			require.Empty(t, layout.Check())
			var sample [][]string
			for _, a := range answers(t, Open(strings.NewReader(string(head)), layout)) {
				if a.Bad == nil {
					sample = append(sample, a.Row.Cells)
				}
			}
			m, unmapped := Suggest(layout.Headers, sample)
			require.Equal(t, len(layout.Headers), len(m.Columns)+len(unmapped))
			for _, bad := range CheckMapping(m, layout.Headers) {
				require.Equal(t, "columns", bad.Field, "only an identity may be missing: %s", bad.Message)
			}
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("a,b\n1,\"2\n3\"\n"), uint8(0))
	f.Add([]byte("{\"a\":\"\\u0041\",\"b\":[1]}\n{}\n"), uint8(4))
	f.Add([]byte("a\x00,\x00\"\x00b\x00\n\x00"), uint8(1))
	f.Fuzz(func(t *testing.T, body []byte, kind uint8) {
		layout := Layout{Encoding: Encodings[kind%4], Format: Formats[kind/4%2], HasHeader: kind/8%2 == 0, ShortRows: kind/16%2 == 0}
		end := int64(0)
		for r := Open(strings.NewReader(string(body)), layout); ; {
			row, err := r.Next()
			if _, bad := err.(*RowError); err != nil && !bad {
				break
			}
			require.GreaterOrEqual(t, row.Offset, end)
			require.LessOrEqual(t, row.EndOffset, int64(len(body)))
			end = row.EndOffset
			if err == nil && len(r.Headers()) > 0 {
				require.Len(t, row.Cells, len(r.Headers()))
			}
		}
	})
}
