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
	chunk  strings.Builder
	texts  []string
	uuids  []id.UUID
	times  []time.Time
}

// chunks of an arena hold that many bytes, or values.
const (
	chunkBytes  = 2048
	chunkValues = 32
)

// text is a copy of some bytes.
func (a *arena) text(raw []byte) string {
	if !a.shared || len(raw) > chunkBytes/8 {
		return string(raw)
	}
	if a.chunk.Cap()-a.chunk.Len() < len(raw) {
		a.chunk.Reset() // the texts keep the old one
		a.chunk.Grow(chunkBytes)
	}
	at := a.chunk.Len()
	a.chunk.Write(raw)
	return a.chunk.String()[at:]
}

// keep is a place for a value.
func keep[T any](places *[]T, v T) *T {
	if *places == nil {
		return &v
	}
	if len(*places) == cap(*places) {
		*places = make([]T, 0, chunkValues)
	}
	*places = append(*places, v)
	return &(*places)[len(*places)-1]
}

// newArena is an arena whose values share memory.
func newArena() *arena {
	return &arena{shared: true, texts: []string{}, uuids: []id.UUID{}, times: []time.Time{}}
}

// slab makes rows, few at first.
type slab[T any] struct {
	free []T
	size int
}

func (s *slab[T]) row() *T {
	if len(s.free) == 0 {
		s.size = min(max(1, 4*s.size), 64)
		s.free = make([]T, s.size)
	}
	row := &s.free[0]
	s.free = s.free[1:]
	return row
}
