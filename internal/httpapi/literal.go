package httpapi

import (
	"strings"
	"unicode/utf16"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// lineEnd returns where the line ends that i is in.
func lineEnd(doc string, i int) int {
	rest := doc[i:]
	if n := strings.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n]
	}
	if n := strings.IndexByte(rest, '\r'); n >= 0 {
		rest = rest[:n]
	}
	return i + len(rest)
}

// number returns where a number ends.
func number(doc string, i int) int {
	digits := func() {
		for i < len(doc) && doc[i] >= '0' && doc[i] <= '9' {
			i++
		}
	}
	i++ // a sign, or the first digit
	digits()
	if i+1 < len(doc) && doc[i] == '.' && doc[i+1] >= '0' && doc[i+1] <= '9' {
		i++
		digits()
	}
	if i+1 < len(doc) && doc[i]|0x20 == 'e' && (class[doc[i+1]] == digit || doc[i+1] == '+') {
		i += 2
		digits()
	}
	return i
}

// skipString returns where a string ends; an unterminated one ends the document, and the parser says so.
func skipString(doc string, i int) (int, *problem) {
	if strings.HasPrefix(doc[i:], `"""`) {
		return skipBlock(doc, i+3)
	}
	for i++; ; {
		end := strings.IndexByte(doc[i:], '"')
		if end < 0 {
			end = len(doc) - i
		}
		part := doc[i : i+end]
		if line := lineEnd(part, 0); line < len(part) {
			return i + line, nil
		}
		escape := strings.IndexByte(part, '\\')
		if escape < 0 {
			return min(i+end+1, len(doc)), nil
		}
		i += escape
		n, refused := checkEscape(doc, i)
		if refused != nil {
			return i, refused
		}
		i = min(i+n, len(doc))
	}
}

// skipBlock returns where a block string ends whose text begins at i.
func skipBlock(doc string, i int) (int, *problem) {
	for {
		end := strings.Index(doc[i:], `"""`)
		if end < 0 {
			return len(doc), nil
		}
		i += end
		escaped := doc[i-1] == '\\'
		if i += 3; escaped {
			continue
		}
		if i < len(doc) && doc[i] == '"' { // which the parser would take into the text
			return i, at(doc, i, fault.ParseFailed, "A block text must not be followed by a quote: put a blank between them.")
		}
		return i, nil
	}
}

// checkEscape returns an escape's length. Malformed ones are the parser's to name.
func checkEscape(doc string, i int) (int, *problem) {
	if c, ok := hex4([]byte(doc[i:min(i+6, len(doc))]), 0); ok {
		switch {
		case c == 0:
			return 0, at(doc, i, fault.BadUserInput, "A text has the character NUL, which cannot be stored: leave it out.")
		case utf16.IsSurrogate(c):
			if second, ok := hex4([]byte(doc[i+6:min(i+12, len(doc))]), 0); ok && utf16.DecodeRune(c, second) != '\ufffd' {
				return 12, nil
			}
			return 0, at(doc, i, fault.ParseFailed, "Half a surrogate pair stands for no character: write %s with its other half, or the character itself.", doc[i:i+6])
		}
		return 6, nil
	}
	if rest, ok := strings.CutPrefix(doc[i:], `\u{`); ok {
		if end := strings.IndexByte(rest, '}'); end > 0 && strings.Trim(rest[:end], "0") == "" {
			return 0, at(doc, i, fault.BadUserInput, "A text has the character NUL, which cannot be stored: leave it out.")
		}
	}
	return 2, nil
}
