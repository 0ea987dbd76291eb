package condition

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// benchLeaves are ten tests that all hold for benchFacts; both behaviours have to look at (nearly) every touch.
var benchLeaves = []string{
	is("contact.title", "CONTAINS_ANY", `"values": ["director", "head of"]`), is("contact.title", "NOT_CONTAINS", `"value": "intern"`),
	is("contact.country", "NOT_IN", `"values": ["US", "CA"]`), is("account.employees", "BETWEEN", `"values": [50, 500]`),
	is("account.revenue", "GT", `"value": 1000`), is("lead.stage", "IN", `"values": ["NEW", "NURTURING"]`),
	is("contact.freeMail", "EQ", `"value": false`), is("lead.createdAt", "WITHIN_DAYS", `"value": 30`),
	`{"behaviour": {"kinds": ["FORM_SUBMITTED", "DEMO_REQUESTED"], "minCount": 2, "withinDays": 90}}`,
	`{"not": {"behaviour": {"kinds": ["UNSUBSCRIBED"]}}}`,
}

// benchCondition holds when the first n tests do.
func benchCondition(n int) string { return `{"all": [` + strings.Join(benchLeaves[:n], ", ") + `]}` }

// benchTouches are 50 touches, one a day.
func benchTouches() []Touch {
	touches := make([]Touch, 50)
	for i := range touches {
		kind := []contact.TouchKind{contact.KindCall, contact.KindPageViewed, contact.KindEmailClicked}[i%3]
		if i >= 48 {
			kind = contact.KindFormSubmitted
		}
		touches[i] = Touch{ID: id.New(), Kind: kind, Channel: contact.ChannelWeb, Direction: contact.DirectionInbound, At: noon.AddDate(0, 0, -i)}
	}
	return touches
}

// load sets the facts as a row gives them.
func load(f *Facts, touches []Touch) {
	f.SetText(ContactTitle, "Senior Marketing-Director, EMEA")
	f.SetNumber(AccountEmployees, 250)
	f.SetMinor(AccountRevenue, 1_000_050)
	f.SetBool(ContactFreeMail, false)
	f.SetText(LeadStage, "NURTURING")
	f.SetTime(LeadCreatedAt, noon.Add(-time.Hour))
	f.SetTouches(touches)
}

func BenchmarkMatch(b *testing.B) {
	f := NewRegistry(custom).NewFacts(noon)
	load(f, benchTouches())
	for name, n := range map[string]int{"10 tests, 50 touches": 10, "8 attributes": 8} {
		b.Run(name, func(b *testing.B) {
			p := program(b, benchCondition(n))
			require.True(b, p.Match(f))
			b.ReportAllocs()
			for b.Loop() {
				p.Match(f)
			}
		})
	}
	b.Run("from the row to the answer", func(b *testing.B) {
		p, touches := program(b, benchCondition(10)), benchTouches()
		b.ReportAllocs()
		for b.Loop() {
			f.Reset(noon)
			load(f, touches)
			p.Match(f)
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	f, p := NewRegistry(custom).NewFacts(noon), program(b, benchCondition(10))
	load(f, benchTouches())
	b.ReportAllocs()
	for b.Loop() {
		p.Explain(f)
	}
}

func BenchmarkCompile(b *testing.B) {
	c, reg := read(b, benchCondition(10)), NewRegistry(custom)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Compile(c, reg)
	}
}

func BenchmarkSQL(b *testing.B) {
	p := program(b, benchCondition(10))
	b.ReportAllocs()
	for b.Loop() {
		var args Args
		p.SQL(&args, noon)
	}
}
