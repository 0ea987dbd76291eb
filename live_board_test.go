package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/httpapi/playground/playgroundtest"
	"github.com/leadgraph/leadgraph/internal/pg"
)

// startDev starts `leadgraph dev` with the demo company and a PostgreSQL of its own, where events wait for no other test's transactions, and answers what stands in dev.json.
func startDev(t *testing.T, address, dir string) (*process, devFile) {
	t.Helper()
	place := filepath.Join(dir, "dev.json")
	_ = os.Remove(place)
	p := program(t, []string{"dev", "--port", address[strings.LastIndexByte(address, ':')+1:], "--data", dir})
	var out devFile
	p.await(t, func() bool {
		text, err := os.ReadFile(place)
		return err == nil && json.Unmarshal(text, &out) == nil
	})
	return p, out
}

// devData is a folder for `leadgraph dev`. The program is killed in the end, and its PostgreSQL a moment later.
func devData(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "leadgraph-dev-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = pg.Remove(filepath.Join(dir, "pg")); _ = os.RemoveAll(dir) })
	return dir
}

// ready is a new lead that can be offered.
func (a *testAPI) ready(token string) string {
	a.t.Helper()
	var made struct {
		CaptureLead struct{ Lead struct{ ID, Stage string } }
	}
	a.do(token, `mutation { captureLead(input: {source: "website", interest: "Robots for our second warehouse", attributes: {budget: 300000}
		contact: {email: "ann@ready.example", fullName: "Ann Lee", title: "Director of Operations", seniority: "Director", function: "Operations", country: "DE"}
		account: {name: "Ready Foods", industry: "Food and beverage", employees: 1400, attributes: {warehouses: 4}}, touch: {kind: DEMO_REQUESTED}}) { lead { id stage } } }`, nil).into(a.t, &made)
	require.Equal(a.t, "QUALIFIED", made.CaptureLead.Lead.Stage)
	return made.CaptureLead.Lead.ID
}

// Two people look at the board: who markets offers a lead, and who sells takes it, while the server goes and comes back between the two.
func TestTwoPeopleSeeOneBoardThoughTheServerRestarts(t *testing.T) {
	t.Parallel()
	marketing, sales := playgroundtest.Start(t), playgroundtest.Start(t)
	address, dir := freePort(t), devData(t)
	first, info := startDev(t, address, dir)
	at := &testAPI{t: t, url: info.URL}
	one := func(department auth.Department, role auth.Role) string {
		return info.Members[slices.IndexFunc(info.Members, func(m devMember) bool { return m.Department == department && m.Role == role })].Token
	}
	director := one(auth.Marketing, auth.Director)
	lead := at.ready(director)
	open := func(b *playgroundtest.Browser, member string) {
		b.Open(fmt.Sprintf("%s#as=%s", info.LiveBoard, uuid(t, member)))
		b.WaitFor("the board", "document.querySelector('#connection.live') && document.querySelectorAll('#qualified li').length > 0")
	}
	open(marketing, at.me(director))
	open(sales, at.me(one(auth.Sales, auth.Analyst))) // to whom no lead goes
	row := func(column string) string { return fmt.Sprintf("#%s li[data-lead=%q]", column, lead) }
	is := func(b *playgroundtest.Browser, what, column string) {
		t.Helper()
		b.WaitFor(what, fmt.Sprintf("document.querySelectorAll('li[data-lead=%q]').length === 1 && document.querySelector('%s')", lead, row(column)))
	}
	is(sales, "the lead among the qualified ones", "qualified")
	marketing.Click(row("qualified") + " .do")
	is(sales, "the offer, without a reload", "offered")
	is(marketing, "the offer", "offered")
	var got struct {
		Lead struct {
			CurrentHandoff struct{ Member *struct{ ID string } }
		}
	}
	at.do(director, `query ($lead: ID!) { lead(by: {id: $lead}) { currentHandoff { member { id } } } }`, map[string]any{"lead": lead}).into(t, &got)
	to := at.me(one(auth.Sales, auth.Manager)) // whoever works leads may take what goes to nobody, as at night
	if m := got.Lead.CurrentHandoff.Member; m != nil {
		to = m.ID
	}
	open(sales, to)
	is(sales, "the offer, to whom it was made", "offered")

	for _, b := range []*playgroundtest.Browser{marketing, sales} {
		b.RequireClean(info.LiveBoard)
	}
	first.term()
	for _, b := range []*playgroundtest.Browser{marketing, sales} {
		b.WaitFor("that the server is away", "document.querySelector('#connection.away')")
	}
	require.Zero(t, first.ended(t), first.out.last())
	startDev(t, address, dir)
	for _, b := range []*playgroundtest.Browser{marketing, sales} {
		b.WaitFor("the connection", "document.querySelector('#connection.live')")
	}
	sales.Click(row("offered") + " .lead")
	sales.Click(row("offered") + " .do")
	is(sales, "the lead with sales", "working")
	is(marketing, "that it was accepted", "working")
	for b, want := range map[*playgroundtest.Browser]int{marketing: 2, sales: 1} { // the offer and its acceptance; who sells came behind the offer
		all := fmt.Sprintf("[...document.querySelectorAll('#news li[data-about=%q]')].map((li) => li.dataset.event)", lead)
		b.WaitFor("the news", fmt.Sprintf("%s.length >= %d", all, want))
		var news []string
		b.Eval(all, &news)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(news))), want)
		require.Len(t, news, want, "each once")
	}
	sales.WaitFor("its timeline", `document.querySelector('#timeline').textContent.includes('accepted the lead')`)
	if file := os.Getenv("LEADGRAPH_SCREENSHOT"); file != "" {
		sales.Screenshot(file)
	}
}

// Somebody looks at whose credit a deal is: by the link on the page, and by an address that names a deal which both departments have settled.
func TestTheBoardShowsWhatThreeModelsMakeOfADeal(t *testing.T) {
	t.Parallel()
	b := playgroundtest.Start(t)
	_, info := startDev(t, freePort(t), devData(t))
	var settled struct {
		CreditDisputes struct {
			Nodes []struct{ Deal struct{ ID string } }
		}
	}
	at := &testAPI{t: t, url: info.URL}
	at.do(info.Members[0].Token, `{ creditDisputes(filter: {states: [SETTLED]}) { nodes { deal { id } } } }`, nil).into(t, &settled)
	require.Len(t, settled.CreditDisputes.Nodes, 1)
	deal := settled.CreditDisputes.Nodes[0].Deal.ID
	b.Open(info.LiveBoard)
	b.WaitFor("the board", "document.querySelector('#connection.live') && document.querySelector('#credit').hidden")
	b.Click("#to-credit")
	b.WaitFor("the list of won deals", "!document.querySelector('#credit').hidden && document.querySelector('#board').hidden && document.querySelectorAll('#deal option').length > 2")
	b.Eval(fmt.Sprintf("void (location.hash = 'deal=%s')", deal), nil)
	b.WaitFor("the deal of the address", fmt.Sprintf("document.querySelectorAll('#chart[data-deal=%s] .lane').length === 3 && document.querySelector('#chart .dispute')", deal))
	var shares, parts []float64
	b.Eval("[...document.querySelectorAll('#chart .lane')].map((l) => [...l.querySelectorAll('circle')].reduce((sum, c) => sum + Number(c.dataset.share), 0))", &shares)
	b.Eval("[...document.querySelectorAll('#chart .lane')].map((l) => [...l.querySelectorAll('rect')].reduce((sum, c) => sum + Number(c.dataset.share), 0))", &parts)
	for i := range shares {
		require.InDelta(t, 1, shares[i], 1e-4, "the touches share the deal, to the rounding of the page, of thousands of them as well")
		require.InDelta(t, 1, parts[i], 1e-4, "and so do the departments")
	}
	var says string
	b.Eval("document.querySelector('#chart .dispute').textContent", &says)
	require.Contains(t, says, "Both departments signed: marketing")
	if file := os.Getenv("LEADGRAPH_SCREENSHOT"); file != "" {
		b.Screenshot(file)
	}
	b.RequireClean(info.LiveBoard)
	b.Click("#to-board")
	b.WaitFor("the board again", "document.querySelector('#credit').hidden && !document.querySelector('#board').hidden")
}
