// Package sheet reads files of leads: CSV and JSON Lines, of any size, as a stream of rows in bounded memory.
//
// Sniff looks at the start of a file and says what it is: a Layout. Open reads its rows; a row that cannot be read is
// answered as a *RowError and the next call goes on after it. State and Resume take a reading up again where it was
// left, after any row. A Mapping says how columns become facts; Compile makes a Plan of it, and Plan.Apply turns a row into a Record.
// ErrorsCSV writes the refused rows for the people who mend the file.
//
// Nothing here normalises e-mail addresses, telephones or places, and nothing knows the database.
package sheet

import (
	"io"
	"slices"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// The bounds of what is read.
const (
	SniffSize  = 64 << 10 // bytes of a file's start that Sniff looks at
	MaxRecord  = 1 << 20  // bytes of one record as UTF-8, with its line end
	MaxColumns = 1000     // columns of one file
	MaxName    = 200      // bytes of a column's name
	MaxExcerpt = 200      // bytes of the text quoted in a RowError
)

// Format is what a file is.
type Format string

// The formats, as in the SDL's ImportFormat.
const (
	CSV   Format = "CSV"   // RFC 4180
	JSONL Format = "JSONL" // one flat JSON object on each line
)

// Formats lists every Format.
var Formats = []Format{CSV, JSONL}

// MarshalGQL writes the enum's name.
func (f Format) MarshalGQL(w io.Writer) { enum.Write(w, f) }

// UnmarshalGQL refuses what is no Format.
func (f *Format) UnmarshalGQL(v any) error { return enum.Read(v, f, Formats) }

// Encoding is how a file's bytes become text.
type Encoding string

// The encodings, as in the SDL's ImportEncoding. A byte order mark at the start is skipped in all of them but WINDOWS1252, which has none.
const (
	UTF8        Encoding = "UTF8"
	UTF16LE     Encoding = "UTF16LE"
	UTF16BE     Encoding = "UTF16BE"
	Windows1252 Encoding = "WINDOWS1252"
)

// Encodings lists every Encoding.
var Encodings = []Encoding{UTF8, UTF16LE, UTF16BE, Windows1252}

// MarshalGQL writes the enum's name.
func (e Encoding) MarshalGQL(w io.Writer) { enum.Write(w, e) }

// UnmarshalGQL refuses what is no Encoding.
func (e *Encoding) UnmarshalGQL(v any) error { return enum.Read(v, e, Encodings) }

// delimiters are what can part cells, the most usual first.
var delimiters = []string{",", ";", "\t", "|"}

// Layout is what a file is. Sniff proposes one, and its answer is what Open wants; a caller may change any part of it.
type Layout struct {
	Format    Format   `json:"format"`
	Encoding  Encoding `json:"encoding"`
	Delimiter *string  `json:"delimiter"` // of CSV: comma where nil, or semicolon, tab, bar
	HasHeader bool     `json:"hasHeader"` // of CSV: the first record names the columns
	// Headers names the columns, each once. Of CSV they stand for the file's own header record; where there are none the
	// record is read, and a file without a header record then has rows of any length. Of JSON Lines they are the keys known so
	// far: keys that appear later become further columns, and a rare key can be named here beforehand.
	Headers []string `json:"headers"`
	// ShortRows takes CSV rows with fewer cells than columns, the missing ones being empty. They are refused otherwise: a cell
	// with a line break but without quotes makes two short rows, and half a lead is worse than none.
	ShortRows bool       `json:"shortRows,omitempty"`
	Notices   []RowError `json:"notices,omitempty"` // what is odd about the header record, such as two columns of one name
}

// Check finds what Open could not read by; the paths of its faults begin at the layout.
func (l Layout) Check() fault.List {
	var faults fault.List
	if l.Delimiter != nil && l.Format != JSONL && !slices.Contains(delimiters, *l.Delimiter) {
		faults = append(faults, fault.Input("delimiter", "Cells are parted by a comma, semicolon, tab or bar, not by %q.", excerpt(*l.Delimiter)))
	}
	if len(l.Headers) > MaxColumns {
		faults = append(faults, fault.Input("headers", "A file has at most %d columns.", MaxColumns))
	}
	return append(faults, checkNames(l.Headers)...)
}
