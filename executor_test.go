package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// relations are what an inbox shows of a lead.
const relations = `id stage contact { fullName } account { name } persona { name } source { name } owner { name } touches(first: 3) { nodes { kind } }`

// inbox makes a workspace with a number of leads, the first of which has an owner.
func inbox(t *testing.T, a *testAPI, leads int) (token, lead string) {
	t.Helper()
	token = a.signUp("brightwater")
	a.source(token, "website")
	var out struct {
		CaptureLead struct{ Lead struct{ ID string } }
	}
	for i := range leads {
		a.do(token, `mutation ($email: String!) { captureLead(input: {source: "website", contact: {email: $email}, account: {name: "Company"},
			touch: {kind: FORM_SUBMITTED}}) { lead { id } } }`, map[string]any{"email": fmt.Sprintf("p%d@company%d.example", i, i)}).into(t, &out)
	}
	return token, out.CaptureLead.Lead.ID
}

func TestOneLevelIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	token, lead := inbox(t, a, 5)
	for name, c := range map[string]struct {
		query             string
		statements, trips int
	}{
		"a lead by its id and its relations":         {`{ lead(by: {id: "` + lead + `"}) { ` + relations + ` } }`, 7, 1},
		"a page of nodes and their relations":        {`{ leads { nodes { ` + relations + ` } } }`, 5, 2},
		"a page of edges takes what nodes take":      {`{ leads { edges { cursor node { ` + relations + ` } } } }`, 5, 2},
		"roots side by side":                         {`{ leads { nodes { id } } sources { nodes { id } } personas { nodes { id } } }`, 3, 1},
		"nodes and edges of one page, and its count": {`{ leads { totalCount nodes { id } edges { node { contact { id } } } } }`, 3, 2},
		"a count that is asked for twice":            {`{ leads { totalCount again: totalCount nodes { contact { id } } } }`, 3, 2},
		"three levels":                               {`{ leads { nodes { contact { leads { nodes { contact { id } } } account { id } } } } }`, 5, 4},
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, a.do(token, c.query, nil).Errors) // prepares statements, reads the session
			trips := 0
			for range 5 { // a level does not wait for ever: on a busy machine it may leave before all are there
				a.counter.reset()
				require.Empty(t, a.do(token, c.query, nil).Errors)
				require.Len(t, a.counter.all(), c.statements, strings.Join(a.counter.all(), "\n"))
				if trips = a.counter.tripsNow(); trips == c.trips {
					break
				}
			}
			require.Equal(t, c.trips, trips)
		})
	}
}
