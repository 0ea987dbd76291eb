package breadth

import (
	"context"
	"errors"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// Stream is an open subscription: events as its resolver brings them, and how one becomes an answer.
type Stream struct {
	next    func(context.Context) (event any, ok bool)
	answers func(event any) Answers
}

// Events is the Stream of a subscription's resolver.
func Events[R any](resolve func(x any, ctx context.Context, args map[string]any) (<-chan R, error), as As[R]) func(any, context.Context, map[string]any) (Stream, error) {
	return func(x any, ctx context.Context, args map[string]any) (Stream, error) {
		events, err := resolve(x, ctx, args)
		next := func(ctx context.Context) (any, bool) {
			select {
			case one, ok := <-events:
				return one, ok
			case <-ctx.Done():
				return nil, false
			}
		}
		return Stream{next, func(event any) Answers { return as.answers([]R{event.(R)}) }}, err
	}
}

// Subscribe opens a subscription. next waits for an event and answers false after the last; run answers an event, in a run of its own,
// so it takes a context with a response context of its own. Where the subscription cannot be opened both are nil, and the reasons
// are with ctx.
func (s *Schema) Subscribe(ctx context.Context, kept *sync.Map) (next func(context.Context) (event any, ok bool), run func(ctx context.Context, event any) (answer *graphql.Response, objects int)) {
	r, err := s.begin(ctx, kept)
	if err == nil && (len(r.plan.root.work) != 1 || r.plan.root.work[0].field.Stream == nil) {
		err = errors.New("subscribe to exactly one stream")
	}
	if err != nil {
		graphql.AddError(ctx, err)
		return nil, nil
	}
	o := r.plan.root.work[0]
	stream := r.stream(o)
	if stream.next == nil {
		r.write(nil) // which says where it failed
		return nil, nil
	}
	return stream.next, func(ctx context.Context, event any) (*graphql.Response, int) {
		return s.answer(ctx, r.plan, o, stream.answers(event))
	}
}

// answer executes one event.
func (s *Schema) answer(ctx context.Context, p *plan, o *op, event Answers) (*graphql.Response, int) {
	oc := graphql.GetOperationContext(ctx)
	r := &run{plan: p, oc: oc, x: s.Exec(oc), ctx: ctx, slots: make([]slot, p.slots)}
	r.slots[o.slot].answers = event
	r.spread(task{op: o, parents: []any{nil}})
	r.finish()
	return &graphql.Response{Data: r.write(nil)}, r.objects
}

// stream asks a subscription's resolver; empty where it fails, with the reason in the op's slot.
func (r *run) stream(o *op) Stream {
	s := &r.slots[o.slot]
	if !r.allowed(o, s) {
		return Stream{}
	}
	ctx, args, err := r.arguments(r.ctx, o)
	if s.err = err; err != nil {
		s.badArgs = true
		return Stream{}
	}
	var stream Stream
	if stream, s.err = guarded(ctx, func() (Stream, error) { return o.field.Stream(r.x, ctx, args) }); s.err != nil {
		return Stream{}
	}
	return stream
}
