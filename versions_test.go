package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/id"
)

// rules are what the calls about agreements in a world name.
type rules struct {
	versions         map[string]string // by the mutation that can be made with each
	hash             string            // of what the ones in review say
	model            string            // the scoring model in force
	definition, next string            // versions of the lead definition
	trials           [2]string         // back-tests over the same leads
}

// agree makes a version of agreements for each thing that can be done with one, and one of everything that comes of them.
func (w *world) agree(t *testing.T) (sam string) {
	t.Helper()
	var out struct {
		Model, Definition struct{ ID string }
	}
	w.a.do(w.token, `{ model: agreementAt(kind: SCORING_MODEL) { id } definition: agreementAt(kind: LEAD_DEFINITION) { id } }`, nil).into(t, &out)
	w.rules = rules{versions: map[string]string{"revertAgreement": out.Definition.ID}, model: out.Model.ID, definition: out.Definition.ID}
	sam = w.a.member(w.token, w.name("director")+"@"+w.tag+".example", auth.Sales, auth.Director)
	body := w.definition()
	draft := func() string {
		return w.made(t, "draftAgreement", "agreement", map[string]any{"title": w.name("agreement"), "note": w.name("note"), "body": body})
	}
	for _, verb := range []string{"editAgreement", "submitAgreement", "withdrawAgreement"} {
		w.rules.versions[verb] = draft()
	}
	for _, verb := range []string{"signAgreement", "requestAgreementChanges"} {
		w.rules.versions[verb] = draft()
		w.rules.hash = w.submit(t, w.rules.versions[verb])
	}
	w.rules.next = draft()
	w.sign(t, w.rules.next, sam)
	require.Empty(t, w.a.do(w.token, `mutation ($id: ID!) { publishAgreement(input: {agreementId: $id}) { cursor } }`, map[string]any{"id": w.rules.next}).Errors)
	w.rules.versions["publishAgreement"] = w.made(t, "draftAgreement", "agreement", map[string]any{"title": w.name("clocks"), "body": map[string]any{"slaPolicy": map[string]any{
		"off": []any{"PASS", "ACCEPT", "ENGAGE", "STEP", "RETURN", "REPLY", "TAKE_BACK"}}}})
	w.sign(t, w.rules.versions["publishAgreement"], sam)
	w.rules.trials = [2]string{w.try(t), w.try(t)}
	var asked struct {
		Node struct{ Rescore struct{ ID string } }
	}
	w.a.do(w.token, `query ($id: ID!) { node(id: $id) { ... on Agreement { rescore { id } } } }`, map[string]any{"id": w.rules.next}).into(t, &asked)
	w.ids[id.Agreement], w.ids[id.Rescore], w.ids[id.BackTest] = w.rules.next, asked.Node.Rescore.ID, w.rules.trials[0]
	w.ids[id.ModelFit] = w.made(t, "suggestScoringModel", "modelFit", map[string]any{"cohort": cohort(), "title": w.name("learned")})
	w.ended(t, w.rules.trials[0], w.rules.trials[1], w.ids[id.Rescore], w.ids[id.ModelFit])
	return sam
}

// definition is a body that everybody with a title passes.
func (w *world) definition() map[string]any {
	return map[string]any{"leadDefinition": map[string]any{"criteria": []any{map[string]any{"key": "titled", "name": w.name("criterion"), "when": titled("Director")}},
		"labels": []any{map[string]any{"stage": "QUALIFIED", "label": w.tag, "meaning": w.name("meaning")}}}}
}

// cohort is the leads of a year.
func cohort() map[string]any {
	return map[string]any{"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "label": "WON", "horizonDays": 30, "decision": "CREATION"}
}

// try runs a back-test of the model in force.
func (w *world) try(t *testing.T) string {
	t.Helper()
	return w.made(t, "runBackTest", "backTest", map[string]any{"agreementId": w.rules.model, "cohort": cohort()})
}

// submit asks for signatures and answers the hash to sign.
func (w *world) submit(t *testing.T, version string) string {
	t.Helper()
	var out struct {
		SubmitAgreement struct{ Agreement struct{ Hash string } }
	}
	w.a.do(w.token, `mutation ($id: ID!) { submitAgreement(input: {agreementId: $id}) { agreement { hash } } }`, map[string]any{"id": version}).into(t, &out)
	return out.SubmitAgreement.Agreement.Hash
}

// sign has a draft submitted and signed by both departments.
func (w *world) sign(t *testing.T, version, other string) {
	t.Helper()
	hash := w.submit(t, version)
	for _, token := range []string{w.token, other} {
		require.Empty(t, w.a.do(token, `mutation ($id: ID!, $hash: String!) { signAgreement(input: {agreementId: $id, hash: $hash}) { cursor } }`,
			map[string]any{"id": version, "hash": hash}).Errors)
	}
}

// ended waits for background work, where there is any.
func (w *world) ended(t *testing.T, work ...string) {
	t.Helper()
	if !w.a.server.settings.Jobs {
		return
	}
	eventually(t, "the end of what was asked for", func() bool {
		var out struct{ Nodes []struct{ State string } }
		w.a.do(w.token, `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on BackTest { state } ... on Rescore { state } ... on ModelFit { state } ... on AttributionFit { state } } }`, map[string]any{"ids": work}).into(t, &out)
		for _, n := range out.Nodes {
			if n.State != "SUCCEEDED" {
				return false
			}
		}
		return true
	})
}

// judged gives the crowd a dozen versions of a definition, back-tests and learned models, and one lead a dozen scores.
func (w *world) judged(t *testing.T) {
	t.Helper()
	var out struct{ Model struct{ ID string } }
	w.a.do(w.token, `{ model: agreementAt(kind: SCORING_MODEL) { id } }`, nil).into(t, &out)
	w.rules.model, w.ids[id.Agreement] = out.Model.ID, out.Model.ID
	for range 3 {
		var work []string
		for range 4 { // no more may wait at once
			w.made(t, "draftAgreement", "agreement", map[string]any{"title": "Titled", "body": w.definition()})
			w.ids[id.BackTest], w.ids[id.ModelFit] = w.try(t), w.made(t, "suggestScoringModel", "modelFit", map[string]any{"cohort": cohort()})
			work = append(work, w.ids[id.BackTest], w.ids[id.ModelFit])
		}
		w.ended(t, work...)
	}
	for i := range 12 {
		w.made(t, "updateContact", "contact", map[string]any{"contactId": w.ids[id.Contact], "title": []string{"Director", "Driver"}[i%2]})
	}
}

// pacts are arguments with which each root field about agreements and scores succeeds, for the world's founder.
func (w *world) pacts() map[string]map[string]any {
	in := func(m map[string]any) map[string]any { return map[string]any{"input": m} }
	act := func(verb string) map[string]any { return map[string]any{"agreementId": w.rules.versions[verb]} }
	lead := w.ids[id.Lead]
	all := map[string]map[string]any{
		"agreementAt": {"kind": "SCORING_MODEL"}, "agreementDiff": {"from": w.rules.definition, "to": w.rules.next},
		"scoreExplain": {"leadId": lead}, "scoreAsOf": {"leadId": lead, "at": time.Now().UTC().Format(time.RFC3339Nano), "agreementId": w.rules.model},
		"scorePathTo": {"leadId": lead, "band": "HOT"}, "scoringModelGraph": {"agreementId": w.rules.model}, "definitionCheck": {"leadId": lead, "agreementId": w.rules.next},
		"compareBackTests":    {"left": w.rules.trials[0], "right": w.rules.trials[1]},
		"draftAgreement":      in(map[string]any{"title": w.name("agreement"), "note": w.name("note"), "body": w.definition()}),
		"runBackTest":         in(map[string]any{"agreementId": w.rules.model, "cohort": cohort(), "capacityPerWeek": 5}),
		"suggestScoringModel": in(map[string]any{"cohort": cohort(), "title": w.name("learned"), "attributes": []any{"contact.title"}}),
	}
	for _, verb := range []string{"submitAgreement", "publishAgreement", "withdrawAgreement", "revertAgreement"} {
		all[verb] = in(act(verb))
	}
	edit, sign, back := act("editAgreement"), act("signAgreement"), act("requestAgreementChanges")
	edit["title"], edit["body"], sign["hash"], back["reason"] = w.name("agreement"), w.definition(), w.rules.hash, w.name("reason")
	all["editAgreement"], all["signAgreement"], all["requestAgreementChanges"] = in(edit), in(sign), in(back)
	return all
}
