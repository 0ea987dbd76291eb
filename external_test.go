package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

func TestMembersComeInThroughTheirCompanysIssuer(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "alg": "EdDSA", "use": "sig",
			"x": base64.RawURLEncoding.EncodeToString(public)}}})
	}))
	t.Cleanup(keys.Close)
	a := startAPI(t, func(s *settings) {
		s.OIDCKeys, s.OIDCIssuer, s.OIDCAudience = keys.URL, "https://login.brightwater.example", "leadgraph"
	})
	admin := a.signUp("brightwater")
	res := a.do(admin, `mutation { createMember(input: {name: "Lee Moss", email: "lee@brightwater.example", department: SALES, role: MEMBER}) { member { id } } }`, nil)
	require.Empty(t, res.Errors)
	token := func(sub, email string, verified bool) string {
		tok := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{"iss": "https://login.brightwater.example", "aud": "leadgraph", "sub": sub, "email": email,
			"email_verified": verified, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix()})
		tok.Header["kid"] = "k1"
		s, err := tok.SignedString(private)
		require.NoError(t, err)
		return s
	}
	who := func(token string) answer {
		return a.do(token, `{ viewer { member { name department } permissions } }`, nil)
	}

	require.Equal(t, "UNAUTHENTICATED", who(token("u-1", "lee@brightwater.example", false)).code(), "an address that the issuer has not verified finds nobody")
	var out struct {
		Viewer struct {
			Member      struct{ Name, Department string }
			Permissions []string
		}
	}
	who(token("u-1", "Lee@Brightwater.example", true)).into(t, &out)
	require.Equal(t, "Lee Moss", out.Viewer.Member.Name)
	require.Contains(t, out.Viewer.Permissions, "leads:write")
	who(token("u-1", "", false)).into(t, &out)
	require.Equal(t, "Lee Moss", out.Viewer.Member.Name, "from then on the subject is enough")
	require.Equal(t, "UNAUTHENTICATED", who(token("u-2", "lee@brightwater.example", true)).code(), "another subject with the same address is somebody else")
	require.Equal(t, "UNAUTHENTICATED", who(token("u-3", "stranger@elsewhere.example", true)).code())
}
