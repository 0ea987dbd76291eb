package db

import (
	"encoding/binary"
	"math"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/leadgraph/leadgraph/internal/id"
)

// scan reads a row into pointers, as pgx does, but knows the few forms that rows are made of: pgx looks its plan for each column up
// and boxes each value, which is most of what reading a page costs. Whatever is not of these forms goes pgx's way.
func scan(rows pgx.Rows, dest []any, a *arena) error {
	columns, raw := rows.FieldDescriptions(), rows.RawValues()
	if len(columns) != len(dest) || len(raw) != len(dest) {
		return rows.Scan(dest...)
	}
	for i, d := range dest {
		c := &columns[i]
		if c.Format == pgx.BinaryFormatCode && decode(a, c.DataTypeOID, raw[i], d) {
			continue
		}
		if c.Format == pgx.TextFormatCode && decodeAsText(a, c.DataTypeOID, raw[i], d) {
			continue
		}
		if err := rows.Conn().TypeMap().Scan(c.DataTypeOID, c.Format, raw[i], d); err != nil {
			return pgx.ScanArgError{ColumnIndex: i, FieldName: c.Name, Err: err}
		}
	}
	return nil
}

// decode reads one binary value, if it is of a form it knows. NULL is known where the place can be nil.
func decode(a *arena, oid uint32, raw []byte, dest any) bool {
	switch oid {
	case pgtype.UUIDOID:
		return decodeUUID(a, raw, dest)
	case pgtype.TextOID:
		return decodeText(a, raw, dest)
	case pgtype.TimestamptzOID:
		return decodeTime(a, raw, dest)
	case pgtype.JSONBOID:
		return decodeJSON(raw, dest)
	case pgtype.Int4OID:
		return decodeFixed(raw, dest, 4, func(b []byte) int32 { return int32(binary.BigEndian.Uint32(b)) })
	case pgtype.Int8OID:
		return decodeFixed(raw, dest, 8, func(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) })
	case pgtype.Float8OID:
		return decodeFixed(raw, dest, 8, func(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) })
	case pgtype.BoolOID:
		return decodeFixed(raw, dest, 1, func(b []byte) bool { return b[0] != 0 })
	}
	return arrays[oid] && decodeArray(a, raw, dest)
}

func decodeUUID(a *arena, raw []byte, dest any) bool {
	switch d := dest.(type) {
	case *id.UUID:
		return len(raw) == 16 && copy(d[:], raw) == 16
	case **id.UUID:
		if raw == nil {
			*d = nil
			return true
		}
		*d = keep(a, &a.uuids, id.UUID(raw))
		return true
	}
	return false
}

func decodeText(a *arena, raw []byte, dest any) bool {
	switch d := dest.(type) {
	case *string:
		if raw != nil {
			*d = a.text(raw)
		}
		return raw != nil
	case **string:
		*d = nil
		if raw != nil {
			*d = keep(a, &a.texts, a.text(raw))
		}
		return true
	}
	// The enums of the rules: texts by another name.
	v := reflect.ValueOf(dest).Elem()
	if v.Kind() == reflect.String && raw != nil {
		v.SetString(a.text(raw))
		return true
	}
	if v.Kind() != reflect.Pointer || v.Type().Elem().Kind() != reflect.String {
		return false
	}
	if raw == nil {
		v.SetZero()
		return true
	}
	p := reflect.New(v.Type().Elem())
	p.Elem().SetString(a.text(raw))
	v.Set(p)
	return true
}

// epoch is where Postgres counts microseconds from: the year 2000, in Unix time.
const epoch = 946_684_800 * 1_000_000

func decodeTime(a *arena, raw []byte, dest any) bool {
	p, nullable := dest.(**time.Time)
	if raw == nil && nullable {
		*p = nil
		return true
	}
	if len(raw) != 8 {
		return false
	}
	n := int64(binary.BigEndian.Uint64(raw))
	if n == math.MaxInt64 || n == math.MinInt64 { // infinity is no time.Time
		return false
	}
	t := time.UnixMicro(n + epoch).UTC()
	if nullable {
		*p = keep(a, &a.times, t)
		return true
	}
	d, ok := dest.(*time.Time)
	if ok {
		*d = t
	}
	return ok
}

// decodeJSON reads documents that stay text. Binary jsonb begins with its version, 1.
func decodeJSON(raw []byte, dest any) bool {
	d, ok := dest.(pgtype.BytesScanner)
	return ok && len(raw) > 1 && raw[0] == 1 && d.ScanBytes(raw[1:]) == nil
}

// decodeAsText reads the types that pgx asks for as text: texts, whose bytes are the same, and documents that stay text.
func decodeAsText(a *arena, oid uint32, raw []byte, dest any) bool {
	switch oid {
	case pgtype.TextOID:
		return decodeText(a, raw, dest)
	case pgtype.JSONBOID:
		d, ok := dest.(pgtype.BytesScanner)
		return ok && raw != nil && d.ScanBytes(raw) == nil
	}
	return false
}

// decodeFixed reads a value of a fixed size.
func decodeFixed[T any](raw []byte, dest any, size int, read func([]byte) T) bool {
	switch d := dest.(type) {
	case *T:
		if len(raw) == size {
			*d = read(raw)
		}
		return len(raw) == size
	case **T:
		*d = nil
		if len(raw) == size {
			v := read(raw)
			*d = &v
		}
		return raw == nil || len(raw) == size
	}
	return false
}
