package matching

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

// seeds are inputs of every kind; each target gets them all, for people do put things into the wrong box.
var seeds = []string{"", "jane@acme.com", `"j @ d"@acme.com`, "j.d+x@gmail.com", "юзер@екзампл.ком", "a@[IPv6:::1]", "a@xn--bcher-kva.de", "+49 30 123456",
	"tel:+1-415-555-2671;ext=4", "030 123456", "https://u:p@www.acme.co.uk:80/x?y#z", "bücher.de", "Jose\u0301\u200b", "a\x00\xff", "Hello, World Ltd. & Co. KG", "ООО «Ромашка»",
	"\u202e\u0345\u1fb3ß", "S. de R.L. de C.V.", "en_US", "Europe/Berlin", "Côte d’Ivoire"}

func FuzzEmail(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a, err := Email(raw)
		if err != nil {
			requireFault(t, err)
			require.Zero(t, a)
			return
		}
		again, err := Email(a.Display)
		require.NoError(t, err, "what is shown can be typed in: %q", a.Display)
		require.Equal(t, a, again, "and is the same")
		require.LessOrEqual(t, len(a.Key), 2*maxAddress)
		require.NotContains(t, a.Display, "\n")
		require.True(t, isASCII(a.Domain))
		upper, err := Email(strings.ToUpper(a.Display))
		if isASCII(a.Display) {
			require.NoError(t, err)
			require.Equal(t, a.Key, upper.Key, "case makes no difference")
		}
	})
}

func FuzzPhone(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "DE")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, raw, region string) {
		n, err := Phone(raw, region)
		if err != nil {
			requireFault(t, err)
			return
		}
		require.Regexp(t, `^\+[1-9][0-9]{4,16}$`, n.Key)
		require.Regexp(t, `^([A-Z]{2})?$`, n.Region)
		again, err := Phone(n.Key, "")
		require.NoError(t, err)
		require.Equal(t, n.Key, again.Key)
	})
}

func FuzzDomain(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		d, err := Domain(raw)
		if err != nil {
			requireFault(t, err)
			return
		}
		require.True(t, isASCII(d))
		again, err := Domain("https://www." + d + "/")
		require.NoError(t, err)
		if d != "" && strings.Count(d, ".") > 0 {
			require.True(t, again == d || strings.HasSuffix("www."+d, again), "%s became %s", d, again)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		key := CompanyKey(raw) // and that none of these panics
		_, _ = Country(raw)
		_, _ = Language(raw)
		_ = isZoneName(raw)
		require.NotContains(t, key, "  ")
		s, err := Text(raw, 1000)
		if err != nil {
			requireFault(t, err)
			return
		}
		require.True(t, utf8.ValidString(s))
		require.True(t, norm.NFC.IsNormalString(s))
		again, err := Text(s, 1000)
		require.NoError(t, err)
		require.Equal(t, s, again)
		if line, err := Name(raw); err == nil {
			require.Equal(t, s, line)
		}
		require.Equal(t, strings.TrimSpace(Company(s)), Company(s))
	})
}
