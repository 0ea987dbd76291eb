package matching

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxName is the longest name of a person or a company, in characters.
const MaxName = 500

// Text cleans free text of any number of lines: trimmed and in NFC, else as it was written. It refuses only what cannot be
// stored: NUL, broken UTF-8, more than max characters. Other control characters stay: notes pasted from documents and
// terminals are full of them, and they do no harm inside JSON.
func Text(raw string, max int) (string, error) { return clean(raw, max, false) }

// Line cleans text of one line, such as a title. It refuses what Text does, and line breaks and control characters, because
// such a text stands in mail headers, CSV cells and terminals.
func Line(raw string, max int) (string, error) { return clean(raw, max, true) }

// Name cleans a name of a person or a company: a Line of at most MaxName characters.
func Name(raw string) (string, error) { return clean(raw, MaxName, true) }

func clean(raw string, max int, oneLine bool) (string, error) {
	s := strings.TrimSpace(raw)
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			ascii = false
		case c == 0:
			return "", refuse("The text has a NUL character: remove it.")
		case oneLine && (c < ' ' || c == 0x7f):
			return "", refuseControl(rune(c))
		}
	}
	if !ascii {
		if err := checkUnicode(s, oneLine); err != nil {
			return "", err
		}
		s = norm.NFC.String(s)
	}
	if len(s) > max && utf8.RuneCountInString(s) > max {
		return "", refuse("The text is longer than %d characters: shorten it.", max)
	}
	return s, nil
}

// checkUnicode looks at what the loop over bytes cannot judge.
func checkUnicode(s string, oneLine bool) error {
	if !utf8.ValidString(s) {
		return refuse("The text is not valid UTF-8: send it in that encoding.")
	}
	if !oneLine {
		return nil
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return refuseControl(r)
		}
	}
	return nil
}

func refuseControl(r rune) error {
	if r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' {
		return refuse("The text has a line break: write it in one line.")
	}
	return refuse("The text has the control character U+%04X: remove it.", r)
}

// NameKey is a name for comparing: compatibility forms, case, invisible characters and runs of blanks make no difference.
// Accents do: Jose and José may be two people.
func NameKey(name string) string { return fold(collapse(name)) }

// collapse brings a text into NFKC without format characters (zero-width joiners, soft hyphens, direction marks), with single
// blanks and none at the ends.
func collapse(s string) string {
	if !isASCII(s) {
		s = norm.NFKC.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0
		case r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r):
		default:
			if gap {
				b.WriteByte(' ')
				gap = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// fold takes the case out of a text that is already in NFKC. Folding can leave the form, hence the second pass.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return norm.NFKC.String(cases.Fold().String(s))
}

// bare is a folded text without accents, for comparing with our own tables of words.
func bare(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(fold(s)))
}
