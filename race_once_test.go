package main

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
)

func TestOnlyOneAtOnce(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs, s.Conns = false, 16 })
	token := a.signUp("brightwater")
	a.source(token, "web")
	won := func(t *testing.T, refused string, n int, call func(i int) answer) {
		t.Helper()
		require.Equal(t, map[string]int{"": 1, refused: n - 1}, tell(together(n, call)))
	}
	t.Run("one of many founders gets a slug", func(t *testing.T) {
		t.Parallel()
		won(t, "CONFLICT", 4, func(i int) answer {
			return a.do("", `mutation ($email: String!) { signUp(input: {workspaceName: "X", slug: "taken", name: "X", email: $email, password: "a long passphrase 42", department: SALES}) { expiresAt } }`,
				map[string]any{"email": fmt.Sprintf("p%d@x.example", i)})
		})
	})
	t.Run("one of many gets a key, and one of many members an address", func(t *testing.T) {
		t.Parallel()
		won(t, "CONFLICT", 8, func(int) answer {
			return a.do(token, `mutation { createSource(input: {key: "fair", name: "Fair", kind: EVENT, channel: EVENT}) { cursor } }`, nil)
		})
		won(t, "CONFLICT", 8, func(int) answer {
			return a.do(token, `mutation { createMember(input: {name: "Tom", email: "tom@brightwater.example", department: SALES, role: MEMBER}) { cursor } }`, nil)
		})
	})
	t.Run("one of many reps takes a lead", func(t *testing.T) {
		t.Parallel()
		lead := a.captured(token, "lee@lee.example").CaptureLead.Lead
		rep := a.member(token, "rep@brightwater.example", auth.Sales, auth.Worker)
		var me struct {
			Viewer struct{ Member struct{ ID string } }
		}
		a.do(rep, `{ viewer { member { id } } }`, nil).into(t, &me)
		won(t, "CONFLICT", 16, func(int) answer {
			return a.do(rep, `mutation ($lead: ID!, $me: ID) { assignLead(input: {leadId: $lead, ownerId: $me, expectedVersion: 1}) { cursor } }`, map[string]any{"lead": lead.ID, "me": me.Viewer.Member.ID})
		})
	})
	t.Run("one of many people gets an address", func(t *testing.T) {
		t.Parallel()
		var people []string
		for i := range 8 {
			people = append(people, a.captured(token, fmt.Sprintf("p%d@many.example", i)).CaptureLead.Lead.Contact.ID)
		}
		won(t, "CONFLICT", 8, func(i int) answer {
			return a.do(token, `mutation ($id: ID!) { updateContact(input: {contactId: $id, email: "boss@many.example"}) { cursor } }`, map[string]any{"id": people[i]})
		})
	})
	t.Run("one of many companies gets a domain", func(t *testing.T) {
		t.Parallel()
		var firms []string
		for i := range 8 {
			firms = append(firms, a.captured(token, fmt.Sprintf("p@firm%d.example", i)).CaptureLead.Lead.Account.ID)
		}
		won(t, "CONFLICT", 8, func(i int) answer {
			return a.do(token, `mutation ($id: ID!) { updateAccount(input: {accountId: $id, domain: "group.example"}) { cursor } }`, map[string]any{"id": firms[i]})
		})
	})
}

// captured captures somebody and answers the capture.
func (a *testAPI) captured(token, email string) (c captured) {
	a.t.Helper()
	a.do(token, captureRace, map[string]any{"in": map[string]any{"source": "web", "contact": map[string]any{"email": email}}}).into(a.t, &c)
	return c
}

func TestOneAdminStays(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs, s.Conns = false, 16 })
	token := a.signUp("brightwater")
	admins := []string{token}
	var me struct {
		Viewer struct{ Member struct{ ID string } }
	}
	a.do(token, `{ viewer { member { id } } }`, nil).into(t, &me)
	ids := []string{me.Viewer.Member.ID}
	for i := range 3 {
		admins = append(admins, a.member(token, fmt.Sprintf("admin%d@brightwater.example", i), auth.Sales, auth.Worker))
		a.do(admins[i+1], `{ viewer { member { id } } }`, nil).into(t, &me)
		ids = append(ids, me.Viewer.Member.ID)
		res := a.do(token, `mutation ($id: ID!) { updateMember(input: {memberId: $id, admin: true}) { cursor } }`, map[string]any{"id": ids[i+1]})
		require.Empty(t, res.Errors)
	}
	codes := tell(together(4, func(i int) answer {
		return a.do(token, `mutation ($id: ID!) { updateMember(input: {memberId: $id, admin: false}) { cursor } }`, map[string]any{"id": ids[i]})
	}))
	require.Equal(t, 4, codes[""]+codes["CONFLICT"]+codes["UNAUTHENTICATED"]+codes["FORBIDDEN"], "%v", codes)
	require.LessOrEqual(t, codes[""], 3)
	require.GreaterOrEqual(t, count(t, owner(t, a.owner), "select count(*) from members where admin and active"), int64(1))
}

func TestOneRefreshAtOnce(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Jobs, s.Conns = false, 16 })
	a.signUp("brightwater")
	var in struct{ SignIn struct{ RefreshToken string } }
	a.do("", `mutation { signIn(input: {email: "ada@brightwater.example", password: "a long passphrase 42"}) { refreshToken } }`, nil).into(t, &in)
	var next atomic.Value
	codes := tell(together(8, func(int) answer {
		r := a.do("", `mutation ($t: String!) { refreshSession(input: {refreshToken: $t}) { refreshToken } }`, map[string]any{"t": in.SignIn.RefreshToken})
		if r.code() == "" {
			var out struct{ RefreshSession struct{ RefreshToken string } }
			r.into(t, &out)
			next.Store(out.RefreshSession.RefreshToken)
		}
		return r
	}))
	require.Equal(t, map[string]int{"": 1, "UNAUTHENTICATED": 7}, codes)
	r := a.do("", `mutation ($t: String!) { refreshSession(input: {refreshToken: $t}) { refreshToken } }`, map[string]any{"t": next.Load()})
	require.Equal(t, "UNAUTHENTICATED", r.code(), "the others were taken for thieves")
}
