package demo

import (
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/matching"
)

// How many companies there are, and how many of them will never buy.
const (
	companyCount    = 300
	universityCount = 9
	competitorCount = 6
)

// company is an account with what people need to work there.
type company struct {
	row         *db.Account
	country     *country
	city        city
	halls       int    // warehouses
	people      int    // weight: how many of its people we know
	addresses   int    // the form of its e-mail addresses
	switchboard string // the number that colleagues share; may be empty
	held        bool   // somebody is recognised by that number
	negative    bool
	first       time.Time // when we first heard of it; zero before
}

// makeCompanies thinks up companies: their rows get an id once it is known when we met them.
func (w *world) makeCompanies() {
	for i := range companyCount {
		c := &company{country: weighted(w, refs(w.countries), func(c *country) int { return c.Weight }), addresses: w.rng.IntN(4)}
		c.city = pick(w, c.country.Cities)
		in := weighted(w, w.industries, func(x industry) int { return x.Weight })
		switch {
		case i < universityCount:
			in, c.negative = w.industry("Higher education"), true
		case i < universityCount+competitorCount:
			in, c.negative = w.industry("Robotics manufacturing"), true
		}
		w.incorporate(c, in)
		w.companies = append(w.companies, c)
	}
}

func refs[T any](all []T) []*T {
	out := make([]*T, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}

func (w *world) industry(name string) industry {
	for _, x := range w.industries {
		if x.Name == name {
			return x
		}
	}
	return w.industries[0]
}

// incorporate gives a company its facts.
func (w *world) incorporate(c *company, in industry) {
	var base string
	domain, _ := w.fresh(func(int) string {
		base = pick(w, w.stems) + " " + pick(w, in.Suffixes)
		return slug(base) + ".example"
	})
	name := base
	if w.chance(0.55) && in.Name != "Higher education" {
		name += " " + pick(w, c.country.Forms)
	}
	staff, tier, budget := w.size(c.negative)
	c.people = budget
	revenue := staff * in.Turnover * int64(w.between(70, 130)*max(c.country.Rate, 1)) // hundredths of the usual turnover: minor units
	employees := int32(staff)
	c.halls = 1 + int(math.Sqrt(float64(staff))/9*w.between(0.5, 1.5))
	custom := map[string]any{"warehouses": c.halls}
	if w.chance(0.4) {
		custom["contract_ends"] = w.ago(-w.between(30, 700)).Truncate(day).Format(time.RFC3339)
	}
	if c.negative {
		tier, custom = "", map[string]any{}
		if in.Name == "Robotics manufacturing" {
			tier = "Competitor"
		}
	}
	if len(c.country.Phones) > 0 && w.chance(0.6) {
		c.switchboard = w.phone(c.country)
	}
	c.row = &db.Account{WorkspaceID: w.workspace.ID, Name: name, NameKey: matching.CompanyKey(name), Domain: &domain, Industry: ptr(in.Name), Employees: &employees,
		RevenueMinor: &revenue, Currency: c.country.Currency, Country: ptr(c.country.Code), City: ptr(c.city.Name), Tier: ptr(tier), Attributes: attributes(custom), Version: 1}
}

// size is how many people work in a company, its tier, and how many of them we know, more or less.
func (w *world) size(negative bool) (staff int64, tier string, known int) {
	switch x := w.rng.Float64(); {
	case negative:
		return int64(w.between(300, 4000)), "", 7
	case x < 0.16:
		return int64(w.skewed(1000, 18000, 2.5)), "A", 44
	case x < 0.52:
		return int64(w.skewed(200, 1000, 1.5)), "B", 19
	}
	return int64(w.skewed(18, 200, 1.3)), "C", 8
}

// phone is a number nobody has yet; empty where the country's are used up.
func (w *world) phone(c *country) string {
	if len(c.Phones) == 0 {
		return ""
	}
	n, _ := w.fresh(func(int) string {
		digits := []byte(pick(w, c.Phones))
		for i, d := range digits {
			if d == '#' {
				digits[i] = byte('0' + w.rng.IntN(10))
			}
		}
		return string(digits)
	})
	return n
}

// attributes are custom attributes as they are stored.
func attributes(m map[string]any) db.Attributes {
	b, _ := json.Marshal(m) // texts, numbers and booleans
	return b
}

// plainly are letters that lose no accent when they are taken apart.
var plainly = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "ł", "l", "ı", "i", "đ", "d")

// ascii is a text in small English letters, for addresses; everything else becomes the gap.
func ascii(s, gap string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(plainly.Replace(strings.ToLower(s))) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r) && !strings.HasSuffix(b.String(), gap):
			b.WriteString(gap)
		}
	}
	return b.String()
}

// slug is a text as a part of a domain.
func slug(s string) string { return strings.Trim(ascii(s, "-"), "-") }
