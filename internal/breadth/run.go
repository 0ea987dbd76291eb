package breadth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/leadgraph/leadgraph/internal/level"
)

// run is one operation under way.
type run struct {
	plan    *plan
	oc      *graphql.OperationContext
	x       any
	ctx     context.Context
	slots   []slot
	queue   []task
	objects int
}

// slot is the state of one op: what it answered for all its parents.
type slot struct {
	answers Answers
	column  Column
	starts  []int32 // where in the column each parent's part begins
	err     error   // for all parents
	errs    []error // for each parent; empty where all went well
	badArgs bool    // err came from the arguments
	refused bool    // a directive answered null

	promise *level.Promise // of the object, which is not read yet
	late    []*op          // that wait for it
	fill    func()
}

// task is an op to call for its parents.
type task struct {
	op      *op
	parents []any
	early   *slot // of the promise that the parent is
	promise bool  // the call has been made, and its promise is to be kept
}

// Run runs a query or mutation. kept belongs to the operation's document: plans stay there. objects is how many objects the answer
// holds, without the root. The answer is written to room, which may be nil, and its data are valid as long as that is the answer's.
func (s *Schema) Run(ctx context.Context, kept *sync.Map, room []byte) (answer *graphql.Response, objects int) {
	r, err := s.begin(ctx, kept)
	if err != nil {
		graphql.AddError(ctx, err)
		return &graphql.Response{Data: json.RawMessage("null")}, 0
	}
	parents := []any{nil}
	if r.oc.Operation.Operation == ast.Mutation {
		for _, o := range r.plan.root.work { // one after the other, each to its end
			r.open([]*op{o}, parents)
			r.finish()
		}
	} else {
		r.open(r.plan.root.work, parents)
		r.finish()
	}
	return &graphql.Response{Data: r.write(room)}, r.objects
}

// begin finds the plan and makes the state of one run.
func (s *Schema) begin(ctx context.Context, kept *sync.Map) (*run, error) {
	oc := graphql.GetOperationContext(ctx)
	p, err := s.plan(oc, kept)
	if err != nil {
		return nil, err
	}
	return &run{plan: p, oc: oc, x: s.Exec(oc), ctx: ctx, slots: make([]slot, p.slots)}, nil
}

// open reads what can be read of new objects at once, and queues the calls for the rest.
func (r *run) open(work []*op, parents []any) {
	if len(parents) == 0 {
		return
	}
	for _, o := range work {
		s := &r.slots[o.slot]
		if !r.allowed(o, s) || o.field.Write != nil || o.field.Stock != nil {
			continue
		}
		if o.field.Read == nil {
			r.queue = append(r.queue, task{op: o, parents: parents})
			continue
		}
		r.take(o, s, len(parents), func(c *Column, i int) { o.field.Read(c, parents[i]) })
	}
}

// sentinel is what a directive gets for a field's value.
type sentinel struct{}

// allowed asks the directives before a field.
func (r *run) allowed(o *op, s *slot) bool {
	if o.field.Guard == nil {
		return true
	}
	var v any
	v, s.err = guarded(r.ctx, func() (any, error) {
		return o.field.Guard(r.x, r.ctx, func(context.Context) (any, error) { return sentinel{}, nil })
	})
	_, passed := v.(sentinel)
	switch {
	case s.err != nil || passed:
	case v == nil:
		s.refused = true
	default:
		s.err = fmt.Errorf("breadth: a directive answered %T in the place of %s.%s", v, o.context.Object, o.collected.Name)
	}
	return s.err == nil && !s.refused
}

// take puts the objects of n parents into the op's column, and opens them.
func (r *run) take(o *op, s *slot, n int, put func(c *Column, i int)) {
	s.column = Column{kinds: int32(len(o.below)), of: make([][]any, len(o.below)), shape: make([]int32, 0, n)}
	s.starts = make([]int32, n)
	if len(o.below) == 1 {
		s.column.of[0] = make([]any, 0, n)
	}
	for from := 0; from < n; {
		from = r.takeFrom(s, from, n, put)
	}
	for i, sel := range o.below {
		objects := s.column.of[i]
		r.objects += len(objects)
		if s.promise != nil {
			r.open(s.late, objects)
		} else {
			r.open(sel.work, objects)
		}
	}
}

// takeFrom takes the parents from one on, up to the end or behind one that panics.
func (r *run) takeFrom(s *slot, from, n int, put func(c *Column, i int)) (next int) {
	at := from
	defer func() {
		if reason := recover(); reason != nil {
			if len(s.errs) == 0 {
				s.errs = make([]error, n)
			}
			s.errs[at] = r.oc.RecoverFunc(r.ctx, reason)
			next = at + 1
		}
	}()
	for ; at < n; at++ {
		s.starts[at] = int32(len(s.column.shape))
		if len(s.errs) == 0 || s.errs[at] == nil {
			put(&s.column, at)
		}
	}
	return n
}

// finish runs level after level until nothing is queued.
func (r *run) finish() {
	for len(r.queue) > 0 {
		tasks := r.queue
		r.queue = nil
		if err := r.ctx.Err(); err != nil { // the rest is not asked for: it fails as it would have
			for _, t := range tasks {
				r.slots[t.op.slot].err = err
			}
			return
		}
		level.Run(r.ctx, len(tasks), func(ctx context.Context, i int) { r.resolve(ctx, tasks[i]) })
		for _, t := range tasks {
			if t.promise {
				r.kept(t)
			}
		}
		for _, t := range tasks {
			if !t.promise && (t.early == nil || t.early.fill != nil) {
				r.spread(t)
			}
		}
	}
}

// resolve calls an op for all its parents.
func (r *run) resolve(ctx context.Context, t task) {
	o, s := t.op, &r.slots[t.op.slot]
	defer func() {
		if reason := recover(); reason != nil {
			s.err = r.oc.RecoverFunc(ctx, reason)
		}
	}()
	if t.promise {
		s.fill, s.err = s.promise.Read(ctx)
		return
	}
	ctx, args, err := r.arguments(ctx, o)
	if s.err = err; err != nil {
		s.badArgs = true
		return
	}
	var offer *level.Offer
	if o.offer {
		ctx, offer = level.WithOffer(ctx)
	}
	if t.early != nil {
		ctx = level.WithEarly(ctx, t.early.promise, o.collected.Name)
	}
	s.answers, s.err = o.field.Call(r.x, ctx, t.parents, args)
	s.check(o, len(t.parents))
	if offer != nil && s.err == nil {
		s.promise = offer.Promise()
	}
}

// arguments reads an op's arguments, and makes the context in which it is resolved.
func (r *run) arguments(ctx context.Context, o *op) (context.Context, map[string]any, error) {
	own := *o.context
	ctx = graphql.WithFieldContext(ctx, &own)
	own.Parent = o.context.Parent
	if o.wish != nil {
		ctx = level.WithWish(ctx, o.wish)
	}
	if o.field.Args == nil {
		return ctx, nil, nil
	}
	var err error
	own.Args, err = o.field.Args(r.x, ctx, o.collected.ArgumentMap(r.oc.Variables))
	return ctx, own.Args, err
}

// check splits the errors of a call by parents and makes sure that each parent has its answer.
func (s *slot) check(o *op, parents int) {
	var each graphql.BatchErrors
	if errors.As(s.err, &each) {
		s.err, s.errs = nil, each.Errors()
	}
	if s.err == nil && (s.answers.len() != parents || len(s.errs) != 0 && len(s.errs) != parents) {
		s.err = fmt.Errorf("breadth: %s.%s answered %d values and %d errors for %d parents", o.context.Object, o.collected.Name,
			s.answers.len(), len(s.errs), parents)
	}
}

// spread takes the objects of a call's answers.
func (r *run) spread(t task) {
	s := &r.slots[t.op.slot]
	switch {
	case s.err != nil || len(t.op.below) == 0:
	case s.promise != nil:
		r.ahead(t, s)
	default:
		r.take(t.op, s, len(t.parents), s.answers.put)
	}
}

// ahead queues what can be resolved below a promised object, and beside it the reading of the object itself.
func (r *run) ahead(t task, s *slot) {
	var soon []*op
	for _, o := range t.op.below[0].work {
		if o.field.Call != nil && s.promise.Early(o.collected.Name) {
			soon = append(soon, o)
		} else {
			s.late = append(s.late, o)
		}
	}
	object := Column{kinds: 1, of: make([][]any, 1)}
	s.answers.put(&object, 0)
	from := len(r.queue)
	r.open(soon, object.of[0])
	for i := range r.queue[from:] {
		r.queue[from+i].early = s
	}
	t.promise = true
	r.queue = append(r.queue, t)
}

// kept takes an object whose promise was kept, or null where there is none.
func (r *run) kept(t task) {
	s := &r.slots[t.op.slot]
	switch {
	case s.err != nil:
	case s.fill == nil:
		r.take(t.op, s, 1, func(c *Column, _ int) { c.Null() })
	default:
		s.fill()
		r.take(t.op, s, 1, s.answers.put)
	}
}
