package auth

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/golang-jwt/jwt/v5"
)

// ExternalConfig says whose tokens are accepted beside our own.
type ExternalConfig struct {
	URL        string // of the issuer's JWKS document
	Issuer     string
	Audience   string
	Algorithms []string         // RS256, ES256 and EdDSA where empty
	Client     *http.Client     // bounds where the URL may lead: outbound.SafeClient
	Now        func() time.Time // time.Now where nil
}

// External verifies the tokens of an external issuer with the keys it publishes.
type External struct {
	keys   *keySet
	parser *jwt.Parser
	issuer string
}

// Identity is whom an external issuer vouches for.
type Identity struct {
	Subject       string
	Email         string // empty where the token has none
	EmailVerified bool   // only a verified address may find a member
	Name          string // empty where the token has none
	IssuedAt      time.Time
	Expires       time.Time
}

// asymmetric lists the algorithms an external issuer may use. Those with a shared secret are not among them: their key could
// not be published.
var asymmetric = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// NewExternal checks the configuration; it fetches nothing yet. Its errors are for the operator.
func NewExternal(c ExternalConfig) (*External, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if len(c.Algorithms) == 0 {
		c.Algorithms = []string{"RS256", "ES256", "EdDSA"}
	}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "":
		return nil, errors.New("the external issuer's JWKS address is not a URL")
	case c.Issuer == "" || c.Audience == "":
		return nil, errors.New("an external issuer needs its iss and our aud")
	case c.Client == nil:
		return nil, errors.New("an external issuer needs an HTTP client")
	}
	for _, alg := range c.Algorithms {
		if !slices.Contains(asymmetric, alg) {
			return nil, fmt.Errorf("algorithm %q is not accepted: take one of %s", alg, strings.Join(asymmetric, ", "))
		}
	}
	return &External{
		keys: newKeySet(c.URL, c.Client, c.Algorithms, c.Now), issuer: c.Issuer,
		parser: newParser(c.Algorithms, c.Issuer, c.Audience, c.Now),
	}, nil
}

// Refresh fetches the keys now, unless that was done within the last 30 seconds. A server calls it when it starts, so that the
// first bearer need not wait; later Verify does it by itself.
func (e *External) Refresh(ctx context.Context) error { return e.keys.refresh(ctx) }

// Close ends a fetch that is under way and begins no other.
func (e *External) Close() { e.keys.stop() }

// Verify reads a token of the external issuer. It waits only for a key it has not seen, at most 5 seconds and at most once in
// 30; where the issuer cannot be asked the fault is UNAVAILABLE.
func (e *External) Verify(ctx context.Context, token string) (Identity, error) {
	m, err := parse(e.parser, token, func(t *jwt.Token, kid, alg string) (crypto.PublicKey, error) {
		if iss, err := t.Claims.GetIssuer(); err != nil || iss != e.issuer {
			return nil, refuse("another iss") // before it can make us fetch
		}
		return e.keys.find(ctx, kid, alg)
	})
	if err != nil {
		return Identity{}, err
	}
	v := Identity{IssuedAt: moment(m, "iat"), Expires: moment(m, "exp")}
	var ok [3]bool
	v.Subject, ok[0] = text(m, "sub")
	v.Email, ok[1] = text(m, "email")
	v.Name, ok[2] = text(m, "name")
	if ok != [3]bool{true, true, true} || v.Subject == "" {
		return Identity{}, refuse("implausible sub, email or name")
	}
	v.EmailVerified = m["email_verified"] == true || m["email_verified"] == "true" // some issuers write a string
	return v, nil
}

// text is a claim that may be absent, and otherwise is a string the database can hold.
func text(m jwt.MapClaims, name string) (string, bool) {
	v, present := m[name]
	if !present || v == nil {
		return "", true
	}
	s, ok := v.(string)
	return s, ok && len(s) <= 1000 && !strings.ContainsFunc(s, unicode.IsControl)
}
