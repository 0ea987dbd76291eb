package contactpolicy

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// places are the paths of an error's faults.
func places(err error) []string {
	list := []string{}
	if faults, ok := err.(fault.List); ok {
		for _, f := range faults {
			list = append(list, f.Field)
		}
	}
	return list
}

func TestAPolicyThatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	email, fax := contact.ChannelEmail, contact.Channel("FAX")
	night := func(from, to string, days ...clause.Weekday) Policy {
		return Policy{QuietHours: &QuietHours{FallbackZone: "UTC", Times: []QuietTime{{Key: "a", From: from, To: to, Days: days}}}}
	}
	for name, c := range map[string]struct {
		policy Policy
		want   []string
	}{
		"an empty policy holds nothing":        {Policy{}, []string{}},
		"keys are told apart":                  {Policy{MinGaps: []MinGap{{Key: "a", Minutes: 1}, {Key: "a", Minutes: 2}}}, []string{"minGaps[1].key"}},
		"there is no fax":                      {Policy{MinGaps: []MinGap{{Key: "a", Channel: &fax, Minutes: 1}}}, []string{"minGaps[0].channel"}},
		"words stand once":                     {Policy{Consents: []ConsentRule{{Key: "a", Channels: []contact.Channel{email, email}}}}, []string{"consents[0].channels[1]"}},
		"grounds exist":                        {Policy{Consents: []ConsentRule{{Key: "a", Bases: []contact.ConsentBasis{"HABIT"}}}}, []string{"consents[0].bases[0]"}},
		"a rule after one for everything":      {Policy{Consents: []ConsentRule{{Key: "a"}, {Key: "b", Channels: []contact.Channel{email}}}}, []string{"consents[1]"}},
		"an event has one floor":               {Policy{Floors: []Floor{{DealWon, auth.Sales, 1}, {DealWon, auth.Marketing, 1}}}, []string{"floors[1].event"}},
		"a floor has an end":                   {Policy{Floors: []Floor{{DealWon, auth.Sales, 0}}}, []string{"floors[0].hours"}},
		"departments exist":                    {Policy{Customers: &Protection{Departments: []auth.Department{"LEGAL"}}}, []string{"customers.departments[0]"}},
		"transactional messages are not held":  {Policy{OpenDeals: &Protection{Purposes: contact.Purposes}}, []string{"openDeals.purposes[2]"}},
		"nor counted":                          {Policy{Caps: []Cap{{Key: "a", Scope: PerContact, Purposes: contact.Purposes, Limit: 1, WindowHours: 1}}}, []string{"caps[0].purposes[2]"}},
		"a cap lets something through":         {Policy{Caps: []Cap{{Key: "a", Scope: PerContact, Limit: 0, WindowHours: 1}}}, []string{"caps[0].limit"}},
		"a window has a length":                {Policy{Caps: []Cap{{Key: "a", Scope: PerContact, Limit: 1}}}, []string{"caps[0].windowHours"}},
		"a person's cap has no channel":        {Policy{Caps: []Cap{{Key: "a", Scope: PerContact, Channel: &email, Limit: 1, WindowHours: 1}}}, []string{"caps[0].channel"}},
		"a scope is one of three":              {Policy{Caps: []Cap{{Key: "a", Limit: 1, WindowHours: 1}}}, []string{"caps[0].scope"}},
		"five a day under three a week":        {Policy{Caps: []Cap{{Key: "a", Scope: PerContact, Limit: 5, WindowHours: 24}, {Key: "b", Scope: PerContact, Limit: 3, WindowHours: 168}}}, []string{"caps[0]"}},
		"the same cap twice":                   {Policy{Caps: []Cap{{Key: "a", Scope: PerContact, Limit: 5, WindowHours: 24}, {Key: "b", Scope: PerContact, Limit: 5, WindowHours: 24}}}, []string{"caps[1]"}},
		"one a day and three a week":           {Policy{Caps: []Cap{{Key: "a", Scope: PerContact, Limit: 1, WindowHours: 24}, {Key: "b", Scope: PerContact, Limit: 3, WindowHours: 168}}}, []string{}},
		"a zone exists":                        {Policy{QuietHours: &QuietHours{FallbackZone: "Local"}}, []string{"quietHours.fallbackZone", "quietHours.times"}},
		"quiet hours have times":               {Policy{QuietHours: &QuietHours{FallbackZone: "UTC"}}, []string{"quietHours.times"}},
		"times are times of day":               {night("9:00", "25:00"), []string{"quietHours.times[0].from", "quietHours.times[0].to"}},
		"a time has a length":                  {night("09:00", "09:00"), []string{"quietHours.times[0].to"}},
		"days exist":                           {night("09:00", "10:00", "FREITAG"), []string{"quietHours.times[0].days[0]"}},
		"somewhen people can be reached":       {night("00:00", "24:00"), []string{"quietHours.times"}},
		"if only for a minute":                 {night("00:00", "23:59"), []string{}},
		"the distance of campaigns is a range": {Policy{CampaignOverlapHours: new(0)}, []string{"campaignOverlapHours"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, places(c.policy.Check(condition.NewRegistry(nil))))
			if len(c.want) == 0 {
				_, err := Compile(&c.policy)
				require.NoError(t, err, "what can be kept can be run")
			}
		})
	}
}

func TestTenThousandRulesAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	p := Policy{Consents: make([]ConsentRule, 10_000), Floors: make([]Floor, 10_000), Caps: make([]Cap, 10_000), MinGaps: make([]MinGap, 10_000),
		QuietHours: &QuietHours{FallbackZone: "UTC", Times: make([]QuietTime, 10_000)}, Customers: &Protection{Purposes: make([]contact.Purpose, 10_000)}}
	start := time.Now()
	require.Equal(t, []string{"consents", "floors", "customers.purposes", "caps", "minGaps", "quietHours.times"}, places(p.Check(condition.NewRegistry(nil))))
	require.Less(t, time.Since(start), 10*time.Second)
}

func TestTheDefaultIsAPolicyInWords(t *testing.T) {
	t.Parallel()
	p := Default()
	require.NoError(t, p.Check(condition.NewRegistry(nil)))
	require.Equal(t, []clause.Clause{
		{Key: "consents.marketing-email", Text: "A message by EMAIL for MARKETING needs a consent on the basis CONSENT, CONTRACT or LEGITIMATE_INTEREST."},
		{Key: "consents.marketing-phone", Text: "A message by PHONE or SMS for MARKETING needs a consent on the basis CONSENT."},
		{Key: "consents.sales-sms", Text: "A message by SMS for SALES needs a consent on the basis CONSENT or CONTRACT."},
		{Key: "floors.HANDOFF_ACCEPTED", Text: "After HANDOFF_ACCEPTED the conversation is SALES's for 336 hours."},
		{Key: "floors.LEAD_RETURNED", Text: "After LEAD_RETURNED the conversation is MARKETING's for 336 hours."},
		{Key: "floors.REPLIED_TO_SALES", Text: "After REPLIED_TO_SALES the conversation is SALES's for 168 hours."},
		{Key: "floors.REPLIED_TO_MARKETING", Text: "After REPLIED_TO_MARKETING the conversation is MARKETING's for 24 hours."},
		{Key: "floors.MEETING_HELD", Text: "After MEETING_HELD the conversation is SALES's for 336 hours."},
		{Key: "floors.DEAL_OPENED", Text: "After DEAL_OPENED the conversation is SALES's for 2160 hours."},
		{Key: "customers", Text: "Of customers: messages of MARKETING and SALES for MARKETING are held back, but for RETENTION campaigns."},
		{Key: "openDeals", Text: "Of people with an open deal: messages of MARKETING are held back."},
		{Key: "caps.contact-day", Text: "At most 3 messages to a person in any 24 hours."},
		{Key: "caps.contact-week", Text: "At most 7 messages to a person in any 168 hours."},
		{Key: "caps.marketing-week", Text: "At most 3 messages for MARKETING to a person in any 168 hours."},
		{Key: "caps.email-week", Text: "At most 4 messages to a person by EMAIL in any 168 hours."},
		{Key: "caps.account-day", Text: "At most 20 messages to people of a company in any 24 hours."},
		{Key: "minGaps.email", Text: "Between two messages to a person by EMAIL lie 720 minutes."},
		{Key: "minGaps.phone", Text: "Between two messages to a person by PHONE lie 120 minutes."},
		{Key: "quietHours", Text: "Quiet hours go by the clock where the person lives, and by that of UTC where this is unknown."},
		{Key: "quietHours.night", Text: "No messages every day from 21:00 to 08:00 of the next day."},
		{Key: "quietHours.sunday", Text: "No messages by PHONE or SMS on SUNDAY from 00:00 to 24:00."},
		{Key: "campaignOverlap", Text: "Between messages of two campaigns to a person lie 72 hours."},
	}, p.Clauses())
}

func TestABodyKeepsItsBytes(t *testing.T) {
	t.Parallel()
	same := func(t require.TestingT, p Policy) {
		first, err := json.Marshal(p)
		require.NoError(t, err)
		var read Policy
		require.NoError(t, json.Unmarshal(first, &read))
		second, err := json.Marshal(read)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))
	}
	same(t, Default())
	rapid.Check(t, func(rt *rapid.T) { same(rt, somePolicy(rt)) })
	empty, err := json.Marshal(Policy{Caps: []Cap{}, Consents: []ConsentRule{}})
	require.NoError(t, err)
	require.Equal(t, "{}", string(empty))
}

func TestEveryReasonNamesAClause(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		body, s, a := somePolicy(rt), someState(rt), someAsk(rt)
		keys := map[string]bool{}
		for _, c := range body.Clauses() {
			require.False(rt, keys[c.Key])
			keys[c.Key] = true
		}
		for _, r := range compiled(rt, body).Decide(&s, a).Reasons {
			require.True(rt, r.Clause != nil && keys[*r.Clause] || r.Code == FloorHeld || r.Code == NotDue, r.Text)
		}
	})
}
