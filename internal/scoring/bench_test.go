package scoring

import (
	"fmt"
	"testing"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
)

// benchModel has 40 rules: 15 of fit, of which 10 hold, and 25 of engagement.
func benchModel() Model {
	m := Default()
	for i := len(m.Fit); i < 15; i++ {
		m.Fit = append(m.Fit, FitRule{Key: fmt.Sprint("employees-", i), Name: "More", Points: 1, When: attribute("account.employees", condition.GT, condition.Number(float64(i)))})
	}
	for i := len(m.Engagement); i < 25; i++ {
		m.Engagement = append(m.Engagement, EngagementRule{Key: fmt.Sprint("more-", i), Name: "More", Points: 1, Kinds: contact.TouchKinds[i : i+2], HalfLifeDays: new(float64(i)), Cap: new(9.0)})
	}
	return m
}

// benchLead has 50 touches, one a day.
func benchLead() *condition.Facts {
	var touches []condition.Touch
	for i := range 50 {
		touches = append(touches, ago(float64(i), contact.TouchKinds[i%len(contact.TouchKinds)]))
	}
	f := lead(touches...)
	f.SetText(condition.ContactTitle, "Director of Marketing")
	f.SetText(condition.AccountIndustry, "Software")
	f.SetNumber(condition.AccountEmployees, 250)
	f.SetBool(condition.ContactHasEmail, true)
	f.SetBool(condition.ContactHasPhone, true)
	f.SetBool(condition.ContactFreeMail, false)
	return f
}

func BenchmarkScore(b *testing.B) {
	p, f := compiled(b, benchModel()), benchLead()
	b.Run("50 touches, 40 rules", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Score(f)
		}
	})
	b.Run("50 touches, 40 rules, with factors", func(b *testing.B) {
		var e Explanation
		b.ReportAllocs()
		for b.Loop() {
			p.Explain(f, &e)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	p, f := compiled(b, benchModel()), benchLead()
	for name, edges := range map[string]Edges{"grades": {}, "and edges": {Score: []float64{30, 60}, Engagement: []float64{20, 40}, Fit: []float64{10}}} {
		b.Run("50 touches, 40 rules, "+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Next(f, edges)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	m, reg := benchModel(), condition.NewRegistry(nil)
	for b.Loop() {
		_, _ = Compile(&m, reg)
	}
}
