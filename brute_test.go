package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// signIn tries to sign in.
func (a *testAPI) signIn(email, password string) answer {
	a.t.Helper()
	return a.do("", `mutation ($email: String!, $password: String!) { signIn(input: {email: $email, password: $password}) { accessToken } }`,
		map[string]any{"email": email, "password": password})
}

func TestPasswordsAreNotGuessed(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	admin := a.signUp("brightwater")
	_ = a.member(admin, "bo@brightwater.example", "SALES", "MEMBER")

	t.Run("five guesses count, whether or not the account exists, and the sixth is not looked at", func(t *testing.T) {
		for _, email := range []string{"ada@brightwater.example", "nobody@brightwater.example"} {
			var texts []string
			for i := range 5 {
				res := a.signIn(email, fmt.Sprintf("guess number %d", i))
				require.Equal(t, "UNAUTHENTICATED", res.code())
				texts = append(texts, res.Errors[0].Message)
			}
			require.Len(t, unique(texts), 1)
			for _, password := range []string{"guess number 6", "a long passphrase 42"} {
				res := a.signIn(strings.ToUpper(email), password)
				require.Equal(t, "RATE_LIMITED", res.code(), "the right one neither")
				wait, _ := res.Errors[0].Extensions["retryAfterMs"].(float64)
				require.InDelta(t, 15*60*1000, wait, 60*1000)
			}
		}
	})
	t.Run("others are not kept out", func(t *testing.T) {
		require.Empty(t, a.signIn("bo@brightwater.example", "another long passphrase 42").Errors)
		require.Empty(t, a.do(admin, `{ viewer { kind } }`, nil).Errors, "nor those who are in")
	})
	t.Run("guesses at the same time count each", func(t *testing.T) {
		var all sync.WaitGroup
		var seen tally
		for i := range 12 {
			all.Go(func() { seen.add(a.signIn("cleo@brightwater.example", fmt.Sprintf("guess number %d", i)).code()) })
		}
		all.Wait()
		require.Equal(t, map[string]int{"UNAUTHENTICATED": 5, "RATE_LIMITED": 7}, seen.counts)
	})
	t.Run("one address cannot go through all accounts", func(t *testing.T) {
		if slower > 1 && !long() {
			t.Skip("much hashing: without the race detector, or in the long form")
		}
		var seen tally
		for i := range 45 {
			seen.add(a.signIn(fmt.Sprintf("p%d@brightwater.example", i), "a common passphrase 42").code())
		}
		require.Equal(t, 45, seen.counts["UNAUTHENTICATED"]+seen.counts["RATE_LIMITED"])
		require.LessOrEqual(t, seen.counts["UNAUTHENTICATED"], 35, "15 were tried before")
		require.NotZero(t, seen.counts["RATE_LIMITED"])
	})
	t.Run("and no refresh token works twice", func(t *testing.T) {
		var in struct {
			SignUp struct{ AccessToken, RefreshToken string }
		}
		a.do("", `mutation { signUp(input: {workspaceName: "W", slug: "otherwater", name: "Eve Moss", email: "eve@otherwater.example", password: "a long passphrase 42", department: SALES}) { accessToken refreshToken } }`, nil).into(t, &in)
		refresh := func() answer {
			return a.do("", `mutation ($t: String!) { refreshSession(input: {refreshToken: $t}) { accessToken } }`, map[string]any{"t": in.SignUp.RefreshToken})
		}
		var next struct{ RefreshSession struct{ AccessToken string } }
		refresh().into(t, &next)
		require.Equal(t, "UNAUTHENTICATED", refresh().code())
		require.Equal(t, "UNAUTHENTICATED", a.do(next.RefreshSession.AccessToken, `{ viewer { kind } }`, nil).code(), "who used it first is out as well: one of the two had stolen it")
	})
}

// unique is each text once.
func unique(all []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range all {
		set[s] = true
	}
	return set
}
