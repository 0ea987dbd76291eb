package sheet

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// sniffRows is how many records decide on delimiter and header.
const sniffRows = 500

// Sniff says what a file is by its first SniffSize bytes, or fewer where the file is shorter; the hint is empty where nothing is known of
// the format. What is no text that could be read is refused as a *fault.Error.
func Sniff(head []byte, hint Format) (Layout, error) {
	if f := refuseBinary(head); f != nil {
		return Layout{}, f
	}
	layout := Layout{Format: hint, Encoding: sniffEncoding(head)}
	start := sniffStart(head, layout.Encoding)
	if start == 0 {
		return Layout{}, fault.New(fault.BadUserInput, "The file is empty. Upload one with at least one row.")
	}
	if start == '[' && hint != CSV {
		return Layout{}, fault.New(fault.BadUserInput, "The file is a JSON list. Write JSON Lines instead: one object on each line, without brackets around them and without commas between.")
	}
	if layout.Format == "" {
		layout.Format = CSV
		if start == '{' {
			layout.Format = JSONL
		}
	}
	if layout.Format == JSONL {
		return sniffJSONL(head, layout)
	}
	return sniffCSV(head, layout)
}

// signatures are how files begin that are often taken for CSV.
var signatures = []struct{ start, what string }{
	{"PK\x03\x04", "an Excel workbook or another ZIP archive"},
	{"\xD0\xCF\x11\xE0", "an old Excel workbook"},
	{"\x1F\x8B", "compressed (gzip)"},
	{"%PDF-", "a PDF document"},
	{"\xFF\xFE\x00\x00", "in UTF-32"},
	{"\x00\x00\xFE\xFF", "in UTF-32"},
	{"SQLite format 3\x00", "a database"},
	{"PAR1", "a Parquet file"},
}

// refuseBinary names a file that is no text.
func refuseBinary(head []byte) *fault.Error {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.start)) {
			return fault.New(fault.BadUserInput, "The file is %s. Save it as CSV in UTF-8, or as JSON Lines, and upload that.", s.what)
		}
	}
	return nil
}

// sniffEncoding goes by the byte order mark, else by where NULs stand, else by whether the bytes are UTF-8. A few bad bytes among
// good UTF-8 do not make another encoding: their rows are at fault.
func sniffEncoding(head []byte) Encoding {
	switch {
	case bytes.HasPrefix(head, []byte(byteOrderMark)):
		return UTF8
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return UTF16LE
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return UTF16BE
	}
	var nuls [2]int
	for i, b := range head {
		if b == 0 {
			nuls[i%2]++
		}
	}
	half := len(head) / 2
	switch { // Latin text in UTF-16 has a NUL in nearly every pair
	case nuls[1] > half*2/5 && nuls[0] < half/20+1:
		return UTF16LE
	case nuls[0] > half*2/5 && nuls[1] < half/20+1:
		return UTF16BE
	}
	good, bad := 0, 0
	for rest := head; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		switch {
		case c == utf8.RuneError && size == 1 && !utf8.FullRune(rest): // cut off by the end of the head
		case c == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		rest = rest[size:]
	}
	if bad > good {
		return Windows1252
	}
	return UTF8
}

// sniffStart is the first character that is no white space, as far as it is ASCII; 0 where there is none.
func sniffStart(head []byte, encoding Encoding) byte {
	s := source{r: bytes.NewReader(head), encoding: encoding}
	for s.more() {
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(s.window(), []byte(byteOrderMark)), " \t\r\n\v\f")
	if len(text) == 0 {
		return 0
	}
	return text[0]
}

// sniffJSONL collects the keys of the first objects.
func sniffJSONL(head []byte, layout Layout) (Layout, error) {
	rows := 0
	r := Open(bytes.NewReader(head), layout)
	for {
		_, err := r.Next()
		if _, bad := err.(*RowError); err != nil && !bad {
			break
		} else if !bad {
			rows++
		}
	}
	layout.Headers = slices.Clone(r.Headers())
	if rows == 0 {
		return Layout{}, fault.New(fault.BadUserInput, "No line at the file's start is a flat JSON object. Write one object such as %s on each line.", `{"email": "ann@example.com"}`)
	}
	return layout, nil
}

// sniffCSV finds the delimiter, and whether the first record is a header.
func sniffCSV(head []byte, layout Layout) (Layout, error) {
	var best []([]string)
	bestScore := -1.0
	for _, d := range delimiters {
		try := layout
		try.Delimiter = &d
		rows, faults := headRows(head, try)
		if score := delimiterScore(rows, faults); score > bestScore {
			best, bestScore, layout.Delimiter = rows, score, &d
		}
	}
	if len(best) == 0 {
		return Layout{}, noHeader(head, layout)
	}
	if len(best[0]) > MaxColumns {
		return Layout{}, fault.New(fault.BadUserInput, "The file has more than %d columns. Leave out those that are not needed.", MaxColumns)
	}
	if layout.HasHeader = looksLikeHeader(best[0], best[1:min(len(best), 100)]); layout.HasHeader {
		layout.Headers, layout.Notices = columnNames(best[0], 1)
	} else {
		layout.Headers, _ = columnNames(make([]string, usualLength(best)), 1)
	}
	return layout, nil
}

// noHeader says why a file's first record cannot be read.
func noHeader(head []byte, layout Layout) *fault.Error {
	if _, err := Open(bytes.NewReader(head), layout).Next(); err != nil && len(head) < SniffSize {
		return fault.New(fault.BadUserInput, "The columns' names cannot be read: %s", err)
	}
	return fault.New(fault.BadUserInput, "The columns' names cannot be read: no row ends within the first %d KiB. Check that the file is CSV.", SniffSize>>10)
}

// headRows reads the records of a file's head; the last is left out where the head ends within it.
func headRows(head []byte, layout Layout) (rows [][]string, faults int) {
	r := Open(bytes.NewReader(head), layout)
	for len(rows)+faults < sniffRows {
		row, err := r.Next()
		_, bad := err.(*RowError)
		switch {
		case err != nil && !bad:
			return rows, faults
		case len(head) >= SniffSize && row.EndOffset >= int64(len(head)):
			return rows, faults
		case bad && len(rows) == 0: // what comes first names the columns; without it the file is not read so
			return nil, 1
		case bad:
			faults++
		default:
			rows = append(rows, row.Cells)
		}
	}
	return rows, faults
}

// delimiterScore is high where the records have many cells, and all equally many.
func delimiterScore(rows [][]string, faults int) float64 {
	if len(rows) == 0 {
		return -1
	}
	usual, alike := usualLength(rows), 0
	if usual < 2 || len(rows[0]) < 2 {
		return 0
	}
	for _, row := range rows {
		if len(row) == usual {
			alike++
		}
	}
	return float64(alike) / float64(len(rows)+faults) * float64(usual-1)
}

// usualLength is the most frequent number of cells; of equally frequent ones the largest.
func usualLength(rows [][]string) int {
	count := map[int]int{}
	usual := 0
	for _, row := range rows {
		n := len(row)
		count[n]++
		if count[n] > count[usual] || count[n] == count[usual] && n > usual {
			usual = n
		}
	}
	return usual
}
