// Package id makes and reads the ids of leadgraph's objects.
//
// Inside, an id is a UUIDv7. Outside, it is opaque and readable: a prefix that names the type, an underscore and the UUID in
// 26 characters of Crockford's base32 in lower case: lead_01jd8x0v3qe6m9s5r7c2k4b1fa.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// UUID is the id of a row. The zero value is "none".
type UUID [16]byte

// clock keeps ids of one process in the order they were made, even within a millisecond.
var clock struct {
	sync.Mutex
	last uint64
}

// New makes a UUIDv7 (RFC 9562, section 5.7, with method 3: 12 bits of sub-millisecond fraction).
func New() UUID { return newAt(time.Now()) }

// newAt packs milliseconds and a 1/4096 ms fraction; a tie takes the next fraction, so that ids only grow.
func newAt(t time.Time) UUID {
	now := uint64(t.UnixMilli())<<12 | uint64(t.Nanosecond()%1_000_000)*4096/1_000_000
	clock.Lock()
	if now <= clock.last {
		now = clock.last + 1
	}
	clock.last = now
	clock.Unlock()
	var u UUID
	binary.BigEndian.PutUint64(u[:8], now>>12<<16|0x7000|now&0xfff)
	_, _ = rand.Read(u[8:]) // never fails: crypto/rand ends the process instead
	u[8] = u[8]&0x3f | 0x80
	return u
}

// IsZero tells whether there is no id.
func (u UUID) IsZero() bool { return u == UUID{} }

// String is the usual form with hyphens, for logs and SQL; callers see a Global.
func (u UUID) String() string { return string(u.Append(nil)) }

// Append adds the usual form to a buffer.
func (u UUID) Append(b []byte) []byte {
	from := 0
	for _, to := range [...]int{4, 6, 8, 10, 16} {
		if from > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, u[from:to])
		from = to
	}
	return b
}

// ScanUUID reads a uuid column; NULL needs a *UUID.
func (u *UUID) ScanUUID(v pgtype.UUID) error {
	if !v.Valid {
		return errors.New("NULL for an id that cannot be null")
	}
	*u = v.Bytes
	return nil
}

// UUIDValue writes a uuid parameter.
func (u UUID) UUIDValue() (pgtype.UUID, error) { return pgtype.UUID{Bytes: u, Valid: true}, nil }

// MarshalText writes the usual form, for JSON in the database.
func (u UUID) MarshalText() ([]byte, error) { return u.Append(make([]byte, 0, 36)), nil }

// UnmarshalText reads the usual form.
func (u *UUID) UnmarshalText(b []byte) error {
	var v pgtype.UUID
	if err := v.Scan(string(b)); err != nil {
		return fmt.Errorf("read uuid: %w", err)
	}
	*u = v.Bytes
	return nil
}

// Kind is the type an id belongs to; its value is the prefix.
type Kind string

// The kinds, one for each type of the graph that is a Node.
const (
	Workspace      Kind = "ws"
	Member         Kind = "member"
	APIKey         Kind = "key"
	Account        Kind = "account"
	Contact        Kind = "contact"
	Lead           Kind = "lead"
	Source         Kind = "source"
	Touch          Kind = "touch"
	Campaign       Kind = "campaign"
	Persona        Kind = "persona"
	Attribute      Kind = "attribute"
	Event          Kind = "event"
	Upload         Kind = "upload"
	Import         Kind = "import"
	Agreement      Kind = "agreement"
	Rescore        Kind = "rescore"
	BackTest       Kind = "backtest"
	ModelFit       Kind = "modelfit"
	Handoff        Kind = "handoff"
	Absence        Kind = "absence"
	Reason         Kind = "reason"
	Deal           Kind = "deal"
	Goal           Kind = "goal"
	Clock          Kind = "clock"
	Waiver         Kind = "waiver"
	Message        Kind = "message"
	AttributionRun Kind = "attributionrun"
	AttributionFit Kind = "attributionfit"
	Resource       Kind = "resource"
	Share          Kind = "share"
	Dispute        Kind = "dispute"
)

// Global is an id as callers see it: the GraphQL scalar ID. The zero value is "none".
type Global struct {
	Kind Kind
	UUID UUID
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// String is the prefix, an underscore and 26 characters of base32.
func (g Global) String() string { return string(g.Append(nil)) }

// Append adds the id's text to a buffer, without quotes.
func (g Global) Append(b []byte) []byte {
	b = append(append(b, g.Kind...), '_')
	hi, lo := binary.BigEndian.Uint64(g.UUID[:8]), binary.BigEndian.Uint64(g.UUID[8:])
	for i := 25; i >= 0; i-- {
		b = append(b, alphabet[shift(hi, lo, uint(i)*5)&31])
	}
	return b
}

// shift is the 128-bit number hi:lo moved right by n bits, its lower half.
func shift(hi, lo uint64, n uint) uint64 {
	if n >= 64 {
		return hi >> (n - 64)
	}
	return lo>>n | hi<<(64-n)
}

// ErrMalformed is the error of every text that is no id of leadgraph.
var ErrMalformed = errors.New("not an id of this API: copy ids as they were answered")

// Parse reads an id as callers write it. It accepts exactly what String makes.
func Parse(s string) (Global, error) {
	cut := strings.LastIndexByte(s, '_')
	if cut < 1 || len(s)-cut != 27 || s[cut+1] > '7' {
		return Global{}, ErrMalformed
	}
	var hi, lo uint64
	for _, c := range []byte(s[cut+1:]) {
		v := strings.IndexByte(alphabet, c)
		if v < 0 {
			return Global{}, ErrMalformed
		}
		hi, lo = hi<<5|lo>>59, lo<<5|uint64(v)
	}
	g := Global{Kind: Kind(s[:cut])}
	binary.BigEndian.PutUint64(g.UUID[:8], hi)
	binary.BigEndian.PutUint64(g.UUID[8:], lo)
	return g, nil
}

// MarshalGQL writes the id as a JSON string.
func (g Global) MarshalGQL(w io.Writer) {
	_, _ = w.Write(g.AppendGQL(make([]byte, 0, 48)))
}

// AppendGQL adds the id to a buffer, as a JSON string.
func (g Global) AppendGQL(b []byte) []byte { return append(g.Append(append(b, '"')), '"') }

// UnmarshalGQL reads an argument or input of type ID.
func (g *Global) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return ErrMalformed
	}
	parsed, err := Parse(s)
	if err != nil {
		return err
	}
	*g = parsed
	return nil
}

// MarshalText writes the id for JSON.
func (g Global) MarshalText() ([]byte, error) { return g.Append(nil), nil }

// UnmarshalText reads the id from JSON.
func (g *Global) UnmarshalText(b []byte) error {
	parsed, err := Parse(string(b))
	if err != nil {
		return err
	}
	*g = parsed
	return nil
}
