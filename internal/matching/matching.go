// Package matching brings what people write about themselves into one form, so that the same person and the same company are
// recognised when they come a second time: addresses, numbers, names, domains, countries.
//
// Everything here is pure. A form for people keeps what they wrote (Address.Display, Text, Name); a key is only ever compared
// (Address.Key, Number.Key, NameKey, CompanyKey) and never shown or written to. A key joins two spellings only where they
// are known to mean the same: whatever is merely likely belongs to the review of fuzzy candidates.
//
// Errors are faults without a field: the caller knows where the text stood and places them with Under.
package matching

import (
	"unicode/utf8"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// refuse makes the fault of this package: bad input, whose field the caller knows.
func refuse(format string, args ...any) error { return fault.Input("", format, args...) }

// isASCII tells whether the text needs no Unicode tables at all; nearly every identity is such.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
