package sheet

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
)

// target is a place in a record that a column can fill.
type target struct {
	name    string
	company bool // a fact of the company, so that a row of companies alone can bring it
	numeric bool // takes a scale
	timed   bool // takes the order of dates
	past    bool // of what became of a pursuit, or of a deal
	put     func(r *Record, text string, scale *big.Rat) *refusal
	get     func(r *Record) (string, bool)
}

// The longest texts in characters, as captures take them.
const (
	maxKey      = 200 // of ids
	maxText     = 500
	maxInterest = 2000
)

// allTargets lists every target but the custom attributes.
var allTargets = slices.Concat(targets, pastTargets, dealTargets)

// targets are those of people, companies and touches.
var targets = []target{
	textTarget("externalId", maxKey, false, func(r *Record) **string { return &r.ExternalID }),
	textTarget("email", maxText, false, func(r *Record) **string { return &r.Email }),
	textTarget("phone", maxText, false, func(r *Record) **string { return &r.Phone }),
	textTarget("givenName", maxText, false, func(r *Record) **string { return &r.GivenName }),
	textTarget("familyName", maxText, false, func(r *Record) **string { return &r.FamilyName }),
	textTarget("fullName", maxText, false, func(r *Record) **string { return &r.FullName }),
	textTarget("title", maxText, false, func(r *Record) **string { return &r.Title }),
	textTarget("function", maxText, false, func(r *Record) **string { return &r.Function }),
	textTarget("seniority", maxText, false, func(r *Record) **string { return &r.Seniority }),
	textTarget("country", maxText, false, func(r *Record) **string { return &r.Country }),
	textTarget("city", maxText, false, func(r *Record) **string { return &r.City }),
	textTarget("language", maxText, false, func(r *Record) **string { return &r.Language }),
	textTarget("timeZone", maxText, false, func(r *Record) **string { return &r.TimeZone }),
	textTarget("interest", maxInterest, false, func(r *Record) **string { return &r.Interest }),
	textTarget("campaign", maxKey, false, func(r *Record) **string { return &r.Campaign }),
	textTarget("company", maxText, true, func(r *Record) **string { return &r.Company }),
	textTarget("companyDomain", maxText, true, func(r *Record) **string { return &r.CompanyDomain }),
	textTarget("website", maxText, true, func(r *Record) **string { return &r.Website }),
	textTarget("industry", maxText, true, func(r *Record) **string { return &r.Industry }),
	{name: "employees", company: true, numeric: true,
		put: func(r *Record, text string, scale *big.Rat) *refusal {
			n, bad := parseWhole(text, scale)
			r.Employees = &n
			return bad
		},
		get: func(r *Record) (string, bool) {
			return show(r.Employees, strconv.Itoa)
		}},
	{name: "revenue", company: true, numeric: true,
		put: func(r *Record, text string, scale *big.Rat) *refusal {
			n, bad := parseAmount(text, scale)
			r.Revenue = &n
			return bad
		},
		get: func(r *Record) (string, bool) {
			return show(r.Revenue, func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) })
		}},
	textTarget("accountCountry", maxText, true, func(r *Record) **string { return &r.AccountCountry }),
	textTarget("accountTier", maxText, true, func(r *Record) **string { return &r.AccountTier }),
	consentTarget("consent.email", func(r *Record) **contact.ConsentState { return &r.EmailConsent }),
	consentTarget("consent.phone", func(r *Record) **contact.ConsentState { return &r.PhoneConsent }),
	{name: "touch.kind",
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			return parseWord(text, contact.TouchKinds, &r.touch().Kind)
		},
		get: func(r *Record) (string, bool) {
			if r.Touch == nil || r.Touch.Kind == "" {
				return "", false
			}
			return string(r.Touch.Kind), true
		}},
	{name: "touch.channel",
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			r.touch().Channel = new(contact.Channel)
			return parseWord(text, contact.Channels, r.Touch.Channel)
		},
		get: func(r *Record) (string, bool) {
			return ofTouch(r, func(t *Touch) *contact.Channel { return t.Channel }, func(c contact.Channel) string { return string(c) })
		}},
	{name: "touch.occurredAt", timed: true,
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			t, bad := parseTime(text)
			r.touch().OccurredAt = &t
			return bad
		},
		get: func(r *Record) (string, bool) {
			return ofTouch(r, func(t *Touch) *time.Time { return t.OccurredAt }, func(at time.Time) string { return at.Format(time.RFC3339Nano) })
		}},
	touchText("touch.externalId", maxKey, func(t *Touch) **string { return &t.ExternalID }),
	touchText("touch.subject", maxText, func(t *Touch) **string { return &t.Subject }),
}

// show is an optional value as text.
func show[T any](value *T, text func(T) string) (string, bool) {
	if value == nil {
		return "", false
	}
	return text(*value), true
}

// ofTouch is an optional value of an optional touch as text.
func ofTouch[T any](r *Record, value func(*Touch) *T, text func(T) string) (string, bool) {
	if r.Touch == nil {
		return "", false
	}
	return show(value(r.Touch), text)
}

func itself(s string) string { return s }

func textTarget(name string, most int, company bool, at func(*Record) **string) target {
	return target{name: name, company: company,
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			*at(r) = &text
			return checkLength(text, most)
		},
		get: func(r *Record) (string, bool) { return show(*at(r), itself) },
	}
}

func touchText(name string, most int, at func(*Touch) **string) target {
	return target{name: name,
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			*at(r.touch()) = &text
			return checkLength(text, most)
		},
		get: func(r *Record) (string, bool) {
			return ofTouch(r, func(t *Touch) *string { return *at(t) }, itself)
		},
	}
}

func consentTarget(name string, at func(*Record) **contact.ConsentState) target {
	return target{name: name,
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			granted, bad := parseConsent(text)
			state := contact.ConsentWithdrawn
			if granted {
				state = contact.ConsentGranted
			}
			*at(r) = &state
			return bad
		},
		get: func(r *Record) (string, bool) {
			return show(*at(r), func(s contact.ConsentState) string { return string(s) })
		},
	}
}

// checkLength refuses a text of more than so many characters.
func checkLength(text string, most int) *refusal {
	if len(text) > most && utf8.RuneCountInString(text) > most {
		return &refusal{CodeValueTooLong, fmt.Sprintf("takes at most %d characters. Shorten the value.", most)}
	}
	return nil
}

// parseWord reads one of an enum's words, in any case, with spaces or hyphens for the underscores.
func parseWord[T ~string](text string, all []T, into *T) *refusal {
	*into = T(strings.Map(func(c rune) rune {
		if c == ' ' || c == '-' {
			return '_'
		}
		return c
	}, strings.ToUpper(text)))
	if !slices.Contains(all, *into) {
		return &refusal{CodeBadValue, fmt.Sprintf("wants one of %s. Map the value to one of these, or to nothing.", enum.List(all))}
	}
	return nil
}

// findTarget is the target of a name, a custom one with its type; without one the words go on "The target x ".
func findTarget(name string, kind condition.Type) (t target, words string) {
	for _, t := range allTargets {
		if t.name == name {
			return t, ""
		}
	}
	for _, e := range entities {
		if key, ok := strings.CutPrefix(name, e.prefix); ok {
			if !customKey.MatchString(key) {
				return target{}, fmt.Sprintf("has a key that is not 1 to 50 of a-z, 0-9 and underscore, from a letter on. Write it as %s%s.", e.prefix, keyOf(key))
			}
			return customTarget(name, key, e, kind), ""
		}
	}
	return target{}, fmt.Sprintf("does not exist. Did you mean %s?", nearestTarget(name))
}

// nearestTarget is the target whose name takes the fewest letters to change.
func nearestTarget(name string) string {
	name = strings.ToLower(excerpt(name))
	best, least := "", -1
	consider := func(known string) {
		if d := levenshtein.ComputeDistance(name, strings.ToLower(known)); least < 0 || d < least {
			best, least = known, d
		}
	}
	for _, t := range allTargets {
		consider(t.name)
	}
	for _, e := range entities {
		consider(e.prefix + "key")
	}
	return best
}
