package condition

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// director are the facts of one lead that most tests look at.
func director() *Facts {
	f := NewRegistry(custom).NewFacts(noon)
	f.SetText(ContactTitle, "Senior Marketing-Director, EMEA")
	f.SetText(ContactCountry, "")
	f.SetNumber(AccountEmployees, 250)
	f.SetMinor(AccountRevenue, 1_000_050)
	f.SetBool(ContactFreeMail, false)
	f.SetText(LeadStage, "NURTURING")
	f.SetTime(LeadCreatedAt, noon.Add(-7*24*time.Hour))
	f.SetTouches([]Touch{
		{ID: id.UUID{3}, Kind: contact.KindEmailClicked, Channel: contact.ChannelEmail, Direction: contact.DirectionInbound, CampaignKind: contact.CampaignNurture, At: noon.Add(time.Hour)},
		{ID: id.UUID{2}, Kind: contact.KindResourceViewed, Channel: contact.ChannelWeb, Direction: contact.DirectionInbound, Position: contact.PositionBottom, At: noon},
		{ID: id.UUID{1}, Kind: contact.KindEmailClicked, Channel: contact.ChannelEmail, Direction: contact.DirectionInbound, CampaignKind: contact.CampaignNurture, At: noon.Add(-24 * time.Hour)},
	})
	return f
}

// is writes the test of an attribute.
func is(name, op, values string) string {
	if values != "" {
		values = ", " + values
	}
	return fmt.Sprintf(`{"attribute": {"name": %q, "op": %q%s}}`, name, op, values)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	const yes, no = true, false
	for name, test := range map[string]struct {
		condition string
		want      bool
	}{
		"a word of a title is found whatever its case":      {is("contact.title", "CONTAINS", `"value": "DIRECTOR"`), yes},
		"words are found one after the other":               {is("contact.title", "CONTAINS", `"value": "marketing director"`), yes},
		"part of a word is no word":                         {is("contact.title", "CONTAINS", `"value": "market"`), no},
		"words in another order are not found":              {is("contact.title", "CONTAINS", `"value": "director marketing"`), no},
		"one of several is enough":                          {is("contact.title", "CONTAINS_ANY", `"values": ["ceo", "emea"]`), yes},
		"a title starts with whole words":                   {is("contact.title", "STARTS_WITH", `"value": "senior marketing"`), yes},
		"a title does not start with half a word":           {is("contact.title", "STARTS_WITH", `"value": "sen"`), no},
		"a text is the whole text":                          {is("contact.title", "EQ", `"value": "senior marketing-director, emea"`), yes},
		"a text with other punctuation is another":          {is("contact.title", "EQ", `"value": "senior marketing director emea"`), no},
		"an empty text is missing":                          {is("contact.country", "IS_MISSING", ""), yes},
		"what is missing is not the value":                  {is("contact.country", "NE", `"value": "DE"`), yes},
		"what is missing is in no list":                     {is("contact.country", "NOT_IN", `"values": ["DE", "FR"]`), yes},
		"what is missing contains nothing":                  {is("contact.function", "NOT_CONTAINS", `"value": "sales"`), yes},
		"what is missing is neither small":                  {is("lead.cycle", "LT", `"value": 5`), no},
		"nor large":                                         {is("lead.cycle", "GTE", `"value": 5`), no},
		"nor false":                                         {is("contact.hasEmail", "EQ", `"value": false`), no},
		"a number at the edge is included by BETWEEN":       {is("account.employees", "BETWEEN", `"values": [250, 500]`), yes},
		"a number at the edge is excluded by GT":            {is("account.employees", "GT", `"value": 250`), no},
		"a number at the edge is excluded by LT":            {is("account.employees", "LT", `"value": 250`), no},
		"revenue counts in whole units":                     {is("account.revenue", "EQ", `"value": 10000.5`), yes},
		"a number is in a list":                             {is("account.employees", "IN", `"values": [300, 250, 200]`), yes},
		"no is an answer":                                   {is("contact.freeMail", "EQ", `"value": false`), yes},
		"a stage is one of some":                            {is("lead.stage", "IN", `"values": ["NEW", "NURTURING"]`), yes},
		"seven days ago is not within seven days":           {is("lead.createdAt", "WITHIN_DAYS", `"value": 7`), no},
		"seven days ago is seven days old":                  {is("lead.createdAt", "OLDER_THAN_DAYS", `"value": 7`), yes},
		"a time is after the one before":                    {is("lead.createdAt", "GT", `"value": "2026-03-22T11:59:59.999999Z"`), yes},
		"a time is written in any zone":                     {is("lead.createdAt", "BETWEEN", `"values": ["2026-03-22T14:00:00+02:00", "2026-03-22T14:00:00+02:00"]`), yes},
		"a touch of this very moment counts":                {`{"behaviour": {"kinds": ["RESOURCE_VIEWED"], "resourcePositions": ["BOTTOM"]}}`, yes},
		"a touch to come does not":                          {`{"behaviour": {"kinds": ["EMAIL_CLICKED"], "minCount": 2}}`, no},
		"24 hours ago is not within a day":                  {`{"behaviour": {"kinds": ["EMAIL_CLICKED"], "withinDays": 1}}`, no},
		"24 hours ago is within two days":                   {`{"behaviour": {"kinds": ["EMAIL_CLICKED", "CALL"], "channels": ["EMAIL"], "direction": "INBOUND", "campaignKinds": ["NURTURE"], "withinDays": 2}}`, yes},
		"a touch without a campaign is of no campaign kind": {`{"behaviour": {"kinds": ["RESOURCE_VIEWED"], "campaignKinds": ["NURTURE", "RETENTION"]}}`, no},
		"any touch counts where nothing is asked":           {`{"behaviour": {"minCount": 2}}`, yes},
		"all needs every one":                               {`{"all": [{"behaviour": {}}, ` + is("contact.country", "IS_SET", "") + `]}`, no},
		"any needs one":                                     {`{"any": [` + is("contact.country", "IS_SET", "") + `, {"behaviour": {}}]}`, yes},
		"not turns it round":                                {`{"not": ` + is("contact.country", "IS_SET", "") + `}`, yes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := program(t, test.condition)
			require.Equal(t, test.want, p.Match(director()))
			require.Equal(t, test.want, p.Explain(director()).Passed)
		})
	}
	t.Run("a publicity manager is no city manager", func(t *testing.T) {
		f := director()
		p := program(t, is("contact.title", "CONTAINS", `"value": "city manager"`))
		f.SetText(ContactTitle, "Publicity Manager")
		require.False(t, p.Match(f))
		f.SetText(ContactTitle, "Deputy City Manager")
		require.True(t, p.Match(f))
	})
}

func TestFacts(t *testing.T) {
	t.Parallel()
	t.Run("facts are read again for the next lead", func(t *testing.T) {
		f, p := director(), program(t, is("contact.title", "CONTAINS", `"value": "director"`))
		require.True(t, p.Match(f))
		f.Reset(noon)
		require.False(t, p.Match(f))
		f.SetText(ContactTitle, "Director")
		require.True(t, p.Match(f))
		require.False(t, program(t, `{"behaviour": {}}`).Match(f))
		require.Equal(t, noon, f.At())
	})
	t.Run("a number that is none is missing", func(t *testing.T) {
		f, p := director(), program(t, is("account.employees", "IS_MISSING", ""))
		f.SetNumber(AccountEmployees, math.NaN())
		require.True(t, p.Match(f))
	})
	t.Run("custom attributes of another type are missing", func(t *testing.T) {
		f, p := director(), program(t, is("lead.custom.budget", "GTE", `"value": 100`))
		require.NoError(t, f.SetCustom(EntityLead, []byte(`{"budget": 100}`)))
		require.True(t, p.Match(f))
		require.NoError(t, f.SetCustom(EntityLead, []byte(`{"budget": "100"}`)))
		require.False(t, p.Match(f))
		require.Error(t, f.SetCustom(EntityLead, []byte(`[`)))
	})
	t.Run("a program outlives the registry it was compiled with", func(t *testing.T) {
		p := program(t, is("lead.custom.budget", "EQ", `"value": 5`))
		for _, now := range []struct {
			custom []Custom
			want   bool
		}{
			{[]Custom{{Entity: EntityLead, Key: "area", Type: TypeNumber}, {Entity: EntityLead, Key: "budget", Type: TypeNumber}}, true},
			{[]Custom{{Entity: EntityLead, Key: "budget", Type: TypeText}}, false},
			{nil, false},
		} {
			f := NewRegistry(now.custom).NewFacts(noon)
			require.NoError(t, f.SetCustom(EntityLead, []byte(`{"budget": 5, "area": 7}`)))
			require.Equal(t, now.want, p.Match(f))
		}
	})
}

func TestTouches(t *testing.T) {
	t.Parallel()
	t.Run("touches are put in order", func(t *testing.T) {
		f, p := director(), program(t, `{"behaviour": {"withinDays": 1}}`)
		f.SetTouches([]Touch{{At: noon.Add(-48 * time.Hour)}, {At: noon}})
		require.True(t, p.Match(f))
	})
	t.Run("the words of a touch fit into 64 bits", func(t *testing.T) {
		require.Equal(t, 5, bits.OnesCount64(touchBits(&Touch{})))
		require.Less(t, bits.Len64((&Behaviour{}).bits()), 65)
		require.Equal(t, len(contact.TouchKinds)+len(contact.Channels)+len(contact.Directions)+len(contact.FunnelPositions)+len(contact.CampaignKinds)+5,
			bits.OnesCount64((&Behaviour{}).bits()))
	})
	t.Run("a matcher hands over the touches of its window", func(t *testing.T) {
		days := 2
		m, err := (&Behaviour{Channels: []contact.Channel{contact.ChannelEmail, contact.ChannelWeb}, MinCount: 1, WithinDays: &days}).Matcher()
		require.NoError(t, err)
		var ids []id.UUID
		for touch := range m.Touches(director()) {
			ids = append(ids, touch.ID)
		}
		require.Equal(t, []id.UUID{{2}, {1}}, ids)
	})
}

func TestExplain(t *testing.T) {
	t.Parallel()
	p := program(t, `{"all": [`+is("contact.title", "CONTAINS_ANY", `"values": ["director", "head of"]`)+`, {"any": [`+is("account.employees", "GTE", `"value": 1000`)+
		`, {"behaviour": {"kinds": ["EMAIL_CLICKED", "RESOURCE_VIEWED"], "minCount": 2, "withinDays": 30}}]}, {"not": `+is("contact.country", "EQ", `"value": "DE"`)+`}]}`)
	r := p.Explain(director())
	require.True(t, r.Passed)
	require.InDelta(t, (0.9+1+0.6)/3, r.Strength, 1e-12)
	title, employees := Text("Senior Marketing-Director, EMEA"), Number(250)
	require.Equal(t, []Leaf{
		{Path: "all[0].attribute", Passed: true, Text: `contact.title contains one of "director", "head of"`, Value: &title},
		{Path: "all[1].any[0].attribute", Text: "account.employees is at least 1000", Value: &employees},
		{Path: "all[1].any[1].behaviour", Passed: true, Text: "at least 2 touches EMAIL_CLICKED or RESOURCE_VIEWED in the last 30 days", Count: 2,
			Touches: []Seen{{ID: id.UUID{2}, At: noon}, {ID: id.UUID{1}, At: noon.Add(-24 * time.Hour)}}},
		{Path: "all[2].not.attribute", Negated: true, Text: `contact.country is "DE"`},
	}, r.Leaves)
	t.Run("evidence reads as a text", func(t *testing.T) {
		require.Equal(t, "Senior Marketing-Director, EMEA", *r.Leaves[0].Evidence())
		require.Equal(t, "250", *r.Leaves[1].Evidence())
		require.Equal(t, "2026-03-29T12:00:00Z, 2026-03-28T12:00:00Z", *r.Leaves[2].Evidence())
		require.Nil(t, r.Leaves[3].Evidence())
	})
	t.Run("what does not hold has no strength", func(t *testing.T) {
		r := program(t, `{"all": [{"behaviour": {}}, {"not": {"behaviour": {}}}]}`).Explain(director())
		require.False(t, r.Passed)
		require.Zero(t, r.Strength)
	})
	t.Run("at most ten touches are named, all are counted", func(t *testing.T) {
		f := director()
		f.SetTouches(slices.Repeat([]Touch{{Kind: contact.KindCall, At: noon}}, 30))
		leaf := program(t, `{"behaviour": {"minCount": 2}}`).Explain(f).Leaves[0]
		require.Len(t, leaf.Touches, 10)
		require.Equal(t, 30, leaf.Count)
		require.True(t, strings.HasSuffix(*leaf.Evidence(), " and 20 more"))
	})
	t.Run("long lists are cut in sentences", func(t *testing.T) {
		a := Attribute{Name: "lead.cycle", Op: In, Values: slices.Repeat([]Value{Number(1)}, 8)}
		require.Equal(t, "lead.cycle is one of 1, 1, 1, 1, 1 and 3 more", a.String())
		require.Equal(t, "lead.cycle is between 1 and 2", (&Attribute{Name: "lead.cycle", Op: Between, Values: []Value{Number(1), Number(2)}}).String())
		require.Equal(t, "contact.title is missing", (&Attribute{Name: "contact.title", Op: IsMissing}).String())
	})
}

func TestSQL(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		condition, sql string
		args           Args
		needs          Needs
	}{
		"a stage is looked up by its index": {is("lead.stage", "EQ", `"value": "NEW"`), "(l.stage = $1::text)", Args{"NEW"}, Needs{}},
		"a word is a pattern of tokens":     {is("contact.title", "CONTAINS", `"value": "City-Manager"`), "(lg_tokens(c.title) like $1::text)", Args{"% city manager %"}, Needs{Contact: true}},
		"a negation reaches the tests": {
			`{"not": {"all": [` + is("source.name", "NE", `"value": "X"`) + `, {"behaviour": {}}]}}`,
			"((lg_fold(s.name) = $1::text) or not exists (select 1 from touches t where t.workspace_id = l.workspace_id and t.contact_id = l.contact_id and t.occurred_at <= $2::timestamptz))",
			Args{"x", noon}, Needs{Source: true},
		},
		"what is missing is none of a list": {is("account.tier", "NOT_IN", `"values": ["B", "A"]`), "(lg_fold(a.tier) = any($1::text[])) is not true", Args{[]string{"a", "b"}}, Needs{Account: true}},
		"a custom key is an argument":       {is("lead.custom.budget", "GTE", `"value": 5`), "(lg_number(l.attributes -> $1::text) >= $2::float8)", Args{"budget", 5.0}, Needs{}},
		"a window has two ends":             {is("lead.createdAt", "WITHIN_DAYS", `"value": 1`), "(l.created_at between $1::timestamptz and $2::timestamptz)", Args{noon.Add(-24*time.Hour + time.Microsecond), noon}, Needs{}},
		"counting ends when it is decided": {
			`{"behaviour": {"kinds": ["CALL", "CHAT"], "direction": "INBOUND", "campaignKinds": ["NURTURE"], "minCount": 3, "withinDays": 2}}`,
			"(select count(*) from (select 1 from touches t join campaigns k on k.workspace_id = t.workspace_id and k.id = t.campaign_id where t.workspace_id = l.workspace_id and t.contact_id = l.contact_id" +
				" and t.occurred_at <= $1::timestamptz and t.occurred_at > $2::timestamptz and t.direction = $3::text and t.kind = any($4::text[]) and k.kind = $5::text limit $6::bigint) m) = $6::bigint",
			Args{noon, noon.Add(-48 * time.Hour), "INBOUND", []string{"CALL", "CHAT"}, "NURTURE", 3}, Needs{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, args := program(t, test.condition), Args{}
			require.Equal(t, test.sql, p.SQL(&args, noon))
			require.Equal(t, test.args, args)
			require.Equal(t, test.needs, p.Needs())
		})
	}
}
