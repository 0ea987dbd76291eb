package matching

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// dataFiles finds files of the reference data by a pattern below its folder, or skips the test.
func dataFiles(t *testing.T, pattern string) []string {
	t.Helper()
	dir := os.Getenv("LEADGRAPH_DATA")
	if dir == "" {
		root, err := os.Getwd()
		require.NoError(t, err)
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil || root == filepath.Dir(root) {
				break
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skipf("no reference data: %s has no %s", dir, pattern)
	}
	return files
}

// readCases gathers the cases of all files of a pattern.
func readCases[T any](t *testing.T, pattern string) []T {
	t.Helper()
	var all []T
	for _, f := range dataFiles(t, pattern) {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		var file struct {
			Cases []T `json:"cases"`
		}
		require.NoError(t, json.Unmarshal(b, &file), f)
		all = append(all, file.Cases...)
	}
	return all
}

// tally compares what went otherwise than expected with the misses we know and can explain, and asks for 98 % of the cases.
type tally struct {
	cases int
	got   map[string]string // id of a miss -> what happened
}

func (y *tally) miss(id, what string) {
	if y.got == nil {
		y.got = map[string]string{}
	}
	y.got[id] = what
}

func (y *tally) check(t *testing.T, known map[string]string) {
	t.Helper()
	for id, what := range y.got {
		if known[id] == "" {
			t.Errorf("a new miss: %s: %s", id, what)
		}
	}
	for id, reason := range known {
		if y.got[id] == "" {
			t.Errorf("no longer a miss, take it off the list: %s: %s", id, reason)
		}
	}
	rate := 1 - float64(len(y.got))/float64(y.cases)
	t.Logf("%d cases, %d misses: %.2f %% as expected", y.cases, len(y.got), 100*rate)
	require.GreaterOrEqual(t, rate, 0.98)
}

// What each class of address is to us. invalid_without_smtputf8 speaks of a mode we have not got: such an address may pass.
var emailClassAccepted = map[string]bool{
	"valid": true, "valid_unusual": true, "valid_smtputf8": true, "valid_only_if_quoted_local_part_allowed": true,
	"invalid": false, "invalid_when_strict": false, "not_smtp": false, "reserved_domain": false, "deprecated": false,
}

var emailMisses = map[string]string{
	"isemail-166": "test@org: a generic top-level domain has no mailboxes (ICANN forbids it): somebody forgot the rest",
	"pev-26":      `"ṩ" <ṩ@nfc.tld>: a display name; the same suite calls "Display Name" <me@example.com> invalid`,
}

func TestEmailOracle(t *testing.T) {
	t.Parallel()
	var y tally
	for _, c := range readCases[struct {
		ID              string  `json:"id"`
		Address         string  `json:"address"`
		Class           string  `json:"class"`
		Normalized      *string `json:"normalized"`
		NormalizedLocal *string `json:"normalized_local_part"`
		ASCIIDomain     *string `json:"ascii_domain"`
	}](t, "identity/email_cases*.json") {
		got, err := Email(c.Address)
		if err != nil {
			requireFault(t, err)
		}
		accept, judged := emailClassAccepted[c.Class]
		if !judged {
			require.Equal(t, "invalid_without_smtputf8", c.Class)
			continue
		}
		y.cases++
		switch {
		case (err == nil) != accept:
			y.miss(c.ID, c.Class+" "+c.Address)
		case c.Normalized != nil && got.Display != *c.Normalized,
			c.ASCIIDomain != nil && got.Domain != *c.ASCIIDomain,
			c.NormalizedLocal != nil && got.Display[:strings.LastIndexByte(got.Display, '@')] != *c.NormalizedLocal:
			y.miss(c.ID, c.Address+" became "+got.Display)
		}
	}
	y.check(t, emailMisses)
}

var phoneMisses = map[string]string{
	"tel-2e6227b6": "Benin put 01 before all numbers at the end of 2024: the old ones cannot be dialled any more",
	"tel-499203d4": "Benin, likewise",
	"tel-6addb044": "Nigeria's plan has changed since the answers' metadata 8.12.57",
	"tel-21a728b6": "Uzbekistan gave up dialling 8 before national numbers",
	"tel-d477d470": "Uzbekistan, likewise",
}

func TestPhoneOracle(t *testing.T) {
	t.Parallel()
	var y tally
	for _, c := range readCases[struct {
		ID            string  `json:"id"`
		Input         string  `json:"input"`
		DefaultRegion *string `json:"default_region"`
		E164          string  `json:"e164"`
		Valid         bool    `json:"valid"`
		Region        *string `json:"region"`
		Type          string  `json:"type"`
	}](t, "identity/phone_cases*.json") {
		y.cases++
		region, wantRegion := "", ""
		if c.DefaultRegion != nil {
			region = *c.DefaultRegion
		}
		if c.Region != nil && *c.Region != worldwide {
			wantRegion = *c.Region
		}
		got, err := Phone(c.Input, region)
		if err != nil {
			requireFault(t, err)
		}
		switch {
		case (err == nil) != c.Valid:
			y.miss(c.ID, c.Input)
		case c.Valid && (got.Key != c.E164 || got.Region != wantRegion || string(got.Type) != strings.ToUpper(c.Type)):
			y.miss(c.ID, strings.Join([]string{c.Input, "became", got.Key, got.Region, string(got.Type), "not", wantRegion, c.Type}, " "))
		}
	}
	y.check(t, phoneMisses)
}

func TestCompanyOracle(t *testing.T) {
	t.Parallel()
	var y tally
	for _, c := range readCases[struct {
		ID       string `json:"id"`
		Input    string `json:"input"`
		BaseName string `json:"base_name"`
	}](t, "identity/company_names*.json") {
		y.cases++
		if got := Company(c.Input); got != c.BaseName {
			y.miss(c.ID, c.Input+" became "+got)
		}
		require.NotEmpty(t, CompanyKey(c.Input))
	}
	y.check(t, nil)
}

var companyListMisses = map[string]string{
	"City Telecom (H.K.) Ltd.":       "a bracket that was opened stays closed",
	"Eganagoldpfeil (Holdings) Ltd.": "a bracket that was opened stays closed",
	"KT Corp.":                       "KT is the name, hardly ever a Ukrainian partnership",
	"Waterford Wedgwood UK plc":      "UK is the country, hardly ever an Uzbek company",
	"Mobile Telesystems OJSC":        "OJSC is a legal form, an open joint-stock company",
}

func TestCompanyListOracle(t *testing.T) {
	t.Parallel()
	var y tally
	for _, file := range dataFiles(t, "identity/company_list*.csv") {
		f, err := os.Open(file)
		require.NoError(t, err)
		rows, err := csv.NewReader(f).ReadAll()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		for _, row := range rows[1:] {
			y.cases++
			if got := Company(row[0]); got != row[2] {
				y.miss(row[0], row[0]+" became "+got+", not "+row[2])
			}
			require.NotEmpty(t, CompanyKey(row[0]))
		}
	}
	y.check(t, companyListMisses)
}

func TestNamesOracle(t *testing.T) {
	t.Parallel()
	for _, c := range readCases[struct {
		Input     string `json:"input"`
		NFC       string `json:"nfc"`
		Folded    string `json:"nfkc_casefold"`
		Collapsed string `json:"collapsed"`
	}](t, "identity/unicode_names*.json") {
		name, err := Name(c.Input)
		require.NoError(t, err)
		require.Equal(t, strings.TrimSpace(c.NFC), name)
		require.Equal(t, c.Collapsed, collapse(c.Input))
		require.Equal(t, c.Folded, fold(norm.NFKC.String(c.Input)))
		require.Equal(t, fold(c.Collapsed), NameKey(c.Input))
	}
}

func TestNaughtyStringsOracle(t *testing.T) {
	t.Parallel()
	for _, file := range dataFiles(t, "identity/naughty_strings*.json") {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		var naughty []string
		require.NoError(t, json.Unmarshal(b, &naughty))
		for _, s := range naughty {
			got, err := Text(s, 10_000)
			require.NoError(t, err, "%q can be stored", s)
			require.Equal(t, norm.NFC.String(strings.TrimSpace(s)), got)
			for _, judge := range []func(string) error{
				func(s string) error { _, err := Name(s); return err },
				func(s string) error { _, err := Email(s); return err },
				func(s string) error { _, err := Phone(s, "DE"); return err },
				func(s string) error { _, err := Domain(s); return err },
				func(s string) error { _, err := Country(s); return err },
				func(s string) error { _, err := Language(s); return err },
				func(s string) error { _, err := TimeZone(s); return err },
			} {
				if err := judge(s); err != nil {
					requireFault(t, err)
				}
			}
			_, _ = NameKey(s), CompanyKey(s)
		}
	}
}

// Known countries of two public data sets; what is no country in them is listed.
func TestCountriesOracle(t *testing.T) {
	t.Parallel()
	none := map[string]bool{"": true, "unknown": true, "Asia/Pacific Region": true}
	for pattern, column := range map[string]string{"scoring/x_education_leads*.csv": "Country", "crm/accounts*.csv": "office_location"} {
		for _, file := range dataFiles(t, pattern) {
			f, err := os.Open(file)
			require.NoError(t, err)
			rows, err := csv.NewReader(f).ReadAll()
			require.NoError(t, err)
			require.NoError(t, f.Close())
			at := -1
			for i, name := range rows[0] {
				if name == column {
					at = i
				}
			}
			require.GreaterOrEqual(t, at, 0)
			for _, row := range rows[1:] {
				code, err := Country(row[at])
				require.Equal(t, none[row[at]], err != nil, "%q became %q", row[at], code)
			}
		}
	}
}

// requireFault asks that an error is bad input in a whole sentence, with the field left to the caller.
func requireFault(t *testing.T, err error) {
	t.Helper()
	f := fault.As(err)
	require.NotNil(t, f, "%v is no fault", err)
	require.Equal(t, fault.BadUserInput, f.Code)
	require.Empty(t, f.Field)
	require.Regexp(t, `^(?s)\p{Lu}.*\.$`, f.Message)
}
