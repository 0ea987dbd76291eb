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
func Company(name string) string { return withoutForms(name, false) }

// CompanyKey is a company's name for comparing: without legal forms, be they part of the name or not, without case,
// compatibility forms and punctuation. It is never empty for a name with a letter or a digit.
func CompanyKey(name string) string {
	if key := lettersOf(withoutForms(name, true)); key != "" {
		return key
	}
	return lettersOf(name)
}

// withoutForms drops the forms at the end, then those in front and those that are forms anywhere.
func withoutForms(name string, weakToo bool) string {
	words := strings.Fields(trimTail(name))
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = plainWord(w)
	}
	end := suffixStart(plain, weakToo)
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

// suffixStart is where the legal forms at the end begin, all of them together. A weak form ends them where a strong one
// follows, unless weak ones are to go too.
func suffixStart(words []string, weakToo bool) int {
	text := strings.Join(words, "")
	strongSeen := false
	for end := len(words); ; {
		size, form := formAtEnd(words[:end], text)
		if size == 0 || form == weakForm && strongSeen && !weakToo {
			return end
		}
		strongSeen = strongSeen || form == strongForm
		for ; size > 0; size-- {
			end--
			text = text[:len(text)-len(words[end])]
		}
	}
}

// formAtEnd finds the longest form that the words end with; text is the words without blanks, so that S. A. is found by SA.
func formAtEnd(words []string, text string) (size int, form formKind) {
	start := len(text)
	for n := 1; n <= min(longestForm, len(words)); n++ {
		start -= len(words[len(words)-n])
		if kind, ok := legalForms[text[start:]]; ok {
			size, form = n, kind
		}
	}
	return size, form
}

// formPunctuation makes no difference in a form: Ltd., G.m.b.H, (haftungsbeschränkt).
const formPunctuation = `.,-"()`

// plainWord is a word as the tables of forms have it: no case, accents, full stops, commas, hyphens.
func plainWord(w string) string {
	if !isASCII(w) {
		w = norm.NFKC.String(w)
	}
	w = bare(w)
	if !strings.ContainsAny(w, formPunctuation) {
		return w
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(formPunctuation, r) {
			return -1
		}
		return r
	}, w)
}

// trimTail drops blanks and punctuation at the end, but for the full stop of an abbreviation and the bracket that closes one.
func trimTail(s string) string {
	s = strings.TrimSpace(s)
	bracket := strings.Contains(s, "(")
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		if r == '.' || unicode.In(r, unicode.L, unicode.M, unicode.N) || r == ')' && bracket {
			break
		}
		s = s[:len(s)-size]
	}
	return s
}

// trimQuotes drops an opening quotation mark whose partner went with the tail.
func trimQuotes(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if !strings.ContainsRune(`"«“„‘`, r) || strings.ContainsAny(s[size:], `"»”“’`) {
		return s
	}
	return strings.TrimSpace(s[size:])
}
