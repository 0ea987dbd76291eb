package sheet

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// refusal says why a target does not take a value; the words go on "The target x ".
type refusal struct{ code, words string }

const maxDecimal = 64 // characters; no real number or time is longer

var (
	notNumber    = &refusal{CodeBadNumber, `wants a number such as 1234.5 or 1,234.50. Write one, or map the value to one.`}
	ambiguous    = &refusal{CodeAmbiguousNumber, `cannot tell whether the separator parts thousands or decimals. Write the number as 1234.5.`}
	tooPrecise   = &refusal{CodeBadNumber, `keeps whole numbers up to 9007199254740992 exactly. Map a longer one as TEXT.`}
	notWhole     = &refusal{CodeBadNumber, `wants a whole number from 0 to 2147483647. Map a range such as 51-200 to one number.`}
	notAmount    = &refusal{CodeBadNumber, `wants an amount from 0 to 90 trillion.`}
	notBoolean   = &refusal{CodeBadBoolean, `wants yes or no, true or false, 1 or 0. Map other words to these.`}
	notTime      = &refusal{CodeBadTime, `wants a time such as 2026-03-02T09:30:00Z or a date such as 2026-03-02.`}
	timeNoZone   = &refusal{CodeBadTime, `wants the time zone with the time, such as 2026-03-02T09:30:00Z or 2026-03-02T09:30:00+01:00.`}
	notConsent   = &refusal{CodeBadValue, `wants yes or no, GRANTED or WITHDRAWN. Map other words to these.`}
	maxExact     = big.NewRat(1<<53, 1)
	maxEmployees = big.NewRat(1<<31-1, 1)
	maxRevenue   = big.NewRat(9e13, 1) // in minor units still below 2^53
)

// parseDecimal reads a number written the English (1,234.5), continental (1.234,5), Swiss (1'234.5) or Indian (12,34,567.5) way, with spaces
// between thousands, or with an exponent, and answers it as digits with a point. A single comma before exactly three digits
// is refused as ambiguous; a single point is always the decimal point, as programs write it.
func parseDecimal(text string) (string, *refusal) {
	if len(text) == 0 || len(text) > maxDecimal {
		return "", notNumber
	}
	sign, rest := "", text
	if rest[0] == '-' || rest[0] == '+' {
		sign, rest = strings.TrimPrefix(rest[:1], "+"), rest[1:]
	}
	if i := strings.IndexAny(rest, "eE"); i > 0 {
		exponent, err := strconv.Atoi(rest[i+1:])
		if err != nil || exponent < -300 || exponent > 300 || strings.Trim(rest[:i], "0123456789.") != "" {
			return "", notNumber
		}
		mantissa, bad := parseDecimal(rest[:i])
		return sign + mantissa + "e" + strconv.Itoa(exponent), bad
	}
	runs, separators, ok := digitRuns(rest)
	if !ok {
		return "", notNumber
	}
	last := len(separators) - 1
	switch {
	case last < 0:
		return sign + rest, nil
	case last == 0 && separators[0] == '.':
		return sign + runs[0] + "." + runs[1], nil
	case last == 0 && separators[0] == ',':
		if grouped(runs) && runs[0][0] != '0' {
			return "", ambiguous
		}
		return sign + runs[0] + "." + runs[1], nil
	case !slices.ContainsFunc(separators, func(s rune) bool { return s != separators[0] }):
		if grouped(runs) {
			return sign + strings.Join(runs, ""), nil
		}
	case separators[last] == '.' || separators[last] == ',':
		inner := separators[:last]
		if grouped(runs[:last+1]) && !slices.ContainsFunc(inner, func(s rune) bool { return s != inner[0] || s == separators[last] }) {
			return sign + strings.Join(runs[:last+1], "") + "." + runs[last+1], nil
		}
	}
	return "", notNumber
}

// digitRuns parts a number at its separators; false where there is anything else, or nothing between two of them.
func digitRuns(text string) (runs []string, separators []rune, ok bool) {
	from := 0
	for i, c := range text {
		switch c {
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			continue
		case ',', '.', ' ', '\'', '’', '\u00A0', '\u2009', '\u202F':
			if i == from && c != '.' {
				return nil, nil, false
			}
			runs, separators = append(runs, text[from:i]), append(separators, c)
			from = i + utf8.RuneLen(c)
		default:
			return nil, nil, false
		}
	}
	return append(runs, text[from:]), separators, from < len(text)
}

// grouped tells whether runs of digits are thousands, or lakhs and crores.
func grouped(runs []string) bool {
	last := len(runs) - 1
	if len(runs[last]) != 3 || len(runs[0]) == 0 {
		return false
	}
	western, indian := len(runs[0]) <= 3, len(runs[0]) <= 2
	for _, run := range runs[1:last] {
		western, indian = western && len(run) == 3, indian && len(run) == 2
	}
	return western || indian
}

// parseNumber reads a number and multiplies it, both exactly.
func parseNumber(text string, scale *big.Rat) (*big.Rat, *refusal) {
	plain, bad := parseDecimal(text)
	if bad != nil {
		return nil, bad
	}
	n, ok := new(big.Rat).SetString(plain)
	if !ok {
		return nil, notNumber
	}
	if scale != nil {
		n.Mul(n, scale)
	}
	return n, nil
}

// parseFloat reads a number as it is stored in a custom attribute; conditions read those below 1e300.
func parseFloat(text string, scale *big.Rat) (float64, *refusal) {
	n, bad := parseNumber(text, scale)
	if bad != nil {
		return 0, bad
	}
	if n.IsInt() && new(big.Rat).Abs(n).Cmp(maxExact) > 0 && !strings.ContainsAny(text, "eE") {
		return 0, tooPrecise
	}
	f, _ := n.Float64()
	if math.Abs(f) >= 1e300 {
		return 0, notNumber
	}
	return f, nil
}

// parseWhole reads a count of people. A comma before three digits can only part thousands here.
func parseWhole(text string, scale *big.Rat) (int, *refusal) {
	n, bad := parseNumber(text, scale)
	if bad == ambiguous && scale == nil {
		n, bad = parseNumber(strings.Replace(text, ",", "", 1), nil)
	}
	if bad == notNumber {
		return 0, notWhole // it says what to do with a range
	}
	if bad != nil {
		return 0, bad
	}
	if runs, _, _ := digitRuns(text); scale == nil && !n.IsInt() && len(runs) == 2 && grouped(runs) {
		return 0, ambiguous // 1.234 is no count of people, unless a point parts its thousands
	}
	if !n.IsInt() || n.Sign() < 0 || n.Cmp(maxEmployees) > 0 {
		return 0, notWhole
	}
	return int(n.Num().Int64()), nil
}

// parseAmount reads an amount of money in major units.
func parseAmount(text string, scale *big.Rat) (float64, *refusal) {
	n, bad := parseNumber(text, scale)
	if bad != nil {
		return 0, bad
	}
	if n.Sign() < 0 || n.Cmp(maxRevenue) > 0 {
		return 0, notAmount
	}
	f, _ := n.Float64()
	return f, nil
}

// parseTime reads an instant of RFC 3339, with a T or spaces, or a date of ISO 8601, which is its midnight in UTC.
func parseTime(text string) (time.Time, *refusal) {
	if len(text) > maxDecimal {
		return time.Time{}, notTime
	}
	if len(text) > 10 && text[10] == ' ' {
		text = text[:10] + "T" + strings.Replace(text[11:], " ", "", 1)
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, err = time.Parse(time.DateOnly, text)
	}
	switch {
	case err != nil && figures.MatchString(text):
		return time.Time{}, noOrder
	case err == nil && t.UTC().Year() >= 1 && t.UTC().Year() <= 9999:
		return t.UTC().Truncate(time.Microsecond), nil
	case err != nil && len(text) >= 16 && len(text) <= 26 && !strings.ContainsAny(text[16:], "Z+-"):
		if _, err := time.Parse("2006-01-02T15:04", text[:16]); err == nil {
			return time.Time{}, timeNoZone
		}
	}
	return time.Time{}, notTime
}

// booleans are the words for yes and no, in lower case.
var booleans = map[string]bool{
	"yes": true, "y": true, "true": true, "t": true, "1": true, "on": true,
	"no": false, "n": false, "false": false, "f": false, "0": false, "off": false,
}

// consents are further words for a granted and a withdrawn consent, in lower case.
var consents = map[string]bool{
	"granted": true, "opted in": true, "opt-in": true, "opt in": true, "subscribed": true,
	"withdrawn": false, "opted out": false, "opt-out": false, "opt out": false, "unsubscribed": false,
}

func parseBoolean(text string) (bool, *refusal) {
	b, ok := booleans[strings.ToLower(text)]
	if !ok {
		return false, notBoolean
	}
	return b, nil
}

func parseConsent(text string) (granted bool, bad *refusal) {
	word := strings.ToLower(text)
	if b, ok := booleans[word]; ok {
		return b, nil
	}
	b, ok := consents[word]
	if !ok {
		return false, notConsent
	}
	return b, nil
}
