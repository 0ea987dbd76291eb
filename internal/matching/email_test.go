package matching

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEmail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw  string
		want Address
	}{
		"a plain address is shown as written and compared without case": {
			" Jane.Doe@ACME.com ", Address{Display: "Jane.Doe@acme.com", Key: "jane.doe@acme.com", Domain: "acme.com"}},
		"at an unknown provider dots and plus are letters": {
			"jane.doe+news@acme.com", Address{Display: "jane.doe+news@acme.com", Key: "jane.doe+news@acme.com", Domain: "acme.com"}},
		"Gmail ignores dots and what follows a plus": {
			"Jane.Doe+news@gmail.com", Address{Display: "Jane.Doe+news@gmail.com", Key: "janedoe@gmail.com", Domain: "gmail.com", FreeMail: true}},
		"Googlemail is Gmail": {
			"janedoe@googlemail.com", Address{Display: "janedoe@googlemail.com", Key: "janedoe@gmail.com", Domain: "googlemail.com", FreeMail: true}},
		"Outlook ignores what follows a plus, but no dots": {
			"jane.doe+x@Outlook.com", Address{Display: "jane.doe+x@outlook.com", Key: "jane.doe@outlook.com", Domain: "outlook.com", FreeMail: true}},
		"a plus in front is a name": {
			"+x@outlook.com", Address{Display: "+x@outlook.com", Key: "+x@outlook.com", Domain: "outlook.com", FreeMail: true}},
		"Hotmail has many countries": {
			"jane+x@hotmail.co.uk", Address{Display: "jane+x@hotmail.co.uk", Key: "jane@hotmail.co.uk", Domain: "hotmail.co.uk", FreeMail: true}},
		"another company called Live is not Microsoft": {
			"jane+x@live.example", Address{Display: "jane+x@live.example", Key: "jane+x@live.example", Domain: "live.example"}},
		"a German domain is shown with its letters and compared in ASCII": {
			"jörg@BÜCHER.de", Address{Display: "jörg@bücher.de", Key: "jörg@xn--bcher-kva.de", Domain: "xn--bcher-kva.de"}},
		"the same domain in ASCII is the same": {
			"jörg@xn--bcher-kva.de", Address{Display: "jörg@bücher.de", Key: "jörg@xn--bcher-kva.de", Domain: "xn--bcher-kva.de"}},
		"a mailbox below a throw-away domain is thrown away too": {
			"a@b.mailinator.com", Address{Display: "a@b.mailinator.com", Key: "a@b.mailinator.com", Domain: "b.mailinator.com", Disposable: true}},
		"a name below a registry's suffix is a company": {
			"a@acme.za.com", Address{Display: "a@acme.za.com", Key: "a@acme.za.com", Domain: "acme.za.com"}},
		"needless quotes go": {
			`"Jane.Doe"@acme.com`, Address{Display: "Jane.Doe@acme.com", Key: "jane.doe@acme.com", Domain: "acme.com"}},
		"needed quotes stay": {
			`"Jane @ Doe"@acme.com`, Address{Display: `"Jane @ Doe"@acme.com`, Key: `"jane @ doe"@acme.com`, Domain: "acme.com"}},
		"invisible characters around are no part": {
			"\ufeff\u00a0jane@acme.com\u200b", Address{Display: "jane@acme.com", Key: "jane@acme.com", Domain: "acme.com"}},
		"an IP address has no company": {
			"jane@[ipv6:2001:DB8::1]", Address{Display: "jane@[IPv6:2001:db8::1]", Key: "jane@[IPv6:2001:db8::1]", Domain: "[IPv6:2001:db8::1]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Email(c.raw)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestEmailRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, says string }{
		"nothing":                           {" ", "Give an e-mail address"},
		"no @":                              {"jane.acme.com", "needs an @"},
		"nobody":                            {"@acme.com", "name before"},
		"nowhere":                           {"jane@", "domain after"},
		"a name around it":                  {"Jane <jane@acme.com>", "bare e-mail address"},
		"a header smuggled in":              {"jane@acme.com\r\nBcc: all@acme.com", "line break"},
		"a forgotten ending":                {"jane@acme", "needs a dot"},
		"the ending alone":                  {"jane@com", "needs a dot"},
		"a reserved ending":                 {"jane@acme.local", "reserved"},
		"a number for an ending":            {"jane@127.0.0.1", "top-level"},
		"two dots in the name":              {"jane..doe@acme.com", "before the @ has a dot"},
		"two dots in the domain":            {"jane@acme..com", "domain has a dot"},
		"a comma for a dot":                 {"jane@acme,com", "letters, digits"},
		"two addresses":                     {"jane@acme.com,joe@acme.com", "letters, digits"},
		"a blank":                           {"jane doe@acme.com", "blank"},
		"a bracket":                         {"jane(work)@acme.com", "no address can have"},
		"a zero-width blank in the middle":  {"ja\u200bne@acme.com", "no address can have"},
		"letters that no domain has":        {"jane@ac\u2488me.com", "no domain can have"},
		"broken punycode":                   {"jane@xn--\u00fc.com", "no domain can have"},
		"a name too long":                   {strings.Repeat("a", 65) + "@acme.com", "64"},
		"a label too long":                  {"jane@" + strings.Repeat("a", 64) + ".com", "63"},
		"all too long":                      {"jane@" + strings.Repeat("abcdefghi.", 25) + "com", "25"},
		"far too long":                      {strings.Repeat("a@", 100_000), "254"},
		"open quotes":                       {`"jane@acme.com`, "quotation marks"},
		"something behind the quotes":       {`"jane"doe@acme.com`, "quotation marks"},
		"an open bracket":                   {"jane@[1.2.3.4", "IP address"},
		"a version-six number without name": {"jane@[::1]", "IP address"},
		"a network interface":               {"jane@[IPv6:fe80::1%eth0]", "IP address"},
		"broken UTF-8":                      {"ja\xffne@acme.com", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Email(c.raw)
			require.ErrorContains(t, err, c.says)
			require.Zero(t, got)
			requireFault(t, err)
		})
	}
}

func TestMailLists(t *testing.T) {
	t.Parallel()
	t.Run("every line of a list is found, and its neighbours are not", func(t *testing.T) {
		t.Parallel()
		for _, list := range []mailList{freeMail, disposableMail} {
			require.True(t, strings.HasSuffix(string(list), "\n"))
			last := ""
			for d := range strings.FieldsSeq(string(list)) {
				require.Less(t, last, d, "sorted by bytes")
				require.Equal(t, asciiOf(d), d)
				if !list.has(d) || list.has(d+"!") || list.has(d[1:]+"!") {
					t.Errorf("%s is not found", d)
				}
				last = d
			}
			require.False(t, list.has(""))
			require.False(t, list.has("zzzzzz"))
		}
	})
	t.Run("a company is neither free nor disposable", func(t *testing.T) {
		t.Parallel()
		for _, d := range []string{"siemens.com", "acme.co.uk", "com", "", "not a domain", "[127.0.0.1]"} {
			require.False(t, IsFreeMail(d), d)
			require.False(t, IsDisposable(d), d)
		}
	})
	t.Run("case makes no difference", func(t *testing.T) {
		t.Parallel()
		require.True(t, IsFreeMail("GMail.com"))
		require.True(t, IsDisposable("Mailinator.com"))
	})
	t.Run("a disposable domain is not called free", func(t *testing.T) {
		t.Parallel()
		require.False(t, IsFreeMail("mailinator.com"))
	})
}
