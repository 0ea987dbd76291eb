package sheet

import (
	"math/big"
	"slices"
	"strings"
	"time"
)

// Deal is what a row says of a deal. What became of it, and when, is in the row's Past.
type Deal struct {
	ExternalID  *string    `json:"externalId,omitempty"` // the deal's id in the other system
	Name        *string    `json:"name,omitempty"`
	Amount      *big.Rat   `json:"amount,omitempty"` // in major units, exactly
	AmountMinor *int64     `json:"amountMinor,omitempty"`
	Currency    *string    `json:"currency,omitempty"`
	Stage       *string    `json:"stage,omitempty"`
	Owner       *string    `json:"owner,omitempty"`  // a member's address or name
	Reason      *string    `json:"reason,omitempty"` // the key or the label of a reason to lose
	Note        *string    `json:"note,omitempty"`
	OpenedAt    *time.Time `json:"openedAt,omitempty"` // where that was not when the pursuit began
	ExpectedAt  *time.Time `json:"expectedAt,omitempty"`
}

// brings tells whether the record brings a deal.
func (r *Record) brings() bool { return r.Deal != nil && r.Deal.ExternalID != nil }

// deal is the record's deal, made when something about it is known.
func (r *Record) deal() *Deal {
	if r.Deal == nil {
		r.Deal = &Deal{}
	}
	return r.Deal
}

// isDeal tells whether a target is a deal's.
func isDeal(target string) bool { return strings.HasPrefix(target, "deal.") }

// dealTargets are the places of a record's deal.
var dealTargets = []target{
	dealText("deal.externalId", maxKey, func(d *Deal) **string { return &d.ExternalID }),
	dealText("deal.name", maxKey, func(d *Deal) **string { return &d.Name }),
	{name: "deal.amount", numeric: true,
		put: func(r *Record, text string, scale *big.Rat) (bad *refusal) {
			r.deal().Amount, bad = parseMoney(text, scale)
			return bad
		},
		get: func(r *Record) (string, bool) {
			return ofDeal(r, func(d *Deal) *big.Rat { return d.Amount }, func(n big.Rat) string {
				return strings.TrimSuffix(strings.TrimRight(n.FloatString(4), "0"), ".")
			})
		}},
	{name: "deal.amountMinor", numeric: true,
		put: func(r *Record, text string, scale *big.Rat) *refusal {
			n, bad := parseMoney(text, scale)
			switch {
			case bad != nil:
				return bad
			case !n.IsInt():
				return notMinor
			}
			r.deal().AmountMinor = new(n.Num().Int64())
			return nil
		},
		get: func(r *Record) (string, bool) {
			return ofDeal(r, func(d *Deal) *int64 { return d.AmountMinor }, func(n int64) string { return big.NewInt(n).String() })
		}},
	dealText("deal.currency", maxKey, func(d *Deal) **string { return &d.Currency }),
	dealText("deal.stage", maxKey, func(d *Deal) **string { return &d.Stage }),
	dealText("deal.owner", maxText, func(d *Deal) **string { return &d.Owner }),
	dealText("deal.reason", maxKey, func(d *Deal) **string { return &d.Reason }),
	dealText("deal.note", maxInterest, func(d *Deal) **string { return &d.Note }),
	dealTime("deal.openedAt", func(d *Deal) **time.Time { return &d.OpenedAt }),
	dealTime("deal.expectedAt", func(d *Deal) **time.Time { return &d.ExpectedAt }),
}

var (
	notMoney = &refusal{CodeBadNumber, `wants an amount from 0 to 10^15.`}
	notMinor = &refusal{CodeBadNumber, `wants whole minor units, such as cents. Map the column to deal.amount where it has decimals.`}
	maxMoney = big.NewRat(1e15, 1)
)

// parseMoney reads an amount of money, exactly.
func parseMoney(text string, scale *big.Rat) (*big.Rat, *refusal) {
	n, bad := parseNumber(text, scale)
	if bad == nil && (n.Sign() < 0 || n.Cmp(maxMoney) > 0) {
		bad = notMoney
	}
	return n, bad
}

// ofDeal is an optional value of an optional deal as text.
func ofDeal[T any](r *Record, value func(*Deal) *T, text func(T) string) (string, bool) {
	if r.Deal == nil {
		return "", false
	}
	return show(value(r.Deal), text)
}

func dealText(name string, most int, at func(*Deal) **string) target {
	return target{name: name,
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			*at(r.deal()) = &text
			return checkLength(text, most)
		},
		get: func(r *Record) (string, bool) {
			return ofDeal(r, func(d *Deal) *string { return *at(d) }, itself)
		},
	}
}

func dealTime(name string, at func(*Deal) **time.Time) target {
	return target{name: name, timed: true,
		put: func(r *Record, text string, _ *big.Rat) *refusal {
			t, bad := parseTime(text)
			*at(r.deal()) = &t
			return bad
		},
		get: func(r *Record) (string, bool) {
			return ofDeal(r, func(d *Deal) *time.Time { return *at(d) }, func(t time.Time) string { return t.Format(time.RFC3339Nano) })
		},
	}
}

// deal checks that what is said of a deal is said with its id there, and an amount with its currency.
func (c *checker) deal(m Mapping) {
	if path, to := c.first(m, isDeal); path != "" && c.taken["deal.externalId"] == "" {
		c.refuse(path, "The target %s needs deal.externalId beside it, the deal's id in the other system: by it a repeated row is known. Map a column to it.", to)
		return
	}
	if c.taken["deal.externalId"] != "" && c.taken["deal.currency"] == "" {
		c.refuse(c.taken["deal.externalId"], "Deals need deal.currency. Map a column to it, or give it a default such as EUR.")
	}
	if path := c.taken["deal.amountMinor"]; path != "" && c.taken["deal.amount"] != "" {
		c.refuse(path, "An amount comes in major units, as deal.amount, or in minor ones, as deal.amountMinor, not both.")
	}
}

// first is the first target that is such, with its path; empty where none is.
func (c *checker) first(m Mapping, such func(string) bool) (path, to string) {
	for _, column := range m.Columns {
		if path = c.taken[column.To]; path != "" && such(column.To) {
			return path, column.To
		}
	}
	for _, d := range m.Defaults {
		if path = c.taken[d.To]; path != "" && such(d.To) {
			return path, d.To
		}
	}
	return "", ""
}

// deals looks at what was guessed of deals: an id without a name of its own is the deal's in a file of deals, and without an id nothing is said of deals.
func (g *guess) deals() {
	id := slices.Index(g.to, weakID)
	if !g.taken["deal.externalId"] && id >= 0 && (g.taken["deal.name"] || g.taken["deal.amount"]) {
		delete(g.taken, "externalId")
		g.to[id], g.taken["deal.externalId"] = "deal.externalId", true
	}
	if !g.taken["deal.externalId"] {
		g.dropAll("deal.", "It says something of a deal, but no column says which deal.")
	}
}

// timed tells whether a target takes times.
func timed(to string) bool {
	t, words := findTarget(to, "")
	return words == "" && t.timed
}
