package breadth_test

import (
	"bytes"
	"context"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/generated"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/breadth/breadthtest"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/page"
)

// The inbox: 50 leads with five relations and three touches each.
const (
	lead       = `id stage stageSince queue lastActivityAt version contact { id fullName title email } persona { id name } account { id name domain } owner { id name } source { id key name } touches(first: 3) { nodes { id kind channel occurredAt } }`
	inboxNodes = `{ leads(first: 50) { nodes { ` + lead + ` } pageInfo { hasNextPage } } }`
)

// copies makes n copies of a row in one piece of memory, as a page is read.
func copies[T any](n int, of T) []*T {
	slab, out := make([]T, n), make([]*T, n)
	for i := range out {
		slab[i] = of
		out[i] = &slab[i]
	}
	return out
}

// inMemory answers the inbox's relations from memory. Nothing is made up while it is measured.
func inMemory() generated.Config {
	now, text := time.Date(2026, 3, 2, 9, 30, 0, 123456000, time.UTC), "Brightwater Logistics"
	leads := &model.LeadConnection{Page: &db.Page[db.Lead]{PageInfo: &page.Info{}, Nodes: copies(50,
		db.Lead{ID: id.New(), Stage: lifecycle.New, StageSince: now, LastActivityAt: now, Queue: "inbound", Version: 7})}}
	touches := make([]*model.TouchConnection, 50)
	for i := range touches {
		touches[i] = &model.TouchConnection{Page: &db.Page[db.Touch]{Nodes: copies(3, db.Touch{ID: id.New(), Kind: contact.KindFormSubmitted, Channel: contact.ChannelWeb, OccurredAt: now})}}
	}
	answers := map[string]any{
		"Query.leads": leads, "Lead.touches": touches, "Lead.contact": copies(50, db.Contact{ID: id.New(), FullName: &text, Title: &text, Email: &text}),
		"Lead.account": copies(50, db.Account{ID: id.New(), Name: text, Domain: &text}), "Lead.persona": copies(50, db.Persona{ID: id.New(), Name: text}),
		"Lead.owner": copies(50, db.Member{ID: id.New(), Name: text}), "Lead.source": copies(50, db.Source{ID: id.New(), Key: text, Name: text}),
	}
	return generated.Config{
		Resolvers: &breadthtest.Resolvers{Answer: func(_ context.Context, field string, _ reflect.Type, _ any, _ []any) (any, error) {
			return answers[field], nil
		}},
		Directives: generated.DirectiveRoot{Pii: func(ctx context.Context, _ any, next graphql.Resolver) (any, error) { return next(ctx) }},
	}
}

// ready is the inbox, ready to be executed again and again in one of the executors.
func ready(t testing.TB, c generated.Config, text string, breadthFirst bool) (execute func() []byte) {
	t.Helper()
	stock, ours, kept := generated.NewExecutableSchema(c), generated.NewBreadth(c), &sync.Map{}
	q, ok := prepare(stock.Schema(), text, nil)
	require.True(t, ok)
	return func() []byte {
		ctx := q.context()
		if breadthFirst {
			answer, _ := ours.Run(ctx, kept, nil)
			return answer.Data
		}
		return stock.Exec(ctx)(ctx).Data
	}
}

// scalars counts the scalars of an answer: what follows a colon and is no list or object.
func scalars(answer []byte) int {
	composite := bytes.Count(answer, []byte(`":{`)) + bytes.Count(answer, []byte(`":[`))
	return bytes.Count(answer, []byte(`":`)) - composite
}

func BenchmarkInbox(b *testing.B) {
	for name, breadthFirst := range map[string]bool{"breadth": true, "gqlgen": false} {
		b.Run(name, func(b *testing.B) {
			execute := ready(b, inMemory(), inboxNodes, breadthFirst)
			n := scalars(execute())
			b.ReportAllocs()
			for b.Loop() {
				execute()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/scalar")
			b.ReportMetric(float64(n), "scalars")
		})
	}
}

func TestTheInboxTakesFewAllocations(t *testing.T) {
	c := inMemory()
	execute := ready(t, c, inboxNodes, true)
	require.True(t, bytes.Equal(ready(t, c, inboxNodes, false)(), execute()), "both executors answer the same")
	require.LessOrEqual(t, testing.AllocsPerRun(50, func() { execute() }), 250.0)
}
