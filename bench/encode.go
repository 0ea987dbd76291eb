package main

import (
	"encoding/binary"
	"strconv"
	"time"

	"github.com/leadgraph/leadgraph/internal/id"
)

// These write a column, in the binary form in which Postgres sends it, as JSON. nil is NULL.

const base32 = "0123456789abcdefghjkmnpqrstvwxyz"

func appendID(b []byte, kind id.Kind, v []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	var text [26]byte
	hi, lo := binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:])
	for i := 25; i >= 0; i-- {
		text[i] = base32[lo&31]
		hi, lo = hi>>5, lo>>5|hi<<59
	}
	b = append(append(append(b, '"'), kind...), '_')
	return append(append(b, text[:]...), '"')
}

func appendText(b, v []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	b = append(b, '"')
	from := 0
	for i, c := range v {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, v[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	return append(append(b, v[from:]...), '"')
}

// appendWord writes a text that needs no escape, such as an enum's name.
func appendWord(b, v []byte) []byte { return append(append(append(b, '"'), v...), '"') }

func appendInt(b, v []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, int64(int32(binary.BigEndian.Uint32(v))), 10)
}

// epoch is where Postgres counts microseconds from.
const epoch = 946684800

func appendTime(b, v []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	micros := int64(binary.BigEndian.Uint64(v))
	b = time.Unix(epoch, micros*1000).UTC().AppendFormat(append(b, '"'), time.RFC3339Nano)
	return append(b, '"')
}

// comma separates an object from the one before it.
func comma(b []byte) []byte {
	if len(b) > 0 && b[len(b)-1] == '}' {
		return append(b, ',')
	}
	return b
}

// appendLead writes the columns of the statement lead; the object stays open.
func appendLead(b []byte, v [][]byte) []byte {
	b = appendID(append(b, `{"id":`...), id.Lead, v[0])
	b = appendWord(append(b, `,"stage":`...), v[1])
	b = appendTime(append(b, `,"stageSince":`...), v[2])
	b = appendText(append(b, `,"interest":`...), v[3])
	b = appendText(append(b, `,"queue":`...), v[4])
	b = appendInt(append(b, `,"cycle":`...), v[5])
	b = appendTime(append(b, `,"createdAt":`...), v[6])
	b = appendTime(append(b, `,"lastActivityAt":`...), v[7])
	b = appendInt(append(b, `,"version":`...), v[8])
	b = appendID(append(b, `,"contact":{"id":`...), id.Contact, v[9])
	b = appendText(append(b, `,"fullName":`...), v[10])
	b = appendText(append(b, `,"email":`...), v[11])
	b = appendText(append(b, `,"phone":`...), v[12])
	b = appendText(append(b, `,"title":`...), v[13])
	b = appendText(append(b, `,"seniority":`...), v[14])
	b = appendText(append(b, `,"country":`...), v[15])
	b = append(appendText(append(b, `,"city":`...), v[16]), '}')
	if b = append(b, `,"account":`...); v[17] == nil {
		b = append(b, "null"...)
	} else {
		b = appendID(append(b, `{"id":`...), id.Account, v[17])
		b = appendText(append(b, `,"name":`...), v[18])
		b = appendText(append(b, `,"domain":`...), v[19])
		b = appendText(append(b, `,"industry":`...), v[20])
		b = appendInt(append(b, `,"employees":`...), v[21])
		b = append(appendText(append(b, `,"country":`...), v[22]), '}')
	}
	if b = append(b, `,"persona":`...); v[23] == nil {
		b = append(b, "null"...)
	} else {
		b = appendID(append(b, `{"id":`...), id.Persona, v[23])
		b = appendText(append(b, `,"name":`...), v[24])
		b = append(appendInt(append(b, `,"priority":`...), v[25]), '}')
	}
	if b = append(b, `,"owner":`...); v[26] == nil {
		b = append(b, "null"...)
	} else {
		b = appendID(append(b, `{"id":`...), id.Member, v[26])
		b = appendText(append(b, `,"name":`...), v[27])
		b = append(appendText(append(b, `,"email":`...), v[28]), '}')
	}
	b = appendID(append(b, `,"source":{"id":`...), id.Source, v[29])
	b = appendWord(append(b, `,"key":`...), v[30])
	b = appendText(append(b, `,"name":`...), v[31])
	return append(appendWord(append(b, `,"kind":`...), v[32]), '}')
}

// appendInbox writes the columns of the statement inbox; the object stays open.
func appendInbox(b []byte, v [][]byte) []byte {
	b = appendID(append(b, `{"id":`...), id.Lead, v[0])
	b = appendWord(append(b, `,"stage":`...), v[1])
	b = appendTime(append(b, `,"stageSince":`...), v[2])
	b = appendText(append(b, `,"queue":`...), v[3])
	b = appendText(append(b, `,"interest":`...), v[4])
	b = appendTime(append(b, `,"lastActivityAt":`...), v[5])
	b = appendID(append(b, `,"contact":{"id":`...), id.Contact, v[6])
	b = appendText(append(b, `,"fullName":`...), v[7])
	b = appendText(append(b, `,"email":`...), v[8])
	b = appendText(append(b, `,"title":`...), v[9])
	b = append(appendText(append(b, `,"country":`...), v[10]), '}')
	if b = append(b, `,"persona":`...); v[11] == nil {
		b = append(b, "null"...)
	} else {
		b = appendID(append(b, `{"id":`...), id.Persona, v[11])
		b = append(appendText(append(b, `,"name":`...), v[12]), '}')
	}
	if b = append(b, `,"account":`...); v[13] == nil {
		b = append(b, "null"...)
	} else {
		b = appendID(append(b, `{"id":`...), id.Account, v[13])
		b = appendText(append(b, `,"name":`...), v[14])
		b = appendText(append(b, `,"domain":`...), v[15])
		b = append(appendInt(append(b, `,"employees":`...), v[16]), '}')
	}
	if b = append(b, `,"owner":`...); v[17] == nil {
		b = append(b, "null"...)
	} else {
		b = appendID(append(b, `{"id":`...), id.Member, v[17])
		b = append(appendText(append(b, `,"name":`...), v[18]), '}')
	}
	b = appendID(append(b, `,"source":{"id":`...), id.Source, v[19])
	return append(appendText(append(b, `,"name":`...), v[20]), '}')
}

// appendTouch writes a touch, with all columns of W1 or those of W2.
func appendTouch(b []byte, v [][]byte, whole bool) []byte {
	b = appendID(append(b, `{"id":`...), id.Touch, v[0])
	b = appendWord(append(b, `,"kind":`...), v[1])
	b = appendWord(append(b, `,"channel":`...), v[2])
	if whole {
		b = appendWord(append(b, `,"direction":`...), v[3])
		b = appendText(append(b, `,"subject":`...), v[4])
		v = v[2:]
	}
	return append(appendTime(append(b, `,"occurredAt":`...), v[3]), '}')
}
