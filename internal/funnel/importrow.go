package funnel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/sheet"
)

// dispatched is what became of a batch of rows.
type dispatched struct {
	created, merged int64
	refused         []sheet.RowError
	outcomes        []captured // of the rows that landed
	landed          []sheet.Record
}

// dispatch captures the rows of a batch; those that cannot be are refused, the others land.
func (t *tx) dispatch(ctx context.Context, r *running, rows []sheet.Record) (*dispatched, error) {
	d := &dispatched{}
	campaigns, err := t.campaignsOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	words, err := t.dealWords(ctx, rows)
	if err != nil {
		return nil, err
	}
	var all []*arrival
	for i := range rows {
		a, faults := r.arrival(&rows[i], campaigns, words)
		if len(faults) > 0 {
			d.refused = append(d.refused, r.place(&rows[i], faults)...)
			continue
		}
		all, d.landed = append(all, a), append(d.landed, rows[i])
	}
	if d.outcomes, err = t.capture(ctx, all); err != nil {
		return nil, err
	}
	for _, o := range d.outcomes {
		if o.outcome == Created {
			d.created++
		} else {
			d.merged++
		}
	}
	return d, nil
}

func (t *tx) campaignsOf(ctx context.Context, rows []sheet.Record) (map[string]*db.Campaign, error) {
	var keys []string
	for _, r := range rows {
		if r.Campaign != nil && !slices.Contains(keys, *r.Campaign) {
			keys = append(keys, *r.Campaign)
		}
	}
	out := map[string]*db.Campaign{}
	if len(keys) == 0 {
		return out, nil
	}
	found, err := t.CampaignsByKey(ctx, db.CampaignsByKeyParams{WorkspaceID: t.Workspace, Keys: keys})
	if err != nil {
		return nil, fmt.Errorf("find campaigns: %w", err)
	}
	for _, c := range found {
		out[c.Key] = c
	}
	return out, nil
}

// arrival makes a row the capture it stands for: the same checks as the API's.
func (r *running) arrival(rec *sheet.Record, campaigns map[string]*db.Campaign, words *dealWords) (*arrival, fault.List) {
	in := capturing(rec)
	var c checks
	a := c.arrival("", in, r.region, r.row.CreatedAt)
	a.source, a.campaign = r.source, r.by
	if rec.Campaign != nil {
		if a.campaign = campaigns[*rec.Campaign]; a.campaign == nil {
			c.add(&fault.Error{Code: "UNKNOWN_CAMPAIGN", Field: "campaign", Message: fmt.Sprintf("There is no campaign with the key %.60q.", *rec.Campaign)})
		}
	}
	if a.past = rec.Past; a.past != nil {
		if f := a.past.Check(r.row.CreatedAt); f != nil {
			c.add(f)
		}
		a.late = rec.Late
	}
	if rec.Deal != nil {
		a.deal = r.deal(&c, rec, words)
	}
	if a.past != nil && a.touch != nil && rec.Touch.OccurredAt == nil {
		if at := a.began(); at != nil {
			a.touch.OccurredAt = *at
		}
	}
	if a.touch != nil && a.touch.ExternalID == nil {
		// The same row of the same source is the same touch, however often its file is imported.
		if who := a.ids(); len(who) > 0 {
			key := fmt.Sprintf("import:%s:%s", who[0].key, a.touch.Kind)
			a.touch.ExternalID = &key
		}
	}
	if !a.person.known() && !a.company.known() && a.deal == nil && len(c.list) == 0 {
		c.add(&fault.Error{Code: sheet.CodeNoIdentity, Message: "The row has nothing to recognise anybody by."})
	}
	return a, c.list
}

// capturing is a row as the API would be given it.
func capturing(rec *sheet.Record) *CaptureLeadInput {
	in := &CaptureLeadInput{ExternalID: rec.ExternalID, Interest: rec.Interest, Attributes: attributes(rec.LeadCustom),
		Contact: &CaptureContactInput{Email: rec.Email, Phone: rec.Phone, GivenName: rec.GivenName, FamilyName: rec.FamilyName, FullName: rec.FullName, Title: rec.Title,
			Function: rec.Function, Seniority: rec.Seniority, Country: rec.Country, City: rec.City, Language: rec.Language, TimeZone: rec.TimeZone,
			Attributes: attributes(rec.ContactCustom)},
		Account: &CaptureAccountInput{Name: rec.Company, Domain: rec.CompanyDomain, Industry: rec.Industry, Country: rec.AccountCountry, Tier: rec.AccountTier,
			Attributes: attributes(rec.AccountCustom)}}
	if rec.CompanyDomain == nil {
		in.Account.Domain = rec.Website
	}
	if rec.Employees != nil {
		n := int32(min(*rec.Employees, math.MaxInt32))
		in.Account.Employees = &n
	}
	if rec.Revenue != nil {
		minor := int64(math.Round(*rec.Revenue * 100))
		in.Account.RevenueMinor = &minor
	}
	if t := rec.Touch; t != nil {
		in.Touch = &CaptureTouchInput{Kind: t.Kind, Channel: t.Channel, Subject: t.Subject, ExternalID: t.ExternalID, OccurredAt: t.OccurredAt}
	}
	for channel, state := range map[contact.Channel]*contact.ConsentState{contact.ChannelEmail: rec.EmailConsent, contact.ChannelPhone: rec.PhoneConsent} {
		if state != nil {
			in.Consents = append(in.Consents, &CaptureConsentInput{Channel: channel, Purpose: contact.PurposeMarketing, State: *state, Basis: contact.BasisConsent})
		}
	}
	return in
}

func attributes(m map[string]any) db.Attributes {
	if len(m) == 0 {
		return nil
	}
	b, _ := json.Marshal(m) // texts, numbers and booleans
	return b
}

// place turns faults of a capture into faults of the row: the column instead of the input's field.
func (r *running) place(rec *sheet.Record, faults fault.List) []sheet.RowError {
	out := make([]sheet.RowError, len(faults))
	for i, f := range faults {
		target := targetOf(f.Field)
		x := sheet.RowError{Line: rec.Line, Code: string(f.Code), Message: f.Message}
		if f.Code == fault.BadUserInput {
			x.Code = "BAD_" + snake(target)
		}
		for _, c := range r.row.Mapping.Columns {
			if c.To == target || target == "companyDomain" && c.To == "website" {
				x.Column = c.Column
			}
		}
		for _, v := range rec.Facts() {
			if v.To == target || target == "companyDomain" && v.To == "website" {
				x.Value = v.Value[:min(len(v.Value), sheet.MaxExcerpt)]
			}
		}
		out[i] = x
	}
	return out
}

// targetOf is the mapping's word for an input's field.
func targetOf(field string) string {
	switch field {
	case "account.name":
		return "company"
	case "account.domain":
		return "companyDomain"
	case "account.country":
		return "accountCountry"
	case "account.tier":
		return "accountTier"
	case "account.revenueMinor":
		return "revenue"
	}
	if rest, ok := strings.CutPrefix(field, "contact."); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(field, "account."); ok {
		return rest
	}
	return field
}

// snake writes companyDomain as COMPANY_DOMAIN and touch.kind as TOUCH_KIND.
func snake(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c == '.':
			b.WriteByte('_')
		case c >= 'A' && c <= 'Z':
			b.WriteByte('_')
			b.WriteRune(c)
		default:
			b.WriteString(strings.ToUpper(string(c)))
		}
	}
	if b.Len() == 0 {
		return "ROW"
	}
	return b.String()
}

// clean makes an excerpt fit for a text column: valid UTF-8 without NUL.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// errDry ends a transaction that was only tried.
var errDry = errors.New("only tried")
