package auth

import (
	"crypto"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/leadgraph/leadgraph/internal/id"
)

const (
	tokenLife    = 10 * time.Minute
	maxTokenLife = 24 * time.Hour
	minSecret    = 32
	tokensKnown  = 10_000
)

// Derive makes a key of 32 bytes from a secret for one purpose, named by the label: HKDF with SHA-256. Keys of different labels
// tell nothing about each other.
func Derive(secret []byte, label string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "leadgraph "+label, 32)
	if err != nil {
		panic(err) // only a longer key than HKDF can make is an error
	}
	return key
}

// IssuerConfig says how access tokens are made.
//
// To change the secret while several servers run: first give all of them the new one as PreviousSecret, then swap the two, and
// drop the old one a token's life later. At each step every server knows the key the others sign with.
type IssuerConfig struct {
	Secret         []byte // at least 32 bytes; signs
	PreviousSecret []byte // tokens signed with it are accepted too; may be empty
	Issuer         string
	Audience       string
	Life           time.Duration    // of a token; 10 minutes where 0
	Now            func() time.Time // time.Now where nil
}

// Issuer makes and verifies leadgraph's own access tokens: JWTs signed with Ed25519.
type Issuer struct {
	current  signer
	keys     map[string]ed25519.PublicKey // by kid
	jwks     []byte
	parser   *jwt.Parser
	known    *lru.Cache[[32]byte, Claims] // tokens found good, by their hash: a bearer shows the same one for ten minutes
	issuer   string
	audience string
	life     time.Duration
	now      func() time.Time
}

// Claims is what an access token says.
type Claims struct {
	Member         id.UUID
	Workspace      id.UUID
	Session        id.UUID
	SessionVersion int32     // the member's when the token was issued; a token of an older version is revoked
	IssuedAt       time.Time // set by Issue
	Expires        time.Time // set by Issue
}

// tokenBody is Claims as the token holds them.
type tokenBody struct {
	Issuer         string `json:"iss"`
	Audience       string `json:"aud"`
	Subject        string `json:"sub"`
	Workspace      string `json:"ws"`
	Session        string `json:"sid"`
	SessionVersion int32  `json:"sv"`
	IssuedAt       int64  `json:"iat"`
	Expires        int64  `json:"exp"`
}

// signer is one pair of keys.
type signer struct {
	private ed25519.PrivateKey
	public  ed25519.PublicKey
	header  string // of the tokens it signs, in base64
	jwk     jwk
}

// jwk is a public key as the JWKS document shows it.
type jwk struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	KeyID     string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
}

// NewIssuer derives the keys. Its errors are for the operator.
func NewIssuer(c IssuerConfig) (*Issuer, error) {
	if c.Life == 0 {
		c.Life = tokenLife
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	switch {
	case len(c.Secret) < minSecret, len(c.PreviousSecret) > 0 && len(c.PreviousSecret) < minSecret:
		return nil, fmt.Errorf("a token secret needs at least %d bytes", minSecret)
	case c.Issuer == "" || c.Audience == "":
		return nil, errors.New("tokens need an issuer and an audience")
	case c.Life < time.Second || c.Life > maxTokenLife:
		return nil, fmt.Errorf("a token's life is between a second and %v", maxTokenLife)
	}
	i := &Issuer{
		current: newSigner(c.Secret), keys: map[string]ed25519.PublicKey{}, issuer: c.Issuer, audience: c.Audience, life: c.Life, now: c.Now,
		parser: newParser([]string{jwt.SigningMethodEdDSA.Alg()}, c.Issuer, c.Audience, c.Now),
	}
	shown := []jwk{i.add(i.current)}
	if len(c.PreviousSecret) > 0 {
		shown = append(shown, i.add(newSigner(c.PreviousSecret)))
	}
	if len(i.keys) < len(shown) {
		return nil, errors.New("the previous token secret is the current one")
	}
	i.jwks, _ = json.Marshal(map[string][]jwk{"keys": shown}) // strings always marshal
	var err error
	i.known, err = lru.New[[32]byte, Claims](tokensKnown)
	return i, err
}

func (i *Issuer) add(s signer) jwk {
	i.keys[s.jwk.KeyID] = s.public
	return s.jwk
}

// newSigner derives a pair of keys. The kid is the public key's thumbprint of RFC 7638.
func newSigner(secret []byte) signer {
	private := ed25519.NewKeyFromSeed(Derive(secret, "access tokens"))
	public, _ := private.Public().(ed25519.PublicKey)
	x := encode(public)
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`))
	kid := encode(sum[:])
	return signer{
		private: private, public: public,
		header: encode([]byte(`{"alg":"EdDSA","kid":"` + kid + `","typ":"JWT"}`)),
		jwk:    jwk{Type: "OKP", Curve: "Ed25519", X: x, KeyID: kid, Use: "sig", Algorithm: "EdDSA"},
	}
}

// JWKS is the document of the public keys, for those who want to verify our tokens themselves.
func (i *Issuer) JWKS() []byte { return i.jwks }

// Issue signs an access token for a session and tells when it ends.
func (i *Issuer) Issue(c Claims) (token string, expires time.Time) {
	at := i.now().UTC().Truncate(time.Second)
	expires = at.Add(i.life)
	body, _ := json.Marshal(tokenBody{ // strings and numbers always marshal
		Issuer: i.issuer, Audience: i.audience,
		Subject:   id.Global{Kind: id.Member, UUID: c.Member}.String(),
		Workspace: id.Global{Kind: id.Workspace, UUID: c.Workspace}.String(),
		Session:   c.Session.String(), SessionVersion: c.SessionVersion,
		IssuedAt: at.Unix(), Expires: expires.Unix(),
	})
	signed := i.current.header + "." + encode(body)
	return signed + "." + encode(ed25519.Sign(i.current.private, []byte(signed))), expires
}

// Verify reads an access token of ours. Whether its session still holds is for the caller to ask the database.
func (i *Issuer) Verify(token string) (Claims, error) {
	if len(token) > maxToken {
		return Claims{}, refuse("too long")
	}
	sum := sha256.Sum256([]byte(token))
	if c, ok := i.known.Get(sum); ok && i.now().Before(c.Expires.Add(leeway)) {
		return c, nil
	}
	c, err := i.verify(token)
	if err == nil {
		i.known.Add(sum, c)
	}
	return c, err
}

// verify is Verify of a token not seen before.
func (i *Issuer) verify(token string) (Claims, error) {
	m, err := parse(i.parser, token, func(_ *jwt.Token, kid, _ string) (crypto.PublicKey, error) {
		key, ok := i.keys[kid]
		if !ok {
			return nil, refuse("unknown kid")
		}
		return key, nil
	})
	if err != nil {
		return Claims{}, err
	}
	return readClaims(m)
}

// readClaims takes a signed token's claims apart. Only a token we would make passes, so that a key used elsewhere by mistake
// opens nothing here.
func readClaims(m jwt.MapClaims) (Claims, error) {
	c := Claims{IssuedAt: moment(m, "iat"), Expires: moment(m, "exp")}
	sub, _ := m["sub"].(string)
	ws, _ := m["ws"].(string)
	sid, _ := m["sid"].(string)
	sv, isNumber := m["sv"].(float64)
	member, errMember := id.Parse(sub)
	workspace, errWorkspace := id.Parse(ws)
	errSession := c.Session.UnmarshalText([]byte(sid))
	c.Member, c.Workspace, c.SessionVersion = member.UUID, workspace.UUID, int32(sv)
	switch {
	case errMember != nil || member.Kind != id.Member:
		return Claims{}, refuse("implausible sub")
	case errWorkspace != nil || workspace.Kind != id.Workspace || c.Workspace.IsZero():
		return Claims{}, refuse("implausible ws")
	case errSession != nil:
		return Claims{}, refuse("implausible sid")
	case !isNumber || sv < 0 || float64(c.SessionVersion) != sv:
		return Claims{}, refuse("implausible sv")
	case !c.Expires.After(c.IssuedAt) || c.Expires.Sub(c.IssuedAt) > maxTokenLife:
		return Claims{}, refuse("implausible life")
	}
	return c, nil
}

// encode is base64 as tokens use it.
func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
