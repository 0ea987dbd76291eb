package attribution

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// fine is how many minor units a unit of the reference data has, so that rounding to them does not show.
const fine = 100_000_000

// dataFiles finds files of the reference data by a pattern, or skips the test.
func dataFiles(t *testing.T, pattern string) []string {
	t.Helper()
	dir := os.Getenv("LEADGRAPH_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, "attribution", pattern))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skipf("no reference data: %s has no attribution/%s", dir, pattern)
	}
	return files
}

// plain is a policy under which every touch counts, and each channel is a group.
func plain() Policy {
	p := Default()
	p.LookBackDays, p.Repeats, p.Ignored, p.Groups, p.Minimum = maxDays, Repeats{Count: EveryTouch}, nil, nil, Minimum{Journeys: 1, Won: 1}
	return p
}

// noon is the close of made-up journeys.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// number makes an id.
func number(n int) id.UUID { return id.UUID{13: byte(n >> 16), 14: byte(n >> 8), 15: byte(n)} }

// trip is a journey over channels, an hour from touch to touch.
func trip(channels ...string) Journey {
	j := Journey{ClosedAt: noon, Won: true}
	for i, c := range channels {
		j.Touches = append(j.Touches, Touch{ID: number(i), At: noon.Add(time.Duration(i-len(channels)) * time.Hour), Channel: contact.Channel(c)})
	}
	return j
}

// route is a journey of the reference data, or many that went the same way.
type route struct {
	Path        []string `json:"path"`
	Conversions int64    `json:"conversions"`
	Null        int64    `json:"null"`
	Value       float64  `json:"value"`
	journey     Journey
}

// figures are expected by channel.
type figures map[string]map[string]float64

// modelOf finds the model that a name of the reference data means, and sets what it says of the policy.
func modelOf(t *testing.T, name string, p *Policy) Model {
	t.Helper()
	if rest, ok := strings.CutPrefix(name, "time_decay"); ok {
		for part := range strings.SplitSeq(rest, "_") {
			if days, isDays := strings.CutSuffix(part, "d"); isDays {
				n, err := strconv.Atoi(days)
				require.NoError(t, err, name)
				if strings.Contains(rest, "lookback_"+part) {
					p.LookBackDays = n
				}
				if strings.Contains(rest, "half_life_"+part) {
					p.HalfLifeDays = float64(n)
				}
			}
		}
		return TimeDecay
	}
	for prefix, m := range map[string]Model{"position": Position, "w_shaped": WShaped, "full_path": FullPath, "linear": Linear, "first": First, "last": Last, "last_non_direct": LastNonDirect} {
		if name == prefix || prefix == "position" && strings.HasPrefix(name, prefix) {
			return m
		}
	}
	t.Fatalf("the reference data names a model that this test does not know: %s", name)
	return ""
}

// learn gathers routes.
func learn(routes []route, p Policy) *Learner {
	l := NewLearner(&p)
	for _, r := range routes {
		_ = l.a.walk(&r.journey) // they have ends and no amounts
		l.path = l.path[:0]
		for _, s := range l.a.steps {
			l.path = append(l.path, s.group)
		}
		l.observe(tally{won: r.Conversions, lost: r.Null, value: r.Value})
	}
	return l
}

// effects are what a model learned, named as in the reference data.
func effects(l Learned) figures {
	f := figures{}
	for _, g := range l.Groups {
		f[g.Group] = map[string]float64{
			"removal_effect": g.Effect, "shapley": g.Effect, "conversions": g.Won, "removal_effect_value": g.ValueEffect, "value": g.ValueMinor,
		}
	}
	return f
}

// credited reports what a heuristic gives each channel, with conversions and with values as money.
func credited(t *testing.T, routes []route, m Model, p Policy) figures {
	t.Helper()
	f := figures{}
	for name, amount := range map[string]func(route) float64{
		"conversions": func(r route) float64 { return float64(r.Conversions) }, "value": func(r route) float64 { return r.Value },
	} {
		report, err := NewReport(New(&p), ByChannel, []Model{m})
		require.NoError(t, err)
		for _, r := range routes {
			j := r.journey
			j.AmountMinor = int64(math.Round(amount(r) * fine))
			require.NoError(t, report.Add(&j))
		}
		require.Equal(t, report.AmountMinor(), report.Totals()[0].AttributedMinor)
		for _, row := range report.Rows() {
			if f[row.Key.Name] == nil {
				f[row.Key.Name] = map[string]float64{}
			}
			f[row.Key.Name][name] = float64(row.Credits[0].AmountMinor) / fine
		}
	}
	return f
}

// routesOf reads the data file that belongs to a file of expected figures.
func routesOf(t *testing.T, expected string) []route {
	t.Helper()
	base := strings.TrimSuffix(expected, "_expected.json")
	for _, name := range []string{base + ".csv", base + "_touches.csv"} {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		rows, err := csv.NewReader(f).ReadAll()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		column := map[string]int{}
		for i, c := range rows[0] {
			column[c] = i
		}
		if _, paths := column["path"]; paths {
			return readPaths(t, rows[1:], column)
		}
		return readTouches(t, rows[1:], column)
	}
	t.Fatalf("no data for %s", expected)
	return nil
}

// readPaths reads a file with one row for all journeys of a path.
func readPaths(t *testing.T, rows [][]string, column map[string]int) []route {
	t.Helper()
	var routes []route
	for _, row := range rows {
		r := route{Path: strings.Split(row[column["path"]], " > ")}
		var err error
		r.Conversions, err = strconv.ParseInt(row[column["total_conversions"]], 10, 64)
		require.NoError(t, err)
		r.Null, err = strconv.ParseInt(row[column["total_null"]], 10, 64)
		require.NoError(t, err)
		r.Value = parseFloat(t, row[column["total_conversion_value"]])
		r.journey = trip(r.Path...)
		routes = append(routes, r)
	}
	return routes
}

// readTouches reads a file with one row for each touch, of journeys one after the other.
func readTouches(t *testing.T, rows [][]string, column map[string]int) []route {
	t.Helper()
	var routes []route
	journeyColumn, isDeal := column["deal"]
	if !isDeal {
		journeyColumn = column["journey"]
	}
	last := ""
	for i, row := range rows {
		at, err := time.Parse(time.RFC3339, row[column["at"]])
		require.NoError(t, err)
		if row[journeyColumn] != last {
			last = row[journeyColumn]
			r := route{Path: []string{last}, Conversions: 1, Value: parseFloat(t, row[column["value"]]), journey: Journey{Won: true}}
			if c, ok := column["converted"]; ok && row[c] == "0" {
				r = route{Path: r.Path, Null: 1}
			}
			if c, ok := column["model"]; ok {
				r.Path = append(r.Path, row[c])
			}
			routes = append(routes, r)
		}
		j := &routes[len(routes)-1].journey
		j.Touches = append(j.Touches, Touch{ID: number(i), At: at, Channel: contact.Channel(row[column["channel"]])})
		j.ClosedAt = at
		if c, ok := column["milestone"]; ok {
			setMilestone(j, row[c], at)
		}
	}
	return routes
}

// setMilestone sets the instant of a milestone as the reference data names it.
func setMilestone(j *Journey, name string, at time.Time) {
	switch name {
	case "lead_created":
		j.LeadCreatedAt = at
	case "opportunity_created":
		j.OpportunityCreatedAt = at
	}
}

func parseFloat(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return f
}
