package routing

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/condition"
)

func BenchmarkRoute(b *testing.B) {
	for name, n := range map[string]int{"20 candidates": 20, "10,000 candidates": 10_000} {
		b.Run(name, func(b *testing.B) {
			p := Default()
			p.Gates.Available, p.Gates.Territory = Now, new("account.country")
			r := router(b, p)
			q := asking(b, reps(n), "account.country", "DE")
			for i := range q.Candidates {
				q.Candidates[i].Territories = []string{"AT", "DE"}
				q.Ledger.Put(Entry{Pool: "sales", Member: q.Candidates[i].Member, Assigned: 7})
			}
			require.NotNil(b, r.Route(q).Member)
			b.ReportAllocs()
			for b.Loop() {
				r.Route(q)
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	reg := condition.NewRegistry(nil)
	for name, n := range map[string]int{"500 rules": 500, "10,000 rules, refused": 10_000} {
		b.Run(name, func(b *testing.B) {
			p := Default()
			for i := range n {
				v := condition.Number(float64(i))
				p.Rules = append(p.Rules, Rule{Key: "r", Name: "R", To: Target{Queue: new("q")},
					When: condition.Condition{Attribute: &condition.Attribute{Name: "account.employees", Op: condition.EQ, Value: &v}}})
			}
			b.ReportAllocs()
			for b.Loop() {
				_ = p.Check(reg)
			}
		})
	}
}
