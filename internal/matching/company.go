package matching

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Company is a company's name without its legal form: "Hello World, Ltd." is Hello World. Words such as Co. and Corp. are a
// form at the end, but belong to the name before another form: "Ricoh Company Ltd." is Ricoh Company. A name of nothing but
// forms ends up empty.
func Company(name string) string {
	words := strings.Fields(trimTail(name))
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = plainWord(w)
	}
	end := suffixStart(plain)
	words, plain = words[:end], plain[:end]
	for len(words) > 1 && prefixForms[plain[0]] {
		words, plain = words[1:], plain[1:]
	}
	kept := words[:0]
	for i, w := range words {
		if i == 0 || i == len(words)-1 || !anywhereForms[plain[i]] {
			kept = append(kept, w)
		}
	}
	return trimQuotes(trimTail(strings.Join(kept, " ")))
}

// CompanyKey is a company's name for comparing: without legal forms of any strength, case, accents written in compatibility
// forms, and punctuation. It is never empty for a name with a letter or a digit.
func CompanyKey(name string) string {
	base := Company(name)
	for {
		shorter := Company(base)
		if shorter == base || lettersOf(shorter) == "" {
			break
		}
		base = shorter
	}
	if key := lettersOf(base); key != "" {
		return key
	}
	return lettersOf(name)
}

// lettersOf folds a text and leaves letters and digits in words of single blanks. Full stops and apostrophes vanish without
// a gap: U.S. is us, McDonald's is mcdonalds. An ampersand is the word.
func lettersOf(s string) string {
	s = strings.ReplaceAll(NameKey(s), "&", " and ")
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.L, unicode.M, unicode.N):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case r != '.' && r != '\'' && r != '’':
			gap = true
		}
	}
	return b.String()
}

// suffixStart is where the legal forms at the end begin, all of them together.
func suffixStart(words []string) int {
	end, strongSeen := len(words), false
	for end > 0 {
		size, form := formAtEnd(words[:end])
		if size == 0 || form == weakForm && strongSeen {
			break
		}
		strongSeen = strongSeen || form == strongForm
		end -= size
	}
	return end
}

// formAtEnd finds the longest form that the words end with. Words are joined without blanks, so that S. A. is found by SA.
func formAtEnd(words []string) (size int, form formKind) {
	for n := min(longestForm, len(words)); n > 0; n-- {
		if kind, ok := legalForms[strings.Join(words[len(words)-n:], "")]; ok {
			return n, kind
		}
	}
	return 0, 0
}

// plainWord is a word as the tables of forms have it: no case, accents, full stops, commas, hyphens.
func plainWord(w string) string {
	if !isASCII(w) {
		w = norm.NFKC.String(w)
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case '.', ',', '-', '"', '(', ')':
			return -1
		}
		return r
	}, bare(w))
}

// trimTail drops blanks and punctuation at the end, but for the full stop of an abbreviation and the bracket that closes one.
func trimTail(s string) string {
	s = strings.TrimFunc(s, unicode.IsSpace)
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		if r == '.' || unicode.In(r, unicode.L, unicode.M, unicode.N) || r == ')' && strings.Contains(s, "(") {
			break
		}
		s = s[:len(s)-size]
	}
	return s
}

// trimQuotes drops an opening quotation mark whose partner went with the tail.
func trimQuotes(s string) string { return strings.TrimLeft(s, `"'«“„”‘`) }
