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
		gap, alone := separator(r), ideograph(r)
		if (gap || alone) && b[len(b)-1] != ' ' {
			b = append(b, ' ')
		}
		if !gap {
			b = appendRune(b, r)
		}
		if alone {
			b = append(b, ' ')
		}
	}
	if b[len(b)-1] != ' ' {
		b = append(b, ' ')
	}
	return b
}

// separator tells whether a folded character ends a token. What is not listed is part of one: letters, digits and marks of every
// script, also those that Unicode will add.
func separator(r rune) bool {
	if r < utf8.RuneSelf {
		return (r < 'a' || 'z' < r) && (r < '0' || '9' < r)
	}
	return unicode.Is(separators, r)
}

// ideograph tells whether a character that is no separator is a token of its own.
func ideograph(r rune) bool {
	return r >= 0x3005 && unicode.Is(ideographs, r) && !unicode.Is(separators, r)
}

// separators are the white space, punctuation and symbols beyond ASCII, and characters without meaning of their own.
var separators = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0080, 0x00a9, 1}, {0x00ab, 0x00b1, 1}, {0x00b4, 0x00b4, 1}, {0x00b6, 0x00b8, 1}, {0x00bb, 0x00bb, 1}, // Latin
		{0x00bf, 0x00bf, 1}, {0x00d7, 0x00d7, 1}, {0x00f7, 0x00f7, 1}, {0x02c2, 0x02c5, 1}, {0x02d2, 0x02df, 1},
		{0x037e, 0x037e, 1}, {0x0384, 0x0385, 1}, {0x0387, 0x0387, 1}, {0x0482, 0x0482, 1}, // Greek, Cyrillic
		{0x055a, 0x055f, 1}, {0x0589, 0x058f, 1}, {0x05be, 0x05be, 1}, {0x05c0, 0x05c0, 1}, // Armenian, Hebrew
		{0x05c3, 0x05c3, 1}, {0x05c6, 0x05c6, 1}, {0x05f3, 0x05f4, 1},
		{0x0600, 0x060f, 1}, {0x061b, 0x061f, 1}, {0x066a, 0x066d, 1}, {0x06d4, 0x06d4, 1}, {0x06dd, 0x06de, 1}, // Arabic
		{0x0964, 0x0965, 1}, {0x0970, 0x0970, 1}, {0x0e3f, 0x0e3f, 1}, {0x0e4f, 0x0e4f, 1}, {0x0e5a, 0x0e5b, 1}, // India, Thailand
		{0x10fb, 0x10fb, 1}, {0x1360, 0x1368, 1}, {0x1680, 0x1680, 1}, {0x17d4, 0x17d6, 1}, {0x17d8, 0x17db, 1}, // Georgia to Cambodia
		{0x180e, 0x180e, 1}, {0x2000, 0x206f, 1}, {0x207a, 0x207e, 1}, {0x208a, 0x208e, 1}, // general
		{0x20a0, 0x20cf, 1}, {0x2100, 0x2101, 1}, {0x2103, 0x2106, 1}, {0x2116, 0x2118, 1}, {0x211e, 0x2123, 1},
		{0x2190, 0x245f, 1}, {0x2500, 0x2775, 1}, {0x2794, 0x2bff, 1}, // arrows, mathematics, shapes
		{0x2e00, 0x2e2e, 1}, {0x2e30, 0x3004, 1}, {0x3008, 0x3020, 1}, {0x3030, 0x3030, 1}, {0x3036, 0x3037, 1}, // East Asia
		{0x303d, 0x303f, 1}, {0x30a0, 0x30a0, 1}, {0x30fb, 0x30fb, 1},
		{0xd800, 0xf8ff, 1}, {0xfd3e, 0xfd4f, 1}, {0xfe00, 0xfe1f, 1}, {0xfe30, 0xfe6f, 1}, {0xfeff, 0xff0f, 1}, // forms
		{0xff1a, 0xff20, 1}, {0xff3b, 0xff40, 1}, {0xff5b, 0xff65, 1}, {0xffe0, 0xffff, 1},
	},
	R32: []unicode.Range32{{0x1f000, 0x1fbef, 1}, {0xe0000, 0xe00ff, 1}, {0xf0000, 0x10ffff, 1}}, // emoji, tags, private use
}

// ideographs are the characters of Chinese and Japanese.
var ideographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x3005, 0x3007, 1}, {0x3040, 0x30ff, 1}, {0x3400, 0x4dbf, 1}, {0x4e00, 0x9fff, 1}, {0xf900, 0xfaff, 1}, {0xff66, 0xff9f, 1},
	},
	R32: []unicode.Range32{{0x20000, 0x3ffff, 1}},
}

// Fold is the folded text: texts with the same are equal to EQ and IN.
func Fold(s string) string { return string(appendFold(nil, s)) }
