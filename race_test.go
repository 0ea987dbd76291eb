package main

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// together calls n times at once and answers what came back, in any order.
func together(n int, call func(i int) answer) []answer {
	out := make([]answer, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			out[i] = call(i)
		})
	}
	close(start)
	all.Wait()
	return out
}

// tell is how many answers there are of each code; without errors the code is empty.
func tell(answers []answer) map[string]int {
	codes := map[string]int{}
	for _, a := range answers {
		codes[a.code()]++
	}
	return codes
}

// captured is what a capture answers, for those who compare several.
type captured struct {
	CaptureLead struct {
		Outcome string
		Changed bool
		Lead    struct {
			ID      string
			Contact struct{ ID string }
			Account struct{ ID string }
			Touches struct{ TotalCount int }
		}
	}
}

const captureRace = `mutation ($in: CaptureLeadInput!) { captureLead(input: $in) { outcome changed lead { id contact { id } account { id } touches { totalCount } } } }`

// totals are how many there are of each in the workspace.
func (a *testAPI) totals(token string) (contacts, leads, accounts, touches int) {
	a.t.Helper()
	var out map[string]struct{ TotalCount int }
	a.do(token, `{ contacts { totalCount } leads { totalCount } accounts { totalCount } touches { totalCount } }`, nil).into(a.t, &out)
	return out["contacts"].TotalCount, out["leads"].TotalCount, out["accounts"].TotalCount, out["touches"].TotalCount
}

func TestCapturesAtOnce(t *testing.T) {
	t.Parallel()
	for name, input := range map[string]func(i int) map[string]any{
		"sixteen captures of one new person make one person, one company and one lead": func(i int) map[string]any {
			return map[string]any{"source": "web", "contact": map[string]any{"email": "ann@acme.example", "title": fmt.Sprintf("Title %d", i)}, "touch": map[string]any{"kind": "CHAT"}}
		},
		"so do captures of one person by different things that recognise her": func(i int) map[string]any {
			person := []map[string]any{{"email": "Ann@acme.example"}, {"email": "ann@ACME.example", "phone": "+14155552671"}, {"phone": "(415) 555-2671"}}[i%3]
			return map[string]any{"source": "web", "externalId": "A-1", "contact": person, "account": map[string]any{"name": "Acme", "domain": "acme.example"}, "touch": map[string]any{"kind": "CHAT"}}
		},
		"and captures of somebody whose company is known by its name alone": func(i int) map[string]any {
			return map[string]any{"source": "web", "contact": map[string]any{"email": "ann.lee@gmail.com"}, "account": map[string]any{"name": []string{"Acme Ltd", "ACME"}[i%2]}, "touch": map[string]any{"kind": "CHAT"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startAPI(t, func(s *settings) { s.Jobs, s.Conns = false, 16 })
			token := a.signUp("brightwater")
			a.source(token, "web")
			answers := together(16, func(i int) answer { return a.do(token, captureRace, map[string]any{"in": input(i)}) })
			require.Equal(t, map[string]int{"": 16}, tell(answers))
			created, leads := 0, map[string]bool{}
			for _, r := range answers {
				var c captured
				r.into(t, &c)
				leads[c.CaptureLead.Lead.ID] = true
				if c.CaptureLead.Outcome == "CREATED" {
					created++
				}
			}
			require.Equal(t, 1, created, "one opened the lead")
			require.Len(t, leads, 1)
			contacts, all, accounts, touches := a.totals(token)
			require.Equal(t, []int{1, 1, 1, 16}, []int{contacts, all, accounts, touches})
		})
	}
}

func TestColleaguesAtOnce(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs, s.Conns = false, 16 })
	token := a.signUp("brightwater")
	a.source(token, "web")
	answers := together(24, func(i int) answer {
		return a.do(token, captureRace, map[string]any{"in": map[string]any{"source": "web",
			"contact": map[string]any{"email": fmt.Sprintf("p%d@acme.example", i%8), "phone": "+442071838750"}, "account": map[string]any{"name": "Acme"}}})
	})
	require.Equal(t, map[string]int{"": 24}, tell(answers))
	contacts, leads, accounts, _ := a.totals(token)
	require.Equal(t, []int{8, 8, 1}, []int{contacts, leads, accounts}, "eight colleagues at one switchboard of one company")
	var out struct {
		Contacts struct {
			Nodes []struct {
				Phone      *string
				Identities []struct {
					Kind   string
					Shared bool
				}
			}
		}
	}
	a.do(token, `{ contacts { nodes { phone identities { kind shared } } } }`, nil).into(t, &out)
	holders := 0
	for _, c := range out.Contacts.Nodes {
		require.NotNil(t, c.Phone)
		for _, i := range c.Identities {
			if i.Kind == "PHONE" && !i.Shared {
				holders++
			}
		}
	}
	require.Equal(t, 1, holders, "one of them is recognised by the number")
}

func TestEditorsAtOnce(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs, s.Conns = false, 16 })
	token := a.signUp("brightwater")
	a.source(token, "web")
	var c captured
	a.do(token, captureRace, map[string]any{"in": map[string]any{"source": "web", "contact": map[string]any{"email": "ann@acme.example"}}}).into(t, &c)
	lead := c.CaptureLead.Lead
	for verb, edit := range map[string]string{
		"contact": `mutation ($id: ID!, $v: Int, $a: Attributes) { updateContact(input: {contactId: $id, expectedVersion: $v, attributes: $a}) { contact { version } } }`,
		"account": `mutation ($id: ID!, $v: Int, $a: Attributes) { updateAccount(input: {accountId: $id, expectedVersion: $v, attributes: $a}) { account { version } } }`,
	} {
		t.Run("of sixteen editors of one "+verb+" nobody's work is lost", func(t *testing.T) {
			t.Parallel()
			of := map[string]string{"contact": lead.Contact.ID, "account": lead.Account.ID}[verb]
			read := `query ($id: ID!) { ` + verb + `(by: {id: $id}) { version attributes } }`
			answers := together(16, func(i int) answer {
				for { // as an editor's client does: read, change, and on a conflict begin again
					var now map[string]struct{ Version int }
					if err := json.Unmarshal(a.do(token, read, map[string]any{"id": of}).Data, &now); err != nil {
						return answer{}
					}
					r := a.do(token, edit, map[string]any{"id": of, "v": now[verb].Version, "a": map[string]any{fmt.Sprintf("k%d", i): i}})
					if r.code() != "CONFLICT" {
						return r
					}
				}
			})
			require.Equal(t, map[string]int{"": 16}, tell(answers))
			var now map[string]struct {
				Version    int
				Attributes map[string]int
			}
			a.do(token, read, map[string]any{"id": of}).into(t, &now)
			require.Len(t, now[verb].Attributes, 16)
			require.Equal(t, 17, now[verb].Version, "each change counted once")
		})
	}
}

func TestRepeatsAtOnce(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs, s.Conns = false, 16 })
	token := a.signUp("brightwater")
	a.source(token, "web")
	t.Run("a call that is sent sixteen times at once has one effect and one answer", func(t *testing.T) {
		in := map[string]any{"source": "web", "contact": map[string]any{"email": "ann@acme.example"}, "touch": map[string]any{"kind": "CHAT"}, "idempotencyKey": "once"}
		answers := together(16, func(int) answer { return a.do(token, captureRace, map[string]any{"in": in}) })
		require.Equal(t, map[string]int{"": 16}, tell(answers))
		for _, r := range answers {
			require.JSONEq(t, string(answers[0].Data), string(r.Data))
		}
		_, _, _, touches := a.totals(token)
		require.Equal(t, 1, touches)
	})
	t.Run("of sixteen different calls with one key one is done, the others are refused", func(t *testing.T) {
		answers := together(16, func(i int) answer {
			return a.do(token, captureRace, map[string]any{"in": map[string]any{"source": "web", "contact": map[string]any{"email": fmt.Sprintf("p%d@bolt.example", i)}, "idempotencyKey": "other"}})
		})
		require.Equal(t, map[string]int{"": 1, "IDEMPOTENCY_MISMATCH": 15}, tell(answers))
		contacts, _, _, _ := a.totals(token)
		require.Equal(t, 2, contacts)
	})
	t.Run("touches with ids of their own are recorded once, however many tell of them", func(t *testing.T) {
		answers := together(16, func(i int) answer {
			touches := make([]any, 20)
			for n := range touches {
				touches[n] = map[string]any{"contact": map[string]any{"email": "ann@acme.example"}, "kind": "CALL", "channel": "PHONE", "externalId": fmt.Sprintf("t%d", (n+i)%20), "occurredAt": "2026-01-05T10:00:00Z"}
			}
			return a.do(token, `mutation ($t: [TouchInput!]!) { recordTouches(input: {source: "web", touches: $t}) { recorded } }`, map[string]any{"t": touches})
		})
		require.Equal(t, map[string]int{"": 16}, tell(answers))
		recorded := 0
		for _, r := range answers {
			var out struct{ RecordTouches struct{ Recorded int } }
			r.into(t, &out)
			recorded += out.RecordTouches.Recorded
		}
		require.Equal(t, 20, recorded)
		_, _, _, touches := a.totals(token)
		require.Equal(t, 21, touches)
	})
}
