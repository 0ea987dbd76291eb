package httpapi

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOperationsTakeTheRightsOfAllTheirFields(t *testing.T) {
	t.Parallel()
	config := testConfig()
	config.Introspection = signedOnly
	h := New(config)
	for name, c := range map[string]struct {
		viewer, query string
		code          string
		field         string
		permission    string
	}{
		"anyone may call what is open":                        {"", "{hello viewer{member{id}} __typename}", "OK", "", ""},
		"strangers may not call anything else":                {"", "{lead(id:1){id}}", "UNAUTHENTICATED", "", ""},
		"one closed field closes the operation":               {"", "{hello lead(id:1){id}}", "UNAUTHENTICATED", "", ""},
		"fragments hide nothing":                              {"", "{...A} fragment A on Query{...{lead(id:1){id}}}", "UNAUTHENTICATED", "", ""},
		"signing in answers one's own member":                 {"", `mutation{signIn(password:"x"){member{id name}}}`, "OK", "", ""},
		"signing in opens nothing behind it":                  {"", `mutation{signIn(password:"x"){member{leads{nodes{id}}}}}`, "UNAUTHENTICATED", "", ""},
		"the viewer answers one's own objects":                {"none", "{viewer{member{id ...M} apiKey{id}}} fragment M on Member{name}", "OK", "", ""},
		"behind the viewer the types count again":             {"none", "{viewer{apiKey{createdBy{id}}}}", "FORBIDDEN", "ApiKey.createdBy", "members:read"},
		"a field's permission is asked":                       {"leads", "{hello apiKeys{id}}", "FORBIDDEN", "Query.apiKeys", "keys:read"},
		"a type's permission is asked where it is selected":   {"none", "{lead(id:1){id}}", "FORBIDDEN", "Query.lead", "leads:read"},
		"a type's permission is asked of a fragment":          {"leads", "{node(id:1){id ...on ApiKey{id}}}", "FORBIDDEN", "ApiKey", "keys:read"},
		"a type's permission is asked in a connection":        {"none", "{viewer{member{leads{nodes{id}}}}}", "FORBIDDEN", "LeadConnection.nodes", "leads:read"},
		"an object by its id alone asks nothing yet":          {"none", "{node(id:1){id __typename}}", "OK", "", ""},
		"all permissions held, all answered":                  {"all", "{apiKeys{id} lead(id:1){owner{id}}}", "OK", "", ""},
		"strangers may not read the schema":                   {"", "{__schema{types{name}}}", "UNAUTHENTICATED", "", ""},
		"strangers may not read a type by another name":       {"", `{x:__type(name:"Lead"){name}}`, "UNAUTHENTICATED", "", ""},
		"who signed in may":                                   {"none", "{__schema{types{name}}}", "OK", "", ""},
		"a permission is asked although the field is skipped": {"none", "{lead(id:1)@skip(if:true){id} hello}", "FORBIDDEN", "Query.lead", "leads:read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := ask(t, h, c.viewer, c.query, nil)
			require.Equal(t, c.code, g.code(), g.Body)
			require.Equal(t, c.field, g.field(), g.Body)
			if c.code != "OK" {
				require.Nil(t, g.Data)
				require.Equal(t, map[string]int{"UNAUTHENTICATED": http.StatusUnauthorized, "FORBIDDEN": http.StatusForbidden}[c.code], g.Status)
			}
			if c.permission != "" {
				require.Equal(t, c.permission, g.Errors[0].Extensions["permission"])
			}
		})
	}
}

func TestOneDocumentIsOneTryToSignIn(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	g := ask(t, h, "", "mutation{"+many(20, `a%[1]d:signIn(password:"%[1]d"){member{id}} `)+"}", nil)
	require.Equal(t, "ALIAS_LIMIT", g.code())
	g = ask(t, h, "", `mutation{...A ...B} fragment A on Mutation{signIn(password:"a"){member{id}}} fragment B on Mutation{b:signIn(password:"b"){member{id}}}`, nil)
	require.Equal(t, "ALIAS_LIMIT", g.code())
}
