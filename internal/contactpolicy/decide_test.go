package contactpolicy

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// noon is a Wednesday.
var noon = time.Date(2026, 3, 25, 12, 0, 0, 0, time.UTC)

// compiled is a policy made ready.
func compiled(t require.TestingT, p Policy) *Program {
	r, err := Compile(&p)
	require.NoError(t, err)
	return r
}

// sales asks by e-mail.
func sales(at time.Time) Ask {
	return Ask{Channel: contact.ChannelEmail, Purpose: contact.PurposeSales, Department: auth.Sales, At: at}
}

// marketing asks by e-mail, perhaps for a campaign.
func marketing(at time.Time, kinds ...contact.CampaignKind) Ask {
	a := Ask{Channel: contact.ChannelEmail, Purpose: contact.PurposeMarketing, Department: auth.Marketing, At: at}
	for _, k := range kinds {
		a.Campaign = &Campaign{ID: id.UUID{1}, Kind: k}
	}
	return a
}

// sent are messages of sales by e-mail, so many hours before noon.
func sent(hours ...float64) []Entry {
	var list []Entry
	for _, h := range hours {
		list = append(list, Entry{At: noon.Add(-time.Duration(h * float64(time.Hour))), Channel: contact.ChannelEmail, Purpose: contact.PurposeSales, Department: auth.Sales})
	}
	return list
}

// codes are the codes of a decision's reasons.
func codes(d Decision) []Code {
	list := []Code{}
	for _, r := range d.Reasons {
		list = append(list, r.Code)
	}
	return list
}

// granted is a consent to marketing by e-mail.
func granted(basis contact.ConsentBasis) []Consent {
	return []Consent{{Channel: contact.ChannelEmail, Purpose: contact.PurposeMarketing, State: contact.ConsentGranted, Basis: basis}}
}

func TestWhatStandsAgainstAContactUntilSomebodyChangesIt(t *testing.T) {
	t.Parallel()
	p := compiled(t, Default())
	agreed := granted(contact.BasisConsent)
	acknowledged := marketing(noon, contact.CampaignAcquisition)
	acknowledged.Campaign.Acknowledged = true
	service := Ask{Channel: contact.ChannelEmail, Purpose: contact.PurposeTransactional, Department: auth.Sales, At: noon}
	withdrawn := Consent{Channel: contact.ChannelEmail, Purpose: contact.PurposeMarketing, State: contact.ConsentWithdrawn, Basis: contact.BasisConsent}
	for name, c := range map[string]struct {
		state State
		ask   Ask
		want  []Code
	}{
		"sales may write to a person who wrote to us":                    {State{}, sales(noon), []Code{}},
		"marketing by e-mail needs a consent":                            {State{}, marketing(noon), []Code{NoConsent}},
		"a consent allows it":                                            {State{Consents: agreed}, marketing(noon), []Code{}},
		"an obligation by law is no ground for marketing":                {State{Consents: granted(contact.BasisLegalObligation)}, marketing(noon), []Code{NoConsent}},
		"a withdrawn consent is an opt-out, not a missing consent":       {State{Consents: []Consent{withdrawn}}, marketing(noon), []Code{OptedOut}},
		"an opt-out from marketing leaves sales free":                    {State{Consents: []Consent{withdrawn}}, sales(noon), []Code{}},
		"an address that bounced is not written to":                      {State{Bounced: []contact.Channel{contact.ChannelEmail}}, sales(noon), []Code{Bounced}},
		"a bounced telephone leaves e-mail free":                         {State{Bounced: []contact.Channel{contact.ChannelPhone}}, sales(noon), []Code{}},
		"an erased person is nobody":                                     {State{Erased: true}, service, []Code{Erased}},
		"who is never to be contacted gets no receipts either":           {State{Suppressed: true}, service, []Code{Suppressed}},
		"customers are spared acquisition":                               {State{Customer: true, Consents: agreed}, marketing(noon, contact.CampaignAcquisition), []Code{CustomerProtected}},
		"unless both departments acknowledged it":                        {State{Customer: true, Consents: agreed}, acknowledged, []Code{}},
		"retention reaches customers":                                    {State{Customer: true, Consents: agreed}, marketing(noon, contact.CampaignRetention), []Code{}},
		"sales may write to customers":                                   {State{Customer: true}, sales(noon), []Code{}},
		"an open deal is left to sales":                                  {State{OpenDeal: true, Consents: agreed}, marketing(noon), []Code{DealProtected}},
		"who holds the conversation without end is asked to pass it on":  {State{Holder: &Holder{Department: auth.Sales}, Consents: agreed}, marketing(noon), []Code{FloorHeld}},
		"what was ordered is confirmed, whoever holds the conversation":  {State{Holder: &Holder{Department: auth.Marketing}, OpenDeal: true, Customer: true}, service, []Code{}},
		"all reasons are named, in their order":                          {State{Suppressed: true, Customer: true, OpenDeal: true, Ledger: sent(1), NotBefore: noon.Add(1)}, marketing(noon), []Code{Suppressed, NoConsent, CustomerProtected, DealProtected, GapTooShort}},
		"a day agreed on that has come stands against nothing":           {State{NotBefore: noon}, sales(noon), []Code{}},
		"a conversation that the same department holds is its to go on ": {State{Holder: &Holder{Department: auth.Sales, Until: noon.Add(time.Hour)}}, sales(noon), []Code{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := p.Decide(&c.state, c.ask)
			require.Equal(t, c.want, codes(d))
			require.Nil(t, d.NextAllowedAt)
			if len(c.want) == 0 {
				require.Equal(t, Allowed, d.Outcome)
			} else {
				require.Equal(t, Denied, d.Outcome)
			}
		})
	}
}

func TestWhatPassesByItself(t *testing.T) {
	t.Parallel()
	p := compiled(t, Default())
	colleagues := sent(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)
	for i := range colleagues {
		colleagues[i].Colleague = true
	}
	campaign := sent(48)
	campaign[0].CampaignID, campaign[0].Department = id.UUID{2}, auth.Marketing
	ordered := sent(1, 2, 3, 4)
	for i := range ordered {
		ordered[i].Purpose = contact.PurposeTransactional
	}
	hours := func(h float64) *time.Time { return new(noon.Add(time.Duration(h * float64(time.Hour)))) }
	for name, c := range map[string]struct {
		state State
		ask   Ask
		want  []Code
		next  *time.Time
	}{
		"twelve hours lie between e-mails":                        {State{Ledger: sent(11)}, sales(noon), []Code{GapTooShort}, hours(1)},
		"no more than twelve":                                     {State{Ledger: sent(12)}, sales(noon), []Code{}, nil},
		"a message to come is as near as one that went":           {State{Ledger: sent(-1)}, sales(noon), []Code{GapTooShort}, new(noon.Add(20 * time.Hour))},
		"three messages a day and four e-mails a week":            {State{Ledger: sent(100, 23, 22, 21)}, sales(noon), []Code{CapContact, CapChannel}, hours(68)},
		"twenty messages a day to a company":                      {State{Ledger: colleagues}, sales(noon), []Code{CapAccount}, hours(4)},
		"what was ordered counts for nothing":                     {State{Ledger: ordered}, sales(noon), []Code{}, nil},
		"another campaign waits for three days":                   {State{Ledger: campaign, Consents: granted(contact.BasisConsent)}, marketing(noon, contact.CampaignNurture), []Code{CampaignOverlap}, new(noon.Add(24 * time.Hour))},
		"a message without a campaign does not":                   {State{Ledger: campaign, Consents: granted(contact.BasisConsent)}, marketing(noon), []Code{}, nil},
		"at night people sleep":                                   {State{}, sales(noon.Add(10 * time.Hour)), []Code{Quiet}, hours(20)},
		"it is night where they live":                             {State{Zone: zone(t, "Asia/Tokyo")}, sales(noon), []Code{Quiet}, hours(11)},
		"the floor is free when it passes":                        {State{Holder: &Holder{auth.Marketing, noon.Add(time.Hour)}}, sales(noon), []Code{FloorHeld}, hours(1)},
		"what passes at night waits for the morning":              {State{Holder: &Holder{auth.Marketing, noon.Add(10 * time.Hour)}}, sales(noon), []Code{FloorHeld}, hours(20)},
		"a day that was agreed on is waited for":                  {State{NotBefore: noon.Add(2 * time.Hour)}, sales(noon), []Code{NotDue}, hours(2)},
		"the last of several to pass decides, in the other order": {State{NotBefore: noon.Add(2 * time.Hour), Ledger: sent(11)}, sales(noon), []Code{GapTooShort, NotDue}, hours(2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := p.Decide(&c.state, c.ask)
			require.Equal(t, c.want, codes(d))
			require.Equal(t, c.next, d.NextAllowedAt)
			require.Equal(t, c.next != nil, d.Outcome == Defer)
		})
	}
}

func TestReasonsSayTheNumbers(t *testing.T) {
	t.Parallel()
	p := compiled(t, Default())
	ledger := sent(100, 23, 22, 21)
	ledger[2].Department = auth.Marketing
	state := State{Ledger: ledger, Zone: zone(t, "America/New_York"), Holder: &Holder{auth.Marketing, noon.Add(time.Hour)}, NotBefore: noon.Add(3 * time.Hour)}
	d := p.Decide(&state, sales(noon.Add(-time.Hour)))
	type said struct{ clause, until, text string }
	var got []said
	for _, r := range d.Reasons {
		s := said{until: stamp(*r.Until), text: r.Text}
		if r.Clause != nil {
			s.clause = *r.Clause
		}
		got = append(got, s)
	}
	require.Equal(t, []said{
		{"", "2026-03-25T13:00:00Z", "The conversation is MARKETING's until 2026-03-25T13:00:00Z."},
		{"caps.contact-day", "2026-03-25T13:00:00Z", "3 of at most 3 messages to the person in 24 hours went or are reserved since 2026-03-24T13:00:00Z: 1 by MARKETING, 2 by SALES."},
		{"caps.email-week", "2026-03-28T08:00:00Z", "4 of at most 4 messages to the person by EMAIL in 168 hours went or are reserved since 2026-03-21T08:00:00Z: 1 by MARKETING, 3 by SALES."},
		{"quietHours.night", "2026-03-25T12:00:00Z", "It is Wednesday 07:00 where the person lives (America/New_York); quiet hours for EMAIL end there on Wednesday 08:00."},
		{"", "2026-03-25T15:00:00Z", "It was agreed not to come back before 2026-03-25T15:00:00Z."},
	}, got)
	require.Equal(t, time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), *d.NextAllowedAt, "at eight in New York, after the week's four e-mails")

	d = p.Decide(&State{Ledger: sent(1)}, sales(noon))
	require.Equal(t, "SALES's message by EMAIL of 2026-03-25T11:00:00Z is too near: 720 minutes must lie between.", d.Reasons[0].Text)
	d = p.Decide(&State{Customer: true}, marketing(noon))
	require.Equal(t, "Messages by EMAIL for MARKETING need a consent on the basis CONSENT, CONTRACT or LEGITIMATE_INTEREST; none is on record.", d.Reasons[0].Text)
	require.Equal(t, "The person is a customer: messages of MARKETING and SALES for MARKETING are held back, but for RETENTION campaigns.", d.Reasons[1].Text)
}

func TestOfFiftyWhoReserveOneGetsTheSlot(t *testing.T) {
	t.Parallel()
	p := compiled(t, Policy{Caps: []Cap{{Key: "day", Scope: PerContact, Limit: 1, WindowHours: 24}}})
	state, won := State{}, 0
	for range 50 {
		if p.Decide(&state, sales(noon)).Outcome == Allowed {
			state.Ledger = append(state.Ledger, Entry{At: noon, Channel: contact.ChannelEmail, Purpose: contact.PurposeSales})
			won++
		}
	}
	require.Equal(t, 1, won)
	require.Equal(t, Defer, p.Decide(&state, sales(noon.Add(24*time.Hour-time.Microsecond))).Outcome, "the one may send until the end")
	require.Equal(t, Allowed, p.Decide(&state, sales(noon.Add(24*time.Hour))).Outcome)
}

func TestEachChannelIsCountedByItself(t *testing.T) {
	t.Parallel()
	p := compiled(t, Policy{Caps: []Cap{{Key: "day", Scope: PerChannel, Limit: 1, WindowHours: 24}}})
	call := sales(noon)
	call.Channel = contact.ChannelPhone
	require.Equal(t, []Code{CapChannel}, codes(p.Decide(&State{Ledger: sent(1)}, sales(noon))))
	require.Empty(t, codes(p.Decide(&State{Ledger: sent(1)}, call)))
}

func TestMessagesAWindowApartLeaveRoomBetweenThem(t *testing.T) {
	t.Parallel()
	p := compiled(t, Policy{Caps: []Cap{{Key: "day", Scope: PerContact, Limit: 2, WindowHours: 24}}})
	require.Empty(t, codes(p.Decide(&State{Ledger: sent(12, -12)}, sales(noon))))
	require.Equal(t, []Code{CapContact}, codes(p.Decide(&State{Ledger: sent(12, -11.99)}, sales(noon))))
}

func TestTheFloorGoesToWhomThePolicyGivesIt(t *testing.T) {
	t.Parallel()
	p := compiled(t, Default())
	require.Equal(t, &Holder{auth.Sales, noon.Add(14 * 24 * time.Hour)}, p.FloorAfter(HandoffAccepted, noon))
	require.Equal(t, &Holder{auth.Marketing, noon.Add(14 * 24 * time.Hour)}, p.FloorAfter(LeadReturned, noon))
	require.Nil(t, p.FloorAfter(DealLost, noon))
	require.Equal(t, 168*time.Hour, p.LongestWindow())
}

// zone finds a time zone.
func zone(t require.TestingT, name string) *time.Location {
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}
