package matching

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompany(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Müller GmbH & Co. KG":           "Müller",
		"Muster GmbH Berlin":             "Muster Berlin",
		"Gesellschaft Muster mbH":        "Gesellschaft Muster",
		"Widget UG (haftungsbeschränkt)": "Widget",
		"ООО «Ромашка»":                  "Ромашка",
		"PT Astra International Tbk":     "Astra International",
		"Cemex, S. A. B. de C. V.":       "Cemex",
		"Acme Sp. z o.o.":                "Acme",
		"Acme (Holdings)":                "Acme (Holdings)",
		"Yahoo! Inc":                     "Yahoo",
		"Ricoh Company Ltd.":             "Ricoh Company",
		"Company Company":                "",
		"  ":                             "",
		"":                               "",
		"...":                            "...",
		"Ｈｅｌｌｏ Ｌｔｄ":                      "Ｈｅｌｌｏ",
		"Oy":                             "",
		"A":                              "A",
		"International Business Machines Corporation ": "International Business Machines",
	} {
		require.Equal(t, want, Company(name), "%q", name)
	}
}

func TestCompanyKey(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{
		"Telstra Corp Ltd.":     "TELSTRA",
		"Example Pty Limited":   "Example Pty. Ltd.",
		"U.S. Steel Corp.":      "US STEEL",
		"McDonald’s":            "McDonald's Corporation",
		"Smith & Jones":         "Smith and Jones, Inc.",
		"Ｈｅｌｌｏ Ｌｔｄ":             "hello",
		"Bang-Olufsen A/S":      "Bang Olufsen",
		"Hello   World\u200b!!": "hello world",
	} {
		require.Equal(t, CompanyKey(b), CompanyKey(a), "%q", a)
	}
	require.NotEqual(t, CompanyKey("Müller AG"), CompanyKey("Muller AG"))
	require.Equal(t, "limited", CompanyKey("Limited"), "a name of nothing but forms is still a name")
	require.Empty(t, CompanyKey("!!!"))
}
