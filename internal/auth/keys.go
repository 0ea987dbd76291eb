package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"hash/crc32"
	"strings"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// What the bearer of a malformed secret reads; an unknown one is answered with the same.
var (
	ErrAPIKey       = fault.New(fault.Unauthenticated, "The API key is not valid: send it whole, as it was shown when it was made.")
	ErrRefreshToken = fault.New(fault.Unauthenticated, "The refresh token is not valid: sign in again.")
)

// A secret is its kind, 32 random characters (190 bits) and 6 that check all before them. The kind lets scanners of leaked
// secrets find it; the checksum lets us refuse a guess or a slip of the pen without asking the database.
const (
	liveKey      = "lg_live_"
	testKey      = "lg_test_"
	refreshToken = "lgr_"

	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	secretChars = 32
	checkChars  = 6
	shownChars  = 12
)

// NewAPIKey makes the secret of an API key. It is shown once; ParseAPIKey tells what to store.
func NewAPIKey(live bool) string {
	if live {
		return newSecret(liveKey)
	}
	return newSecret(testKey)
}

// ParseAPIKey returns what the database knows a key by: the hash to look it up, and the prefix by which people recognise it in
// a list. It refuses what cannot be a key of ours, such as every key with one character changed, added or left out.
func ParseAPIKey(s string) (hash [32]byte, prefix string, err error) {
	if !sound(s, liveKey) && !sound(s, testKey) {
		return hash, "", ErrAPIKey
	}
	return sha256.Sum256([]byte(s)), s[:shownChars], nil
}

// NewRefreshToken makes a token that is exchanged for the next pair of tokens once, and the hash to store.
func NewRefreshToken() (secret string, hash [32]byte) {
	secret = newSecret(refreshToken)
	return secret, sha256.Sum256([]byte(secret))
}

// ParseRefreshToken returns the hash that a refresh token is stored by.
func ParseRefreshToken(s string) (hash [32]byte, err error) {
	if !sound(s, refreshToken) {
		return hash, ErrRefreshToken
	}
	return sha256.Sum256([]byte(s)), nil
}

// SameHash compares a stored hash with a caller's without telling by its time where they differ.
func SameHash(stored []byte, hash [32]byte) bool {
	return subtle.ConstantTimeCompare(stored, hash[:]) == 1
}

// newSecret draws characters evenly: a byte that would favour the first ones is drawn again.
func newSecret(kind string) string {
	b := append(make([]byte, 0, len(kind)+secretChars+checkChars), kind...)
	var random [64]byte
	for {
		_, _ = rand.Read(random[:]) // never fails: crypto/rand ends the process instead
		for _, r := range random {
			if r >= 256/62*62 {
				continue
			}
			b = append(b, base62[r%62])
			if len(b) == len(kind)+secretChars {
				return string(appendCheck(b))
			}
		}
	}
}

// sound tells whether a text is a secret of this kind.
func sound(s, kind string) bool {
	if len(s) != len(kind)+secretChars+checkChars || !strings.HasPrefix(s, kind) || strings.Trim(s[len(kind):], base62) != "" {
		return false
	}
	var buf [64]byte
	whole := appendCheck(append(buf[:0], s[:len(s)-checkChars]...))
	return string(whole) == s
}

// appendCheck adds the CRC-32, which changes with every single character, in base 62.
func appendCheck(b []byte) []byte {
	sum := crc32.ChecksumIEEE(b)
	var digits [checkChars]byte
	for i := checkChars - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return append(b, digits[:]...)
}
