package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/contactpolicy"
	"github.com/leadgraph/leadgraph/internal/id"
)

// inForce has a contact policy signed by the founder and a sales director, and published. It answers the director's token.
func (a *testAPI) inForce(ada, slug string, p contactpolicy.Policy) (director string) {
	a.t.Helper()
	text, err := json.Marshal(p)
	require.NoError(a.t, err)
	var body map[string]any
	require.NoError(a.t, json.Unmarshal(text, &body))
	director = a.member(ada, "director@"+slug+".example", auth.Sales, auth.Director)
	var out struct {
		Draft struct{ Agreement struct{ ID, Hash string } }
	}
	a.do(ada, `mutation ($body: AgreementBodyInput!) { draft: draftAgreement(input: {title: "Contacts", body: $body}) { agreement { id hash } } }`,
		map[string]any{"body": map[string]any{"contactPolicy": body}}).into(a.t, &out)
	vars := map[string]any{"id": out.Draft.Agreement.ID, "hash": out.Draft.Agreement.Hash}
	require.Empty(a.t, a.do(ada, `mutation ($id: ID!) { submitAgreement(input: {agreementId: $id}) { cursor } }`, map[string]any{"id": vars["id"]}).Errors)
	for _, token := range []string{ada, director} {
		require.Empty(a.t, a.do(token, `mutation ($id: ID!, $hash: String!) { signAgreement(input: {agreementId: $id, hash: $hash}) { cursor } }`, vars).Errors)
	}
	require.Empty(a.t, a.do(ada, `mutation ($id: ID!) { publishAgreement(input: {agreementId: $id}) { cursor } }`, map[string]any{"id": vars["id"]}).Errors)
	return director
}

// awake is the default policy without quiet hours: whatever time it is when the test runs.
func awake() contactpolicy.Policy {
	p := contactpolicy.Default()
	p.QuietHours = nil
	return p
}

// person captures somebody with a consent to marketing by e-mail and answers their id.
func (a *testAPI) person(token, source, email, company string) string {
	a.t.Helper()
	var out struct {
		CaptureLead struct {
			Lead struct{ Contact struct{ ID string } }
		}
	}
	a.do(token, `mutation ($source: String!, $email: String!, $company: String!) { captureLead(input: {source: $source, contact: {email: $email}, account: {name: $company},
		consents: [{channel: EMAIL, purpose: MARKETING, state: GRANTED}]}) { lead { contact { id } } } }`,
		map[string]any{"source": source, "email": email, "company": company}).into(a.t, &out)
	return out.CaptureLead.Lead.Contact.ID
}

// reserved asks for a slot for a mail of marketing and answers the outcome, the codes and the reservation's id.
func (a *testAPI) reserved(token, person string) (outcome, codes, slot string) {
	var out struct {
		ReserveContact struct {
			Decision struct {
				Outcome string
				Reasons []struct{ Code string }
			}
			Reservation *struct{ ID string }
		}
	}
	ask := func() answer {
		return a.do(token, `mutation ($who: ID!) { reserveContact(input: {contactId: $who, channel: EMAIL, purpose: MARKETING, department: MARKETING}) {
			decision { outcome reasons { code } } reservation { id } } }`, map[string]any{"who": person})
	}
	res := ask()
	for res.code() == "UNAVAILABLE" { // fifty wait for some connections, on a machine with other work to do
		res = ask()
	}
	res.into(a.t, &out)
	for _, r := range out.ReserveContact.Decision.Reasons {
		codes += r.Code + " "
	}
	if r := out.ReserveContact.Reservation; r != nil {
		slot = r.ID
	}
	return out.ReserveContact.Decision.Outcome, strings.TrimSpace(codes), slot
}

// crowded lets many reserve at once and counts who won.
func crowded(t *testing.T, a *testAPI, token string, people []string) (won int, codes map[string]int) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes = map[string]int{}
	for i := range 50 {
		wg.Go(func() {
			outcome, why, slot := a.reserved(token, people[i%len(people)])
			mu.Lock()
			defer mu.Unlock()
			if outcome == "ALLOWED" && slot != "" {
				won++
			}
			codes[why]++
		})
	}
	wg.Wait()
	return won, codes
}

func TestOfFiftyWhoReserveAtOnceAsManyGetASlotAsThePolicyAllows(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("brightwater")
	a.source(ada, "web")
	people := make([]string, 10)
	for i := range people {
		people[i] = a.person(ada, "web", fmt.Sprintf("p%d@acme.example", i), "Acme")
	}
	a.inForce(ada, "brightwater", contactpolicy.Policy{Caps: []contactpolicy.Cap{{Key: "day", Scope: contactpolicy.PerContact, Limit: 1, WindowHours: 24},
		{Key: "company", Scope: contactpolicy.PerAccount, Limit: 4, WindowHours: 48}}})
	won, codes := crowded(t, a, ada, people[:1])
	require.Equal(t, 1, won, "one person: %v", codes)
	require.Equal(t, 49, codes["CAP_CONTACT"])
	won, codes = crowded(t, a, ada, people)
	require.Equal(t, 3, won, "ten people of one company, of whom one had the first of its four messages: %v", codes)
}

func TestTheContactPolicyIsAskedInOneRoundTrip(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("brightwater")
	a.source(ada, "web")
	who := a.person(ada, "web", "eve@acme.example", "Acme")
	colleague := a.person(ada, "web", "bob@acme.example", "Acme")
	a.inForce(ada, "brightwater", awake())
	a.reserved(ada, colleague)
	ask := func() string {
		var out struct{ MayContact struct{ Outcome string } }
		a.do(ada, `query ($who: ID!) { mayContact(contactId: $who, channel: EMAIL, purpose: MARKETING, department: MARKETING) { outcome nextAllowedAt reasons { code text } } }`,
			map[string]any{"who": who}).into(t, &out)
		return out.MayContact.Outcome
	}
	require.Equal(t, "ALLOWED", ask()) // the server learns which policy is in force
	for _, want := range []string{"ALLOWED", "DEFER"} {
		a.counter.reset()
		require.Equal(t, want, ask())
		require.Equal(t, 1, a.counter.tripsNow(), strings.Join(a.counter.all(), "\n"))
		require.Len(t, a.counter.all(), 1)
		a.reserved(ada, who)
	}
}

func TestTouchesOfBothDepartmentsAreInTheLedger(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("brightwater")
	a.source(ada, "web")
	who := a.person(ada, "web", "eve@acme.example", "Acme")
	sam := a.inForce(ada, "brightwater", contactpolicy.Policy{Caps: []contactpolicy.Cap{{Key: "day", Scope: contactpolicy.PerContact, Limit: 3, WindowHours: 24}}})
	recorded := func(token, kind, direction string) {
		res := a.do(token, `mutation ($who: ID!, $kind: TouchKind!, $direction: Direction!, $at: Time!) { recordTouches(input: {source: "web", touches: [
			{contact: {id: $who}, kind: $kind, channel: EMAIL, direction: $direction, occurredAt: $at}]}) { recorded } }`,
			map[string]any{"who": who, "kind": kind, "direction": direction, "at": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339Nano)})
		require.Empty(t, res.Errors)
	}
	recorded(ada, "EMAIL_SENT", "OUTBOUND")
	recorded(sam, "CALL", "OUTBOUND")
	recorded(sam, "EMAIL_OPENED", "INBOUND")
	recorded(ada, "AD_SEEN", "OUTBOUND") // nobody was written to
	outcome, _, slot := a.reserved(ada, who)
	require.Equal(t, "ALLOWED", outcome, "two of three")
	res := a.do(ada, `mutation ($id: ID!) { confirmContact(input: {messageId: $id, touch: {source: "web"}}) { message { touch { kind } } } }`, map[string]any{"id": slot})
	require.Empty(t, res.Errors)
	var out struct {
		MayContact struct{ Reasons []struct{ Code, Text string } }
	}
	a.do(sam, `query ($who: ID!) { mayContact(contactId: $who, channel: PHONE, purpose: SALES, department: SALES) { reasons { code text } } }`, map[string]any{"who": who}).into(t, &out)
	require.Len(t, out.MayContact.Reasons, 1)
	require.Equal(t, string(contactpolicy.CapContact), out.MayContact.Reasons[0].Code)
	require.Contains(t, out.MayContact.Reasons[0].Text, "3 of at most 3 messages")
	require.Contains(t, out.MayContact.Reasons[0].Text, "2 by MARKETING, 1 by SALES", "the confirmed message and its touch are one")
	require.Contains(t, contact.Messages, contact.KindEmailSent)
}

// write reserves a message for each thing that can be done with one, and makes a campaign to acknowledge. What people ordered is never held back.
func (w *world) write(t *testing.T) {
	t.Helper()
	if w.slots == nil {
		w.slots = map[string]string{"acknowledgeCampaign": w.made(t, "createCampaign", "campaign", map[string]any{"key": w.name("autumn"), "name": w.name("campaign"), "kind": "ACQUISITION",
			"channel": "EMAIL", "startsAt": "2026-01-01T00:00:00Z"})}
	}
	for _, verb := range []string{"confirmContact", "cancelContact", "node"} {
		w.slots[verb] = w.made(t, "reserveContact", "reservation", w.letter())
	}
	w.ids[id.Message] = w.made(t, "confirmContact", "message", map[string]any{"messageId": w.slots["node"]})
	w.made(t, "recordBounce", "contact", map[string]any{"contactId": w.ids[id.Contact], "channel": "DIRECT_MAIL"})
}

// letter is a message about something that the person ordered.
func (w *world) letter() map[string]any {
	return map[string]any{"contactId": w.ids[id.Contact], "channel": "EMAIL", "purpose": "TRANSACTIONAL", "department": "MARKETING", "campaignId": w.ids[id.Campaign]}
}

// letters are arguments with which each root field about messages succeeds, for the world's founder.
func (w *world) letters() map[string]map[string]any {
	in := func(m map[string]any) map[string]any { return map[string]any{"input": m} }
	who := w.ids[id.Contact]
	return map[string]map[string]any{
		"mayContact":          {"contactId": who, "channel": "EMAIL", "purpose": "MARKETING", "department": "MARKETING", "campaignId": w.ids[id.Campaign]},
		"reserveContact":      in(w.letter()),
		"confirmContact":      in(map[string]any{"messageId": w.slots["confirmContact"], "touch": map[string]any{"source": "website", "subject": w.name("letter"), "externalId": w.name("letter")}}),
		"cancelContact":       in(map[string]any{"messageId": w.slots["cancelContact"]}),
		"suppressContact":     in(map[string]any{"contactId": who, "note": w.name("note")}),
		"unsuppressContact":   in(map[string]any{"contactId": who}),
		"recordBounce":        in(map[string]any{"contactId": who, "channel": "PHONE"}),
		"clearBounce":         in(map[string]any{"contactId": who, "channel": "PHONE"}),
		"postponeContact":     in(map[string]any{"contactId": who, "until": "2026-01-02T00:00:00Z"}),
		"acknowledgeCampaign": in(map[string]any{"campaignId": w.slots["acknowledgeCampaign"]}),
	}
}

// TestWhoReservesConfirmsAndRecordsAtOnceIsServed has senders of both departments write to people of one company, who answer meanwhile.
func TestWhoReservesConfirmsAndRecordsAtOnceIsServed(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("brightwater")
	a.source(ada, "web")
	people := make([]string, 4)
	for i := range people {
		people[i] = a.person(ada, "web", fmt.Sprintf("p%d@acme.example", i), "Acme")
	}
	a.inForce(ada, "brightwater", contactpolicy.Policy{Caps: []contactpolicy.Cap{{Key: "company", Scope: contactpolicy.PerAccount, Limit: 9, WindowHours: 24}},
		Floors: []contactpolicy.Floor{{Event: contactpolicy.MeetingHeld, Department: auth.Marketing, Hours: 1}, {Event: contactpolicy.RepliedToMarketing, Department: auth.Marketing, Hours: 1}}})
	var wg sync.WaitGroup
	var mu sync.Mutex
	sent, failed := 0, []string{}
	note := func(res answer) {
		mu.Lock()
		defer mu.Unlock()
		if len(res.Errors) > 0 && res.code() != "UNAVAILABLE" { // all connections are busy, which is an answer
			failed = append(failed, said(res))
		}
	}
	for i := range 32 {
		wg.Go(func() {
			who, other := people[i%4], people[(i+1)%4]
			switch i % 4 {
			case 0, 1:
				res := a.do(ada, `mutation ($who: ID!) { reserveContact(input: {contactId: $who, channel: CHAT, purpose: MARKETING, department: MARKETING}) { reservation { id } } }`, map[string]any{"who": who})
				note(res)
				var out struct {
					ReserveContact struct{ Reservation *struct{ ID string } }
				}
				if len(res.Errors) > 0 || json.Unmarshal(res.Data, &out) != nil || out.ReserveContact.Reservation == nil {
					return
				}
				res = a.do(ada, `mutation ($id: ID!) { confirmContact(input: {messageId: $id, touch: {source: "web"}}) { message { state } } }`, map[string]any{"id": out.ReserveContact.Reservation.ID})
				note(res)
				if mu.Lock(); len(res.Errors) == 0 {
					sent++
				}
				mu.Unlock()
			case 2:
				note(a.do(ada, `mutation ($a: ID!, $b: ID!, $at: Time!) { recordTouches(input: {source: "web", touches: [{contact: {id: $a}, kind: MEETING, channel: EVENT, occurredAt: $at},
					{contact: {id: $b}, kind: CHAT, channel: CHAT, department: MARKETING, occurredAt: $at}]}) { recorded } }`, map[string]any{"a": who, "b": other, "at": time.Now().UTC().Format(time.RFC3339Nano)}))
			case 3:
				note(a.do(ada, `mutation ($email: String!) { captureLead(input: {source: "web", contact: {email: $email}, account: {name: "Acme"}, touch: {kind: EMAIL_REPLIED}}) { outcome } }`,
					map[string]any{"email": fmt.Sprintf("p%d@acme.example", i%4)}))
			}
		})
	}
	wg.Wait()
	require.Empty(t, failed)
	require.LessOrEqual(t, sent, 9)
	require.NotZero(t, sent)
}
