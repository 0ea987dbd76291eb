package sheet

import (
	"math/big"
	"regexp"
	"strconv"
	"time"

	"github.com/leadgraph/leadgraph/internal/condition"
)

// entity is what custom attributes belong to.
type entity struct {
	prefix  string
	company bool
	custom  func(*Record) *map[string]any
}

var entities = []entity{
	{"lead.custom.", false, func(r *Record) *map[string]any { return &r.LeadCustom }},
	{"contact.custom.", false, func(r *Record) *map[string]any { return &r.ContactCustom }},
	{"account.custom.", true, func(r *Record) *map[string]any { return &r.AccountCustom }},
	{"deal.custom.", false, func(r *Record) *map[string]any { return &r.DealCustom }},
}

// customKey is what a custom attribute can be called.
var customKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

// customTarget is a custom attribute of a type.
func customTarget(name, key string, e entity, kind condition.Type) target {
	return target{name: name, company: e.company, numeric: kind == condition.TypeNumber, timed: kind == condition.TypeTime,
		put: func(r *Record, text string, scale *big.Rat) *refusal {
			value, bad := parseCustom(text, kind, scale)
			custom := e.custom(r)
			if *custom == nil {
				*custom = map[string]any{}
			}
			(*custom)[key] = value
			return bad
		},
		get: func(r *Record) (string, bool) {
			value, ok := (*e.custom(r))[key]
			return customText(value), ok
		},
	}
}

// parseCustom reads the value of a custom attribute as it is stored.
func parseCustom(text string, kind condition.Type, scale *big.Rat) (any, *refusal) {
	switch kind {
	case condition.TypeNumber:
		return parseFloat(text, scale)
	case condition.TypeBoolean:
		return parseBoolean(text)
	case condition.TypeTime:
		t, bad := parseTime(text)
		return t.Format(time.RFC3339Nano), bad
	}
	return text, checkLength(text, maxInterest)
}

// customText is a custom attribute as text.
func customText(value any) string {
	switch v := value.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	text, _ := value.(string)
	return text
}
