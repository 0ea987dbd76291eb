package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/id"
)

// lettered is a person with a random past: as the database has it, and as the rule is told of it.
type lettered struct {
	id, account id.UUID
	name        string // the id for callers
	state       contactpolicy.State
	own         []contactpolicy.Entry
}

// past writes a random past of a person into the database.
func past(t *testing.T, c *pgx.Conn, r *rand.Rand, workspace id.UUID, source id.UUID, campaigns []contactpolicy.Campaign, p *lettered, now time.Time) {
	t.Helper()
	ctx := context.Background()
	exec := func(sql string, args ...any) {
		_, err := c.Exec(ctx, sql, args...)
		require.NoError(t, err, sql)
	}
	channels, departments := []contact.Channel{contact.ChannelEmail, contact.ChannelPhone}, auth.Departments
	for range r.IntN(9) {
		e := contactpolicy.Entry{At: now.Add(time.Duration(r.Int64N(int64(80*time.Hour))) - 60*time.Hour).Truncate(time.Microsecond), Channel: channels[r.IntN(2)],
			Purpose: contact.Purposes[r.IntN(3)], Department: departments[r.IntN(2)]}
		var campaign *id.UUID
		if n := r.IntN(4); n < len(campaigns) {
			e.CampaignID = campaigns[n].ID
			campaign = &e.CampaignID
		}
		counts := true
		var expires *time.Time
		state := "SENT"
		switch r.IntN(4) {
		case 0: // recorded as a touch
			kind, direction := contact.KindEmailSent, contact.DirectionOutbound
			if r.IntN(4) == 0 {
				direction, counts = contact.DirectionInbound, false
			}
			e.Purpose = contact.Purpose(e.Department)
			exec(`insert into touches (workspace_id, id, contact_id, account_id, source_id, kind, channel, direction, department, occurred_at, campaign_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
				workspace, id.New(), p.id, p.account, source, kind, e.Channel, direction, e.Department, e.At, campaign)
		case 1:
			state = "RESERVED"
			expires = new(later(now.Add(time.Duration(r.Int64N(int64(5*time.Hour)))-2*time.Hour), e.At.Add(time.Minute)).Truncate(time.Microsecond))
			counts = expires.After(now)
			fallthrough
		default:
			if r.IntN(6) == 0 {
				state, counts = "CANCELLED", false
			}
			message := id.New()
			var touch *id.UUID
			if state == "SENT" && r.IntN(2) == 0 { // it left a touch: one message all the same
				touch = new(id.New())
				exec(`insert into touches (workspace_id, id, contact_id, account_id, source_id, kind, channel, direction, department, occurred_at) values ($1, $2, $3, $4, $5, 'EMAIL_SENT', $6, 'OUTBOUND', $7, $8)`,
					workspace, *touch, p.id, p.account, source, e.Channel, e.Department, e.At)
			}
			exec(`insert into messages (workspace_id, id, contact_id, account_id, channel, purpose, department, state, at, expires_at, touch_id, actor_kind, created_at, campaign_id)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'SYSTEM', $12, $13)`, workspace, message, p.id, p.account, e.Channel, e.Purpose, e.Department, state, e.At, expires, touch, now, campaign)
		}
		if counts {
			p.own = append(p.own, e)
		}
	}
	if r.IntN(3) == 0 {
		h := contactpolicy.Holder{Department: departments[r.IntN(2)], Until: now.Add(time.Duration(r.Int64N(int64(30*time.Hour))) - 10*time.Hour).Truncate(time.Microsecond)}
		p.state.Holder = &h
		exec(`insert into standings (workspace_id, contact_id, floor_department, floor_event, floor_since, floor_until, updated_at) values ($1, $2, $3, 'MEETING_HELD', $4, $5, $4)`,
			workspace, p.id, h.Department, now.Add(-20*time.Hour), h.Until)
	}
	if r.IntN(8) == 0 {
		p.state.Customer = true
		exec(`update contacts set customer_since = now() where workspace_id = $1 and id = $2`, workspace, p.id)
	}
	if r.IntN(8) == 0 {
		p.state.OpenDeal = true
		exec(`insert into deals (workspace_id, id, lead_id, contact_id, name, amount_minor, currency, outcome, opened_at, updated_at)
			select workspace_id, gen_random_uuid(), id, contact_id, 'Lorries', 1, 'EUR', 'OPEN', now(), now() from leads where workspace_id = $1 and contact_id = $2`, workspace, p.id)
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// TestTheLedgerIsWhatTheRuleIsTold compares the API's answers with the rule's about the same pasts, and tries every next instant. Who reserves is answered as
// who asks.
func TestTheLedgerIsWhatTheRuleIsTold(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("brightwater")
	a.source(ada, "web")
	policy := contactpolicy.Default()
	policy.Caps = []contactpolicy.Cap{{Key: "day", Scope: contactpolicy.PerContact, Limit: 2, WindowHours: 24}, {Key: "mails", Scope: contactpolicy.PerChannel, Limit: 2, WindowHours: 40},
		{Key: "company", Scope: contactpolicy.PerAccount, Limit: 6, WindowHours: 20}}
	director := a.inForce(ada, "brightwater", policy)
	program, err := contactpolicy.Compile(&policy)
	require.NoError(t, err)
	conn := owner(t, a.owner)
	var workspace, source id.UUID
	require.NoError(t, conn.QueryRow(t.Context(), "select workspace_id, id from sources").Scan(&workspace, &source))
	campaigns := a.campaigns(ada, director)
	r, now := rand.New(rand.NewPCG(7, 7)), time.Now().UTC().Truncate(time.Microsecond)
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	people := make([]*lettered, 36)
	for i := range people {
		p := &lettered{name: a.person(ada, "web", fmt.Sprintf("p%d@acme%d.example", i, i%12), fmt.Sprintf("Acme %d", i%12))}
		p.id = uuid(t, p.name)
		require.NoError(t, conn.QueryRow(t.Context(), "select account_id from contacts where workspace_id = $1 and id = $2", workspace, p.id).Scan(&p.account))
		p.state.Consents = []contactpolicy.Consent{{Channel: contact.ChannelEmail, Purpose: contact.PurposeMarketing, State: contact.ConsentGranted, Basis: contact.BasisConsent}}
		if i%2 == 0 {
			p.state.Zone = berlin
			_, err := conn.Exec(t.Context(), "update contacts set time_zone = 'Europe/Berlin' where workspace_id = $1 and id = $2", workspace, p.id)
			require.NoError(t, err)
		}
		past(t, conn, r, workspace, source, campaigns, p, now)
		people[i] = p
	}
	for _, p := range people {
		for _, q := range people {
			if q.account == p.account {
				for _, e := range q.own {
					e.Colleague = q != p
					p.state.Ledger = append(p.state.Ledger, e)
				}
			}
		}
	}
	outcomes, senders := map[string]int{}, map[auth.Department]string{auth.Marketing: ada, auth.Sales: director}
	for _, p := range people {
		for _, d := range auth.Departments {
			for _, c := range []contact.Channel{contact.ChannelEmail, contact.ChannelPhone} {
				ask := contactpolicy.Ask{Channel: c, Purpose: contact.Purpose(d), Department: d, At: now.Add(time.Hour + time.Duration(r.Int64N(int64(24*time.Hour)))).Truncate(time.Microsecond)}
				if n := r.IntN(4); n < len(campaigns) {
					ask.Campaign = &campaigns[n]
				}
				want, got := program.Decide(&p.state, ask), a.asked(ada, p.name, ask)
				require.Equal(t, want.Outcome, got.Outcome)
				require.Equal(t, want.NextAllowedAt, got.NextAllowedAt)
				require.Len(t, got.Reasons, len(want.Reasons))
				for i, w := range want.Reasons {
					require.Equal(t, w, got.Reasons[i])
				}
				outcomes[string(got.Outcome)]++
				outcome, allowed := a.tried(senders[d], p.name, ask)
				require.Equal(t, got.Outcome, outcome)
				require.Equal(t, got.NextAllowedAt, allowed)
				if next := got.NextAllowedAt; next != nil {
					ask.At = *next
					require.Equal(t, contactpolicy.Allowed, a.asked(ada, p.name, ask).Outcome)
					outcome, _ := a.tried(senders[d], p.name, ask)
					require.Equal(t, contactpolicy.Allowed, outcome)
					ask.At = next.Add(-time.Microsecond)
					require.Equal(t, contactpolicy.Defer, a.asked(ada, p.name, ask).Outcome)
				}
			}
		}
	}
	t.Log(outcomes)
	for _, o := range contactpolicy.Outcomes {
		require.GreaterOrEqual(t, outcomes[string(o)], 5, o)
	}
}

// asked asks the API.
func (a *testAPI) asked(token, who string, ask contactpolicy.Ask) contactpolicy.Decision {
	a.t.Helper()
	var out struct{ MayContact contactpolicy.Decision }
	var campaign any
	if ask.Campaign != nil {
		campaign = id.Global{Kind: id.Campaign, UUID: ask.Campaign.ID}.String()
	}
	a.do(token, `query ($who: ID!, $channel: Channel!, $purpose: Purpose!, $department: Department!, $at: Time, $campaign: ID) { mayContact(contactId: $who, channel: $channel,
		purpose: $purpose, department: $department, at: $at, campaignId: $campaign) { outcome nextAllowedAt reasons { code clause until text } } }`,
		map[string]any{"who": who, "channel": ask.Channel, "purpose": ask.Purpose, "department": ask.Department, "at": ask.At.Format(time.RFC3339Nano), "campaign": campaign}).into(a.t, &out)
	d := out.MayContact
	d.Reasons = slices.Clone(d.Reasons)
	return d
}

// tried reserves a slot and gives it back.
func (a *testAPI) tried(token, who string, ask contactpolicy.Ask) (contactpolicy.Outcome, *time.Time) {
	a.t.Helper()
	var out struct {
		ReserveContact struct {
			Decision    contactpolicy.Decision
			Reservation *struct{ ID string }
		}
	}
	var campaign any
	if ask.Campaign != nil {
		campaign = id.Global{Kind: id.Campaign, UUID: ask.Campaign.ID}.String()
	}
	a.do(token, `mutation ($who: ID!, $channel: Channel!, $purpose: Purpose!, $department: Department!, $at: Time, $campaign: ID) { reserveContact(input: {contactId: $who, channel: $channel,
		purpose: $purpose, department: $department, at: $at, campaignId: $campaign}) { decision { outcome nextAllowedAt } reservation { id } } }`,
		map[string]any{"who": who, "channel": ask.Channel, "purpose": ask.Purpose, "department": ask.Department, "at": ask.At.Format(time.RFC3339Nano), "campaign": campaign}).into(a.t, &out)
	if slot := out.ReserveContact.Reservation; slot != nil {
		require.Empty(a.t, a.do(token, `mutation ($id: ID!) { cancelContact(input: {messageId: $id}) { cursor } }`, map[string]any{"id": slot.ID}).Errors)
	}
	return out.ReserveContact.Decision.Outcome, out.ReserveContact.Decision.NextAllowedAt
}

// campaigns makes two campaigns: one that both departments acknowledged, and one that customers are to be spared.
func (a *testAPI) campaigns(ada, director string) []contactpolicy.Campaign {
	a.t.Helper()
	var all []contactpolicy.Campaign
	for _, key := range []string{"known", "unknown"} {
		var out struct {
			CreateCampaign struct{ Campaign struct{ ID string } }
		}
		a.do(ada, `mutation ($key: String!) { createCampaign(input: {key: $key, name: $key, kind: ACQUISITION, channel: EMAIL, startsAt: "2026-01-01T00:00:00Z"}) { campaign { id } } }`,
			map[string]any{"key": key}).into(a.t, &out)
		c := contactpolicy.Campaign{ID: uuid(a.t, out.CreateCampaign.Campaign.ID), Kind: contact.CampaignAcquisition, Acknowledged: key == "known"}
		for _, token := range []string{ada, director} {
			if c.Acknowledged || token == ada { // one word is not enough
				require.Empty(a.t, a.do(token, `mutation ($id: ID!) { acknowledgeCampaign(input: {campaignId: $id}) { cursor } }`, map[string]any{"id": out.CreateCampaign.Campaign.ID}).Errors)
			}
		}
		all = append(all, c)
	}
	return all
}
