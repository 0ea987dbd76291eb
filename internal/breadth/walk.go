package breadth

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

var (
	errNull      = errors.New("the requested element is null which the schema does not allow")
	errNotFinite = errors.New("a number is neither infinite nor NaN")
)

// maxErrors is how many errors one answer can raise; positions that fail after that are null without one.
const maxErrors = 1000

// walk writes what a run found. It knows where it is, so errors are raised here.
type walk struct {
	*run
	w      Writer
	path   []step
	raised int
}

// step is a part of a path: a field, or a place in a list where op is nil.
type step struct {
	op    *op
	index int
}

// write writes the answer, to room if that suffices.
func (r *run) write(room []byte) json.RawMessage {
	k := &walk{run: r, path: make([]step, 0, 16)}
	if k.w.Buf = room[:0]; cap(room) < int(r.plan.size.Load()) {
		k.w.Buf = make([]byte, 0, r.plan.size.Load()+512)
	}
	if !k.object(r.plan.root, nil, 0) {
		k.w.Buf = append(k.w.Buf[:0], "null"...)
	}
	r.plan.size.Store(int64(len(k.w.Buf)))
	return k.w.Buf
}

// object writes the fields of the i-th object of a selection. It returns false where null stands that must not: then the object is
// null itself.
func (k *walk) object(sel *selection, o any, i int32) bool {
	if len(sel.ops) == 0 {
		k.w.Buf = append(k.w.Buf, "{}"...)
		return true
	}
	ok := true
	for n := range sel.ops {
		op := &sel.ops[n]
		k.w.Buf = append(k.w.Buf, op.intro...)
		if op.field == nil {
			k.w.Buf = append(k.w.Buf, op.value...)
		} else if !k.field(op, o, i) && op.nonNull {
			ok = false
		}
	}
	k.w.Buf = append(k.w.Buf, '}')
	return ok
}

// field writes one field and tells whether it is not null.
func (k *walk) field(o *op, parent any, i int32) bool {
	if o.slot < 0 {
		return k.scalar(o, nil, parent, i)
	}
	s := &k.slots[o.slot]
	switch {
	case s.err != nil:
		return k.failed(o, s)
	case len(s.errs) > 0 && s.errs[i] != nil:
		return k.raise(o, s.errs[i])
	case s.refused && o.nonNull:
		return k.raise(o, errNull)
	case s.refused:
		k.w.Buf = append(k.w.Buf, "null"...)
		return false
	case len(o.below) == 0:
		return k.scalar(o, s, parent, i)
	}
	k.path = append(k.path, step{op: o})
	_, ok := k.value(o, &s.column, s.starts[i], 0)
	k.path = k.path[:len(k.path)-1]
	return ok
}

// scalar writes a field without fields.
func (k *walk) scalar(o *op, s *slot, parent any, i int32) bool {
	start := len(k.w.Buf)
	k.w.null = false
	err := k.leaf(o, s, parent, i)
	if err == nil && k.w.failed != nil {
		err, k.w.failed = k.w.failed, nil
	}
	if err == nil && k.w.null && o.nonNull {
		err = errNull
	}
	if err != nil {
		k.w.Buf = k.w.Buf[:start]
		return k.raise(o, err)
	}
	return !k.w.null
}

// leaf writes the value itself; a panic of a row's method is this field's alone.
func (k *walk) leaf(o *op, s *slot, parent any, i int32) (err error) {
	defer k.recovered(&err)
	switch {
	case o.field.Write != nil:
		o.field.Write(&k.w, parent)
	case o.field.Stock != nil:
		k.w.Marshal(o.field.Stock(k.x, k.here(nil), o.collected))
	default:
		s.answers.write(&k.w, int(i))
	}
	return nil
}

func (k *walk) recovered(err *error) {
	if reason := recover(); reason != nil {
		k.w.failed = nil
		*err = k.oc.RecoverFunc(k.ctx, reason)
	}
}

// value writes a list, an object or null, and returns where in the column the next begins.
func (k *walk) value(o *op, c *Column, at int32, depth int) (next int32, ok bool) {
	v := c.shape[at]
	at++
	if v < 0 {
		k.w.Buf = append(k.w.Buf, "null"...)
		if v < null {
			k.report(k.here(nil), o, c.failed[null-v-1])
		} else if o.field.NonNull[depth] {
			k.report(k.here(nil), o, errNull)
		}
		return at, false
	}
	start := len(k.w.Buf)
	if depth < o.field.lists() {
		at, ok = k.list(o, c, at, v, depth)
	} else {
		kind, i, object := c.object(v)
		ok = k.object(o.below[kind], object, i)
	}
	if !ok {
		k.w.Buf = append(k.w.Buf[:start], "null"...)
	}
	return at, ok
}

// list writes n elements, each with its place in the path.
func (k *walk) list(o *op, c *Column, at, n int32, depth int) (next int32, ok bool) {
	k.w.Buf = append(k.w.Buf, '[')
	k.path = append(k.path, step{})
	ok = true
	for i := range n {
		if i > 0 {
			k.w.Buf = append(k.w.Buf, ',')
		}
		k.path[len(k.path)-1].index = int(i)
		var there bool
		if at, there = k.value(o, c, at, depth+1); !there && o.field.NonNull[depth+1] {
			ok = false
		}
	}
	k.path = k.path[:len(k.path)-1]
	k.w.Buf = append(k.w.Buf, ']')
	return at, ok
}

// raise writes null for a field and reports why.
func (k *walk) raise(o *op, err error) bool {
	k.w.Buf = append(k.w.Buf, "null"...)
	if k.raised < maxErrors {
		k.report(k.here(o), o, err)
	}
	return false
}

// failed is raise for what failed for all parents. What the arguments have wrong is asked for again: its path begins here.
func (k *walk) failed(o *op, s *slot) bool {
	if !s.badArgs || k.raised >= maxErrors {
		return k.raise(o, s.err)
	}
	k.w.Buf = append(k.w.Buf, "null"...)
	ctx := k.here(o)
	_, err := guarded(ctx, func() (map[string]any, error) {
		return o.field.Args(k.x, ctx, o.collected.ArgumentMap(k.oc.Variables))
	})
	k.report(ctx, o, err)
	return false
}

// report hands an error of a field to the request's presenter, with the field's place in the document.
func (k *walk) report(ctx context.Context, o *op, err error) {
	if k.raised++; k.raised > maxErrors {
		return
	}
	var list gqlerror.List
	if errors.As(err, &list) {
		for _, one := range list {
			k.report(ctx, o, one)
		}
		return
	}
	own := gqlerror.WrapPath(graphql.GetPath(ctx), err)
	if g, ok := errors.AsType[*gqlerror.Error](err); ok { // shared by all parents: a copy gets this one's path
		shared := *g
		if shared.Path == nil {
			shared.Path = own.Path
		}
		own = &shared
	}
	if at := o.collected.Position; own.Locations == nil && at != nil && at.Line > 0 {
		own.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	graphql.AddError(ctx, own)
}

// here is a context with the path, and one field more.
func (k *walk) here(last *op) context.Context {
	ctx := graphql.WithFieldContext(k.ctx, &graphql.FieldContext{Object: k.plan.root.typ.Name})
	for _, s := range k.path {
		if s.op == nil {
			index := s.index
			ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &index})
		} else {
			ctx = withField(ctx, s.op)
		}
	}
	if last != nil {
		ctx = withField(ctx, last)
	}
	return ctx
}

func withField(ctx context.Context, o *op) context.Context {
	own := *o.context
	return graphql.WithFieldContext(ctx, &own)
}
