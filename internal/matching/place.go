package matching

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country reads a country's code (ISO 3166-1 alpha-2, alpha-3 or number) or English name, with the usual variants and slips
// of the pen, and gives the alpha-2 code. Kosovo has the usual XK, though it is not in the standard.
func Country(raw string) (string, error) {
	s := strings.TrimSpace(raw)
	if len(s) == 2 || len(s) == 3 {
		if r, err := language.ParseRegion(s); err == nil && isCurrentCountry(r) {
			return r.String(), nil
		}
	}
	if len(s) <= MaxName {
		if code, ok := countryNames()[placeKey(s)]; ok {
			return code, nil
		}
	}
	return "", refuse("The country is not known: give its ISO 3166-1 code such as DE, or its English name.")
}

// Currency is an ISO 4217 code, of money in use or once in use.
func Currency(s string) (string, error) {
	if _, err := currency.ParseISO(s); err != nil || s != strings.ToUpper(s) {
		return s, refuse("A currency is three capitals of ISO 4217, such as EUR.")
	}
	return s, nil
}

// isCurrentCountry leaves out groups of countries, reserved codes and those of countries that are no more.
func isCurrentCountry(r language.Region) bool {
	code := r.String()
	return r.IsCountry() && len(code) == 2 && r.Canonicalize() == r && r.ISO3() != "ZZZ" &&
		!strings.Contains(" AC AN CP CS DG NT PC SU TA YU ", " "+code+" ")
}

// countryNames maps the keys of English names to codes, made from the CLDR's names and our own table of variants.
var countryNames = sync.OnceValue(func() map[string]string {
	names := make(map[string]string, 1024)
	english := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if r, err := language.ParseRegion(string([]rune{a, b})); err == nil && isCurrentCountry(r) {
				names[placeKey(english.Name(r))] = r.String()
			}
		}
	}
	for code, variants := range countryVariants {
		for name := range strings.SplitSeq(variants, ";") {
			names[placeKey(name)] = code
		}
	}
	delete(names, "")
	return names
})

// placeKey is a name of a place for comparing: no case, accents, punctuation, articles, and "saint" in full.
func placeKey(name string) string {
	words := strings.Fields(lettersOf(bare(collapse(name))))
	kept := words[:0]
	for _, w := range words {
		switch w {
		case "the":
		case "st":
			kept = append(kept, "saint")
		default:
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// Language reads a language tag (BCP 47) such as en or pt-BR and gives its canonical form. Underscores are taken as hyphens.
func Language(raw string) (string, error) {
	s := strings.TrimSpace(raw)
	if len(s) <= 35 { // RFC 5646, section 4.4.1: enough for every registered tag
		if tag, err := language.Parse(s); err == nil {
			if _, confidence := tag.Base(); tag != language.Und && confidence == language.Exact {
				return tag.String(), nil
			}
		}
	}
	return "", refuse("The language is not known: give a BCP 47 tag such as en or pt-BR.")
}

// TimeZone checks the IANA name of a time zone, such as Europe/Berlin. It reads the zone's file: keep the answer where many
// rows have the same.
func TimeZone(raw string) (string, error) {
	s := strings.TrimSpace(raw)
	if isZoneName(s) {
		if _, err := time.LoadLocation(s); err == nil {
			return s, nil
		}
	}
	return "", refuse("The time zone is not known: give its IANA name such as Europe/Berlin.")
}

// isZoneName keeps everything from the file system that is no name of the database: other paths, and the files that lie
// beside the zones on some systems.
func isZoneName(s string) bool {
	if s == "" || len(s) > 40 || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '+':
		case c == '/' && i+1 < len(s) && s[i+1] != '/':
		default:
			return false
		}
	}
	return s != "Local" && s != "Factory"
}
