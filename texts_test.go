package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/leadgraph/leadgraph/internal/id"
)

// hostile are texts that programs choke on.
var hostile = []string{
	"", " ", "\x00", "a\x00b", "\t", "a\r\nb", "\u2028", "\u202etxt.exe", "\ufeff", "\u200b", "\ufffd", "\x7f", "\u0085", "a\u0301", "ﬃ", "İ", "ß", "🏳️‍🌈", "\U000e0041", "\U0010ffff",
	"'; drop table leads; --", "' or '1'='1", "%", "_", `\`, `\\`, `"`, `'`, "$1", "$$", "${jndi:ldap://x}", "{{7*7}}", "<script>alert(1)</script>", "=1+1", "@sum", "-2", "+3", "../../etc/passwd",
	"null", "undefined", "true", "NaN", "-0", "1e400", "0x10", "1_000", "9223372036854775808", "-9223372036854775809", "[]", "{}", "lead_", "*", "\\u0000", "%00", "%s%s%n", "\a\b\v\f",
	"a@b", "a@b@c", "a@" + strings.Repeat("b", 300), "http://[::1]/", "http://169.254.169.254/", "javascript:alert(1)", "xn--", "xn--a", "\u0430pple.com", "+", "+999999999999999999", "0", "tel:;ext=",
	"Europe/Nowhere", "../UTC", "Local", "xx-XX-xx-xx", strings.Repeat("a", 100), strings.Repeat("é", 501), strings.Repeat("x", 20_000), strings.Repeat("😀", 5_000), strings.Repeat("a ", 4_000),
	strings.Repeat("[", 3_000), strings.Repeat("a\u0301", 3_000),
}

// formed are fields that have a form of their own: what is taken comes back in that form.
var formed = []string{"email", "phone", "domain", "country", "language", "timeZone", "currency", "defaultRegion", "key", "slug"}

// unread are text fields whose text is not answered: secrets, and names of what is looked up.
var unread = []string{"password", "oldPassword", "newPassword", "refreshToken", "idempotencyKey", "workspace", "source", "campaign", "text", "scopes", "fileName", "workspaceName", "memberEmail",
	"externalId", "id", "column", "from", "to", "values", "value", "emptyWords", "label"}

// returned are the texts in an answer under a name.
func returned(v any, name string) (all []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			list, _ := x.([]any)
			for _, s := range append(list, x) {
				if s, ok := s.(string); ok && k == name {
					all = append(all, s)
				}
			}
			all = append(all, returned(x, name)...)
		}
	case []any:
		for _, x := range v {
			all = append(all, returned(x, name)...)
		}
	}
	return all
}

// outcome is what became of a text.
func outcome(c *call, token string, l leaf, text string, res answer) (word string, wrong error) {
	name := l.path[len(l.path)-1]
	if len(res.Errors) > 0 {
		code, field := res.code(), res.Errors[0].Extensions["field"]
		refusals := []string{"BAD_USER_INPUT", "NOT_FOUND", "CONFLICT", "UNAUTHENTICATED", "CURSOR_MISMATCH", "FORBIDDEN", "RATE_LIMITED", "IDEMPOTENCY_MISMATCH"}
		if res.Status >= 500 || !slices.Contains(refusals, code) || code == "BAD_USER_INPUT" && field == nil {
			return "", fmt.Errorf("%s", said(res))
		}
		return "refused", nil
	}
	want := norm.NFC.String(strings.TrimSpace(text))
	if sdl().Query.Fields.ForName(c.field.Name) != nil || strings.HasPrefix(l.String(), "input.body.") || c.field.Name == "suggestScoringModel" || slices.Contains(unread, name) || slices.Contains(formed, name) || want == "" {
		return "taken", nil
	}
	if c.field.Name == "recordTouches" { // answers ids alone
		res = c.a.do(token, `{ touches(first: 3) { nodes { subject } } }`, nil)
	}
	var data any
	if err := json.Unmarshal(res.Data, &data); err != nil {
		return "", err
	}
	if other := map[string]string{"requestAgreementChanges": "reviewNote", "recordAttempt": "subject", "excuseFollowUp": "excuse"}[c.field.Name]; other != "" {
		name = other
	}
	if c.field.Name == "withdrawHandoff" {
		name = "feedback"
	}
	if c.field.Name == "suppressContact" {
		name = "suppressedNote"
	}
	got := returned(data, name)
	switch {
	case slices.Contains(got, text):
		return "byte for byte", nil
	case slices.Contains(got, want):
		return "without blanks at its ends, in NFC", nil
	}
	return "", fmt.Errorf("neither refused nor stored: %q", got)
}

// throughEveryInput sends texts through every text argument of every root field; of many texts each argument gets some.
func throughEveryInput(t *testing.T, texts []string, each int) {
	t.Helper()
	a := startAPI(t, func(s *settings) { s.dev = nil; s.Jobs = false })
	w := furnish(t, a, "brightwater")
	selections := map[string]string{"suppressContact": "{ contact { standing { suppressedNote } } }", "confirmContact": "{ message { touch { subject externalId } } }", "captureLead": `{ lead { interest attributes contact { fullName givenName familyName title function seniority city consents { proof } }
		account { name industry city tier } touches(first: 1) { nodes { subject } } } }`}
	for _, verb := range []string{"acceptLead", "nurtureLead", "qualifyForSales", "returnLead", "takeBackLead", "disqualifyLead", "objectToDisqualification"} {
		selections[verb] = "{ lead { moves { note } } }"
	}
	selections["winDeal"] = "{ deal { lead { moves { note } } } }"
	for _, verb := range []string{"openDeal", "updateDeal", "loseDeal"} {
		selections[verb] = "{ deal { name stage note } }"
	}
	selections["claimCredit"], selections["answerClaim"] = "{ dispute { grounds evidence { note } } }", "{ dispute { answer answerEvidence { note } } }"
	selections["proposeRuling"] = "{ dispute { ruling { summary tags } } }"
	sent, places, outcomes, slowest := 0, 0, map[string]int{}, time.Duration(0)
	for _, f := range roots() {
		if f.Name == "changePassword" || f.Name == "signOut" {
			continue
		}
		for _, l := range leaves(f, "String", "AttributeValue") {
			places++
			for i := places % each; i < len(texts); i += each {
				c := w.call(t, f.Name).with(l, texts[i])
				res, took := c.timed(w.token, selections[f.Name])
				word, wrong := outcome(c, w.token, l, texts[i], res)
				for try := 0; took >= quick && try < tries; try++ {
					_, took = c.timed(w.token, selections[f.Name])
				}
				slowest = max(slowest, took)
				require.NoError(t, wrong, "%s(%s): %.200q", f.Name, l, texts[i])
				require.Less(t, took, quick, "%s(%s): %.200q", f.Name, l, texts[i])
				outcomes[word]++
				sent++
			}
		}
	}
	t.Logf("%d texts through %d places: %d calls, %v, slowest %s", len(texts), places, sent, outcomes, slowest.Round(time.Millisecond))
	require.Greater(t, places, 100)
	require.NotZero(t, outcomes["byte for byte"])
	attributesKeep(t, w, texts)
}

// quick is how soon whatever is hostile must be answered, once in so many more tries: the machine may be busy with other things.
const (
	quick = slower * 500 * time.Millisecond
	tries = 10
)

// timed sends the call and tells how long it took.
func (c *call) timed(token, selection string) (answer, time.Duration) {
	c.a.t.Helper()
	began := time.Now()
	res := c.send(token, selection)
	return res, time.Since(began)
}

// attributesKeep stores each text as a custom attribute, and as an attribute's key.
func attributesKeep(t *testing.T, w *world, texts []string) {
	t.Helper()
	for _, text := range texts {
		res := w.a.do(w.token, `mutation ($id: ID!, $a: Attributes!) { updateContact(input: {contactId: $id, attributes: $a}) { contact { attributes } } }`,
			map[string]any{"id": w.ids[id.Contact], "a": map[string]any{text: text}})
		require.Contains(t, []string{"", "BAD_USER_INPUT"}, res.code(), "%q: %s", text, said(res))
		res = w.a.do(w.token, `mutation ($a: Attributes!) { captureLead(input: {source: "website", contact: {email: "kept@brightwater.example"}, attributes: $a}) { lead { attributes } } }`,
			map[string]any{"a": map[string]any{"note": text}})
		if len(res.Errors) > 0 {
			require.Equal(t, "BAD_USER_INPUT", res.code(), "%q: %s", text, said(res))
			require.NotEmpty(t, res.Errors[0].Extensions["field"])
		}
	}
}

// share is of how many texts each place gets one: of all in the long form, of few under the race detector.
func share(n int) int {
	switch {
	case long():
		return 1
	case slower > 1:
		return 4 * n
	}
	return n
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	throughEveryInput(t, hostile, share(12))
}

func TestOracleHostileTexts(t *testing.T) {
	t.Parallel()
	var naughty []string
	reference(t, "identity/naughty_strings*.json", &naughty)
	var file struct{ Cases []attack }
	if name := referenceFile(t, "graphql/attacks*.json"); name != "" {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &file))
	}
	for _, c := range file.Cases {
		if c.Request.StringInput != nil {
			naughty = append(naughty, *c.Request.StringInput)
		}
	}
	throughEveryInput(t, naughty, share(50))
}
