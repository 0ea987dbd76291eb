package definition

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// lead is somebody in a band, reachable at work.
func lead(band lifecycle.Band, change func(f *condition.Facts)) *condition.Facts {
	f := condition.NewRegistry(nil).NewFacts(noon)
	f.SetText(condition.LeadBand, string(band))
	f.SetText(condition.LeadFitGrade, "B")
	f.SetBool(condition.ContactHasEmail, true)
	f.SetBool(condition.ContactHasPhone, false)
	f.SetBool(condition.ContactFreeMail, false)
	f.SetBool(condition.ContactIsCustomer, false)
	if change != nil {
		change(f)
	}
	return f
}

// touch happened some days ago.
func touch(f *condition.Facts, days int, kind contact.TouchKind) {
	f.SetTouches(append(f.Touches(), condition.Touch{ID: id.New(), Kind: kind, Channel: contact.ChannelWeb, Direction: contact.DirectionInbound, At: noon.AddDate(0, 0, -days)}))
}

func TestDefaultDefinition(t *testing.T) {
	t.Parallel()
	d := Default()
	p, err := Compile(&d, condition.NewRegistry(nil))
	require.NoError(t, err)
	for name, test := range map[string]struct {
		lead   *condition.Facts
		failed []string
	}{
		"who is hot and reachable qualifies":         {lead(lifecycle.Hot, nil), nil},
		"who is warm needs a sign of wanting to buy": {lead(lifecycle.Warm, nil), []string{"warm-enough"}},
		"a form of last week is one":                 {lead(lifecycle.Warm, func(f *condition.Facts) { touch(f, 7, contact.KindFormSubmitted) }), nil},
		"a form of last quarter is none":             {lead(lifecycle.Warm, func(f *condition.Facts) { touch(f, 60, contact.KindFormSubmitted) }), []string{"warm-enough"}},
		"a page view is none":                        {lead(lifecycle.Warm, func(f *condition.Facts) { touch(f, 1, contact.KindPageViewed) }), []string{"warm-enough"}},
		"who is cool does not qualify":               {lead(lifecycle.Cool, func(f *condition.Facts) { touch(f, 1, contact.KindDemoRequested) }), []string{"warm-enough"}},
		"a telephone number is enough": {lead(lifecycle.Hot, func(f *condition.Facts) {
			f.SetBool(condition.ContactHasEmail, false)
			f.SetBool(condition.ContactHasPhone, true)
		}), nil},
		"whom nobody can reach does not qualify": {lead(lifecycle.Hot, func(f *condition.Facts) { f.SetBool(condition.ContactHasEmail, false) }), []string{"reachable"}},
		"a customer is no lead":                  {lead(lifecycle.Hot, func(f *condition.Facts) { f.SetBool(condition.ContactIsCustomer, true) }), []string{"customer"}},
		"free mail says nothing of a company":    {lead(lifecycle.Hot, func(f *condition.Facts) { f.SetBool(condition.ContactFreeMail, true) }), []string{"free-mail"}},
		"who was not scored does not qualify":    {lead("", nil), []string{"warm-enough"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := p.Qualify(test.lead)
			var failed []string
			for _, r := range v.Reasons {
				if !r.Passed {
					failed = append(failed, r.Key)
				}
			}
			require.Equal(t, test.failed, failed)
			require.Equal(t, len(test.failed) == 0, v.Passed)
			require.Equal(t, v.Passed, p.Qualifies(test.lead))
		})
	}
	t.Run("sales qualifies whom it talked with, if there is some fit", func(t *testing.T) {
		t.Parallel()
		f := lead(lifecycle.Hot, nil)
		require.False(t, p.SecondGate(f).Passed)
		touch(f, 3, contact.KindMeeting)
		require.True(t, p.SecondGate(f).Passed)
		f.SetText(condition.LeadFitGrade, "D")
		require.False(t, p.SalesQualifies(f))
	})
	t.Run("a form of last week stops to count 30 days after", func(t *testing.T) {
		t.Parallel()
		at, found := p.Next(lead(lifecycle.Warm, func(f *condition.Facts) { touch(f, 7, contact.KindFormSubmitted) }))
		require.True(t, found)
		require.Equal(t, noon.AddDate(0, 0, 23), at)
	})
	t.Run("every stage has a name and a meaning", func(t *testing.T) {
		t.Parallel()
		for _, s := range lifecycle.Stages {
			l := (&Definition{}).Label(s)
			require.NotEqual(t, string(s), l.Label)
			require.NotEmpty(t, l.Meaning)
		}
	})
}

func TestVerdictsShowWhatWasFound(t *testing.T) {
	t.Parallel()
	d := Definition{
		Criteria:       []Criterion{{Key: "score", Name: "Score", When: number("lead.score", condition.GTE, 50)}},
		RequiredFields: []string{"account.industry"},
		Exclusions:     []Criterion{{Key: "small", Name: "Small", When: number("account.employees", condition.LT, 10)}},
		SalesQualified: []Criterion{{Key: "fit", Name: "Fit", When: number("lead.fit", condition.Between, 20, 30)}, {Key: "active", Name: "Active", When: number("lead.engagement", condition.GT, 12.5)}},
	}
	p, err := Compile(&d, condition.NewRegistry(nil))
	require.NoError(t, err)
	require.Equal(t, Edges{Score: []float64{50}, Fit: []float64{20, 30}, Engagement: []float64{12.5}}, p.Edges())
	v := p.Qualify(lead(lifecycle.Hot, func(f *condition.Facts) {
		f.SetNumber(condition.LeadScore, 61)
		f.SetNumber(condition.AccountEmployees, 3)
	}))
	require.False(t, v.Passed)
	require.Equal(t, []string{"score", "requires.account.industry", "small"}, []string{v.Reasons[0].Key, v.Reasons[1].Key, v.Reasons[2].Key})
	require.Equal(t, []bool{true, false, false}, []bool{v.Reasons[0].Passed, v.Reasons[1].Passed, v.Reasons[2].Passed})
	require.Equal(t, "61", *v.Reasons[0].Leaves[0].Evidence())
	require.Nil(t, v.Reasons[1].Leaves[0].Evidence())
	require.Equal(t, "Industry is known", v.Reasons[1].Name)
	require.True(t, v.Reasons[2].Excludes)
}

// number compares an attribute with numbers.
func number(name string, op condition.Op, values ...float64) condition.Condition {
	a := &condition.Attribute{Name: name, Op: op}
	for _, v := range values {
		a.Values = append(a.Values, condition.Number(v))
	}
	if len(values) == 1 {
		a.Value, a.Values = &a.Values[0], nil
	}
	return condition.Condition{Attribute: a}
}

func TestCheckRefusesDefinitions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(d *Definition)
		field  string
	}{
		"without a criterion everybody would qualify": {func(d *Definition) { d.Criteria = nil }, "criteria"},
		"the stage follows from the criteria": {func(d *Definition) {
			d.Criteria[0].When = condition.Condition{Not: &condition.Condition{Attribute: stage()}}
		}, "criteria[0].when.not.attribute.name"},
		"an exclusion cannot rest on the stage either": {func(d *Definition) { d.Exclusions[0].When = condition.Condition{Attribute: stage()} }, "exclusions[0].when.attribute.name"},
		"a key is used once in the whole definition":   {func(d *Definition) { d.SalesQualified[0].Key = "customer" }, "salesQualified[0].key"},
		"a name is needed":                             {func(d *Definition) { d.Criteria[1].Name = "" }, "criteria[1].name"},
		"a condition is checked where it stands":       {func(d *Definition) { d.Criteria[1].When = condition.Condition{} }, "criteria[1].when"},
		"what is asked for and excluded never is":      {func(d *Definition) { d.Exclusions[1].When = d.Criteria[0].When }, "exclusions[1].when"},
		"a required field exists":                      {func(d *Definition) { d.RequiredFields = []string{"contact.titel"} }, "requiredFields[0]"},
		"a required field is named once":               {func(d *Definition) { d.RequiredFields = []string{"contact.title", "contact.title"} }, "requiredFields[1]"},
		"a stage has one label":                        {func(d *Definition) { d.Labels[1].Stage = lifecycle.New }, "labels[1].stage"},
		"two stages have two labels":                   {func(d *Definition) { d.Labels = []StageLabel{{Stage: lifecycle.New, Label: "Won"}} }, "labels[0].label"},
		"a stage exists":                               {func(d *Definition) { d.Labels[0].Stage = "MQL" }, "labels[0].stage"},
		"a list has an end":                            {func(d *Definition) { d.Exclusions = make([]Criterion, 10_000) }, "exclusions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := Default()
			test.change(&d)
			err := d.Check(condition.NewRegistry(nil))
			require.Error(t, err)
			var fields []string
			for _, f := range err.(fault.List) {
				fields = append(fields, f.Field)
			}
			require.Contains(t, fields, test.field)
		})
	}
}

// stage tests the stage.
func stage() *condition.Attribute {
	return &condition.Attribute{Name: "lead.stage", Op: condition.IsSet}
}

func TestDefinitionsKeepTheirBytes(t *testing.T) {
	t.Parallel()
	for _, d := range []Definition{Default(), {}} {
		body, err := json.Marshal(d)
		require.NoError(t, err)
		var again Definition
		require.NoError(t, json.Unmarshal(body, &again))
		second, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(body), string(second))
	}
}

func TestDefinitionsAreComparedInWords(t *testing.T) {
	t.Parallel()
	before, after := Default(), Default()
	after.RequiredFields = []string{"contact.title"}
	after.Labels[2].Label = "MQL"
	after.Exclusions = after.Exclusions[:1]
	said := ""
	for _, d := range clause.Diff(before.Clauses(), after.Clauses()) {
		said += string(d.Change) + " " + d.Key + "\n"
	}
	require.Equal(t, []string{"REMOVED exclusions.free-mail", "CHANGED labels.QUALIFIED", "ADDED requiredFields.contact.title", ""}, strings.Split(said, "\n"))
	require.Equal(t, "Is a customer: a lead does not qualify if contact.isCustomer is true.", before.Clauses()[2].Text)
}

func BenchmarkQualifies(b *testing.B) {
	d := Default()
	p, err := Compile(&d, condition.NewRegistry(nil))
	require.NoError(b, err)
	f := lead(lifecycle.Warm, func(f *condition.Facts) {
		for i := range 50 {
			touch(f, i, contact.KindPageViewed)
		}
		touch(f, 29, contact.KindFormSubmitted)
	})
	b.Run("yes or no", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Qualifies(f)
		}
	})
	b.Run("with reasons", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Qualify(f)
		}
	})
}
