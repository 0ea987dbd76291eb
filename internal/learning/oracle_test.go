package learning

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// dataDir is the folder of the reference data.
func dataDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("LEADGRAPH_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared", "data")
}

// spec says how a file of leads is fitted; expected what another engine found.
type spec struct {
	Name        string   `json:"name"`
	File        string   `json:"file"`
	Delimiter   string   `json:"delimiter"`
	Label       string   `json:"label"`
	Positive    string   `json:"positive"`
	Key         string   `json:"key"`
	Numeric     []string `json:"numeric"`
	Log1p       []string `json:"log1p"`
	Categorical []string `json:"categorical"`
	Missing     []string `json:"missing"`
	RareMin     int      `json:"rare_min"`
	TestFolds   []uint8  `json:"test_folds"`
	C           float64  `json:"C"`
}

type expected struct {
	Rows      int     `json:"rows"`
	Objective float64 `json:"objective_at_optimum"`
	Constant  float64 `json:"test_log_loss_of_constant_train_rate"`
	Test      struct {
		N       int     `json:"n"`
		AUC     float64 `json:"auc"`
		LogLoss float64 `json:"log_loss"`
		Brier   float64 `json:"brier"`
		Lift    float64 `json:"lift_top_decile"`
	} `json:"test"`
	Intercept    float64            `json:"intercept"`
	Coefficients map[string]float64 `json:"coefficients"`
}

// study is one file of leads, and how to fit it.
type study struct {
	spec
	expected
	path    string
	records []map[string]string
	reg     *condition.Registry
}

// studies are all specs that there are.
func studies(t *testing.T) []*study {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dataDir(t), "scoring", "*.spec.json"))
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Skipf("no reference data: %s has no scoring/*.spec.json", dataDir(t))
	}
	var all []*study
	for _, path := range paths {
		s := &study{path: strings.TrimSuffix(path, ".spec.json")}
		for name, into := range map[string]any{path: &s.spec, s.path + ".expected.json": &s.expected} {
			body, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(body, into), name)
		}
		s.read(t)
		all = append(all, s)
	}
	return all
}

// read finds the file that has the study's columns and rows.
func (s *study) read(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(s.path), "*.csv"))
	require.NoError(t, err)
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		r := csv.NewReader(f)
		r.LazyQuotes, r.FieldsPerRecord = true, -1
		r.Comma, _ = utf8.DecodeRuneInString(s.Delimiter)
		rows, err := r.ReadAll()
		require.NoError(t, err, name)
		require.NoError(t, f.Close())
		rows[0][0] = strings.TrimPrefix(rows[0][0], "\ufeff")
		wanted := append(append([]string{s.Label}, s.Numeric...), s.Categorical...)
		if slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(rows[0], w) }) || len(rows)-1 != s.Rows {
			continue
		}
		for n, row := range rows[1:] {
			record := map[string]string{"#row": strconv.Itoa(n + 1)}
			for i, cell := range row {
				record[rows[0][i]] = cell
			}
			s.records = append(s.records, record)
		}
		break
	}
	require.Len(t, s.records, s.Rows, "no file fits %s", s.Name)
	var custom []condition.Custom
	for _, name := range s.Numeric {
		custom = append(custom, condition.Custom{Entity: condition.EntityLead, Key: attributeKey(name), Type: condition.TypeNumber})
	}
	for _, name := range s.Categorical {
		custom = append(custom, condition.Custom{Entity: condition.EntityLead, Key: attributeKey(name), Type: condition.TypeText})
	}
	s.reg = condition.NewRegistry(custom)
}

// attributeKey is a column as a custom attribute.
func attributeKey(column string) string {
	key := strings.Trim(strings.ReplaceAll(slug(column), "-", "_"), "_")
	return "x" + key[:min(len(key), 49)]
}

// attribute is a column's name in conditions.
func attribute(column string) string { return "lead.custom." + attributeKey(column) }

// table holds the leads as the spec reads them, or with their texts folded as conditions read them.
func (s *study) table(t *testing.T, exact bool) *Table {
	t.Helper()
	var features []Feature
	for _, name := range s.Numeric {
		features = append(features, Feature{Attribute: attribute(name), Log: slices.Contains(s.Log1p, name)})
	}
	for _, name := range s.Categorical {
		features = append(features, Feature{Attribute: attribute(name), Exact: exact})
	}
	table, err := NewTable(s.reg, features)
	require.NoError(t, err)
	for _, r := range s.records {
		require.NoError(t, table.Add(r[s.Key], r[s.Label] == s.Positive))
		for i, name := range s.Numeric {
			if x, known := s.number(r[name]); known {
				table.SetNumber(i, x)
			}
		}
		for i, name := range s.Categorical {
			table.SetText(len(s.Numeric)+i, r[name])
		}
	}
	return table
}

// number reads a number that is known.
func (s *study) number(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil && !slices.Contains(s.Missing, text)
}

// options are the spec's.
func (s *study) options() Options {
	return Options{C: s.C, RareMin: s.RareMin, Missing: s.Missing, TestFolds: s.TestFolds}
}

// predictions are the probabilities of the other engine, by key.
func (s *study) predictions(t *testing.T) map[string]float64 {
	t.Helper()
	f, err := os.Open(s.path + ".test_predictions.csv")
	require.NoError(t, err)
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	all := map[string]float64{}
	for _, row := range rows[1:] {
		all[row[0]], err = strconv.ParseFloat(row[2], 64)
		require.NoError(t, err)
	}
	return all
}

func TestRegressionsAgreeWithAnotherEngineOracle(t *testing.T) {
	t.Parallel()
	for _, s := range studies(t) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			m, report, err := Fit(s.table(t, true), s.options())
			require.NoError(t, err)
			require.Equal(t, Fitted, report.Outcome, report.Reasons)
			require.Less(t, m.gradient, flat)
			require.InEpsilon(t, s.Objective, m.objective, 1e-6)
			require.Equal(t, s.Test.N, report.Test.Leads)
			h := report.HeldOut
			for name, pair := range map[string][2]float64{
				"AUC": {s.Test.AUC, h.Auc}, "log-loss": {s.Test.LogLoss, h.LogLoss}, "Brier": {s.Test.Brier, h.Brier}, "constant": {s.Constant, h.ConstantLogLoss},
			} {
				require.InDelta(t, pair[0], pair[1], 1e-4, name)
			}
			theirs := s.predictions(t)
			rows, p := m.Probabilities()
			require.Len(t, theirs, len(rows))
			worst := 0.0
			for i, r := range rows {
				q, known := theirs[s.records[r][s.Key]]
				require.True(t, known, "another fold")
				worst = max(worst, math.Abs(p[i]-q))
			}
			require.Less(t, worst, 1e-4)
			require.InDelta(t, s.Intercept, report.Intercept, 1e-4)
			require.Len(t, report.Terms, len(s.Coefficients))
			weights := map[string]float64{}
			for _, term := range report.Terms {
				weights[term.Name] = term.Weight
			}
			for name, w := range s.Coefficients {
				column, rest := name, ""
				if cut := strings.IndexAny(name, "=#"); cut > 0 {
					column, rest = name[:cut], name[cut:]
				}
				require.InDelta(t, w, weights[attribute(column)+rest], 1e-4, name)
			}
			t.Logf("objective %.6f, AUC %.6f, log-loss %.6f, worst probability %.1g", m.objective, h.Auc, h.LogLoss, worst)
		})
	}
}

func TestPointsLoseNextToNothingOracle(t *testing.T) {
	t.Parallel()
	for _, s := range studies(t) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			table := s.table(t, false)
			draft, report, err := Learn(s.reg, table, s.options())
			require.NoError(t, err)
			require.Equal(t, Fitted, report.Outcome, report.Reasons)
			program, err := scoring.Compile(draft, s.reg)
			require.NoError(t, err)
			_, test := table.split(s.TestFolds)
			totals := make([]float64, len(test))
			for i, r := range test {
				totals[i] = program.Score(s.facts(s.records[r])).Clamped
			}
			auc := *backtest.AUC(totals, table.labelsOf(test))
			require.InDelta(t, report.Points.Auc, auc, 1e-12, "the rules give the points that were measured")
			require.LessOrEqual(t, s.Test.AUC-auc, 0.005)
			require.LessOrEqual(t, report.Points.AucLoss, 0.005)
			t.Logf("AUC of probabilities %.5f, of points %.5f; loss %.5f; %d rules, step %v", report.HeldOut.Auc, auc, report.Points.AucLoss, len(draft.Fit), report.Points.Step)
		})
	}
}

// facts are what conditions see of a lead.
func (s *study) facts(record map[string]string) *condition.Facts {
	f := s.reg.NewFacts(time.Unix(0, 0))
	for _, name := range s.Numeric {
		if x, known := s.number(record[name]); known {
			slot, _ := s.reg.Slot(attribute(name))
			f.SetNumber(slot, x)
		}
	}
	for _, name := range s.Categorical {
		slot, _ := s.reg.Slot(attribute(name))
		f.SetText(slot, strings.TrimSpace(record[name]))
	}
	return f
}
