package db

import (
	"encoding/binary"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/leadgraph/leadgraph/internal/id"
)

// literal is a list as the text of an array.
func literal(list reflect.Value) string {
	b := []byte{'{'}
	for i := range list.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(b, list.Index(i))
	}
	return string(append(b, '}'))
}

// escape is what is written otherwise in a quoted element.
var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func element(b []byte, v reflect.Value) []byte {
	switch x := v.Interface().(type) {
	case id.UUID:
		return x.Append(b)
	case time.Time:
		return append(x.UTC().AppendFormat(append(b, '"'), "2006-01-02 15:04:05.999999Z07:00"), '"')
	}
	switch v.Kind() {
	case reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Float64:
		return strconv.AppendFloat(b, v.Float(), 'g', -1, 64)
	}
	return append(append(append(b, '"'), escape.Replace(v.String())...), '"')
}

// decodeArray reads an array of one dimension without NULLs, if it is of a form it knows: whole rows of arrays are read a hundred thousand
// at a time.
func decodeArray(a *arena, raw []byte, dest any) bool {
	switch d := dest.(type) {
	case *[]id.UUID:
		return elements(raw, d, func(b []byte) id.UUID { return id.UUID(b) })
	case *[]int32:
		return elements(raw, d, func(b []byte) int32 { return int32(binary.BigEndian.Uint32(b)) })
	case *[]int64:
		return elements(raw, d, func(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) })
	case *[]float64:
		return elements(raw, d, func(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) })
	case *[]string:
		return elements(raw, d, a.text)
	}
	return false
}

// elements reads the elements of a binary array: its dimensions, whether there are NULLs and the type, then the size and the first index
// of the dimension, then each element with its length.
func elements[T any](raw []byte, into *[]T, read func([]byte) T) bool {
	if len(raw) < 12 || binary.BigEndian.Uint32(raw[4:]) != 0 {
		return false
	}
	*into = []T{}
	switch binary.BigEndian.Uint32(raw) {
	case 0:
		return true
	case 1:
	default:
		return false
	}
	n := int(binary.BigEndian.Uint32(raw[12:]))
	*into = make([]T, n)
	raw = raw[20:]
	for i := range n {
		size := int(binary.BigEndian.Uint32(raw))
		(*into)[i] = read(raw[4 : 4+size])
		raw = raw[4+size:]
	}
	return true
}

// arrays are the types that decodeArray reads.
var arrays = map[uint32]bool{pgtype.UUIDArrayOID: true, pgtype.TextArrayOID: true, pgtype.Int4ArrayOID: true, pgtype.Int8ArrayOID: true, pgtype.Float8ArrayOID: true}
