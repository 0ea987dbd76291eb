package sheet

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// closedLeads maps a file of leads that another system has seen through.
func closedLeads() Mapping {
	return Mapping{Columns: []ColumnMapping{{Column: "id", To: "externalId"}, {Column: "end", To: "outcome", Values: []ValueMapping{{"1", new("WON")}, {"0", new("LOST")}}},
		{Column: "opened", To: "openedAt"}, {Column: "passed", To: "handedOffAt"}, {Column: "taken", To: "acceptedAt"}, {Column: "ready", To: "salesQualifiedAt"}, {Column: "closed", To: "closedAt"},
		{Column: "tags", To: "lead.custom.tags", KnownFrom: new(KnownFromOutcome)}, {Column: "budget", To: "lead.custom.budget", Type: new(condition.TypeNumber), KnownFrom: new(KnownFromCapture)},
		{Column: "job", To: "title", KnownFrom: new(KnownFromOutcome)}, {Column: "trade", To: "industry", KnownFrom: new(KnownFromOutcome)}}}
}

const closedHeaders = "id|end|opened|passed|taken|ready|closed|tags|budget|job|trade"

func TestARowTellsWhatBecameOfALead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cells string
		want  []string
	}{
		"with all its times": {"7|won|2024-01-02|2024-01-03|2024-01-04T10:00:00+02:00|2024-02-01|2024-03-01|||Driver|",
			[]string{"externalId=7", "title=Driver", "openedAt=2024-01-02T00:00:00Z", "handedOffAt=2024-01-03T00:00:00Z", "acceptedAt=2024-01-04T08:00:00Z", "salesQualifiedAt=2024-02-01T00:00:00Z",
				"outcome=WON", "closedAt=2024-03-01T00:00:00Z"}},
		"in the file's own words":      {"7|0|||||2024-03-01||5||", []string{"externalId=7", "outcome=LOST", "closedAt=2024-03-01T00:00:00Z", "lead.custom.budget=5"}},
		"without a single time":        {"7|Disqualified|||||||||", []string{"externalId=7", "outcome=DISQUALIFIED"}},
		"or that it is open":           {"7||2024-01-02||||||||", []string{"externalId=7", "openedAt=2024-01-02T00:00:00Z"}},
		"but not that it is half way":  {"7|OPPORTUNITY|||||||||", []string{"end:BAD_VALUE"}},
		"nor in times nobody can read": {"7|WON|soon|01/02/2024|||yesterday||||", []string{"opened:BAD_TIME", "passed:BAD_TIME", "closed:BAD_TIME"}},
		"nor of nobody":                {"|WON|||||||||", []string{"end:NO_IDENTITY"}},
		"nor of a company alone":       {"|WON||||||||| Transport", []string{"end:NO_IDENTITY"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, land(t, closedLeads(), closedHeaders, c.cells))
		})
	}
}

func TestColumnsSayFromWhenOnTheyWereKnown(t *testing.T) {
	t.Parallel()
	late := func(t *testing.T, m Mapping, cells string) []string {
		plan, faults := Compile(m, strings.Split(closedHeaders, "|"))
		require.Empty(t, faults)
		r, bad := plan.Apply(Row{Line: 2, Cells: strings.Split(cells, "|")})
		require.Empty(t, bad)
		return r.Late
	}
	t.Run("what a row leaves empty was not known late either", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"lead.custom.tags", "contact.title", "account.industry"}, late(t, closedLeads(), "7|WON||||||ringing|5|Driver|Transport"))
		require.Empty(t, late(t, closedLeads(), "7|WON|||||||5||"))
	})
	t.Run("a default in a late column's place is as late", func(t *testing.T) {
		t.Parallel()
		m := closedLeads()
		m.Defaults = []FieldDefault{{"lead.custom.tags", "untouched"}, {"lead.custom.budget", "0"}, {"city", "Berlin"}}
		require.Equal(t, []string{"lead.custom.tags"}, late(t, m, "7|WON|||||||||"))
		require.Equal(t, []string{"lead.custom.tags"}, late(t, m, "7|WON||||||ringing|||"))
	})
}

func TestMappingsOfPastLeadsAreChecked(t *testing.T) {
	t.Parallel()
	headers := []string{"id", "end", "closed", "made"}
	who, end := ColumnMapping{Column: "id", To: "externalId"}, ColumnMapping{Column: "end", To: "outcome"}
	for name, c := range map[string]struct {
		mapping Mapping
		want    string
	}{
		"an outcome may come alone":             {Mapping{Columns: []ColumnMapping{who, end}}, ""},
		"so may the day on which a lead opened": {Mapping{Columns: []ColumnMapping{who, {Column: "made", To: "openedAt"}}}, ""},
		"all of a file may have one outcome":    {Mapping{Columns: []ColumnMapping{who, {Column: "closed", To: "closedAt"}}, Defaults: []FieldDefault{{"outcome", "lost"}}}, ""},
		"all of a file may have one time":       {Mapping{Columns: []ColumnMapping{who, end}, Defaults: []FieldDefault{{"openedAt", "2024-01-01"}, {"closedAt", "2024-02-01T12:00:00Z"}}}, ""},
		"an end needs an outcome":               {Mapping{Columns: []ColumnMapping{who, {Column: "closed", To: "closedAt"}}}, "columns[1]: needs outcome beside it"},
		"also where it is a default":            {Mapping{Columns: []ColumnMapping{who}, Defaults: []FieldDefault{{"acceptedAt", "2024-01-01"}}}, "defaults[0]: needs outcome beside it"},
		"an outcome is the end of a lead":       {Mapping{Columns: []ColumnMapping{who, {Column: "end", To: "outcome", Values: []ValueMapping{{"x", new("QUALIFIED")}}}}}, "columns[1].values[0].to: wants one of WON, LOST, DISQUALIFIED"},
		"a default time is one":                 {Mapping{Columns: []ColumnMapping{who, end}, Defaults: []FieldDefault{{"closedAt", "May"}}}, "defaults[0].value: wants a time"},
		"no time is scaled":                     {Mapping{Columns: []ColumnMapping{who, end, {Column: "closed", To: "closedAt", Scale: new(2.0)}}}, "columns[2].scale: Only numbers"},
		"an address may not be late":            {Mapping{Columns: []ColumnMapping{{Column: "id", To: "email", KnownFrom: new(KnownFromOutcome)}}}, "columns[0].knownFrom: is not kept"},
		"nor may an outcome":                    {Mapping{Columns: []ColumnMapping{who, {Column: "end", To: "outcome", KnownFrom: new(KnownFromOutcome)}}}, "columns[1].knownFrom: is not kept"},
		"a moment is one of two":                {Mapping{Columns: []ColumnMapping{who, {Column: "end", To: "title", KnownFrom: new(KnownFrom("LATER"))}}}, "columns[1].knownFrom: CAPTURE, OUTCOME"},
		"a misspelt target is recognised":       {Mapping{Columns: []ColumnMapping{who, {Column: "end", To: "closed_at"}}}, "columns[1].to: Did you mean closedAt?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := CheckMapping(c.mapping, headers)
			if c.want == "" {
				require.Empty(t, faults)
				return
			}
			require.Len(t, faults, 1, "%v", faults)
			field, words, _ := strings.Cut(c.want, ": ")
			require.Equal(t, field, faults[0].Field)
			require.Contains(t, faults[0].Message, words)
		})
	}
}

func TestAPastMustBePossible(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	day := func(n int) *time.Time { return new(now.AddDate(0, 0, -n)) }
	for name, c := range map[string]struct {
		past Past
		want string
	}{
		"nothing is said":                     {Past{}, ""},
		"the times come in their order":       {Past{Outcome: lifecycle.Won, OpenedAt: day(9), HandedOffAt: day(8), AcceptedAt: day(7), SalesQualifiedAt: day(6), ClosedAt: day(5)}, ""},
		"some of them are not known":          {Past{Outcome: lifecycle.Lost, OpenedAt: day(9), ClosedAt: day(5)}, ""},
		"all happens at once":                 {Past{Outcome: lifecycle.Won, OpenedAt: day(0), HandedOffAt: day(0), ClosedAt: day(0)}, ""},
		"a lead that is open has a beginning": {Past{OpenedAt: day(9)}, ""},
		"but no more than that":               {Past{OpenedAt: day(9), AcceptedAt: day(7)}, "acceptedAt: needs an outcome"},
		"none may end before it began":        {Past{Outcome: lifecycle.Won, OpenedAt: day(5), ClosedAt: day(9)}, "closedAt: before openedAt"},
		"nor be taken before it was passed":   {Past{Outcome: lifecycle.Won, HandedOffAt: day(5), AcceptedAt: day(6), ClosedAt: day(1)}, "acceptedAt: before handedOffAt"},
		"also with times missing between":     {Past{Outcome: lifecycle.Won, HandedOffAt: day(5), ClosedAt: day(6)}, "closedAt: before handedOffAt"},
		"none may begin in the future":        {Past{OpenedAt: day(-1)}, "openedAt: in the future"},
		"nor end in it":                       {Past{Outcome: lifecycle.Won, OpenedAt: day(3), ClosedAt: day(-1)}, "closedAt: in the future"},
		"an empty cell of a spreadsheet":      {Past{Outcome: lifecycle.Won, OpenedAt: new(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC))}, "openedAt: before 1990"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := c.past.Check(now)
			if c.want == "" {
				require.Nil(t, f)
				return
			}
			require.NotNil(t, f)
			field, words, _ := strings.Cut(c.want, ": ")
			require.Equal(t, field, f.Field)
			require.Contains(t, f.Message, words)
		})
	}
}

func TestAPastThatPassesIsInOrderProperty(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var p Past
		for i, at := range []**time.Time{&p.OpenedAt, &p.HandedOffAt, &p.AcceptedAt, &p.SalesQualifiedAt, &p.ClosedAt} {
			if rapid.IntRange(0, 2).Draw(t, "known") > 0 {
				*at = new(now.AddDate(0, 0, 3*i-rapid.IntRange(8, 20).Draw(t, "ago")))
			}
		}
		p.Outcome = rapid.SampledFrom([]lifecycle.Stage{"", lifecycle.Won, lifecycle.Lost}).Draw(t, "outcome")
		sound := true
		_, all := p.Times()
		for i, a := range all {
			for _, b := range all[i+1:] {
				sound = sound && (a == nil || b == nil || !b.Before(*a))
			}
			sound = sound && (a == nil || !a.After(now) && (i == 0 || p.Outcome != ""))
		}
		require.Equal(t, sound, p.Check(now) == nil)
	})
}

func TestSuggestRecognisesWhatBecameOfLeads(t *testing.T) {
	t.Parallel()
	values := func(m Mapping, column string) map[string]string {
		out := map[string]string{}
		for _, c := range m.Columns {
			for _, v := range c.Values {
				if c.Column == column && v.To != nil {
					out[v.From] = *v.To
				}
			}
		}
		return out
	}
	t.Run("by the names of columns", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"email=email", "Created=openedAt", "MQL Date=handedOffAt", "Accepted Date=acceptedAt", "SQL Date=salesQualifiedAt", "Outcome=outcome", "Closed at=closedAt"},
			guessed("email|Created|MQL Date|Accepted Date|SQL Date|Outcome|Closed at", "a@b.de|2024-01-01|||2024-02-01|Won|2024-03-01"))
	})
	t.Run("in the words of other systems", func(t *testing.T) {
		t.Parallel()
		m, _ := Suggest([]string{"email", "Lead Status"}, [][]string{{"", "Closed Won"}, {"", "CLOSED_LOST"}, {"", "Unqualified"}, {"", "Not converted"}, {"", "Working"}, {"", "Converted"}})
		got := values(m, "Lead Status")
		for from, to := range map[string]string{"Closed Won": "WON", "CLOSED_LOST": "LOST", "Unqualified": "DISQUALIFIED", "Not converted": "LOST", "Converted": "WON", "Working": ""} {
			require.Equal(t, to, got[from], from)
		}
		require.Equal(t, []string{"email=a@b.de"}, land(t, m, "email|Lead Status", "a@b.de|Working"), "it is open")
		require.Equal(t, []string{"Lead Status:BAD_VALUE"}, land(t, m, "email|Lead Status", "a@b.de|Frozen"), "who knows?")
	})
	t.Run("a plain no is an end only in a file of ends", func(t *testing.T) {
		t.Parallel()
		m, _ := Suggest([]string{"email", "Converted"}, [][]string{{"", "0"}})
		require.Equal(t, []string{"email=a@b.de"}, land(t, m, "email|Converted", "a@b.de|0"))
		require.Equal(t, []string{"email=a@b.de", "outcome=WON"}, land(t, m, "email|Converted", "a@b.de|1"))
		m, _ = Suggest([]string{"email", "Converted", "Closed"}, [][]string{{"", "0", ""}, {"", "1", "2024-01-01"}})
		require.Equal(t, []string{"email=a@b.de"}, land(t, m, "email|Converted|Closed", "a@b.de|no|"), "it may still be open")
		m, _ = Suggest([]string{"email", "Converted", "Closed"}, [][]string{{"", "0", "2024-01-01"}})
		require.Equal(t, []string{"email=a@b.de", "outcome=LOST", "closedAt=2024-01-01T00:00:00Z"}, land(t, m, "email|Converted|Closed", "a@b.de|no|2024-01-01"))
	})
	t.Run("and leaves what is none", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"email=email", "Created?lead.custom.created:TEXT", "Status?lead.custom.status:TEXT"}, guessed("email|Created|Status", "a@b.de|by hand|busy"))
		require.Equal(t, []string{"email=email", "Created=openedAt", "Closed?lead.custom.closed:TIME"}, guessed("email|Created|Closed", "a@b.de|2024-01-01|2024-02-01"))
	})
}
