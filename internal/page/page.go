// Package page reads the arguments of Relay cursor connections and makes their cursors.
//
// A cursor is the sort tuple of an item, sealed together with the list it belongs to: workspace, filter and order. Pasted into
// another list it is refused, so that it can never answer wrong rows. It is encrypted, for a sort key may be a person's name.
package page

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Default and Max are how many items a page holds where nothing is said, and at most.
const (
	Default = 25
	Max     = 250
)

// Args are a connection's arguments as callers give them.
type Args struct {
	First  *int32
	After  *string
	Last   *int32
	Before *string
}

// Tuple is an item's place in its order: the sort key, as a time or a text, and the id that breaks ties.
type Tuple struct {
	Time *time.Time `json:"t,omitempty"`
	Text *string    `json:"s,omitempty"`
	Int  *int64     `json:"n,omitempty"`
	ID   id.UUID    `json:"i,omitzero"`
}

// Key is the sort key alone, as a parameter of a statement; nil in an order by id.
func (t Tuple) Key() any {
	switch {
	case t.Time != nil:
		return *t.Time
	case t.Text != nil:
		return *t.Text
	case t.Int != nil:
		return *t.Int
	}
	return nil
}

// Request is what a page asks of the database.
type Request struct {
	Limit    int  // 1 to Max
	Backward bool // the last items before a place, instead of the first after one
	After    *Tuple
	Before   *Tuple
}

// Sealer makes and reads cursors.
type Sealer struct {
	mac   []byte
	block cipher.Block
}

// NewSealer takes a secret of its own, of 32 bytes; servers of one installation share it.
func NewSealer(key []byte) *Sealer {
	sum := sha512.Sum512(key)
	block, _ := aes.NewCipher(sum[:32]) // 32 bytes are a key
	return &Sealer{mac: sum[32:], block: block}
}

// version opens every cursor; a cursor of another version is refused, not misread.
const version = 2

// List names a list: everything that decides its items and their order.
func List(parts ...any) []byte {
	b, _ := json.Marshal(parts) // filters are plain structs
	sum := sha256.Sum256(b)
	return sum[:]
}

// head is a cursor's version and seal.
const head = 1 + aes.BlockSize

// Seal is the cursor of a place in a list. The seal over list and place is also where the key stream starts, as in SIV (RFC 5297): no
// two places share a stream, and no counter has to be kept.
func (s *Sealer) Seal(list []byte, t Tuple) string {
	payload, _ := json.Marshal(t) // a time, a text and an id
	b := make([]byte, head, head+len(payload))
	b[0] = version
	copy(b[1:], s.seal(list, payload))
	b = append(b, payload...)
	cipher.NewCTR(s.block, b[1:head]).XORKeyStream(b[head:], b[head:])
	return base64.RawURLEncoding.EncodeToString(b)
}

func (s *Sealer) seal(list, payload []byte) []byte {
	m := hmac.New(sha256.New, s.mac)
	m.Write([]byte{version})
	m.Write(list)
	m.Write(payload)
	return m.Sum(nil)[:aes.BlockSize]
}

// Open reads a cursor of a list. Field names the argument for the fault.
func (s *Sealer) Open(list []byte, field, cursor string) (*Tuple, error) {
	if len(cursor) > 4096 {
		return nil, fault.Input(field, "This is no cursor of this API: pass cursors as they were answered.")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) <= head || b[0] != version {
		return nil, fault.Input(field, "This is no cursor of this API: pass cursors as they were answered.")
	}
	cipher.NewCTR(s.block, b[1:head]).XORKeyStream(b[head:], b[head:])
	if !hmac.Equal(b[1:head], s.seal(list, b[head:])) {
		return nil, &fault.Error{Code: fault.CursorMismatch, Field: field, Message: "This cursor belongs to another list, filter, order or workspace. Start again without it."}
	}
	var t Tuple
	if err := json.Unmarshal(b[head:], &t); err != nil {
		return nil, fault.Input(field, "This is no cursor of this API: pass cursors as they were answered.")
	}
	return &t, nil
}

// Read checks a connection's arguments against a list.
func (s *Sealer) Read(list []byte, a Args) (Request, error) {
	r := Request{Limit: Default}
	var err error
	switch {
	case a.First != nil && a.Last != nil:
		return r, fault.Input("last", "Ask for the first or the last items, not both.")
	case a.First != nil:
		r.Limit = int(*a.First)
		err = limit("first", r.Limit)
	case a.Last != nil:
		r.Limit, r.Backward = int(*a.Last), true
		err = limit("last", r.Limit)
	}
	if err == nil && a.After != nil {
		r.After, err = s.Open(list, "after", *a.After)
	}
	if err == nil && a.Before != nil {
		r.Before, err = s.Open(list, "before", *a.Before)
	}
	return r, err
}

func limit(field string, n int) error {
	if n < 1 || n > Max {
		return fault.Input(field, "Ask for 1 to %d items at once.", Max)
	}
	return nil
}

// EventCursor is a place in the event log: all events of transactions before Xid, and of Xid's those up to Seq.
func (s *Sealer) EventCursor(workspace id.UUID, xid, seq int64) string {
	return s.Seal(List("events", workspace), Tuple{Int: &xid, Text: new(itoa(seq))})
}

// OpenEventCursor reads a cursor of the workspace's event log. Field names the argument for the fault.
func (s *Sealer) OpenEventCursor(workspace id.UUID, field, cursor string) (xid, seq int64, err error) {
	t, err := s.Open(List("events", workspace), field, cursor)
	if err != nil {
		return 0, 0, err
	}
	if t.Int == nil || t.Text == nil || json.Unmarshal([]byte(*t.Text), &seq) != nil {
		return 0, 0, fault.Input(field, "This is no cursor of the event log: pass the cursor of an event or of a payload.")
	}
	return *t.Int, seq, nil
}

func itoa(n int64) string {
	b, _ := json.Marshal(n) // a number
	return string(b)
}
