package main

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/auth"
)

// captureAttributes are what is known of a lead of X Education before anybody works it.
var captureAttributes = []string{
	"lead.custom.total_visits", "lead.custom.time_on_website", "lead.custom.page_views_per_visit", "lead.custom.lead_origin", "lead.custom.lead_source", "lead.custom.do_not_email",
	"lead.custom.last_activity", "lead.custom.specialization", "contact.custom.occupation", "lead.custom.city_group", "lead.custom.wants_free_copy",
}

// history is a workspace that brings in what became of its earlier leads.
type history struct {
	*testAPI
	t          *testing.T
	ada, sam   string // the directors of marketing and of sales
	file       string
	cohort     map[string]any
	wantedTest struct {
		N       int
		AUC     float64
		LogLoss float64 `json:"log_loss"`
	}
}

func newHistory(t *testing.T) *history {
	t.Helper()
	file, expected := referenceFile(t, "scoring/x_education_leads*.csv"), referenceFile(t, "scoring/*capture.expected.json")
	if file == "" || expected == "" {
		t.Skip("no reference data: set LEADGRAPH_DATA to its folder")
	}
	h := &history{testAPI: startAPI(t), t: t, cohort: map[string]any{"from": "2024-01-01T00:00:00Z", "to": "2025-01-01T00:00:00Z", "label": "WON", "horizonDays": 180, "decision": "CREATION"}}
	h.ada = h.signUp("brightwater")
	h.sam = h.member(h.ada, "sam@brightwater.example", auth.Sales, auth.Director)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	h.file = string(b)
	b, err = os.ReadFile(expected)
	require.NoError(t, err)
	var all struct{ Test any }
	all.Test = &h.wantedTest
	require.NoError(t, json.Unmarshal(b, &all))
	return h
}

// brings imports the file by one of the examples, as a source's leads.
func (h *history) brings(source, mapping string) progress {
	h.t.Helper()
	b, err := os.ReadFile("examples/" + mapping)
	require.NoError(h.t, err)
	var opened struct {
		CreateUpload struct{ UploadID, URL string }
	}
	h.do(h.ada, openUpload, map[string]any{"name": "leads.csv"}).into(h.t, &opened)
	require.Equal(h.t, 200, upload(h.t, opened.CreateUpload.URL, h.file))
	var started struct {
		ImportLeads struct{ Import struct{ ID string } }
	}
	h.do(h.ada, startImport, map[string]any{"upload": opened.CreateUpload.UploadID, "source": source, "mapping": json.RawMessage(b)}).into(h.t, &started)
	h.ends(started.ImportLeads.Import.ID, "Import", nil)
	p := h.progress(h.ada, started.ImportLeads.Import.ID)
	require.Equal(h.t, "SUCCEEDED", p.State, p.Failure)
	return p
}

// ends waits for the end of background work and reads what came of it.
func (h *history) ends(id, kind string, into any, fields ...string) {
	h.t.Helper()
	state := func() string {
		var out struct{ Node struct{ State string } }
		h.do(h.ada, fmt.Sprintf(`query ($id: ID!) { node(id: $id) { ... on %s { state } } }`, kind), map[string]any{"id": id}).into(h.t, &out)
		return out.Node.State
	}
	eventually(h.t, "the end of "+id, func() bool { s := state(); return s != "PENDING" && s != "RUNNING" })
	require.Equal(h.t, "SUCCEEDED", state(), id)
	for _, f := range fields {
		h.do(h.ada, fmt.Sprintf(`query ($id: ID!) { node(id: $id) { ... on %s { %s } } }`, kind, f), map[string]any{"id": id}).into(h.t, into)
	}
}

// learned is a model as the API tells of it.
type learned struct {
	Node struct {
		Agreement struct {
			ID, Hash string
			Body     struct {
				ScoringModel struct{ Fit []struct{ Key string } }
			}
		}
		Report struct {
			Outcome     string
			Train, Test struct{ Leads, Positives int }
			Features    []struct{ Feature, Reason string }
			HeldOut     struct{ Auc, LogLoss float64 }
			Points      struct{ Auc, AucLoss, Step float64 }
			Reasons     []string
		}
	}
}

// learns has a model learned from the cohort.
func (h *history) learns(attributes []string) (l learned) {
	h.t.Helper()
	var out struct {
		SuggestScoringModel struct{ ModelFit struct{ ID string } }
	}
	h.do(h.ada, `mutation ($in: SuggestScoringModelInput!) { suggestScoringModel(input: $in) { modelFit { id } } }`,
		map[string]any{"in": map[string]any{"cohort": h.cohort, "attributes": attributes}}).into(h.t, &out)
	h.ends(out.SuggestScoringModel.ModelFit.ID, "ModelFit", &l, `agreement { id hash body { scoringModel { fit { key } } } } report { outcome reasons train { leads positives } test { leads positives }
		features { feature reason } heldOut { auc logLoss } points { auc aucLoss step } }`)
	return l
}

// tried is a back-test as the API tells of it.
type tried struct {
	Node struct {
		Report struct {
			Verdict          string
			Leads, Positives int
			Auc              float64
			Leaks            []leaked
		}
	}
}

type leaked struct {
	Attribute string
	Leads     int
	Share     float64
	Rules     []string
}

// tries runs a back-test of a version on the cohort.
func (h *history) tries(version string) (b tried) {
	h.t.Helper()
	var out struct {
		RunBackTest struct{ BackTest struct{ ID string } }
	}
	h.do(h.ada, `mutation ($in: RunBackTestInput!) { runBackTest(input: $in) { backTest { id } } }`, map[string]any{"in": map[string]any{"agreementId": version, "cohort": h.cohort}}).into(h.t, &out)
	h.ends(out.RunBackTest.BackTest.ID, "BackTest", &b, `report { verdict leads positives auc leaks { attribute leads share rules } }`)
	return b
}

// drafts makes a version of the scoring model whose rules each ask whether an attribute is known.
func (h *history) drafts(rules map[string]string) string {
	h.t.Helper()
	var fit, bands []any
	for key, attribute := range rules {
		fit = append(fit, map[string]any{"key": key, "name": key, "points": 40, "when": map[string]any{"attribute": map[string]any{"name": attribute, "op": "IS_SET"}}})
	}
	for _, grade := range []string{"A", "B", "C", "D"} {
		for n := range 4 {
			bands = append(bands, map[string]any{"fit": grade, "engagement": n + 1, "band": "WARM"})
		}
	}
	var out struct {
		DraftAgreement struct{ Agreement struct{ ID string } }
	}
	h.do(h.ada, `mutation ($in: DraftAgreementInput!) { draftAgreement(input: $in) { agreement { id } } }`, map[string]any{"in": map[string]any{"title": "By hand",
		"body": map[string]any{"scoringModel": map[string]any{"threshold": 30, "fit": fit, "bands": bands, "fitGrades": map[string]any{"a": 30, "b": 20, "c": 10},
			"engagementGrades": map[string]any{"one": 30, "two": 20, "three": 10}}}}}).into(h.t, &out)
	return out.DraftAgreement.Agreement.ID
}

// publishes has both directors sign a version, puts it in force and waits until all leads are judged by it.
func (h *history) publishes(version, hash string) {
	h.t.Helper()
	act := map[string]any{"in": map[string]any{"agreementId": version}}
	sign := map[string]any{"in": map[string]any{"agreementId": version, "hash": hash}}
	require.Empty(h.t, h.do(h.ada, `mutation ($in: SubmitAgreementInput!) { submitAgreement(input: $in) { agreement { state } } }`, act).Errors)
	for _, director := range []string{h.ada, h.sam} {
		require.Empty(h.t, h.do(director, `mutation ($in: SignAgreementInput!) { signAgreement(input: $in) { agreement { state } } }`, sign).Errors)
	}
	var out struct {
		PublishAgreement struct {
			Agreement struct {
				State   string
				Rescore struct{ ID string }
			}
		}
	}
	h.do(h.sam, `mutation ($in: PublishAgreementInput!) { publishAgreement(input: $in) { agreement { state rescore { id } } } }`, act).into(h.t, &out)
	require.Equal(h.t, "PUBLISHED", out.PublishAgreement.Agreement.State)
	h.ends(out.PublishAgreement.Agreement.Rescore.ID, "Rescore", nil)
}

// TestOracleHistoryTeachesAModel takes the reference leads in twice: as leads that are open, and as what became of them. A model is learned from the latter, tried,
// signed and put in force for the former; so is a definition of which of them are leads.
func TestOracleHistoryTeachesAModel(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	h.source(h.ada, "website")
	h.source(h.ada, "crm")
	conn := owner(t, h.owner)
	const leads, won = 9240, 3561
	for source, mapping := range map[string]string{"website": "x-education.mapping.json", "crm": "x-education-history.mapping.json"} {
		p := h.brings(source, mapping)
		require.Equal(t, []int64{leads, leads, 0, 0}, []int64{p.RowsRead, p.RowsCreated, p.RowsMerged, p.RowsRefused}, mapping)
	}
	require.EqualValues(t, leads, count(t, conn, "select count(*) from leads where stage not in ('WON', 'LOST') and score is not null and model_id is not null"), "every open lead is scored")
	require.EqualValues(t, 0, count(t, conn, "select count(*) from leads where stage in ('WON', 'LOST') and score is not null"))
	require.EqualValues(t, won, count(t, conn, "select count(*) from leads where stage = 'WON'"))

	model := h.learns(captureAttributes)
	r := model.Node.Report
	t.Logf("learned: AUC %.6f (another engine %.6f), log-loss %.6f (%.6f), as points AUC %.6f, loss %.6f, step %v", r.HeldOut.Auc, h.wantedTest.AUC, r.HeldOut.LogLoss, h.wantedTest.LogLoss,
		r.Points.Auc, r.Points.AucLoss, r.Points.Step)
	require.Equal(t, "FITTED", r.Outcome, r.Reasons)
	require.Equal(t, []int{leads - h.wantedTest.N, h.wantedTest.N}, []int{r.Train.Leads, r.Test.Leads}, "the same leads are kept for judging")
	require.InDelta(t, h.wantedTest.AUC, r.HeldOut.Auc, 1e-4)
	require.InDelta(t, h.wantedTest.LogLoss, r.HeldOut.LogLoss, 1e-4)
	require.LessOrEqual(t, r.Points.AucLoss, 0.005)

	b := h.tries(model.Node.Agreement.ID).Node.Report
	t.Logf("tried: %s on %d leads, %d won, AUC %.6f", b.Verdict, b.Leads, b.Positives, b.Auc)
	require.Equal(t, "EVIDENCE", b.Verdict)
	require.Equal(t, []int{leads, won}, []int{b.Leads, b.Positives})
	require.Empty(t, flagged(b.Leaks))

	h.publishes(model.Node.Agreement.ID, model.Node.Agreement.Hash)
	version := uuid(t, model.Node.Agreement.ID)
	require.EqualValues(t, leads, count(t, conn, "select count(*) from leads where model_id = $1 and score is not null", version), "all open leads, and no closed one, are scored by it")
	require.Greater(t, count(t, conn, "select count(distinct score) from leads where model_id = $1", version), int64(50))
	h.qualifiesByADefinition(conn, leads)
	h.seesNoForecastInHindsight(leads)
}

// seesNoForecastInHindsight learns from all that lends itself to it, and tries models by hand: what was known only once the outcome was is not used, and a rule that
// rests on it is named.
func (h *history) seesNoForecastInHindsight(leads int) {
	all := h.learns(nil)
	h.t.Logf("of all attributes: AUC %.6f", all.Node.Report.HeldOut.Auc)
	reasons := map[string]string{}
	for _, f := range all.Node.Report.Features {
		reasons[f.Feature] = f.Reason
	}
	for _, name := range captureAttributes {
		require.Equal(h.t, "USED", reasons[name], name)
	}
	for _, key := range []string{"tags", "lead_quality", "lead_profile", "activity_index", "profile_index", "activity_score", "profile_score", "last_notable_activity"} {
		require.Equal(h.t, "NO_VALUES", reasons["lead.custom."+key], key)
	}
	require.Less(h.t, all.Node.Report.HeldOut.Auc, 0.92, "with the tags it would be over 0.97: they tell what happened")

	leaks := flagged(h.tries(h.drafts(map[string]string{"tagged": "lead.custom.tags", "origin": "lead.custom.lead_origin"})).Node.Report.Leaks)
	require.Len(h.t, leaks, 1)
	require.Equal(h.t, "lead.custom.tags", leaks[0].Attribute)
	require.Equal(h.t, []string{"tagged"}, leaks[0].Rules)
	require.Equal(h.t, leads-3353, leaks[0].Leads, "all leads that have tags")
	require.InDelta(h.t, float64(leads-3353)/float64(leads), leaks[0].Share, 1e-9)
	require.Empty(h.t, flagged(h.tries(h.drafts(map[string]string{"origin": "lead.custom.lead_origin"})).Node.Report.Leaks))
}

// flagged are the leaks that a rule rests on.
func flagged(all []leaked) (some []leaked) {
	for _, l := range all {
		if len(l.Rules) > 0 {
			some = append(some, l)
		}
	}
	return some
}
