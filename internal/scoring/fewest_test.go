package scoring

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// needs is a rule of fit for facts that must all be known.
func needs(key string, points float64, names ...string) FitRule {
	r := FitRule{Key: key, Name: key, Points: points}
	for _, name := range names {
		r.When.All = append(r.When.All, attribute(name, condition.IsSet))
	}
	return r
}

// byFitAlone are bands that engagement does not matter for.
func byFitAlone(m *Model) {
	for i := range m.Bands {
		m.Bands[i].Band = map[lifecycle.FitGrade]lifecycle.Band{"A": lifecycle.Hot, "B": lifecycle.Warm, "C": lifecycle.Warm, "D": lifecycle.Cool}[m.Bands[i].Fit]
	}
}

func TestOneBigThingIsNotTakenForFewThings(t *testing.T) {
	t.Parallel()
	m := plain(func(m *Model) {
		byFitAlone(m)
		m.Engagement, m.FitGrades = nil, FitGrades{A: 30, B: 20, C: 13}
		m.Fit = []FitRule{needs("three", 21, "contact.city", "contact.title", "account.industry"), needs("one", 7, "contact.country"), needs("other", 7, "account.domain")}
	})
	path := compiled(t, m).PathTo(lead(), lifecycle.Warm)
	require.Len(t, path.Steps, 2)
	require.True(t, path.Reached)
	require.True(t, path.Fewest)
	require.ElementsMatch(t, []string{"one", "other"}, []string{path.Steps[0].Rule, path.Steps[1].Rule})
}

// The words of small models: more values than a list of few, and channels that are not the usual ones.
var (
	smallKinds     = []contact.TouchKind{contact.KindFormSubmitted, contact.KindPageViewed, contact.KindDemoRequested}
	smallChannels  = []contact.Channel{contact.ChannelWeb, contact.ChannelEvent, contact.ChannelPartner}
	smallCountries = texts([]string{"AT", "BE", "CH", "DK", "ES", "FR", "IT", "NL", "PL", "PT", "SE"})
)

// everySmallStep is what could happen under a small model, but for facts that no rule gives points for.
func everySmallStep(p *Program, f *condition.Facts) (all []Step) {
	for _, k := range smallKinds {
		for _, c := range smallChannels {
			for _, position := range []*contact.FunnelPosition{nil, &contact.FunnelPositions[2]} {
				all = append(all, Step{Kind: &k, Channel: &c, Direction: new(contact.DirectionInbound), Position: position})
			}
		}
	}
	var slots []condition.Slot
	for i := range p.fit {
		var asks asks
		if asks.gather(p.reg, &p.fit[i].source, true); p.fit[i].points > 0 {
			slots = append(slots, asks.slots...)
		}
	}
	slices.Sort(slots)
	for _, slot := range slices.Compact(slots) {
		switch {
		case f.Get(slot) != nil:
		case slot == condition.ContactCountry:
			for _, v := range append([]condition.Value{condition.Text("XX")}, smallCountries...) {
				all = append(all, Step{slot: slot, Value: &v})
			}
		default:
			all = append(all, Step{slot: slot, any: condition.Text("known")})
		}
	}
	return all
}

// smallModel has rules that share facts and touches, so that what brings most is often not what is needed.
func smallModel(r *rapid.T) Model {
	names := []string{"contact.country", "contact.city", "contact.title", "account.industry", "account.domain"}
	kinds := smallKinds
	amount := rapid.Float64Range(1, 20)
	return plain(func(m *Model) {
		m.Groups = []Group{{Key: "f", Name: "F", Cap: rapid.Float64Range(5, 40).Draw(r, "fit cap")}, {Key: "e", Name: "E", Cap: rapid.Float64Range(5, 40).Draw(r, "engagement cap")}}
		m.Fit, m.Engagement = nil, nil
		for i := range rapid.IntRange(1, 5).Draw(r, "rules of fit") {
			f := needs(fmt.Sprint("f", i), amount.Draw(r, "points"), slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 3, rapid.ID[string]).Draw(r, "facts")))...)
			f.Group = rapid.SampledFrom([]*string{nil, new("f")}).Draw(r, "group")
			if rapid.IntRange(0, 4).Draw(r, "asks for touches") == 0 {
				f.When.All = append(f.When.All, condition.Condition{Behaviour: &condition.Behaviour{Kinds: kinds[:1], MinCount: rapid.IntRange(1, 2).Draw(r, "count")}})
			}
			if !slices.ContainsFunc(m.Fit, func(other FitRule) bool { return other.When.String() == f.When.String() }) { // a model has no condition twice
				m.Fit = append(m.Fit, f)
			}
		}
		if rapid.Bool().Draw(r, "malus") {
			m.Fit = append(m.Fit, FitRule{Key: "malus", Name: "Malus", Points: -amount.Draw(r, "malus points"), When: condition.Condition{Not: new(attribute(rapid.SampledFrom(names).Draw(r, "malus fact"), condition.IsSet))}})
		}
		m.Fit[0].Group = new("f")
		if rapid.Bool().Draw(r, "countries") {
			m.Fit = append(m.Fit, FitRule{Key: "in", Name: "In", Points: amount.Draw(r, "in points"), When: attribute("contact.country", condition.In, smallCountries...)},
				FitRule{Key: "out", Name: "Out", Points: -amount.Draw(r, "out points"), When: attribute("contact.country", condition.In, smallCountries[:rapid.IntRange(2, len(smallCountries)-1).Draw(r, "out")]...)})
		}
		for i := range rapid.IntRange(1, 3).Draw(r, "rules of engagement") {
			e := EngagementRule{Key: fmt.Sprint("e", i), Name: "E", Points: amount.Draw(r, "touch"), Group: new("e")}
			e.Kinds = rapid.SliceOfNDistinct(rapid.SampledFrom(kinds), 1, 2, rapid.ID[contact.TouchKind]).Draw(r, "kinds")
			if rapid.Bool().Draw(r, "takes away") {
				e.Points = -e.Points / 4
			}
			if rapid.Bool().Draw(r, "capped") {
				e.Cap = new(rapid.Float64Range(5, 30).Draw(r, "cap"))
			}
			if rapid.IntRange(0, 2).Draw(r, "asks for a channel") == 0 {
				e.Channels = rapid.SliceOfNDistinct(rapid.SampledFrom(smallChannels), 1, 2, rapid.ID[contact.Channel]).Draw(r, "channels")
				e.Kinds = e.Kinds[:rapid.IntRange(0, len(e.Kinds)).Draw(r, "some of the kinds")]
			}
			if rapid.IntRange(0, 4).Draw(r, "asks for a position") == 0 {
				e.ResourcePositions = contact.FunnelPositions[2:3]
			}
			agree(m.Engagement, &e)
			m.Engagement = append(m.Engagement, e)
		}
	})
}

func TestGoalsThatAskForMoreOnBothSidesAreLeftOut(t *testing.T) {
	t.Parallel()
	p, f := compiled(t, Default()), lead()
	var lacks [][2]float64
	for _, g := range p.hunt(f, lifecycle.Hot).within() {
		lacks = append(lacks, [2]float64{g.fit, g.engagement})
	}
	require.Equal(t, [][2]float64{{8, 35}, {20, 18}}, lacks, "C1 and B2, not also B1, A2 and A1")
}

func TestOfGoalsTheEasiestAreKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		some := rapid.SliceOf(rapid.Custom(func(r *rapid.T) goal {
			return goal{fit: float64(rapid.IntRange(0, 4).Draw(r, "fit")), engagement: float64(rapid.IntRange(0, 4).Draw(r, "engagement"))}
		})).Draw(r, "goals")
		kept := undemanding(slices.Clone(some))
		easier := func(a, b *goal) bool { return a.fit <= b.fit && a.engagement <= b.engagement }
		for i := range some {
			require.True(r, slices.ContainsFunc(kept, func(k goal) bool { return easier(&k, &some[i]) }), "one that is kept is as easy")
		}
		for i := range kept {
			for j := range kept {
				require.True(r, i == j || !easier(&kept[i], &kept[j]), "none that is kept asks for more than another")
			}
		}
	})
}

// brute tries all sets of so many steps.
func (h *hunt) brute(all []Step, chosen []Step, n int) bool {
	if n == 0 {
		return h.reaches(chosen)
	}
	for i := range all {
		if h.brute(all[i:], append(chosen[:len(chosen):len(chosen)], all[i]), n-1) {
			return true
		}
	}
	return false
}

func TestNoSmallerSetWouldDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p, band := compiled(r, smallModel(r)), rapid.SampledFrom(lifecycle.Bands[:2]).Draw(r, "band")
		f := lead()
		if rapid.Bool().Draw(r, "known") {
			f.SetText(condition.ContactCountry, "DE")
			f.SetTouches([]condition.Touch{ago(0, contact.KindFormSubmitted)})
		}
		path := p.PathTo(f, band)
		require.Equal(r, path.Reached, warm(path.After.Band, band))
		h, all := p.hunt(f, band), everySmallStep(p, f)
		most := len(path.Steps) - 1
		if !path.Reached {
			most = 3
		}
		for n := 1; n <= min(most, 3); n++ {
			require.False(r, path.Fewest && h.brute(all, nil, n), "%d would do", n)
		}
		require.True(r, path.Fewest || !path.Reached || len(path.Steps) > 6, "so small a model is searched to its end")
	})
}

// BenchmarkPathTo has 40 rules and the longest of paths.
func BenchmarkPathTo(b *testing.B) {
	p, bare, touched := compiled(b, benchModel()), lead(), lead(benchLead().Touches()...)
	for name, f := range map[string]*condition.Facts{"who is known": benchLead(), "of whom nothing is known": bare, "and 50 touches": touched} {
		for _, band := range lifecycle.Bands[:2] {
			b.Run(fmt.Sprint(name, " to ", band), func(b *testing.B) {
				for b.Loop() {
					p.PathTo(f, band)
				}
			})
		}
	}
	ring := compiled(b, ring())
	b.Run("with more sets than are looked at", func(b *testing.B) {
		for b.Loop() {
			ring.PathTo(bare, lifecycle.Warm)
		}
	})
}

// ring is a model in which each fact is worth something only with its neighbours: bounds by single facts tell little.
func ring() Model {
	var names []string
	for _, d := range condition.NewRegistry(nil).Definitions() {
		if d.Type != condition.TypeTime && (d.Entity == condition.EntityContact || d.Entity == condition.EntityAccount) && len(names) < 20 {
			names = append(names, d.Name)
		}
	}
	return plain(func(m *Model) {
		byFitAlone(m)
		m.Engagement, m.Fit, m.FitGrades = nil, nil, FitGrades{A: 60, B: 50, C: 40}
		for i := range names {
			m.Fit = append(m.Fit, needs(fmt.Sprint("r", i), 10, names[i], names[(i+1)%len(names)]))
		}
	})
}

func TestWhereTheWorkIsTooMuchThePathSaysSo(t *testing.T) {
	t.Parallel()
	path := compiled(t, ring()).PathTo(lead(), lifecycle.Warm)
	require.True(t, path.Reached)
	require.False(t, path.Fewest)
	require.Len(t, path.Steps, 5)
}
