package auth

import (
	"crypto/hmac"
	"encoding/base64"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// ErrLink is what the bearer of a link reads that was not made here, or was changed.
var ErrLink = fault.New(fault.NotFound, "This link leads nowhere: use it whole, as it was sent.")

// linkSeal is how many bytes of a link's seal travel with it: as many as nobody guesses, and as few as fit into a message.
const linkSeal = 16

// SignLink makes the token of a link to something in a workspace, for people without credentials. It has no end of its own. The key comes from Derive with a label
// of its own.
func SignLink(key []byte, workspace, object id.UUID) string {
	b := append(workspace[:], object[:]...)
	return encode(append(b, seal(key, b)[:linkSeal]...))
}

// OpenLink reads a token that was signed with one of the keys.
func OpenLink(keys [][]byte, token string) (workspace, object id.UUID, err error) {
	const ids = len(workspace) + len(object)
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != ids+linkSeal || encode(b) != token { // base64 has several spellings of the same bytes
		return id.UUID{}, id.UUID{}, ErrLink
	}
	for _, key := range keys {
		if hmac.Equal(b[ids:], seal(key, b[:ids])[:linkSeal]) {
			return id.UUID(b[:len(workspace)]), id.UUID(b[len(workspace):ids]), nil
		}
	}
	return id.UUID{}, id.UUID{}, ErrLink
}
