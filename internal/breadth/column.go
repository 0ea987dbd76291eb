package breadth

import "fmt"

// Column holds the objects that one field answers for all its parents, by their types, and how they stand in lists. Of each parent the
// structure is a run of numbers: a list is its length followed by its elements, an object is its place, null is -1, and what could not
// be told is further below.
type Column struct {
	shape  []int32
	kinds  int32
	of     [][]any
	failed []error
}

const null = -1

// Null adds a null.
func (c *Column) Null() { c.shape = append(c.shape, null) }

// Object adds an object of the type with this place among the field's.
func (c *Column) Object(kind int, o any) {
	c.shape = append(c.shape, int32(len(c.of[kind]))*c.kinds+int32(kind))
	c.of[kind] = append(c.of[kind], o)
}

// Unknown adds a value whose Go type no type of the schema has.
func (c *Column) Unknown(o any) {
	c.failed = append(c.failed, fmt.Errorf("breadth: no type of the schema is bound to %T", o))
	c.shape = append(c.shape, null-int32(len(c.failed)))
}

// object finds the object at a place.
func (c *Column) object(at int32) (kind, i int32, o any) {
	kind, i = at%c.kinds, at/c.kinds
	return kind, i, c.of[kind][i]
}

// Pointer adds an object that is known by pointer.
func Pointer[T any](c *Column, v *T) {
	if v == nil {
		c.Null()
		return
	}
	c.Object(0, v)
}

// Value adds an object that is known by value.
func Value[T any](c *Column, v T) { c.Object(0, &v) }

// List adds lists; nil is the empty one.
func List[T any](put func(*Column, T)) func(*Column, []T) {
	return func(c *Column, v []T) {
		c.shape = append(c.shape, int32(len(v)))
		for _, one := range v {
			put(c, one)
		}
	}
}

// NullableList adds lists; nil is null.
func NullableList[T any](put func(*Column, T)) func(*Column, []T) {
	list := List(put)
	return func(c *Column, v []T) {
		if v == nil {
			c.Null()
			return
		}
		list(c, v)
	}
}

// Read is a field's Read, made of an accessor.
func Read[P, R any](get func(P) R, put func(*Column, R)) func(*Column, any) {
	return func(c *Column, parent any) { put(c, get(parent.(P))) }
}
