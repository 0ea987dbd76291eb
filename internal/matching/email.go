package matching

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Address is an e-mail address.
type Address struct {
	Display    string // to show and to write to: the local part as the person wrote it, the domain in lower case and readable letters
	Key        string // to compare only: two addresses with one key reach the same mailbox
	Domain     string // in ASCII, or a bracketed IP address
	FreeMail   bool   // anybody can have a mailbox there: the domain says nothing about a company
	Disposable bool   // made to be thrown away
}

// RFC 5321, section 4.5.3.1: octets on the wire, where the domain is in ASCII.
const (
	maxLocal   = 64
	maxAddress = 254
)

// Email reads an address as RFC 5321 has it, with international letters (RFC 6531) and quoted local parts, without comments,
// display names and line breaks. Whether the mailbox exists, only a message can tell.
func Email(raw string) (Address, error) {
	s := strings.TrimFunc(raw, isPadding)
	if len(s) > 4*maxAddress {
		return Address{}, refuse("The e-mail address is longer than %d characters: check its spelling.", maxAddress)
	}
	if err := checkAddressText(s); err != nil {
		return Address{}, err
	}
	written := len(s)
	if !isASCII(s) {
		s = norm.NFC.String(s)
	}
	localText, domainText, err := splitAddress(s)
	if err != nil {
		return Address{}, err
	}
	local, err := parseLocal(localText)
	if err != nil {
		return Address{}, err
	}
	h, err := parseMailHost(domainText)
	if err != nil {
		return Address{}, err
	}
	if max(written, len(s), len(localText)+1+len(h.ascii)) > maxAddress {
		return Address{}, refuse("The e-mail address is longer than %d characters: check its spelling.", maxAddress)
	}
	a := Address{Display: s, Domain: h.ascii}
	if local != localText || h.readable != domainText {
		a.Display = local + "@" + h.readable
	}
	mailbox, domain := mailboxOf(strings.ToLower(local), h.ascii)
	a.Key = a.Display
	if mailbox != local || domain != h.readable {
		a.Key = mailbox + "@" + domain
	}
	a.FreeMail, a.Disposable = freeMail.covers(h.ascii), disposableMail.covers(h.ascii)
	return a, nil
}

// isPadding tells what may stand around an address: blanks and invisible characters that were copied with it. A line break
// is no padding, for it would split a mail header.
func isPadding(r rune) bool {
	return r == ' ' || r == '\t' || r >= utf8.RuneSelf && unicode.In(r, unicode.Zs, unicode.Cf)
}

// checkAddressText refuses what is wrong wherever it stands, in words that say what it is.
func checkAddressText(s string) error {
	if s == "" {
		return refuse("Give an e-mail address such as jane@example.com.")
	}
	if !utf8.ValidString(s) {
		return refuse("The e-mail address is not valid UTF-8: send it in that encoding.")
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return refuse("The e-mail address has a line break or control character: write it in one line.")
		}
	}
	if s[0] == '<' || s[len(s)-1] == '>' {
		return refuse("Give the bare e-mail address, without a name and angle brackets around it.")
	}
	return nil
}

// splitAddress cuts at the @ that ends the local part; within quotes there may be others.
func splitAddress(s string) (local, domain string, err error) {
	at := strings.IndexByte(s, '@')
	if s[0] == '"' {
		at = endOfQuoted(s)
		if at < 0 || at == len(s) || s[at] != '@' {
			return "", "", refuse(`The quotation marks must hold the whole part before the @, as in "jane doe"@example.com.`)
		}
	}
	switch {
	case at < 0:
		return "", "", refuse("The e-mail address needs an @ between person and domain, as in jane@example.com.")
	case at == 0:
		return "", "", refuse("The e-mail address needs a name before the @, as in jane@example.com.")
	case at == len(s)-1:
		return "", "", refuse("The e-mail address needs a domain after the @, as in jane@example.com.")
	}
	return s[:at], s[at+1:], nil
}

// endOfQuoted is the place after the closing quotation mark of a text that begins with one; -1 where none closes it.
func endOfQuoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// parseLocal checks the part before the @ and drops quotes and backslashes that say nothing: "jane.doe" is jane.doe.
func parseLocal(s string) (string, error) {
	if len(s) > maxLocal {
		return "", refuse("The part before the @ is longer than %d characters: check its spelling.", maxLocal)
	}
	if s[0] != '"' {
		return s, checkDotAtom(s)
	}
	var plain, quoted strings.Builder
	quoted.WriteByte('"')
	escaped := false
	for _, r := range s[1 : len(s)-1] {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		if r != ' ' && !isLetterOrSign(r) {
			return "", refuse("The part before the @ has a character that no address can have: check its spelling.")
		}
		if r == '"' || r == '\\' {
			quoted.WriteByte('\\')
		}
		plain.WriteRune(r)
		quoted.WriteRune(r)
		escaped = false
	}
	quoted.WriteByte('"')
	if checkDotAtom(plain.String()) == nil {
		return plain.String(), nil
	}
	return quoted.String(), nil
}

// checkDotAtom judges an unquoted local part.
func checkDotAtom(s string) error {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return refuse("The part before the @ has a dot at an end or two in a row: check its spelling.")
	}
	for _, r := range s {
		switch {
		case r == ' ':
			return refuse("The part before the @ has a blank: check its spelling.")
		case strings.ContainsRune(`"(),:;<>@[\]`, r) || !isLetterOrSign(r):
			return refuse("The part before the @ has a character that no address can have: check its spelling.")
		}
	}
	return nil
}

// isLetterOrSign tells what is visible on its own or with the letter before it: letters, marks, digits, punctuation, symbols.
func isLetterOrSign(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && r < 0x7f
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)
}

// parseMailHost reads what follows the @: a domain, or an IP address in brackets.
func parseMailHost(s string) (host, error) {
	if s[0] != '[' {
		return parseHost(s)
	}
	text, closed := strings.CutSuffix(s[1:], "]")
	number, six := text, len(text) > 5 && strings.EqualFold(text[:5], "IPv6:")
	if six {
		number = text[5:]
	}
	ip, err := netip.ParseAddr(number)
	if !closed || err != nil || ip.Is4() == six || ip.Zone() != "" {
		return host{}, refuse("The brackets after the @ must hold an IP address, as in jane@[192.0.2.1].")
	}
	literal := "[" + ip.String() + "]"
	if six {
		literal = "[IPv6:" + ip.String() + "]"
	}
	return host{ascii: literal, readable: literal}, nil
}
