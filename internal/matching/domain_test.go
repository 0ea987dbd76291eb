package matching

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDomain(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"acme.com": "acme.com",
		"https://user:secret@www.Acme.co.uk:8443/about?x=a.b#top": "acme.co.uk",
		"HTTP://ACME.COM":                         "acme.com",
		"//acme.com/x":                            "acme.com",
		"www.acme.com/":                           "acme.com",
		"www.acme.com.":                           "acme.com",
		"acme.com:443":                            "acme.com",
		"jane@mail.acme.de":                       "acme.de",
		"mailto:jane@acme.de?subject=":            "acme.de",
		"@acme.com":                               "acme.com",
		" acme.com\n":                             "acme.com",
		"https://shop.bücher.de/":                 "xn--bcher-kva.de",
		"www.xn--bcher-kva.de":                    "xn--bcher-kva.de",
		"acme.github.io":                          "acme.github.io",
		"github.io":                               "github.io",
		"a.b.acme.example":                        "acme.example",
		"https://acme.com/?next=https://evil.com": "acme.com",
		`https://acme.com\@evil.com`:              "acme.com",
	} {
		got, err := Domain(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got, raw)
	}
	for _, raw := range []string{
		"", " ", "https://", "acme", "localhost", "co.uk", "com", "io", "127.0.0.1", "http://[::1]/", "0x7f.1", "printer.local", "acme..com",
		"acme.com, other.com", "a b.com", "-acme.com", "acme_x.com", "ftp://", "@", ".", "acme.com:80:80", "1.1.168.192.in-addr.arpa",
	} {
		got, err := Domain(raw)
		require.Error(t, err, "%q became %s", raw, got)
		requireFault(t, err)
	}
}
