package auth

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// What the bearer of a refused token reads. Refusals wrap one of them with the reason, which is for the log only.
var (
	ErrToken        = fault.New(fault.Unauthenticated, "The access token is not valid: sign in again.")
	ErrTokenExpired = fault.New(fault.Unauthenticated, "The access token has expired: refresh it or sign in again.")
)

const (
	maxToken = 8 << 10
	leeway   = 30 * time.Second
	// lastMoment is the end of the year 9999; a token's times beyond it overflow somewhere.
	lastMoment = 253402300799
	bearers    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// refuse wraps ErrToken with a reason, which repeats nothing of the token: the log is no place for what strangers send.
func refuse(reason string) error { return fmt.Errorf("%w (%s)", ErrToken, reason) }

// newParser is the one set of rules for tokens, whoever issued them.
func newParser(algs []string, issuer, audience string, now func() time.Time) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods(algs), jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(leeway), jwt.WithStrictDecoding(), jwt.WithTimeFunc(now),
	)
}

// parse reads and verifies a token. The key is asked for by the token's kid and algorithm, after everything that can be judged
// without one.
func parse(p *jwt.Parser, token string, key func(t *jwt.Token, kid, alg string) (crypto.PublicKey, error)) (jwt.MapClaims, error) {
	if err := wellFormed(p, token); err != nil {
		return nil, err
	}
	claims := jwt.MapClaims{} // not a struct: encoding/json would take "EXP" for "exp"
	_, err := p.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		kid, err := keyID(t.Header)
		if err == nil {
			err = plausibleTimes(claims)
		}
		if err != nil {
			return nil, err
		}
		return key(t, kid, t.Method.Alg())
	})
	switch {
	case err == nil:
		return claims, nil
	case fault.As(err) != nil:
		return nil, err
	case errors.Is(err, jwt.ErrTokenExpired):
		return nil, fmt.Errorf("%w (%w)", ErrTokenExpired, err)
	}
	return nil, fmt.Errorf("%w (%w)", ErrToken, err)
}

// wellFormed refuses what the parser would let pass or would read in its own way: base64 with line breaks inside, and JSON
// objects that name a member twice, of which another reader may take the other.
func wellFormed(p *jwt.Parser, token string) error {
	if len(token) > maxToken {
		return refuse("too long")
	}
	parts := strings.SplitN(token, ".", 4)
	if len(parts) != 3 {
		return refuse("not three parts")
	}
	for _, part := range parts {
		if part == "" || strings.Trim(part, bearers) != "" {
			return refuse("not base64url")
		}
	}
	for _, part := range parts[:2] {
		b, err := p.DecodeSegment(part)
		if err == nil {
			err = plainObject(b)
		}
		if err != nil {
			return refuse(err.Error())
		}
	}
	return nil
}

// plainObject tells what is wrong with a JSON object whose members must each have a name of their own.
func plainObject(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	seen := make(map[string]bool, 12)
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if seen[name] {
			return errors.New("a name twice")
		}
		seen[name] = true
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
	}
	return nil // what is left open or follows, the parser refuses
}

// keyID reads the header's kid, and refuses every header that brings its own key, asks for extensions or says the token is of
// another kind, such as a notice of sign-out by the same issuer.
func keyID(header map[string]any) (string, error) {
	for _, name := range []string{"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"} {
		if _, ok := header[name]; ok {
			return "", refuse("header with " + name)
		}
	}
	if typ, ok := header["typ"]; ok {
		s, _ := typ.(string)
		switch strings.TrimPrefix(strings.ToLower(s), "application/") {
		case "jwt", "at+jwt":
		default:
			return "", refuse("another typ")
		}
	}
	kid, _ := header["kid"].(string)
	if kid == "" {
		return "", refuse("no kid")
	}
	return kid, nil
}

// plausibleTimes refuses times that are absent, no numbers or out of range. The parser takes a huge number for some moment or
// other, depending on the processor.
func plausibleTimes(claims jwt.MapClaims) error {
	for _, name := range []string{"exp", "iat", "nbf"} {
		v, ok := claims[name]
		if !ok && name == "nbf" {
			continue
		}
		if n, ok := v.(float64); !ok || n < 0 || n > lastMoment || n < 1 && name != "nbf" { // "nbf":0 is how Keycloak says none
			return refuse("implausible " + name)
		}
	}
	return nil
}

// moment is a time that plausibleTimes has let pass.
func moment(claims jwt.MapClaims, name string) time.Time {
	n, _ := claims[name].(float64)
	return time.Unix(int64(n), 0).UTC()
}
