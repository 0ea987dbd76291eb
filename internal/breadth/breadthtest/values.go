package breadthtest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/graph/model"
	"github.com/leadgraph/leadgraph/internal/id"
)

// World makes up what resolvers answer. An answer depends on the seed, the field, its arguments and the parent alone: not on when
// it is asked for, nor on which other parents it is asked for with.
type World struct {
	// Seed tells worlds apart.
	Seed uint64
	// Trouble is how likely nulls, errors and panics are, from 0 to 1.
	Trouble float64

	mu    sync.Mutex
	seeds map[any]uint64 // of objects, by pointer
}

// NewWorld makes a world without objects.
func NewWorld(seed uint64, trouble float64) *World {
	return &World{Seed: seed, Trouble: trouble, seeds: map[any]uint64{}}
}

// Answer answers for Resolvers.
func (w *World) Answer(_ context.Context, field string, result reflect.Type, parents any, args []any) (any, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	field += string(text)
	whole := w.rand(0, field)
	switch p := whole.Float64(); {
	case p < w.Trouble/20:
		return nil, errors.New("all of " + field)
	case p < w.Trouble/10:
		panic("all of " + field)
	}
	if reflect.ValueOf(parents).Kind() != reflect.Slice {
		return w.make(w.hash(0, field), result).Interface(), nil
	}
	return w.batch(field, result, reflect.ValueOf(parents))
}

// batch answers for each parent, with errors for some.
func (w *World) batch(field string, result reflect.Type, parents reflect.Value) (any, error) {
	out, failed := reflect.MakeSlice(result, parents.Len(), parents.Len()), make(graphql.BatchErrorList, parents.Len())
	some := false
	for i := range parents.Len() {
		if parents.Index(i).IsNil() { // gqlgen hands the nulls of a list over, too
			continue
		}
		seed := w.hash(w.seedOf(parents.Index(i).Interface()), field)
		if rand.New(rand.NewPCG(seed, 1)).Float64() < w.Trouble/20 {
			failed[i], some = fmt.Errorf("one of %s", field), true
			continue
		}
		out.Index(i).Set(w.make(seed, result.Elem()))
	}
	if some {
		return out.Interface(), failed
	}
	return out.Interface(), nil
}

func (w *World) hash(seed uint64, text string) uint64 {
	h := fnv.New64a()
	_ = binary.Write(h, binary.LittleEndian, []uint64{w.Seed, seed})
	_, _ = h.Write([]byte(text))
	return h.Sum64()
}

func (w *World) rand(seed uint64, text string) *rand.Rand {
	return rand.New(rand.NewPCG(w.hash(seed, text), 0))
}

func (w *World) seedOf(object any) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seeds[object]
}

// make makes a value of a type.
func (w *World) make(seed uint64, t reflect.Type) reflect.Value {
	m := &maker{World: w, Rand: rand.New(rand.NewPCG(seed, 2))}
	v := reflect.New(t).Elem()
	m.fill(v, 0)
	return v
}

// maker makes one value.
type maker struct {
	*World
	*rand.Rand
}

// trouble tells whether something shall go wrong here.
func (m *maker) trouble(part float64) bool { return m.Float64() < m.Trouble*part }

// special are types with forms of their own.
func (m *maker) special(v reflect.Value) bool {
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		*p = time.Unix(m.Int64N(4e9), m.Int64N(1e6)*1000).UTC()
	case *id.Global:
		p.Kind = []id.Kind{id.Lead, id.Contact, id.Touch}[m.IntN(3)]
		binary.BigEndian.PutUint64(p.UUID[8:], m.Uint64())
	case *db.Attributes:
		if *p = db.Attributes(`{"budget":5000,"tier":"gold"}`); m.trouble(0.2) {
			*p = nil
		}
	case *model.Node:
		if n := m.one(&db.Lead{}, &db.Contact{}, &db.Account{}, &db.Touch{}, &db.Member{}, &db.Import{}, &db.Workspace{}); n != nil {
			*p = n
		}
	case *model.TimelineEntry:
		if n, ok := m.one(&db.Touch{}, &db.Event{}).(model.TimelineEntry); ok && !reflect.ValueOf(n).IsNil() {
			*p = n // a pointer to nothing has a test of its own: the executors differ
		}
	case *db.Entry:
		if p.Touch = new(db.Touch); m.IntN(2) == 0 {
			p.Touch, p.Event = nil, new(db.Event)
			m.object(reflect.ValueOf(p.Event), 0)
			break
		}
		m.object(reflect.ValueOf(p.Touch), 0)
	case *sync.Once, *sync.Mutex, *context.Context, *error:
	default:
		return false
	}
	return true
}

// one fills one of some objects, or answers nothing, or a pointer to nothing.
func (m *maker) one(of ...any) any {
	o := of[m.IntN(len(of))]
	switch {
	case m.trouble(0.1):
		return nil
	case m.trouble(0.05):
		return reflect.Zero(reflect.TypeOf(o)).Interface()
	}
	m.object(reflect.ValueOf(o), 0)
	return o
}

// object fills an object and remembers it.
func (m *maker) object(p reflect.Value, depth int) {
	m.mu.Lock()
	m.seeds[p.Interface()] = m.Uint64()
	m.mu.Unlock()
	m.fill(p.Elem(), depth)
}

// fill sets a value, to a certain depth.
func (m *maker) fill(v reflect.Value, depth int) {
	if m.special(v) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if depth < 8 && (depth == 0 && !m.trouble(0.1) || depth > 0 && m.Float64() < 0.95-m.Trouble*0.3) {
			p := reflect.New(v.Type().Elem())
			m.object(p, depth+1)
			v.Set(p)
		}
	case reflect.Slice:
		if depth < 8 && !m.trouble(0.1) {
			n := m.IntN(4)
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				m.element(v.Index(i), depth+1)
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			m.fill(v.Index(i), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			m.fill(reachable(v.Field(i)), depth+1)
		}
	case reflect.Func:
		m.function(v)
	default:
		m.scalar(v)
	}
}

// element is fill for elements of lists, which are rarely null.
func (m *maker) element(v reflect.Value, depth int) {
	if v.Kind() == reflect.Pointer && !m.trouble(0.1) {
		p := reflect.New(v.Type().Elem())
		m.object(p, depth)
		v.Set(p)
		return
	}
	if v.Kind() != reflect.Pointer {
		m.fill(v, depth)
	}
}

// reachable makes a field settable that is not exported.
func reachable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// function makes a function that always answers the same, or panics.
func (m *maker) function(v reflect.Value) {
	seed, bad, t := m.Uint64(), m.trouble(0.1), v.Type()
	v.Set(reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
		out := make([]reflect.Value, t.NumOut())
		if failing := t.NumOut() > 1; bad && failing { // it may be asked once for many, so it does not panic
			for i := range out {
				out[i] = reflect.Zero(t.Out(i))
			}
			out[len(out)-1] = reflect.ValueOf(errors.New("a row's method"))
			return out
		} else if bad {
			panic("a row's method")
		}
		for i := range out {
			out[i] = m.World.make(seed, t.Out(i))
		}
		return out
	}))
}

var letters = []rune("abc \"\\\n\t\x01<&>éß語🙂ABC")

func (m *maker) scalar(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		var b strings.Builder
		for range m.IntN(6) {
			if v.Type().PkgPath() != "" { // an enum: what is no name cannot be written by anybody
				b.WriteByte(byte('A' + m.IntN(26)))
			} else {
				b.WriteRune(letters[m.IntN(len(letters))])
			}
		}
		v.SetString(b.String())
	case reflect.Bool:
		v.SetBool(m.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(m.Int64N(4))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(m.Uint64N(4))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{0, 1, -2.5, 1e21, 1e-9, 0.1}[m.IntN(6)])
	}
}
