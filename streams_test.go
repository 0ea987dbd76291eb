package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// next reads the next event of a stream: its field's payload.
func (s *socket) next(field string, into any) {
	s.t.Helper()
	f := s.read()
	require.Equal(s.t, "next", f.Type, string(f.Payload))
	var out struct {
		Data   map[string]json.RawMessage
		Errors []any
	}
	require.NoError(s.t, json.Unmarshal(f.Payload, &out))
	require.Empty(s.t, out.Errors)
	require.NoError(s.t, json.Unmarshal(out.Data[field], into))
}

// refused expects that a subscription is refused with a code.
func (s *socket) refused(query string, vars map[string]any, code string) {
	s.t.Helper()
	s.subscribe("refused", query, vars)
	f := s.read()
	require.Equal(s.t, "error", f.Type)
	require.Contains(s.t, string(f.Payload), code)
}

func TestWhoWantsToWriteToAPersonHearsWhatOthersDo(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("decide")
	a.source(ada, "web")
	who, other := a.person(ada, "web", "eve@acme.example", "Acme"), a.person(ada, "web", "bob@acme.example", "Acme")
	a.inForce(ada, "decide", awake())
	_, start := a.capture(ada, "start@decide.example")
	const query = `subscription ($who: ID, $after: String) { contactDecision(contactId: $who, after: $after) { cursor event { kind summary } contact { id } message { id state } } }`
	type step struct {
		Cursor  string
		Event   struct{ Kind, Summary string }
		Contact struct{ ID string }
		Message *struct{ ID, State string }
	}
	s := connect(t, a.url, ada)
	s.subscribe("1", query, map[string]any{"who": who, "after": start})
	a.reserved(ada, other)
	_, _, slot := a.reserved(ada, who)
	a.reserved(ada, who)
	require.Empty(t, a.do(ada, `mutation ($id: ID!) { confirmContact(input: {messageId: $id}) { cursor } }`, map[string]any{"id": slot}).Errors)
	require.Empty(t, a.do(ada, `mutation ($id: ID!) { suppressContact(input: {contactId: $id}) { cursor } }`, map[string]any{"id": who}).Errors)
	var cursors []string
	for _, want := range []struct{ kind, summary string }{{"MESSAGE_RESERVED", "MARKETING reserved a message by EMAIL."}, {"MESSAGE_REFUSED", "A message of MARKETING by EMAIL was refused, DEFER: MIN_GAP."},
		{"MESSAGE_SENT", "MARKETING's message by EMAIL went."}, {"CONTACT_SUPPRESSED", "The person is never to be contacted."}} {
		var e step
		s.next("contactDecision", &e)
		require.Equal(t, want.kind, e.Event.Kind)
		require.Equal(t, want.summary, e.Event.Summary)
		require.Equal(t, who, e.Contact.ID, "of nobody else")
		if want.kind == "MESSAGE_RESERVED" || want.kind == "MESSAGE_SENT" {
			require.Equal(t, slot, e.Message.ID)
		} else {
			require.Nil(t, e.Message)
		}
		cursors = append(cursors, e.Cursor)
	}
	again := connect(t, a.url, ada)
	again.subscribe("1", query, map[string]any{"after": cursors[1]})
	var e step
	again.next("contactDecision", &e)
	require.Equal(t, "MESSAGE_SENT", e.Event.Kind, "it goes on behind the cursor")
	require.Equal(t, "SENT", e.Message.State)
	s.refused(query, map[string]any{"who": slot}, "BAD_USER_INPUT")
}

func TestDirectorsSeeVersionsGoThroughTheirReview(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("review")
	a.source(ada, "web")
	_, start := a.capture(ada, "start@review.example")
	s := connect(t, a.url, ada)
	const query = `subscription ($kinds: [AgreementKind!], $after: String) { agreementReview(kinds: $kinds, after: $after) { cursor event { kind } agreement { kind number state } } }`
	s.subscribe("1", query, map[string]any{"kinds": []string{"CONTACT_POLICY"}, "after": start})
	other := connect(t, a.url, ada)
	other.subscribe("1", query, map[string]any{"kinds": []string{"SCORING_MODEL"}, "after": start})
	a.inForce(ada, "review", awake())
	for _, want := range []string{"DRAFTED", "SUBMITTED", "SIGNED", "SIGNED", "APPROVED", "SUPERSEDED", "PUBLISHED"} {
		var e struct {
			Event     struct{ Kind string }
			Agreement struct {
				Kind   string
				Number int
			}
		}
		s.next("agreementReview", &e)
		require.Equal(t, "AGREEMENT_"+want, e.Event.Kind)
		require.Equal(t, "CONTACT_POLICY", e.Agreement.Kind)
	}
	var made struct {
		CreateAPIKey struct{ Secret string } `json:"createApiKey"`
	}
	a.do(ada, `mutation { createApiKey(input: {name: "Partner", scopes: ["leads:read"]}) { secret } }`, nil).into(t, &made)
	connect(t, a.url, made.CreateAPIKey.Secret).refused(query, nil, "FORBIDDEN")
	var model struct{ AgreementAt struct{ ID string } }
	a.do(ada, `{ agreementAt(kind: SCORING_MODEL) { id } }`, nil).into(t, &model)
	require.Empty(t, a.do(ada, `mutation ($id: ID!) { revertAgreement(input: {agreementId: $id}) { cursor } }`, map[string]any{"id": model.AgreementAt.ID}).Errors)
	var e struct{ Event struct{ Kind string } }
	other.next("agreementReview", &e)
	require.Equal(t, "AGREEMENT_DRAFTED", e.Event.Kind, "the first of that kind")
}

func TestWhoWorksLeadsSeesThemWarm(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	ada := a.signUp("warm")
	a.source(ada, "web")
	lead, start := a.capture(ada, "eve@warm.example")
	s, hot := connect(t, a.url, ada), connect(t, a.url, ada)
	const query = `subscription ($filter: ScoreChangeFilter, $after: String) { scoreChanged(filter: $filter, after: $after) { cursor event { kind } before after lead { id band } } }`
	s.subscribe("1", query, map[string]any{"after": start, "filter": map[string]any{"leadIds": []string{lead}, "queues": []string{"marketing"}}})
	hot.subscribe("1", query, map[string]any{"after": start, "filter": map[string]any{"bands": []string{"COOL"}}})
	res := a.do(ada, `mutation { captureLead(input: {source: "web", contact: {email: "eve@warm.example", title: "Head of Logistics"}, account: {name: "Acme", employees: 500},
		touch: {kind: DEMO_REQUESTED}}) { lead { band } } }`, nil)
	require.Empty(t, res.Errors)
	var e struct {
		Event         struct{ Kind string }
		Before, After *string
		Lead          struct{ ID, Band string }
	}
	s.next("scoreChanged", &e)
	require.Equal(t, "LEAD_SCORED", e.Event.Kind)
	require.Equal(t, lead, e.Lead.ID)
	require.Equal(t, "HOT", *e.After)
	require.NotEqual(t, "HOT", *e.Before)
	require.Equal(t, "HOT", e.Lead.Band)
	born := connect(t, a.url, ada)
	born.subscribe("1", query, map[string]any{"after": start, "filter": map[string]any{"bands": []string{"HOT"}}})
	born.next("scoreChanged", &e)
	require.Equal(t, lead, e.Lead.ID, "that was told before")
	a.do(ada, `mutation { captureLead(input: {source: "web", contact: {email: "mel@warm.example"}}) { lead { id } } }`, nil)
	res = a.do(ada, `mutation { captureLead(input: {source: "web", contact: {email: "max@warm.example", title: "Head of Logistics"}, account: {name: "Bolt", employees: 500},
		touch: {kind: DEMO_REQUESTED}}) { lead { id } } }`, nil)
	var opened struct {
		CaptureLead struct{ Lead struct{ ID string } }
	}
	res.into(t, &opened)
	born.next("scoreChanged", &e)
	require.Equal(t, []any{"LEAD_CAPTURED", opened.CaptureLead.Lead.ID, "HOT"}, []any{e.Event.Kind, e.Lead.ID, *e.After}, "a lead that opens hot is told, one that opens cool is not")
	require.Nil(t, e.Before)
	s.refused(query, map[string]any{"filter": map[string]any{"ownerIds": []string{lead}}}, "BAD_USER_INPUT")
}
