package matching

import (
	"testing"
	_ "time/tzdata" // the program brings the zones with it as well

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
)

func TestCountry(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"de": "DE", "DEU": "DE", "276": "DE", " Germany ": "DE", "USA": "US", "U.S.A.": "US", "us": "US", "United States of America": "US",
		"the united states": "US", "UK": "GB", "England": "GB", "UAE": "AE", "Philipines": "PH", "Korea": "KR", "Korea, Republic of": "KR",
		"Viet Nam": "VN", "Vietnam": "VN", "Côte d'Ivoire": "CI", "COTE D’IVOIRE": "CI", "Ivory Coast": "CI", "Curaçao": "CW", "Türkiye": "TR",
		"Turkey": "TR", "Hong Kong": "HK", "HONG KONG SAR China": "HK", "Macau": "MO", "Russia": "RU", "Russian Federation": "RU", "Holland": "NL",
		"Czech Republic": "CZ", "Czechia": "CZ", "St. Lucia": "LC", "Saint Lucia": "LC", "Trinidad and Tobago": "TT", "Burma": "MM",
		"Congo": "CG", "DR Congo": "CD", "Congo (Kinshasa)": "CD", "Congo - Kinshasa": "CD", "Kosovo": "XK", "XK": "XK",
		"Iran, Islamic Republic of": "IR", "Taiwan, Province of China": "TW", "North Macedonia": "MK", "Eswatini": "SZ", "Swaziland": "SZ",
		"Bosnia and Herzegovina": "BA", "Bosnia-Herzegovina": "BA", "Åland": "AX", "Réunion": "RE", "Sao Tome and Principe": "ST",
		"Palestine": "PS", "Vatican City": "VA", "Micronesia": "FM", "Brunei Darussalam": "BN", "Cabo Verde": "CV", "Timor-Leste": "TL",
	} {
		got, err := Country(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got, raw)
	}
	for _, raw := range []string{"", " ", "unknown", "Unknown Region", "ZZ", "EU", "European Union", "UN", "001", "150", "XX", "A1", "AN", "SU",
		"YU", "CT", "MI", "Atlantis", "Asia/Pacific Region", "n/a", "-", "\x00", "\xff\xff"} {
		got, err := Country(raw)
		require.Error(t, err, "%q became %s", raw, got)
		requireFault(t, err)
	}
	t.Run("there are 249 countries in the standard, and Kosovo", func(t *testing.T) {
		t.Parallel()
		codes := map[string]bool{}
		for _, code := range countryNames() {
			codes[code] = true
		}
		require.Len(t, codes, 250)
	})
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{"en": "en", " EN ": "en", "en_us": "en-US", "pt-br": "pt-BR", "zh-hant-TW": "zh-Hant-TW",
		"deu": "de", "iw": "he", "es-419": "es-419"} {
		got, err := Language(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, got)
	}
	for _, raw := range []string{"", "und", "root", "x-private", "German", "zz", "en-", "e", "en-US-" + string(make([]byte, 100)), "\xff"} {
		got, err := Language(raw)
		require.Error(t, err, "%q became %s", raw, got)
		requireFault(t, err)
	}
}

func TestTimeZone(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+5", "America/Port-au-Prince"} {
		got, err := TimeZone(" " + raw + " ")
		require.NoError(t, err, raw)
		require.Equal(t, raw, got)
	}
	for _, raw := range []string{"", "Local", "Berlin", "CET+1", "../etc/passwd", "/etc/passwd", "Europe/../../etc/passwd", "Europe", "Europe/",
		"Europe//Berlin", `..\..\x`, "localtime", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin", "zone.tab", "Factory", "Europe/Berlin\x00", "europe/berlin"} {
		got, err := TimeZone(raw)
		require.Error(t, err, "%q became %s", raw, got)
		requireFault(t, err)
	}
}

func TestCurrency(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"EUR", "USD", "JPY", "CLF", "BHD", "XOF", "DEM"} {
		s, err := Currency(code)
		require.NoError(t, err, code)
		require.Equal(t, code, s)
	}
	for _, code := range []string{"", "eur", "Eur", "EU", "EURO", "ZZZ", "E R", "EUR ", "€€€"} {
		_, err := Currency(code)
		require.True(t, fault.Is(err, fault.BadUserInput), code)
	}
}
