package matching

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Domain finds the registrable domain (acme.co.uk) in an address of a page, a host or an e-mail address, in ASCII. By it a
// company is recognised, unless it is of free or disposable mail: see IsFreeMail and IsDisposable.
func Domain(raw string) (string, error) {
	name := hostOf(raw)
	if name == "" {
		return "", refuse("Give a domain such as example.com.")
	}
	h, err := parseHost(name)
	if err != nil {
		return "", err
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(h.ascii)
	if err == nil {
		return d, nil
	}
	if suffix, icann := publicsuffix.PublicSuffix(h.ascii); suffix == h.ascii && !icann && strings.Contains(suffix, ".") {
		return suffix, nil // a company that lends out names below its own, such as github.io
	}
	return "", refuse("The domain is one under which others register theirs: give the whole domain, such as example.com.")
}

// hostOf cuts the host out of a URL or an e-mail address. What is left of a wrong one is judged as a host.
func hostOf(raw string) string {
	s := strings.TrimSpace(raw)
	if i := strings.Index(s, "//"); i >= 0 && (i == 0 || s[i-1] == ':') {
		s = s[i+2:]
	}
	if i := strings.IndexAny(s, `/?#\`); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && strings.Trim(s[i+1:], "0123456789") == "" {
		s = s[:i]
	}
	return strings.TrimSuffix(s, ".")
}

// host is a domain name in the form for machines and in the form for people: xn--bcher-kva.de and bücher.de.
type host struct{ ascii, readable string }

// international maps and checks names with other letters than English ones, as browsers do (UTS 46, non-transitional).
var international = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(true), idna.CheckJoiners(true),
	idna.StrictDomainName(true), idna.VerifyDNSLength(true), idna.Transitional(false))

// reserved are the top-level domains that never lead anywhere (RFC 2606, 6761, 6762, 7686, 9476). "example" is not among
// them: documents and tests need names that are safe to use.
var reserved = map[string]bool{
	"alt": true, "arpa": true, "internal": true, "invalid": true, "local": true, "localhost": true, "onion": true, "test": true,
}

// maxHost is the longest name that the DNS knows (RFC 1035, section 2.3.4, as written with dots).
const maxHost = 253

func refuseLongHost() error {
	return refuse("The domain is longer than %d characters: check its spelling.", maxHost)
}

// parseHost checks a domain name to the rules of the DNS and for a top-level domain that could be real.
func parseHost(s string) (host, error) {
	if len(s) > maxHost*utf8.UTFMax { // before the work of mapping it
		return host{}, refuseLongHost()
	}
	h := host{ascii: strings.ToLower(s)}
	if !isASCII(s) || strings.Contains(h.ascii, "xn--") {
		ascii, err := international.ToASCII(s)
		if err != nil || !isASCII(ascii) {
			return host{}, refuse("The domain has letters that no domain can have: check its spelling.")
		}
		h.ascii = ascii
	}
	if err := checkLabels(h.ascii); err != nil {
		return host{}, err
	}
	if err := checkTop(h.ascii); err != nil {
		return host{}, err
	}
	h.readable = h.ascii
	if strings.Contains(h.ascii, "xn--") {
		readable, err := international.ToUnicode(h.ascii)
		if err != nil {
			return host{}, refuse("The domain has letters that no domain can have: check its spelling.")
		}
		h.readable = readable
	}
	return h, nil
}

// checkLabels judges a lower-case ASCII name, part by part.
func checkLabels(s string) error {
	if len(s) > maxHost {
		return refuseLongHost()
	}
	for rest, more := s, true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		switch {
		case label == "":
			return refuse("The domain has a dot at an end or two in a row: write it as in example.com.")
		case len(label) > 63:
			return refuse("A part of the domain is longer than 63 characters: check its spelling.")
		case label[0] == '-' || label[len(label)-1] == '-':
			return refuse("A part of the domain begins or ends with a hyphen: check its spelling.")
		case len(label) > 3 && label[2:4] == "--" && label[:2] != "xn":
			return refuse("A part of the domain has two hyphens in third place: check its spelling.")
		}
		for i := range len(label) {
			if c := label[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return refuse("The domain may have letters, digits, hyphens and dots only: check its spelling.")
			}
		}
	}
	return nil
}

// checkTop judges the top-level domain. We do not ask whether it exists: new ones come every month, and our list with the
// next release. All end with a letter, which tells them from numeric addresses.
func checkTop(s string) error {
	dot := strings.LastIndexByte(s, '.')
	top := s[dot+1:]
	if reserved[top] {
		return refuse("The domain ends with .%s, which is reserved and reaches nobody: give a real domain.", top)
	}
	if c := top[len(top)-1]; (c < 'a' || c > 'z') && !strings.HasPrefix(top, "xn--") {
		return refuse("The domain must end with a top-level domain such as .com: check its spelling.")
	}
	if dot >= 0 {
		return nil
	}
	// A few countries have mail at the bare top (n@ai was one); everybody else forgot something.
	if _, icann := publicsuffix.PublicSuffix(top); len(top) != 2 || !icann {
		return refuse("The domain needs a dot, as in example.com: check its spelling.")
	}
	return nil
}
