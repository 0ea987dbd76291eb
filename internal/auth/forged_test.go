package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// forgery is a token that must be refused.
type forgery struct{ what, token string }

// TestForgedTokens shows every forgery we know of to our own issuer and to an external one of each kind of key.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	c := newClock()
	for name, a := range authorities(t, c) {
		require.NoError(t, a.verify(a.token(a.header(), a.claims)), "%s: what is forged below is good before", name)
		var all []forgery
		for _, corpus := range []func(authority, time.Time) []forgery{
			forgedAlgorithms, forgedKids, forgedHeaders, forgedClaims, forgedTimes, forgedShapes, forgedSignatures, forgedEdits,
		} {
			all = append(all, corpus(a, c.now())...)
		}
		if a.claims["ws"] != nil {
			all = append(all, forgedOwn(a, c.now())...)
		}
		for _, f := range all {
			err := a.verify(f.token)
			require.Error(t, err, "%s: %s", name, f.what)
			require.Truef(t, fault.Is(err, fault.Unauthenticated), "%s: %s: %v", name, f.what, err)
		}
		t.Logf("%s: %d forgeries, none accepted", name, len(all))
	}
}

// forger is somebody with keys of his own.
var forger = ed25519.NewKeyFromSeed([]byte("the forger's seed of 32 bytes..."))

func forgedAlgorithms(a authority, _ time.Time) (all []forgery) {
	claims := a.claims.String()
	add := func(what, token string) { all = append(all, forgery{what, token}) }
	for _, alg := range []string{"none", "None", "NONE", "nOnE", ""} {
		h := a.header().with("alg", alg)
		signed := encode([]byte(h.String())) + "." + encode([]byte(claims))
		add("alg "+alg+", no signature", signed+".")
		add("alg "+alg+", two parts", signed)
		add("alg "+alg+", some signature", signed+".AAAA")
		add("alg "+alg+", no kid", encode([]byte(h.without("kid").String()))+"."+encode([]byte(claims))+".")
	}
	add("none as the library signs it", sign("none", jwt.UnsafeAllowNoneSignatureType, a.header().with("alg", "none").String(), claims))
	der := must(x509.MarshalPKIXPublicKey(a.public))
	secrets := map[string][]byte{
		"nothing": {}, "kid": []byte(a.kid), "DER": der, "base64": []byte(base64.StdEncoding.EncodeToString(der)),
		"PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
	}
	if k, ok := a.public.(ed25519.PublicKey); ok {
		secrets["raw"], secrets["x"] = k, []byte(encode(k))
	}
	for what, secret := range secrets {
		for _, alg := range []string{"HS256", "HS384", "HS512"} {
			add(alg+" with the public key as "+what, sign(alg, secret, a.header().with("alg", alg).String(), claims))
		}
	}
	for _, alg := range []any{"RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519", "eddsa", "HS256", "XX", 5, nil, true, []string{a.alg}} {
		if alg != a.alg {
			add(fmt.Sprintf("alg %v over a good signature", alg), sign(a.alg, a.private, a.header().with("alg", alg).String(), claims))
		}
	}
	add("no alg", a.token(a.header().without("alg"), a.claims))
	add("RS256 by a key of the forger's", sign("EdDSA", forger, a.header().with("alg", "RS256").String(), claims))
	return all
}

func forgedKids(a authority, _ time.Time) (all []forgery) {
	for _, kid := range []any{
		"", nil, 5, true, []string{a.kid}, object{"kid": a.kid}, "other", a.kid + " ", " " + a.kid, a.kid + "\x00", strings.ToUpper(a.kid) + "x",
		"../../" + a.kid, "' or 1=1 --", "/dev/null", strings.Repeat("k", 4000), "ed", "rsa", "ec", newSigner(secretOf('z')).jwk.KeyID,
	} {
		if kid != a.kid {
			all = append(all, forgery{fmt.Sprintf("kid %v", kid), a.token(a.header().with("kid", kid), a.claims)})
		}
	}
	h := a.header().with("alg", "EdDSA")
	return append(all,
		forgery{"no kid", a.token(a.header().without("kid"), a.claims)},
		forgery{"another's key under the right kid", sign("EdDSA", forger, h.String(), a.claims.String())},
		forgery{"another issuer's key and kid", sign("EdDSA", newSigner(secretOf('z')).private, h.with("kid", newSigner(secretOf('z')).jwk.KeyID).String(), a.claims.String())},
	)
}

func forgedHeaders(a authority, _ time.Time) (all []forgery) {
	key := object{"kty": "OKP", "crv": "Ed25519", "x": encode(forger.Public().(ed25519.PublicKey)), "kid": a.kid, "alg": "EdDSA", "use": "sig"}
	for name, values := range map[string][]any{
		"jku": {"https://forger.test/jwks.json", "", nil}, "jwk": {key, nil}, "x5u": {"https://forger.test/x"}, "x5c": {[]string{"MIIB"}, []string{}},
		"crit": {[]string{"exp"}, []string{"b64"}, []string{}, nil, "exp"}, "b64": {false, true}, "zip": {"DEF"}, "enc": {"A128GCM"},
		"typ": {"logout+jwt", "dpop+jwt", "JWE", "", 5, nil, []string{"JWT"}},
	} {
		for _, v := range values {
			h := a.header().with(name, v)
			all = append(all,
				forgery{fmt.Sprintf("%s %v, signed well", name, v), a.token(h, a.claims)},
				forgery{fmt.Sprintf("%s %v, signed by the forger", name, v), sign("EdDSA", forger, h.with("alg", "EdDSA").String(), a.claims.String())})
		}
	}
	raw := a.header().String()
	for _, h := range []string{
		strings.Replace(raw, "{", `{"alg":"none",`, 1), strings.Replace(raw, "}", `,"alg":"none"}`, 1), strings.Replace(raw, "{", `{"alg":"`+a.alg+`",`, 1),
		strings.Replace(raw, "{", `{"kid":"other",`, 1), strings.Replace(raw, "}", `,"kid":"`+a.kid+`"}`, 1), strings.Replace(raw, "}", `,"k\u0069d":"other"}`, 1),
		"null", "[]", "5", `"x"`, "{}", raw + raw, raw + " x", raw[:len(raw)-1], "\ufeff" + raw, strings.ReplaceAll(raw, `"`, "'"), "\x00" + raw,
	} {
		all = append(all, forgery{"header " + h, sign(a.alg, a.private, h, a.claims.String())})
	}
	return all
}

func forgedClaims(a authority, _ time.Time) (all []forgery) {
	iss, aud := a.claims["iss"].(string), a.claims["aud"].(string)
	wrong := map[string][]any{
		"iss": {nil, "", 5, "https://other.test", iss + "/", strings.ToUpper(iss), " " + iss, []string{iss}, object{"iss": iss}},
		"aud": {nil, "", 5, "other", aud + "x", strings.ToUpper(aud), []string{}, []string{"other"}, []any{aud, 5}, []any{nil}, object{aud: aud}},
		"sub": {nil, "", 5, []string{"x"}},
	}
	for name, values := range wrong {
		all = append(all, forgery{"without " + name, a.token(a.header(), a.claims.without(name))})
		for _, v := range values {
			all = append(all, forgery{fmt.Sprintf("%s %v", name, v), a.token(a.header(), a.claims.with(name, v))})
		}
		all = append(all, forgery{name + " in other letters", a.token(a.header(), a.claims.without(name).with(strings.ToUpper(name), a.claims[name]))})
	}
	raw := a.claims.String()
	for _, body := range []string{
		strings.Replace(raw, "}", `,"exp":9999999999}`, 1), strings.Replace(raw, "{", `{"exp":9999999999,`, 1), strings.Replace(raw, "}", `,"sub":"x"}`, 1),
		strings.Replace(raw, "{", `{"aud":"other",`, 1), strings.Replace(raw, "{", `{"\u0069ss":"other",`, 1), strings.Replace(raw, "}", `,"x":1,"x":2}`, 1),
		"null", "[]", "5", `"x"`, "{}", "", " ", raw + raw, raw + "{}", raw + " x", raw + "\x00", raw[:len(raw)-1], "\ufeff" + raw, "[" + raw + "]",
		strings.Replace(raw, "}", `,"x":`+strings.Repeat("[", 5000)+`}`, 1), strings.Replace(raw, "}", `,}`, 1), strings.Replace(raw, "}", `,"x":01}`, 1),
	} {
		all = append(all, forgery{"claims " + body[:min(len(body), 60)], sign(a.alg, a.private, a.header().String(), body)})
	}
	return all
}

func forgedTimes(a authority, now time.Time) (all []forgery) {
	at := now.Unix()
	raw := a.claims.without("exp").without("iat").String()
	body := func(exp, iat, nbf string) string {
		b := raw[:len(raw)-1]
		for _, f := range [][2]string{{"exp", exp}, {"iat", iat}, {"nbf", nbf}} {
			if f[1] != "" {
				b += fmt.Sprintf(`,%q:%s`, f[0], f[1])
			}
		}
		return b + "}"
	}
	add := func(exp, iat, nbf string) {
		all = append(all, forgery{"exp " + exp + " iat " + iat + " nbf " + nbf, sign(a.alg, a.private, a.header().String(), body(exp, iat, nbf))})
	}
	good, issued := fmt.Sprint(at+600), fmt.Sprint(at)
	absurd := []string{
		"null", `""`, `"` + good + `"`, `"soon"`, "true", "false", "[]", "[" + good + "]", "{}", "0", "-0", "-1", "0.5", "1e400", "-1e400", "1e30", "-1e30",
		"1e19", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "253402300800", "NaN", "Infinity", "0x7f", "+1",
		strings.Repeat("9", 400),
	}
	for _, v := range absurd {
		add(v, issued, "")
		add(good, v, "")
		if v != "0" && v != "-0" && v != "0.5" { // which are no bound
			add(good, issued, v)
		}
	}
	add("", issued, "")
	add(good, "", "")
	for _, past := range []int64{30, 31, 600, 100_000, at - 1} {
		add(fmt.Sprint(at-past), fmt.Sprint(at-past-600), "")
	}
	add(fmt.Sprintf("%d.9", at-31), issued, "")
	for _, ahead := range []int64{31, 600, 1_000_000_000} {
		add(fmt.Sprint(at+ahead+600), fmt.Sprint(at+ahead), "")
		add(good, issued, fmt.Sprint(at+ahead))
	}
	return all
}

func forgedShapes(a authority, _ time.Time) (all []forgery) {
	good := a.token(a.header(), a.claims)
	p := strings.Split(good, ".")
	h, c, s := p[0], p[1], p[2]
	for _, token := range []string{
		"", ".", "..", "...", "a.b.c", h, h + "." + c, h + "." + c + ".", h + ".." + s, "." + c + "." + s, "." + good, good + ".", good + "." + s, good + ".x",
		" " + good, good + " ", good + "\n", good + "\r\n", "\n" + good, "\t" + good, good + "\x00", good + "=", good + "==", good + "A", good + "!",
		h + "=." + c + "." + s, h + "." + c + "=." + s, h + "\n." + c + "." + s, h + "." + c + "\n." + s, h + "." + c + "." + s[:10] + "\n" + s[10:],
		h + "." + c + "." + s[:10] + "\r" + s[10:], h + "." + c + "." + s[:10] + " " + s[10:], h + "." + c + "." + s[:10] + "%0A" + s[10:],
		"Bearer " + good, "bearer " + good, `"` + good + `"`, strings.ReplaceAll(good, ".", ","), strings.ReplaceAll(good, ".", "。"),
		h + "." + c + "." + s[:len(s)-1], h + "." + c + "." + s[1:], c + "." + h + "." + s, h + "." + h + "." + s, s + "." + c + "." + h,
		`{"payload":"` + c + `","protected":"` + h + `","signature":"` + s + `"}`, h + ".." + c + "." + s + ".x", strings.Repeat(".", 8000), strings.Repeat("A", 9000),
		h + "." + c + "." + strings.ToLower(s), "\xff\xfe" + good, "ｅｙＪ" + good, strings.Repeat("A", 3000) + "." + strings.Repeat("A", 3000) + "." + strings.Repeat("A", 2000),
		a.token(a.header(), a.claims.with("padding", strings.Repeat("x", 9<<10))),
		sign(a.alg, a.private, strings.Repeat(" ", 6200)+a.header().String(), a.claims.String()),
	} {
		all = append(all, forgery{"shape " + token[:min(len(token), 60)], token})
	}
	return all
}

func forgedSignatures(a authority, _ time.Time) (all []forgery) {
	good := a.token(a.header(), a.claims)
	cut := strings.LastIndexByte(good, '.')
	signed, sig := good[:cut], must(base64.RawURLEncoding.DecodeString(good[cut+1:]))
	add := func(what string, s []byte) { all = append(all, forgery{what, signed + "." + encode(s)}) }
	add("of zeros", make([]byte, len(sig)))
	add("cut", sig[:len(sig)-1])
	add("longer", append(append([]byte{}, sig...), 0))
	add("twice", append(append([]byte{}, sig...), sig...))
	add("one byte", sig[:1])
	ones := make([]byte, len(sig))
	ones[len(sig)/2-1], ones[len(sig)-1] = 1, 1
	add("r = s = 1", ones)
	other := a.token(a.header(), a.claims.with("sub", id.Global{Kind: id.Member, UUID: id.New()}.String()))
	all = append(all, forgery{"of another token", signed + other[strings.LastIndexByte(other, '.'):]})
	if a.alg == "EdDSA" { // S + L is the same number to a careless verifier
		order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
		s := new(big.Int)
		for i := 63; i >= 32; i-- {
			s.Lsh(s, 8).Or(s, big.NewInt(int64(sig[i])))
		}
		s.Add(s, order)
		again := append([]byte{}, sig[:32]...)
		for range 32 {
			again = append(again, byte(new(big.Int).And(s, big.NewInt(255)).Uint64()))
			s.Rsh(s, 8)
		}
		add("S + L", again)
	}
	if k, ok := a.private.(*ecdsa.PrivateKey); ok {
		add("r = n", append(k.Params().N.Bytes(), sig[32:]...))
		r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
		add("as DER", append(append([]byte{0x30, 0x44, 2, 32}, r.Bytes()...), append([]byte{2, 32}, s.Bytes()...)...))
	}
	return all
}

// forgedEdits changes each character of a good token.
func forgedEdits(a authority, _ time.Time) (all []forgery) {
	good := a.token(a.header(), a.claims)
	for i := range len(good) {
		for _, c := range []byte{'A', 'b', '7', '-', '.', '=', '\n', good[i] ^ 0x20, good[i] + 1} {
			if c != good[i] {
				all = append(all, forgery{fmt.Sprintf("%q at %d", c, i), good[:i] + string(c) + good[i+1:]})
			}
		}
		all = append(all, forgery{fmt.Sprint("left out at ", i), good[:i] + good[i+1:]})
	}
	return all
}

// forgedOwn has claims that only our own tokens carry.
func forgedOwn(a authority, now time.Time) (all []forgery) {
	other := id.Global{Kind: id.Lead, UUID: id.New()}.String()
	for name, values := range map[string][]any{
		"sub": {other, "member_", id.New().String(), strings.ToUpper(a.claims["sub"].(string))},
		"ws":  {nil, "", 5, other, id.New().String(), id.Global{Kind: id.Workspace}.String()},
		"sid": {nil, "", 5, "x", other},
		"sv":  {nil, "", "3", -1, 1.5, 1e10, 1e300, []int{3}, true},
		"exp": {now.Add(25 * time.Hour).Unix(), now.AddDate(10, 0, 0).Unix(), lastMoment, now.Unix()},
	} {
		if name != "exp" {
			all = append(all, forgery{"without " + name, a.token(a.header(), a.claims.without(name))})
		}
		for _, v := range values {
			all = append(all, forgery{fmt.Sprintf("%s %v", name, v), a.token(a.header(), a.claims.with(name, v))})
		}
	}
	return all
}
