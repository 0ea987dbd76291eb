package httpapi

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVariablesAreCoercedAsTheSpecificationSays(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	const note = "query($v:Note!){hello(note:$v)}"
	type m = map[string]any
	for name, c := range map[string]struct {
		query string
		value any
		field string // at fault; empty where it is taken
		want  string // in what arrives
	}{
		"a text":                              {"query($v:String){hello(name:$v)}", "x", "", `"name":"x"`},
		"null for what may be null":           {"query($v:String){hello(name:$v)}", nil, "", `"name":null`},
		"a number for a text":                 {"query($v:String){hello(name:$v)}", 1, "variables.v", ""},
		"a whole number":                      {"query($v:Int!){hello(n:$v)}", 7, "", `"n":7`},
		"a whole number in another spelling":  {"query($v:Int!){hello(n:$v)}", 7.0, "", `"n":7`},
		"a fraction for a whole number":       {"query($v:Int!){hello(n:$v)}", 7.5, "variables.v", ""},
		"a text for a whole number":           {"query($v:Int!){hello(n:$v)}", "7", "variables.v", ""},
		"a whole number over 32 bits":         {"query($v:Int!){hello(n:$v)}", 1 << 31, "variables.v", ""},
		"null where it is used without null":  {"query($v:Int=3){hello(n:$v)}", nil, "variables.v", ""},
		"null for a condition with a default": {"query($v:Boolean=true){hello @skip(if:$v)}", nil, "variables.v", ""},
		"a number for a fraction":             {"query($v:Float){hello(ratio:$v)}", 3, "", `"ratio":3`},
		"true for a fraction":                 {"query($v:Float){hello(ratio:$v)}", true, "variables.v", ""},
		"a number for an id":                  {"query($v:ID!){lead(id:$v){id}}", 3, "", ""},
		"a fraction for an id":                {"query($v:ID!){lead(id:$v){id}}", 3.5, "variables.v", ""},
		"one value for a list of it":          {"query($v:[ID!]){hello(ids:$v)}", "a", "", `"ids":["a"]`},
		"null in a list without nulls":        {"query($v:[ID!]){hello(ids:$v)}", []any{"a", nil}, "variables.v[1]", ""},
		"an input object":                     {note, m{"text": "x", "band": "HOT", "tags": []any{"a"}, "attributes": m{"any": []any{1}}}, "", `"band":"HOT"`},
		"an enum in other letters":            {note, m{"text": "x", "band": "hot"}, "variables.v.band", ""},
		"a field too many":                    {note, m{"text": "x", "colour": 1}, "variables.v.colour", ""},
		"a field too few":                     {note, m{}, "variables.v.text", ""},
		"a field too few further down":        {note, m{"text": "x", "inner": m{"inner": m{"text": 1}}}, "variables.v.inner.text", ""},
		"a text for an input object":          {note, "x", "variables.v", ""},
		"nothing for what must be":            {note, nil, "variables.v", ""},
		"one of the fields of a oneOf":        {"query($v:Pick!){hello(pick:$v)}", m{"email": "a@b"}, "", `"email":"a@b"`},
		"two of the fields of a oneOf":        {"query($v:Pick!){hello(pick:$v)}", m{"email": "a@b", "id": 1}, "variables.v", ""},
		"null for the field of a oneOf":       {"query($v:Pick!){hello(pick:$v)}", m{"email": nil}, "variables.v.email", ""},
		"none of the fields of a oneOf":       {"query($v:Pick!){hello(pick:$v)}", m{}, "variables.v", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := ask(t, h, "all", c.query, m{"v": c.value})
			require.Equal(t, c.field, g.field(), g.Body)
			if c.field == "" {
				require.Equal(t, http.StatusOK, g.Status, g.Body)
				require.Contains(t, unescaped(g.Body), c.want)
				return
			}
			require.Equal(t, http.StatusBadRequest, g.Status)
			require.Equal(t, "BAD_USER_INPUT", g.code())
		})
	}
	g := ask(t, h, "", "query($v:Int!=4){hello(n:$v)}", nil)
	require.Contains(t, unescaped(g.Body), `"n":4`, "a default stands for what is left out")
	g = ask(t, h, "", "query($v:Int!){hello(n:$v)}", nil)
	require.Equal(t, "variables.v", g.field(), "what has no default must be given")
	g = ask(t, h, "", note, m{"v": m{"text": 1, "band": "x", "weight": "y"}})
	require.Len(t, g.Errors, 3, "all faults are named at once")
}

func TestHugeNumbersAreRefusedNotRounded(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	for _, body := range []string{
		`{"query":"query($x:Float){hello(ratio:$x)}","variables":{"x":1e400}}`,
		`{"query":"query($x:Int!){hello(n:$x)}","variables":{"x":1e400}}`,
		`{"query":"query($x:ID!){lead(id:$x){id}}","variables":{"x":1e400}}`,
	} {
		g := send(t, h, post("all", body))
		require.Equal(t, "variables.x", g.field(), g.Body)
	}
}
