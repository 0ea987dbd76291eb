package sheet

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Row is one record of a file.
type Row struct {
	Line      int      // of the file, from 1, where the record begins
	Offset    int64    // of the record's first byte in the file
	EndOffset int64    // of the first byte after the record and its line end
	Cells     []string // one for each column known by then, as written; JSON null and absent keys are empty
}

// Codes of rows that cannot be read.
const (
	CodeStrayQuote        = "STRAY_QUOTE"        // a quote inside an unquoted cell, or text after a closing quote
	CodeUnterminatedQuote = "UNTERMINATED_QUOTE" // a quote that is not closed where its cell ends
	CodeTooManyCells      = "TOO_MANY_CELLS"     // more cells than columns, and not all of the surplus empty
	CodeTooFewCells       = "TOO_FEW_CELLS"      // fewer cells than columns
	CodeLineTooLong       = "LINE_TOO_LONG"      // a line over MaxRecord
	CodeNul               = "NUL_CHARACTER"      // U+0000, which no text may hold
	CodeInvalidEncoding   = "INVALID_ENCODING"   // bytes that are no text in the file's encoding
	CodeInvalidJSON       = "INVALID_JSON"       // a line that is no JSON
	CodeNotAnObject       = "NOT_AN_OBJECT"      // a line that is JSON, but no object
	CodeNestedValue       = "NESTED_VALUE"       // a list or an object as a value
	CodeDuplicateKey      = "DUPLICATE_KEY"      // a key twice in one object
	CodeBadKey            = "BAD_KEY"            // a key that is empty or over MaxName
	CodeTooManyColumns    = "TOO_MANY_COLUMNS"   // a key beyond MaxColumns
)

// Codes of notices about a header record.
const (
	CodeEmptyHeader     = "EMPTY_HEADER"     // a column without a name, called by its number
	CodeDuplicateHeader = "DUPLICATE_HEADER" // a name that was there before, given a number
	CodeLongHeader      = "LONG_HEADER"      // a name over MaxName, cut
)

// Codes of values that cannot be taken.
const (
	CodeBadNumber        = "BAD_NUMBER"
	CodeAmbiguousNumber  = "AMBIGUOUS_NUMBER" // 1,234 may be a thousand or one and a bit
	CodeBadBoolean       = "BAD_BOOLEAN"
	CodeBadTime          = "BAD_TIME"
	CodeBadValue         = "BAD_VALUE" // none of the words the target knows
	CodeValueTooLong     = "VALUE_TOO_LONG"
	CodeNoIdentity       = "NO_IDENTITY"        // neither a person that can be recognised nor a company alone
	CodeTouchWithoutKind = "TOUCH_WITHOUT_KIND" // something about a touch, but not what it was
	CodeDealWithoutID    = "DEAL_WITHOUT_ID"    // something about a deal, but not which one
)

// RowError says why a row cannot be taken, for the people who mend the file. As an error it does not end the reading.
type RowError struct {
	Line    int    `json:"line"`             // of the file, from 1, where the record begins
	Column  string `json:"column,omitempty"` // empty where it is the whole row
	Code    string `json:"code"`
	Message string `json:"message"`         // a whole sentence that says what to do
	Value   string `json:"value,omitempty"` // the text at fault, cut at MaxExcerpt bytes
}

// Error is the message with its place.
func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Message)
	}
	return fmt.Sprintf("line %d, column %s: %s", e.Line, e.Column, e.Message)
}

// excerpt is the beginning of a text, at most MaxExcerpt bytes of valid UTF-8 without NUL, so that it can be stored anywhere.
func excerpt[T ~string | ~[]byte](text T) string {
	var b strings.Builder
	for _, c := range string(text[:min(len(text), MaxExcerpt)]) {
		if c == 0 {
			c = utf8.RuneError
		}
		if b.Len()+utf8.RuneLen(c) > MaxExcerpt {
			break
		}
		b.WriteRune(c)
	}
	out := b.String()
	if len(text) > MaxExcerpt { // the cut may have split the last character
		out = strings.TrimRight(out, string(utf8.RuneError))
	}
	return out
}
