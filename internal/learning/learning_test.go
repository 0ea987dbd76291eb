package learning

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// market is a workspace with custom attributes, and leads whose outcome depends on some of what is known.
type market struct {
	reg      *condition.Registry
	features []Feature
	facts    []*condition.Facts
	labels   []bool
}

// newMarket makes leads up: size, industry, source and webinars count, the rest is noise.
func newMarket(seed uint64, leads int) *market {
	m := &market{reg: condition.NewRegistry([]condition.Custom{{Entity: condition.EntityLead, Key: "serial", Type: condition.TypeText}})}
	for _, name := range []string{"account.employees", "account.industry", "contact.freeMail", "source.kind", "contact.language", "lead.custom.serial", "account.revenue", "contact.seniority"} {
		m.features = append(m.features, Feature{Attribute: name})
	}
	m.features = append(m.features, Feature{Behaviour: &condition.Behaviour{Kinds: []contact.TouchKind{contact.KindWebinarAttended}, MinCount: 1, WithinDays: new(30)}})
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range leads {
		m.lead(r, i)
	}
	return m
}

// lead adds one.
func (m *market) lead(r *rand.Rand, n int) {
	f, odds := m.reg.NewFacts(noon), -2.0
	if r.IntN(5) > 0 {
		employees := math.Round(math.Exp(r.Float64() * 9))
		f.SetNumber(condition.AccountEmployees, employees)
		odds += math.Log(employees) / 3
	}
	switch industry := []string{"Software", "software ", "Retail", "Select", "", "Mining" + strconv.Itoa(r.IntN(40))}[r.IntN(6)]; industry {
	case "Software", "software ":
		f.SetText(condition.AccountIndustry, "SOFTWARE"[:r.IntN(2)*8])
		odds++
	default:
		f.SetText(condition.AccountIndustry, industry)
	}
	f.SetBool(condition.ContactFreeMail, r.IntN(3) == 0)
	if kind := contact.SourceKinds[r.IntN(4)]; r.IntN(20) > 0 {
		f.SetText(condition.SourceKind, string(kind))
		if kind == contact.SourcePartner {
			odds++
		}
	}
	f.SetText(condition.ContactLanguage, "en")
	f.SetText(condition.Slot(len(condition.Builtin)), fmt.Sprintf("L-%d", n))
	var touches []condition.Touch
	for range r.IntN(5) * r.IntN(2) {
		touches = append(touches, condition.Touch{Kind: contact.KindWebinarAttended, Channel: contact.ChannelWebinar, Direction: contact.DirectionInbound, At: noon.Add(-time.Duration(r.IntN(1_000)) * time.Hour)})
		odds += 0.4
	}
	f.SetTouches(touches)
	m.facts, m.labels = append(m.facts, f), append(m.labels, r.Float64() < logistic(odds))
}

// table holds the leads.
func (m *market) table(t require.TestingT) *Table {
	table, err := NewTable(m.reg, m.features)
	require.NoError(t, err)
	for i, f := range m.facts {
		require.NoError(t, table.AddFacts(strconv.Itoa(i), m.labels[i], f))
	}
	return table
}

// withSelect are the default options of a workspace whose forms say Select.
func withSelect() Options {
	o := DefaultOptions()
	o.Missing = []string{"", "select"}
	return o
}

func TestRulesGiveEveryLeadThePointsOfItsCells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newMarket(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(600, 1_200).Draw(t, "leads"))
		table, o := m.table(t), withSelect()
		o.RareMin, o.Choose = rapid.IntRange(1, 60).Draw(t, "rareMin"), rapid.Bool().Draw(t, "choose")
		model, report, err := Fit(table, o)
		require.NoError(t, err)
		require.Equal(t, Fitted, report.Outcome, report.Reasons)
		card, err := model.scorecard()
		require.NoError(t, err)
		program, err := scoring.Compile(card.model, m.reg)
		require.NoError(t, err, "what is learned can be kept")
		all := append(append([]int32{}, model.train...), model.test...)
		for i, total := range card.totals(all) {
			require.InDelta(t, total, program.Score(m.facts[all[i]]).Clamped, 1e-9, "lead %d", all[i])
		}
	})
}

func TestADraftIsLearnedFromOutcomes(t *testing.T) {
	t.Parallel()
	m := newMarket(1, 8_000)
	draft, report, err := Learn(m.reg, m.table(t), withSelect())
	require.NoError(t, err)
	require.Equal(t, Fitted, report.Outcome)
	require.Greater(t, report.HeldOut.Auc, 0.7)
	require.Less(t, report.HeldOut.LogLoss, report.HeldOut.ConstantLogLoss)
	require.Less(t, report.HeldOut.CalibrationError, 0.04)
	require.Greater(t, report.HeldOut.TopDecileLift, 1.4)
	require.Less(t, report.Points.AucLoss, 0.005)
	reasons := map[string]Reason{}
	for _, c := range report.Features {
		reasons[c.Feature] = c.Reason
	}
	require.Equal(t, map[string]Reason{
		"account.employees": Used, "account.industry": Used, "contact.freeMail": Used, "source.kind": Used, "contact.language": Constant,
		"lead.custom.serial": TooMany, "account.revenue": NoValues, "contact.seniority": NoValues, "at least 1 touch WEBINAR_ATTENDED in the last 30 days": Used,
	}, reasons)
	require.True(t, report.Features[0].Log, "sizes of companies are skewed")

	points := map[string]float64{}
	for _, r := range draft.Fit {
		require.NotZero(t, r.Points)
		points[r.Name] = r.Points
	}
	require.Greater(t, points[`account.industry is "SOFTWARE"`], 5.0)
	require.Greater(t, points["at least 4 touches WEBINAR_ATTENDED in the last 30 days"], points["1 touch WEBINAR_ATTENDED in the last 30 days"])
	require.NotContains(t, points, `source.kind is "PARTNER"`, "the others are less than partners, whose leads are most")
	require.Less(t, points[`source.kind is "CAMPAIGN"`], -5.0)

	passed, scored := 0, 0
	program, err := scoring.Compile(draft, m.reg)
	require.NoError(t, err)
	for _, f := range m.facts {
		scored++
		if float64(program.Score(f).Total) >= draft.Threshold {
			passed++
		}
	}
	require.InDelta(t, report.HeldOut.BaseRate, float64(passed)/float64(scored), 0.06, "as many pass as reach the outcome")

	again, _, err := Learn(m.reg, m.table(t), withSelect())
	require.NoError(t, err)
	first, err := json.Marshal(draft)
	require.NoError(t, err)
	second, err := json.Marshal(again)
	require.NoError(t, err)
	require.Equal(t, string(first), string(second), "the same leads, the same draft")
}

func TestTooFewOutcomesTeachNothing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(m *market){
		"a hundred leads": func(m *market) { m.facts, m.labels = m.facts[:100], m.labels[:100] },
		"nobody":          func(m *market) { m.facts, m.labels = nil, nil },
		"only losses":     func(m *market) { clear(m.labels) },
		"nothing known": func(m *market) {
			m.features = []Feature{{Attribute: "contact.seniority"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(2, 1_000)
			change(m)
			draft, report, err := Learn(m.reg, m.table(t), DefaultOptions())
			require.NoError(t, err)
			require.Nil(t, draft)
			require.Equal(t, Insufficient, report.Outcome)
			require.NotEmpty(t, report.Reasons)
			require.Nil(t, report.HeldOut)
		})
	}
}

func TestWithoutAPenaltyTheWeightsAreTheLogOdds(t *testing.T) {
	t.Parallel()
	m := newMarket(3, 0)
	table, err := NewTable(m.reg, []Feature{{Attribute: "account.industry"}})
	require.NoError(t, err)
	won := map[string][2]int{}
	for i := range 5_000 {
		industry := []string{"Retail", "Mining"}[i%2]
		label := i%2 == 0 && i%10 < 6 || i%10 == 1 // three retailers in five, one miner in five
		require.NoError(t, table.Add(strconv.Itoa(i), label))
		table.SetText(0, industry)
		if table.folds[i] > 2 {
			w := won[industry]
			w[outcome(label)]++
			won[industry] = w
		}
	}
	o := DefaultOptions()
	o.C = 1e4
	model, report, err := Fit(table, o)
	require.NoError(t, err)
	for _, term := range report.Terms {
		w := won[term.Name[len("account.industry="):]]
		require.InDelta(t, math.Log(float64(w[1])/float64(w[0])), report.Intercept+term.Weight, 1e-4, term.Name)
	}
	require.Less(t, model.gradient, 1e-9)
}

func outcome(label bool) int {
	if label {
		return 1
	}
	return 0
}

func TestRangesHoldEveryNumberOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		known := rapid.SliceOfN(rapid.SampledFrom([]float64{-3, 0, 0, 0, 0.5, 1, 2, 3, 5, 8, 1000}), 0, 300).Draw(t, "known")
		least := rapid.IntRange(1, 40).Draw(t, "least")
		median(known) // sorts
		all := edges(known, least, false)
		from := 0
		for i, e := range append(all, math.Inf(1)) {
			require.True(t, i == 0 || e > all[i-1], "rising")
			n := 0
			for from+n < len(known) && known[from+n] < e {
				n++
			}
			require.True(t, n >= least || len(all) == 0, "enough in each")
			from += n
		}
	})
}

func TestFeaturesThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	reg := condition.NewRegistry(nil)
	for name, features := range map[string][]Feature{
		"none":                {},
		"an unknown one":      {{Attribute: "account.mood"}},
		"a time":              {{Attribute: "lead.createdAt"}},
		"one twice":           {{Attribute: "contact.title"}, {Attribute: "contact.title"}},
		"an unknown kind":     {{Behaviour: &condition.Behaviour{Kinds: []contact.TouchKind{"SMILE"}}}},
		"one behaviour twice": {{Behaviour: &condition.Behaviour{}}, {Behaviour: &condition.Behaviour{MinCount: 2}}},
	} {
		_, err := NewTable(reg, features)
		require.True(t, fault.Is(err, fault.BadUserInput), name)
	}
	table, err := NewTable(reg, Candidates(reg))
	require.NoError(t, err, "what a workspace begins with")
	for _, f := range table.features {
		require.NotContains(t, []string{"lead.stage", "lead.queue", "lead.cycle", "lead.score", "lead.createdAt"}, f.Attribute)
	}
	for _, o := range []Options{{}, {C: math.NaN(), RareMin: 30, TestFolds: []uint8{1}}, {C: 1, RareMin: 30}} {
		_, _, err := Fit(table, o)
		require.True(t, fault.Is(err, fault.BadUserInput))
	}
}

func BenchmarkLearnFrom200000LeadsBy40Features(b *testing.B) {
	var custom []condition.Custom
	var features []Feature
	for i := range 40 {
		kind := condition.TypeNumber
		if i%2 == 0 {
			kind = condition.TypeText
		}
		custom = append(custom, condition.Custom{Entity: condition.EntityLead, Key: fmt.Sprintf("f%d", i), Type: kind})
		features = append(features, Feature{Attribute: fmt.Sprintf("lead.custom.f%d", i)})
	}
	reg := condition.NewRegistry(custom)
	for b.Loop() {
		table, err := NewTable(reg, features)
		require.NoError(b, err)
		r := rand.New(rand.NewPCG(1, 1))
		for n := range 200_000 {
			x := r.NormFloat64()
			if err := table.Add(strconv.Itoa(n), r.Float64() < logistic(x-1)); err != nil {
				b.Fatal(err)
			}
			for i := range features {
				if i%2 == 0 {
					table.SetText(i, strconv.Itoa(int(math.Abs(x*4+r.NormFloat64()*20))%40))
				} else if r.IntN(10) > 0 {
					table.SetNumber(i, x+r.NormFloat64()*5)
				}
			}
		}
		_, report, err := Learn(reg, table, DefaultOptions())
		require.NoError(b, err)
		require.Equal(b, Fitted, report.Outcome)
	}
}

func TestAFeatureThatGivesTheOutcomeAwayIsLearned(t *testing.T) {
	t.Parallel()
	m := newMarket(4, 0)
	table, err := NewTable(m.reg, []Feature{{Attribute: "account.industry"}, {Attribute: "account.employees"}})
	require.NoError(t, err)
	for i := range 2_000 {
		require.NoError(t, table.Add(strconv.Itoa(i), i%4 == 0))
		table.SetText(0, []string{"Won", "Lost", "Lost", "Lost"}[i%4])
		table.SetNumber(1, float64(i%4))
	}
	for _, c := range []float64{1e-4, 1, 1e4} {
		o := DefaultOptions()
		o.C = c
		draft, report, err := Learn(m.reg, table, o)
		require.NoError(t, err, "c is %v", c)
		require.Equal(t, 1.0, report.HeldOut.Auc)
		require.Equal(t, 1.0, report.Points.Auc)
		require.NoError(t, draft.Check(m.reg))
	}
}
