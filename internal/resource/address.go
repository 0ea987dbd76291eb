package resource

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// maxAddress is how many bytes an address has at most: more, and some browsers and mail programs cut it.
const maxAddress = 2000

// Address checks where a resource stands, and answers it as it is sent to browsers: absolute, with http or https, on a host, without credentials.
func Address(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > maxAddress {
		return "", fault.Input("", "An address has at most 2,000 bytes.")
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") ||
		strings.ContainsFunc(s, func(r rune) bool {
			return unicode.IsControl(r) || unicode.IsSpace(r) || r == '\\' || r == unicode.ReplacementChar
		}) {
		return "", fault.Input("", "Give an absolute address with http or https, such as https://www.example.com/guide.pdf, without blanks, user name or password.")
	}
	if out := u.String(); len(out) <= maxAddress {
		return out, nil
	}
	return "", fault.Input("", "An address has at most 2,000 bytes, with what has to be escaped in it.")
}
