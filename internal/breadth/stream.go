package breadth

import (
	"context"
	"errors"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// Subscribe opens a subscription. next waits for an event and answers it; after the last it answers nil. Each event has a run of its
// own, so next takes a context with a response context of its own. Where the subscription cannot be opened next is nil, and the
// reasons are with ctx.
func (s *Schema) Subscribe(ctx context.Context, kept *sync.Map) (next func(context.Context) (answer *graphql.Response, objects int)) {
	r, err := s.begin(ctx, kept)
	if err == nil && (len(r.plan.root.work) != 1 || r.plan.root.work[0].field.Stream == nil) {
		err = errors.New("subscribe to exactly one stream")
	}
	if err != nil {
		graphql.AddError(ctx, err)
		return nil
	}
	o := r.plan.root.work[0]
	wait := r.stream(o)
	if wait == nil {
		r.write() // which says where it failed
		return nil
	}
	return func(ctx context.Context) (*graphql.Response, int) {
		event, ok := wait(ctx)
		if !ok {
			return nil, 0
		}
		r := &run{plan: r.plan, oc: r.oc, x: r.x, ctx: ctx, slots: make([]slot, r.plan.slots)}
		r.slots[o.slot].answers = event
		r.spread(task{op: o, parents: []any{nil}})
		r.finish()
		return &graphql.Response{Data: r.write()}, r.objects
	}
}

// stream asks a subscription's resolver; nil where it fails, with the reason in the op's slot.
func (r *run) stream(o *op) (wait func(context.Context) (Answers, bool)) {
	s := &r.slots[o.slot]
	if !r.allowed(o, s) {
		return nil
	}
	ctx, args, err := r.arguments(r.ctx, o)
	if s.err = err; err != nil {
		s.badArgs = true
		return nil
	}
	wait, s.err = guarded(ctx, func() (func(context.Context) (Answers, bool), error) { return o.field.Stream(r.x, ctx, args) })
	return wait
}
