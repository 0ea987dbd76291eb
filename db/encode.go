package db

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/leadgraph/leadgraph/internal/id"
)

// learn teaches a new connection how lists are sent.
func learn(_ context.Context, c *pgx.Conn) error {
	teach(c.TypeMap())
	return nil
}

// teach puts our codecs of lists in the place of pgx's, which boxes each element and asks what it is: what is written travels as one list a column.
func teach(m *pgtype.Map) {
	for _, l := range sentLists {
		of, known := m.TypeForOID(l.element)
		array, same := m.TypeForOID(l.oid)
		if known && same {
			m.RegisterType(&pgtype.Type{Name: array.Name, OID: l.oid, Codec: &listCodec{&pgtype.ArrayCodec{ElementType: of}, l.plans}})
		}
	}
}

// sentLists are the types of lists that are sent in our own way, for the types of Go that their elements are here. Others are left to pgx.
var sentLists = []struct {
	oid, element uint32
	plans        func(value any) pgtype.EncodePlan
}{
	{pgtype.UUIDArrayOID, pgtype.UUIDOID, ways(pgtype.UUIDOID, 16, putID)},
	{pgtype.TextArrayOID, pgtype.TextOID, ways(pgtype.TextOID, 32, putText)},
	{pgtype.JSONBArrayOID, pgtype.JSONBOID, ways(pgtype.JSONBOID, 64, putDocument)},
	{pgtype.TimestamptzArrayOID, pgtype.TimestamptzOID, ways(pgtype.TimestamptzOID, 8, putTime)},
	{pgtype.Float8ArrayOID, pgtype.Float8OID, ways(pgtype.Float8OID, 8, putFloat)},
	{pgtype.Int4ArrayOID, pgtype.Int4OID, ways(pgtype.Int4OID, 4, putInt)},
}

// listCodec is the codec of an array that knows some lists of Go better.
type listCodec struct {
	*pgtype.ArrayCodec
	plans func(value any) pgtype.EncodePlan
}

// PlanEncode is how a value is sent.
func (l *listCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		if p := l.plans(value); p != nil {
			return p
		}
	}
	return l.ArrayCodec.PlanEncode(m, oid, format, value)
}

// ways are the plans for a list of values and one of pointers to such.
func ways[T any](element uint32, size int, put func(buf []byte, v T) []byte) func(value any) pgtype.EncodePlan {
	return func(value any) pgtype.EncodePlan {
		switch value.(type) {
		case []T:
			return way[T]{element, size, put}
		case []*T:
			return way[*T]{element, size, func(buf []byte, v *T) []byte {
				if v == nil {
					return nil
				}
				return put(buf, *v)
			}}
		}
		return nil
	}
}

// way sends a list in the binary form of Postgres's array_recv: the element's type, the length, and of each element its size and itself; nil is NULL.
type way[T any] struct {
	element uint32
	size    int // of an element, about
	put     func(buf []byte, v T) []byte
}

// Encode adds a list.
func (w way[T]) Encode(value any, buf []byte) ([]byte, error) {
	all := value.([]T) //nolint:forcetypeassert // the plan is made for this type
	if all == nil {
		return nil, nil
	}
	buf = slices.Grow(buf, 20+len(all)*(4+w.size))
	buf = binary.BigEndian.AppendUint32(buf, 1) // dimension
	nulls := len(buf)
	buf = binary.BigEndian.AppendUint32(buf, 0)
	buf = binary.BigEndian.AppendUint32(buf, w.element)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(all)))
	buf = binary.BigEndian.AppendUint32(buf, 1) // the place of the first
	for _, v := range all {
		at := len(buf)
		buf = append(buf, 0xff, 0xff, 0xff, 0xff)
		if with := w.put(buf, v); with != nil {
			buf = with
			binary.BigEndian.PutUint32(buf[at:], uint32(len(buf)-at-4))
		} else {
			binary.BigEndian.PutUint32(buf[nulls:], 1)
		}
	}
	return buf, nil
}

func putID(buf []byte, v id.UUID) []byte { return append(buf, v[:]...) }

func putText(buf []byte, v string) []byte { return append(buf, v...) }

// putDocument adds a document behind the version of its form.
func putDocument(buf []byte, v string) []byte { return append(append(buf, 1), v...) }

func putTime(buf []byte, v time.Time) []byte {
	return binary.BigEndian.AppendUint64(buf, uint64(v.UnixMicro()-epoch))
}

func putFloat(buf []byte, v float64) []byte {
	return binary.BigEndian.AppendUint64(buf, math.Float64bits(v))
}

func putInt(buf []byte, v int32) []byte { return binary.BigEndian.AppendUint32(buf, uint32(v)) }
