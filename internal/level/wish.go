package level

import (
	"context"
	"sync"
)

// Wish is what an answer shows of the objects that a task reads: by the names of their types, the fields. It belongs to an operation's
// plan and is shared by all requests for it, so it never changes.
type Wish struct {
	Fields map[string][]Field
	kept   sync.Map
}

// Field is a field of an object.
type Field struct {
	Name   string // in the schema
	Member string // the field of the Go struct it is read from; empty where it takes more than that
}

type wishKey struct{}

// WithWish tells a task what its objects are read for.
func WithWish(ctx context.Context, w *Wish) context.Context {
	return context.WithValue(ctx, wishKey{}, w)
}

// WishFrom is what the objects are read for; nil where that is not known.
func WishFrom(ctx context.Context) *Wish {
	w, _ := ctx.Value(wishKey{}).(*Wish)
	return w
}

// Keep remembers with a wish what was made of it.
func (w *Wish) Keep(key any, made func() any) any {
	if v, ok := w.kept.Load(key); ok {
		return v
	}
	v, _ := w.kept.LoadOrStore(key, made())
	return v
}
