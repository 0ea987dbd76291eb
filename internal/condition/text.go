package condition

import (
	"unicode"
	"unicode/utf8"
)

// How texts are compared is defined here and, once more, in functions.sql, so that it depends on no locale, no ICU and no
// Postgres version; a test compares the two on every character there is.
//
// fold: the capitals of Latin, Greek, Cyrillic and Armenian become small letters, one for one as Unicode's simple folding has it;
// further ς is σ, ſ is s, ß is ss, and the Turkish İ and ı are i like all others: a name typed on another keyboard stays the
// same name. Accents count: é is not e.
//
// tokens: a token is a run of characters of a folded text that are not separators (white space, punctuation, symbols, emoji).
// Chinese and Japanese put no space between words, so each of their characters is a token of its own: 営業部長 contains 部長.

// foldRune is the folded form of one character, but for ß, which becomes two.
func foldRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case r == 'ς':
		return 'σ'
	case r == 'ſ':
		return 's'
	case r == 'ı':
		return 'i'
	case r < 0x590, 0x1e00 <= r && r < 0x2000, 0xff21 <= r && r <= 0xff3a: // to Armenian, Vietnamese and ancient Greek, full width
		return unicode.ToLower(r)
	}
	return r
}

// appendRune adds the folded form of one character.
func appendRune(b []byte, folded rune) []byte {
	if folded == 'ß' {
		return append(b, "ss"...)
	}
	return utf8.AppendRune(b, folded)
}

// appendFold adds the folded text.
func appendFold(b []byte, s string) []byte {
	for _, r := range s {
		b = appendRune(b, foldRune(r))
	}
	return b
}

// appendTokens adds the tokens of a text with a space before, between and after them, so that " city manager " is found in
// " deputy city manager " and not in " publicity manager ". Without any token it is one space.
func appendTokens(b []byte, s string) []byte {
	b = append(b, ' ')
	for _, r := range s {
		r = foldRune(r)
		alone := ideograph(r)
		if between := separator(r); (between || alone) && b[len(b)-1] != ' ' {
			b = append(b, ' ')
		} else if between {
			continue
		}
		if alone {
			b = append(utf8.AppendRune(b, r), ' ')
		} else if !separator(r) {
			b = appendRune(b, r)
		}
	}
	if b[len(b)-1] != ' ' {
		b = append(b, ' ')
	}
	return b
}
