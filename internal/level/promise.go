package level

import "context"

// Promise is an object of which only the id is known. What refers to it can be asked for beside it, in one round trip, instead of
// behind it.
type Promise struct {
	// Read reads the object. fill puts it in its place, when nobody looks there; it is nil where there is no such object.
	Read func(ctx context.Context) (fill func(), err error)
	// Early tells whether a relation can be resolved before the object is read.
	Early func(field string) bool
	// Of is the object, for those who resolve such a relation.
	Of any
}

// Offer is what a task may leave a promise in.
type Offer struct{ promise *Promise }

// Promise is what was left; nil where nothing was.
func (o *Offer) Promise() *Promise { return o.promise }

type offerKey struct{}

// WithOffer offers a task to promise its object.
func WithOffer(ctx context.Context) (context.Context, *Offer) {
	o := &Offer{}
	return context.WithValue(ctx, offerKey{}, o), o
}

// Postpone leaves a promise. It returns false where nobody waits for one: then the object must be read at once.
func Postpone(ctx context.Context, p *Promise) bool {
	o, ok := ctx.Value(offerKey{}).(*Offer)
	if ok {
		o.promise = p
	}
	return ok
}

type earlyKey struct{}

type early struct {
	of    any
	field string
}

// WithEarly tells a task that its parent is promised.
func WithEarly(ctx context.Context, p *Promise, field string) context.Context {
	return context.WithValue(ctx, earlyKey{}, early{p.Of, field})
}

// Early is the promised parent of a task, and the relation being resolved; nil where the parents have been read.
func Early(ctx context.Context) (of any, field string) {
	e, _ := ctx.Value(earlyKey{}).(early)
	return e.of, e.field
}
