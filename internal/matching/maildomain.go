package matching

import (
	_ "embed" // the lists are part of the program
	"strings"

	"golang.org/x/net/publicsuffix"
)

// mailList is a sorted list of ASCII domains, one a line. It is searched where it lies: nothing to build at the start.
type mailList string

var (
	//go:embed lists/free_mail.txt
	freeMail mailList
	//go:embed lists/disposable_mail.txt
	disposableMail mailList
)

// IsFreeMail tells whether anybody can have a mailbox at the domain or the one above it, as at gmail.com. Such a domain says
// nothing about a company. Disposable domains are not among them.
func IsFreeMail(domain string) bool { return freeMail.covers(asciiOf(domain)) }

// IsDisposable tells whether mailboxes at the domain or the one above it are made to be thrown away.
func IsDisposable(domain string) bool { return disposableMail.covers(asciiOf(domain)) }

// asciiOf brings a domain into the lists' form; what is no domain stays and is in no list.
func asciiOf(domain string) string {
	if h, err := parseHost(domain); err == nil {
		return h.ascii
	}
	return domain
}

// covers looks for the domain and those above it, up to the top-level domain. A list may name a suffix of which anybody may
// register a part (za.com): it stands for itself only.
func (l mailList) covers(domain string) bool {
	if l.has(domain) {
		return true
	}
	for {
		_, parent, ok := strings.Cut(domain, ".")
		if !ok || !strings.Contains(parent, ".") {
			return false
		}
		if l.has(parent) {
			suffix, _ := publicsuffix.PublicSuffix(parent)
			return suffix != parent
		}
		domain = parent
	}
}

// has is a binary search over bytes: a probe in the middle of a line is moved to the line's beginning.
func (l mailList) has(domain string) bool {
	list := string(l)
	for lo, hi := 0, len(list); lo < hi; {
		mid := lo + (hi-lo)/2
		start := lo + strings.LastIndexByte(list[lo:mid], '\n') + 1
		end := start + strings.IndexByte(list[start:], '\n')
		switch c := strings.Compare(domain, list[start:end]); {
		case c == 0:
			return true
		case c < 0:
			hi = start
		default:
			lo = end + 1
		}
	}
	return false
}
