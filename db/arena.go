package db

import (
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
)

// arena is the memory of a page's values: they are made many at a time, for they live and die together. The zero arena makes each by
// itself, for rows that may be kept.
type arena struct {
	shared bool
	room   int // bytes of a chunk of texts
	many   int // values of a chunk of these
	chunk  strings.Builder
	texts  []string
	uuids  []id.UUID
	times  []time.Time
}

// chunks of an arena hold at most that many bytes, or values.
const (
	chunkBytes  = 2048
	chunkValues = 32
)

// what one row is taken to need of each.
const (
	rowBytes  = 128
	rowValues = 4
)

// text is a copy of some bytes.
func (a *arena) text(raw []byte) string {
	if !a.shared || len(raw) > a.room/2 {
		return string(raw)
	}
	if a.chunk.Cap()-a.chunk.Len() < len(raw) {
		a.chunk.Reset() // the texts keep the old one
		a.chunk.Grow(a.room)
	}
	at := a.chunk.Len()
	a.chunk.Write(raw)
	return a.chunk.String()[at:]
}

// keep is a place for a value.
func keep[T any](a *arena, places *[]T, v T) *T {
	if *places == nil {
		place := new(T) // and not v itself, which would then be made anew also where there is a place
		*place = v
		return place
	}
	if len(*places) == cap(*places) {
		*places = make([]T, 0, a.many)
	}
	*places = append(*places, v)
	return &(*places)[len(*places)-1]
}

// newArena is an arena whose values share memory, for so many rows: few rows shall not take the memory of many.
func newArena(rows int) *arena {
	rows = max(rows, 1)
	return &arena{shared: true, room: min(rows*rowBytes, chunkBytes), many: min(rows*rowValues, chunkValues), texts: []string{}, uuids: []id.UUID{}, times: []time.Time{}}
}

// slab makes rows, many at a time.
type slab[T any] struct {
	free []T
	next int // how many more are expected
}

func (s *slab[T]) row() *T {
	if len(s.free) == 0 {
		n := min(max(s.next, 1), 64)
		s.free, s.next = make([]T, n), s.next-n
	}
	row := &s.free[0]
	s.free = s.free[1:]
	return row
}

// parts are rows by their parents. Those of one parent come one after the other, as a rule, and share one piece of memory.
type parts[T any] struct {
	of   [][]*T
	all  []*T
	last int // whose rows stand at the end of all
}

func newParts[T any](n, most int) *parts[T] {
	return &parts[T]{of: make([][]*T, n), all: make([]*T, 0, min(max(most, 1), 256)), last: -1}
}

func (p *parts[T]) add(at int, row *T) {
	p.all = append(p.all, row)
	end, have := len(p.all), len(p.of[at])
	if have > 0 && at != p.last {
		p.of[at] = append(p.of[at], row)
		p.last = -1
		return
	}
	p.of[at], p.last = p.all[end-have-1:end:end], at
}
