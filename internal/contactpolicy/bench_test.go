package contactpolicy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
)

// BenchmarkDecide asks of a person at a company to which 200 messages went in a week, every fifth of them to the person.
func BenchmarkDecide(b *testing.B) {
	p := compiled(b, Default())
	ledger := make([]Entry, 200)
	for i := range ledger {
		ledger[i] = Entry{At: noon.Add(time.Duration(i-199)*45*time.Minute - 13*time.Hour), Colleague: i%5 > 0, Channel: contact.Channels[i%4], Purpose: contact.Purposes[i%3]}
	}
	for name, c := range map[string]struct {
		ledger []Entry
		want   Outcome
	}{"200 entries, deferred": {ledger, Defer}, "200 entries, allowed": {ledger, Allowed}, "3 entries, allowed": {ledger[:3], Allowed}} {
		b.Run(name, func(b *testing.B) {
			state, ask := State{Ledger: c.ledger, Zone: time.UTC}, sales(noon)
			if c.want == Allowed {
				ask.At = noon.Add(7 * 24 * time.Hour)
			}
			require.Equal(b, c.want, p.Decide(&state, ask).Outcome)
			b.ReportAllocs()
			for b.Loop() {
				p.Decide(&state, ask)
			}
		})
	}
}
