package httpapi

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// maxNesting bounds the open brackets of a document, whatever they are: far more than the limits on depth can use, far less than
// what costs stack.
const maxNesting = 64

// scanner reads a document's characters once, before the parser allocates anything for them: most of what is too big is refused
// here in microseconds. It counts tokens, open brackets, fields, aliases and directives. It also refuses what gqlparser lets
// pass though the specification does not: half a surrogate pair in an escape, a number that runs into a name or a dot, and a
// fourth quote at the end of a block text. NUL by escape goes too: no text column can hold it.
type scanner struct {
	doc                         string
	limits                      *Limits
	tokens                      int
	parens, braces              int
	fields, aliases, directives int
	before                      byte // class of the token before
}

// scan returns how many tokens a document has.
func scan(doc string, limits *Limits) (tokens int, refused *problem) {
	s := scanner{doc: doc, limits: limits}
	for i := 0; i < len(doc) && refused == nil; {
		if class[doc[i]] == blank {
			i++
			continue
		}
		i, refused = s.token(i)
	}
	return s.tokens, refused
}

// token takes the token at i and returns where it ends.
func (s *scanner) token(i int) (end int, refused *problem) {
	kind := class[s.doc[i]]
	switch kind {
	case comment:
		end = lineEnd(s.doc, i)
	case letter:
		for end = i + 1; end < len(s.doc) && (class[s.doc[end]] == letter || class[s.doc[end]] == digit); {
			end++
		}
		kind = s.word(s.doc[i:end])
	case digit:
		if end = number(s.doc, i); end < len(s.doc) && (class[s.doc[end]] == letter || s.doc[end] == '.') {
			return end, at(s.doc, end, fault.ParseFailed, "A number must not run into %q: separate them.", s.doc[end:end+1])
		}
	case quote:
		if end, refused = skipString(s.doc, i); refused != nil {
			return end, refused
		}
	case dots:
		for end = i + 1; end < len(s.doc) && s.doc[end] == '.'; {
			end++
		}
	default:
		end = i + 1
		s.sign(s.doc[i])
	}
	if kind != comment {
		s.before = kind
	}
	s.tokens++
	return end, s.over(i)
}

// word takes a name. Outside of arguments a name in braces is a field, unless something before it says what else it is.
func (s *scanner) word(name string) (kind byte) {
	if s.braces == 0 || s.parens > 0 {
		return letter
	}
	switch s.before {
	case dots: // a fragment's name, or "on" and then a type's
		if name == "on" {
			return dots
		}
	case atSign, colon:
	default:
		s.fields++
	}
	return letter
}

// sign takes a token of one character.
func (s *scanner) sign(c byte) {
	switch c {
	case '(':
		s.parens++
	case ')':
		s.parens--
	case '{', '[':
		s.braces++
	case '}', ']':
		s.braces--
	case '@':
		s.directives++
	case ':':
		if s.braces > 0 && s.parens == 0 {
			s.aliases++
		}
	}
}

// over tells which limit the document is over at i.
func (s *scanner) over(i int) *problem {
	l := s.limits
	switch {
	case s.tokens > l.Tokens:
		return at(s.doc, i, fault.TokenLimit, "The document has more than %d tokens: ask for less at a time.", l.Tokens)
	case s.fields > l.Fields:
		return at(s.doc, i, fault.FieldLimit, "The document selects more than %d fields: ask for less at a time.", l.Fields)
	case s.aliases > l.Aliases:
		return at(s.doc, i, fault.AliasLimit, "The document has more than %d aliases: send several operations.", l.Aliases)
	case s.directives > l.Directives:
		return at(s.doc, i, fault.DirectiveLimit, "The document has more than %d directives: build it from the fields you need.", l.Directives)
	case s.parens+s.braces > maxNesting:
		return at(s.doc, i, fault.DepthLimit, "More than %d brackets stand open at once: make the document flatter.", maxNesting)
	}
	return nil
}

// Classes of a document's bytes; what is none of them is a token of its own, or an error that the parser names better.
const (
	other = byte(iota)
	blank
	comment
	letter
	digit
	quote
	dots
	colon
	atSign
)

var class = func() (t [256]byte) {
	for kind, chars := range map[byte]string{
		blank: " \t\r\n,\ufeff", comment: "#", digit: "-0123456789", quote: `"`, dots: ".", colon: ":", atSign: "@",
		letter: "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
	} {
		for i := range len(chars) {
			t[chars[i]] = kind
		}
	}
	return t
}()

// at makes a problem at a byte of the document.
func at(doc string, i int, code fault.Code, format string, args ...any) *problem {
	before := doc[:i]
	line := 1 + strings.Count(before, "\n")
	column := 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	return &problem{fault.New(code, format, args...), &ast.Position{Line: line, Column: column}}
}
