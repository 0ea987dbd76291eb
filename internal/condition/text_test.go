package condition

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func folded(s string) string { return string(appendFold(nil, s)) }
func tokens(s string) string { return string(appendTokens(nil, s)) }

func TestFold(t *testing.T) {
	t.Parallel()
	for name, same := range map[string][]string{
		"capitals do not count":                        {"Head of Sales", "HEAD OF SALES", "head of sales"},
		"accented capitals do not count":               {"Élodie Ñandú Łódź", "ÉLODIE ÑANDÚ ŁÓDŹ"},
		"Cyrillic capitals do not count":               {"Директор Ёлка", "ДИРЕКТОР ЁЛКА"},
		"a Greek word may end in either sigma":         {"Λόγος", "ΛΌΓΟΣ", "λόγοσ"},
		"Armenian and Vietnamese have capitals too":    {"Երևան Đà Nẵng", "ԵՐևԱՆ ĐÀ NẴNG"},
		"a sharp s is a double s":                      {"Großkunden", "GROSSKUNDEN", "GROẞKUNDEN"},
		"a Turkish name survives any keyboard":         {"Işık İnal", "IŞIK INAL", "ışık inal", "IŞIK İNAL"},
		"full-width letters have capitals":             {"ＣＥＯ", "ｃｅｏ"},
		"characters without capitals stay as they are": {"営業部長 🎉 ½", "営業部長 🎉 ½"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range same {
				require.Equal(t, folded(same[0]), folded(s))
			}
		})
	}
	t.Run("an accent counts", func(t *testing.T) { require.NotEqual(t, folded("José"), folded("Jose")) })
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           " ",
		" \t-–—,.":                   " ",
		"City Manager":               " city manager ",
		"VP, Sales & Ops (EMEA)":     " vp sales ops emea ",
		"Co-Founder/CEO":             " co founder ceo ",
		"L’Oréal™ S.A.":              " l oréal s a ",
		"Großkunden":                 " grosskunden ",
		"営業部長, マーケ・部":                " 営 業 部 長 マ ー ケ 部 ",
		"❤️ Growth 👩🏽‍💻 hacker":      " growth hacker ",
		"Директор по развитию":       " директор по развитию ",
		"e\u0301lodie\u00a0m\u0308x": " e\u0301lodie m\u0308x ",
		"मुख्य कार्यकारी। ผู้จัดการ": " मुख्य कार्यकारी ผู้จัดการ ",
		"x\U000e0041\ufeffy\u200bz":   " x y z ",
		"ＣＥＯ，ＣＦＯ":                     " ｃｅｏ ｃｆｏ ",
		"3rd-level support, 24/7, m²": " 3rd level support 24 7 m² ",
	} {
		require.Equal(t, want, tokens(text), "%q", text)
	}
}

func TestFoldIsThatOfUnicode(t *testing.T) {
	t.Parallel()
	special := map[rune]rune{'ς': 'σ', 'ſ': 's', 'ı': 'i'}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		f := foldRune(r)
		require.Equal(t, f, foldRune(f), "folding %U twice is folding it once", r)
		if want, ok := special[r]; ok {
			require.Equal(t, want, f)
		} else if f != r {
			require.Equal(t, unicode.ToLower(r), f)
		} else if unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian) && r < 0x1c00 {
			require.False(t, unicode.IsUpper(r) && unicode.ToLower(r) != r, "the capital %U is folded", r)
		}
	}
}

func TestSeparators(t *testing.T) {
	t.Parallel()
	emblem := func(r rune) bool { // variation selectors of emoji, and digits drawn in a frame
		return r >= 0xfe00 && r <= 0xfe0f || r >= 0x1f100 && r <= 0x1f10c
	}
	for _, table := range []*unicode.RangeTable{separators, ideographs} {
		require.True(t, slices.IsSortedFunc(table.R16, func(a, b unicode.Range16) int { return int(a.Lo) - int(b.Lo) }), "the search in a table needs order")
	}
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if separator(r) && unicode.In(r, unicode.L, unicode.M, unicode.N) && !emblem(r) {
			t.Errorf("%U is a letter, mark or digit, but a separator", r)
		}
		inUse := r < 0x0e80 || r >= 0x2000 && r < 0x3100 || r >= 0xfe00 && r < 0x10000
		if inUse && unicode.In(r, unicode.P, unicode.Z) && unicode.In(r, unicode.Common, unicode.Latin, unicode.Greek, unicode.Cyrillic,
			unicode.Armenian, unicode.Hebrew, unicode.Arabic, unicode.Devanagari, unicode.Thai, unicode.Han) && !separator(r) {
			t.Errorf("%U is punctuation, but no separator", r)
		}
		if separator(r) && ideograph(r) {
			t.Errorf("%U is a separator and a token", r)
		}
	}
}

// TestFunctionsHoldTheSameTables compares the literals of functions.sql with Go's tables; on failure it prints what belongs there.
func TestFunctionsHoldTheSameTables(t *testing.T) {
	t.Parallel()
	sql, err := os.ReadFile("functions.sql")
	require.NoError(t, err)
	var from, to strings.Builder
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if f := foldRune(r); f != r {
			from.WriteRune(r)
			to.WriteRune(f)
		}
	}
	for _, want := range []string{"'" + from.String() + "'", "'" + to.String() + "'", class(separators), class(ideographs)} {
		require.Contains(t, string(sql), want)
	}
}

// class writes a table as the inside of a bracket expression of Postgres.
func class(t *unicode.RangeTable) string {
	var b strings.Builder
	add := func(lo, hi uint32) {
		switch {
		case lo == 0xd800: // surrogates are no characters of a text
			lo = 0xe000
			fallthrough
		case hi <= 0xffff && lo != hi:
			fmt.Fprintf(&b, `\u%04x-\u%04x`, lo, hi)
		case lo == hi:
			fmt.Fprintf(&b, `\u%04x`, lo)
		default:
			fmt.Fprintf(&b, `\U%08x-\U%08x`, lo, hi)
		}
	}
	for _, r := range t.R16 {
		add(uint32(r.Lo), uint32(r.Hi))
	}
	for _, r := range t.R32 {
		add(r.Lo, r.Hi)
	}
	return b.String()
}
