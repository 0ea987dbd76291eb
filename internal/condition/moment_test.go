package condition

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

func TestTimeAloneChangesAnswers(t *testing.T) {
	t.Parallel()
	const never = ""
	for name, test := range map[string]struct{ condition, want string }{
		"seven days ago leaves eight days a day later":    {is("lead.createdAt", "WITHIN_DAYS", `"value": 8`), "2026-03-30T12:00:00Z"},
		"seven days ago has left seven days":              {is("lead.createdAt", "WITHIN_DAYS", `"value": 7`), never},
		"seven days ago is ten days old in three":         {`{"not": ` + is("lead.createdAt", "OLDER_THAN_DAYS", `"value": 10`) + `}`, "2026-04-01T12:00:00Z"},
		"a fixed time stays where it is":                  {is("lead.createdAt", "GT", `"value": "2030-01-01T00:00:00Z"`), never},
		"what is missing stays missing":                   {is("contact.createdAt", "WITHIN_DAYS", `"value": 1`), never},
		"a touch to come counts once it is there":         {`{"behaviour": {"kinds": ["EMAIL_CLICKED"], "minCount": 2}}`, "2026-03-29T13:00:00Z"},
		"of two that are asked for one leaves the window": {`{"behaviour": {"minCount": 2, "withinDays": 2}}`, "2026-03-31T12:00:00Z"},
		"the first of several tests counts":               {`{"all": [` + is("lead.createdAt", "WITHIN_DAYS", `"value": 30`) + `, {"behaviour": {"kinds": ["RESOURCE_VIEWED"], "withinDays": 3}}]}`, "2026-04-01T12:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, found := program(t, test.condition).Next(director())
			require.Equal(t, test.want != never, found)
			if found {
				require.Equal(t, test.want, at.Format(time.RFC3339))
			}
		})
	}
}

// answers are what every test of a condition answers at an instant.
func answers(p *Program, f *Facts, at time.Time) string {
	f.MoveTo(at)
	s := ""
	for _, l := range p.Explain(f).Leaves {
		s += fmt.Sprint(l.Passed, " ")
	}
	return s
}

func TestAnswersChangeAtNextAndNotBefore(t *testing.T) {
	t.Parallel()
	reg := NewRegistry(nil)
	rapid.Check(t, func(r *rapid.T) {
		around := rapid.Custom(func(r *rapid.T) time.Time {
			return noon.Add(time.Duration(rapid.IntRange(-96, 48).Draw(r, "hours")) * time.Hour)
		})
		f := reg.NewFacts(noon)
		f.SetTime(LeadCreatedAt, around.Draw(r, "created"))
		var touches []Touch
		for i, at := range rapid.SliceOfN(around, 0, 6).Draw(r, "touches") {
			touches = append(touches, Touch{ID: id.UUID{byte(i)}, Kind: rapid.SampledFrom(contact.TouchKinds[:2]).Draw(r, "kind"), Channel: contact.ChannelEmail, Direction: contact.DirectionInbound, At: at})
		}
		f.SetTouches(touches)
		days := rapid.IntRange(1, 4).Draw(r, "days")
		behaviour := &Behaviour{Kinds: contact.TouchKinds[:rapid.IntRange(0, 2).Draw(r, "kinds")], MinCount: rapid.IntRange(1, 3).Draw(r, "count")}
		if rapid.Bool().Draw(r, "window") {
			behaviour.WithinDays = &days
		}
		n := Number(float64(days))
		op := rapid.SampledFrom([]Op{WithinDays, OlderThanDays}).Draw(r, "op")
		p, err := Compile(&Condition{Any: []Condition{{Behaviour: behaviour}, {Not: &Condition{Attribute: &Attribute{Name: "lead.createdAt", Op: op, Value: &n}}}}}, reg)
		require.NoError(r, err)
		next, found := p.Next(f)
		old, until := answers(p, f, noon), noon.Add(300*time.Hour)
		if found {
			require.Equal(r, old, answers(p, f, next.Add(-time.Microsecond)))
			require.NotEqual(r, old, answers(p, f, next))
			until = next
		}
		for at := noon; at.Before(until); at = at.Add(time.Hour) {
			require.Equal(r, old, answers(p, f, at))
		}
	})
}

func TestFactsCanBeSupposed(t *testing.T) {
	t.Parallel()
	f := director()
	title := program(t, is("contact.title", "CONTAINS", `"value": "director"`))
	require.True(t, title.Match(f))
	other := f.Clone()
	require.True(t, other.Set(ContactTitle, Text("Assistant")))
	require.False(t, other.Set(AccountEmployees, Text("many")))
	require.True(t, other.Set(LeadCreatedAt, Time(noon)))
	require.Equal(t, Time(noon), *other.Get(LeadCreatedAt))
	require.False(t, title.Match(other))
	require.True(t, title.Match(f))
	require.Len(t, other.Touches(), 3)
}

func TestTouchesOfOneMomentHaveOneOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var touches []Touch
		for i, at := range rapid.SliceOfN(rapid.IntRange(0, 2), 0, 8).Draw(r, "at") {
			touches = append(touches, Touch{ID: id.UUID{byte(i)}, At: noon.Add(time.Duration(at) * time.Second)})
		}
		one, other := NewRegistry(nil).NewFacts(noon), NewRegistry(nil).NewFacts(noon)
		one.SetTouches(touches)
		other.SetTouches(rapid.Permutation(touches).Draw(r, "arrived"))
		require.Equal(r, one.Touches(), other.Touches())
	})
}

func TestTouchesAreAddedAsIfTheyHadAllBeenSet(t *testing.T) {
	t.Parallel()
	reg := NewRegistry(nil)
	calls := program(t, `{"behaviour":{"kinds":["CALL"],"minCount":2}}`)
	rapid.Check(t, func(r *rapid.T) {
		touch := rapid.Custom(func(r *rapid.T) Touch {
			return Touch{ID: id.UUID{byte(rapid.IntRange(0, 9).Draw(r, "id"))}, Kind: rapid.SampledFrom([]contact.TouchKind{contact.KindCall, contact.KindMeeting}).Draw(r, "kind"),
				At: noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(r, "at")) * time.Second)}
		})
		first, more := rapid.SliceOfN(touch, 0, 4).Draw(r, "first"), rapid.SliceOfN(touch, 0, 4).Draw(r, "more")
		f, whole := reg.NewFacts(noon), reg.NewFacts(noon)
		f.SetTouches(first)
		before := f.Clone()
		f.AddTouches(more)
		whole.SetTouches(slices.Concat(more, first))
		require.Equal(r, calls.Match(whole), calls.Match(f))
		supposed := f.Clone()
		require.Len(r, f.Touches(), len(whole.Touches()))
		for i, touch := range whole.Touches() {
			require.True(r, touch == f.Touches()[i] && touch == supposed.Touches()[i])
		}
		require.Len(r, before.Touches(), len(first))
	})
}
