package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// What the bearer of a refused ticket reads.
var (
	ErrTicket        = fault.New(fault.Unauthenticated, "The link is not valid: use it whole, as it was answered.")
	ErrTicketExpired = fault.New(fault.Unauthenticated, "The link has expired: ask for a new one.")
)

const (
	momentBytes = 8
	sealBytes   = sha256.Size
)

// SignTicket makes a ticket that carries a payload until it expires: for a link that is used without other credentials, such as
// that of an upload. Everybody can read the payload; the key, from Derive with a label of its own, keeps it as it is.
func SignTicket(key []byte, payload string, expires time.Time) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(expires.Unix()))
	b = append(b, payload...)
	return encode(append(b, seal(key, b)...))
}

// OpenTicket returns the payload of a ticket signed with the key.
func OpenTicket(key []byte, ticket string, now time.Time) (payload string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil || len(b) < momentBytes+sealBytes || encode(b) != ticket { // base64 has several spellings of the same bytes
		return "", ErrTicket
	}
	body, sum := b[:len(b)-sealBytes], b[len(b)-sealBytes:]
	if !hmac.Equal(sum, seal(key, body)) {
		return "", ErrTicket
	}
	if now.Unix() >= int64(binary.BigEndian.Uint64(body)) {
		return "", ErrTicketExpired
	}
	return string(body[momentBytes:]), nil
}

func seal(key, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write(body) // a hash takes everything
	return h.Sum(nil)
}
