package httpapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
)

func TestWhatAnOperationCosts(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	for name, c := range map[string]struct {
		query     string
		variables map[string]any
		want      int
	}{
		"scalars are free":                                   {"{hello}", nil, 0},
		"an object is 1":                                     {"{lead(id:1){id name account{id parent{id}}}}", nil, 3},
		"a field's own weight counts":                        {"{lead(id:1){score}}", nil, 8},
		"a connection is 2 and its items":                    {"{leads(first:10){nodes{id}}}", nil, 12},
		"edges are no dearer than nodes":                     {"{leads(first:10){edges{cursor node{id}} pageInfo{hasNextPage} totalCount}}", nil, 12},
		"last counts as first does":                          {"{leads(last:10){nodes{id account{id}}}}", nil, 22},
		"25 items where none are said":                       {"{leads{nodes{id}}}", nil, 27},
		"the SDL's own default goes before":                  {"{lead(id:1){touches{nodes{id}}}}", nil, 6},
		"a connection without items costs itself":            {"{leads(first:200){totalCount}}", nil, 2},
		"a variable is taken":                                {"query($n:Int){leads(first:$n){nodes{id}}}", map[string]any{"n": 7}, 9},
		"a variable's default is taken":                      {"query($n:Int=6){leads(first:$n){nodes{id}}}", nil, 8},
		"a variable left out leaves first out":               {"query($n:Int){leads(first:$n){nodes{id}}}", nil, 27},
		"what is skipped is free":                            {"query($no:Boolean!){lead(id:1){id} leads @skip(if:$no){nodes{id}}}", map[string]any{"no": true}, 1},
		"what is included is not":                            {"query($yes:Boolean!){lead(id:1){id} ...@include(if:$yes){leads(first:1){nodes{id}}}}", map[string]any{"yes": true}, 4},
		"what is never included is free":                     {"{lead(id:1){id account @include(if:false){id}}}", nil, 1},
		"of an abstract type's branches the dearest counts":  {"{node(id:1){id ...on Lead{account{id} owner{id}} ...on Touch{kind} ...M}} fragment M on Member{leads(first:4){nodes{id}}}", nil, 7},
		"fragments count wherever they are spread":           {"{leads(first:2){nodes{...L}} lead(id:1){...L}} fragment L on Lead{account{id}}", nil, 8},
		"a list by ids counts its ids":                       {`{nodes(ids:["a","b"]){... on Lead{account{id}}}}`, nil, 14},
		"ids from a variable count too":                      {"query($ids:[ID!]!){nodes(ids:$ids){id}}", map[string]any{"ids": []string{"a", "b", "c"}}, 13},
		"a list without pages below it is 1":                 {"{lead(id:1){team{id name}}}", nil, 2},
		"each item of a list with pages below it reads them": {"{lead(id:1){team{leads(first:2){nodes{id}}}}}", nil, 52},
		"below an object too":                                {"{lead(id:1){history{by{leads(first:2){nodes{id}}}}}}", nil, 62},
		"wherever it is said that there are":                 {"{lead(id:1){team{...on Member{...M}}}} fragment M on Member{leads(first:2){nodes{id}}}", nil, 52},
		"the schema has a price of its own":                  {"{__schema{types{name fields{name}}}}", nil, 500},
		"an inbox page of 50 leads is far from the limit":    {inbox, map[string]any{"band": "HOT"}, 852},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := ask(t, h, "all", c.query, c.variables)
			require.Equal(t, http.StatusOK, g.Status, g.Body)
			require.Equal(t, c.want, g.Extensions.Cost.Requested)
			require.LessOrEqual(t, g.Extensions.Cost.Actual, c.want)
		})
	}
	g := ask(t, h, "all", `mutation{save(note:{text:"x"}){account{id}}}`, nil)
	require.Equal(t, 11, g.Extensions.Cost.Requested, "a mutation is 10")
	require.Equal(t, 11, g.Extensions.Cost.Actual)
	g = ask(t, h, "all", "{leads(first:50){nodes{id account{id}} pageInfo{hasNextPage}}}", nil)
	require.Equal(t, 102, g.Extensions.Cost.Requested)
	require.Equal(t, 102, g.Extensions.Cost.Actual)
}

func TestPagesOutOfBoundsAreRefusedByName(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	for query, field := range map[string]string{
		"{leads(first:null){nodes{id}}}":                                     "Query.leads(first:)",
		"{leads(first:-1){nodes{id}}}":                                       "Query.leads(first:)",
		"{leads(first:251){nodes{id}}}":                                      "Query.leads(first:)",
		"{leads(last:251){totalCount}}":                                      "Query.leads(last:)",
		"{leads(first:1,last:1){nodes{id}}}":                                 "Query.leads(last:)",
		"{lead(id:1){touches(first:300){nodes{id}}}}":                        "Lead.touches(first:)",
		"{lead(id:1){...L}} fragment L on Lead{touches(last:-3){nodes{id}}}": "Lead.touches(last:)",
		"{apiKeys(first:1000){id}}":                                          "Query.apiKeys(first:)",
		"{nodes(ids:[" + many(251, `"%d" `) + "]){id}}":                      "Query.nodes(ids:)",
	} {
		g := ask(t, h, "all", query, nil)
		require.Equal(t, http.StatusBadRequest, g.Status, query)
		require.Equal(t, "BAD_USER_INPUT", g.code(), query)
		require.Equal(t, field, g.field(), g.Body)
	}
	g := ask(t, h, "all", "query($n:Int){leads(first:$n){nodes{id}}}", map[string]any{"n": nil})
	require.Equal(t, "Query.leads(first:)", g.field(), "an explicit null is no default")
}

func TestTheCostLimitNamesWhatToLower(t *testing.T) {
	t.Parallel()
	h := New(testConfig())
	g := ask(t, h, "all", "{lead(id:1){id} leads(first:250){nodes{id account{id} touches(first:100){nodes{id}}}}}", nil)
	require.Equal(t, http.StatusBadRequest, g.Status)
	require.Equal(t, "COST_LIMIT", g.code())
	require.Contains(t, g.Errors[0].Message, "Most of it is Lead.touches")
	require.Equal(t, 26003, g.Extensions.Cost.Requested)
	g = ask(t, h, "all", "{lead(id:1){team{leads(first:250){nodes{id} edges{node{id}}}}}}", nil)
	require.Contains(t, g.Errors[0].Message, "Most of it is Member.leads")
	g = ask(t, h, "all", "{leads(first:250){edges{node{id account{...A} persona{...A} again:account{...A} owner{id} clock{id}}}} } fragment A on Account{parent{parent{parent{parent{parent{parent{parent{id}}}}}}}}", nil)
	require.Equal(t, "COST_LIMIT", g.code(), g.Body)
	require.Contains(t, g.Errors[0].Message, "Most of it is Query.leads")
	g = ask(t, h, "all", "{"+many(11, "a%d:__schema{types{name}} ")+"}", nil)
	require.Equal(t, "COST_LIMIT", g.code())
}

func TestTheAllowanceIsChargedAndRefunded(t *testing.T) {
	t.Parallel()
	limiter, err := auth.NewLimiter(100, 10, 10)
	require.NoError(t, err)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	config := testConfig()
	config.Now = func() time.Time { return now }
	config.Limit = func(_ *auth.Viewer, cost int, now time.Time) (auth.Throttle, time.Duration, bool) {
		return limiter.Take("key", cost, now)
	}
	config.Refund = func(_ *auth.Viewer, points int, now time.Time) auth.Throttle {
		return limiter.Refund("key", points, now)
	}
	h := New(config)
	throttle := func(available float64) map[string]float64 {
		return map[string]float64{"maximumAvailable": 100, "currentlyAvailable": available, "restoreRate": 10}
	}

	g := ask(t, h, "all", "{leads(first:58){nodes{id}}}", nil)
	require.Equal(t, throttle(40), g.Extensions.Cost.Throttle)
	g = ask(t, h, "all", "{lead(id:1){account @include(if:true){id} history{id} owner{id}}}", nil)
	require.Equal(t, throttle(36), g.Extensions.Cost.Throttle)
	g = ask(t, h, "all", "{apiKeys(first:30){id}}", nil)
	require.Equal(t, 0, g.Extensions.Cost.Actual)
	require.Equal(t, throttle(36), g.Extensions.Cost.Throttle, "an empty list costs nothing")

	g = ask(t, h, "all", "{leads(first:40){nodes{id}}}", nil)
	require.Equal(t, http.StatusTooManyRequests, g.Status)
	require.Equal(t, "RATE_LIMITED", g.code())
	require.EqualValues(t, 600, g.Errors[0].Extensions["retryAfterMs"])
	require.Equal(t, true, g.Errors[0].Extensions["retryable"])
	require.Equal(t, "1", g.Header.Get("Retry-After"))
	require.Equal(t, 42, g.Extensions.Cost.Requested)

	now = now.Add(600 * time.Millisecond)
	require.Equal(t, http.StatusOK, ask(t, h, "all", "{leads(first:40){nodes{id}}}", nil).Status, "after exactly that time it passes")
	g = ask(t, h, "all", "{leads(first:100){nodes{id}}}", nil)
	require.Equal(t, "COST_LIMIT", g.code(), "what never fits is not a matter of time")
}
