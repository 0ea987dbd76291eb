package demo

import (
	"cmp"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// fate is where a person's latest pursuit stands: for how many people, how much those suit us, how many days ago at most it was last
// active, and how many days it took until then.
type fate struct {
	stage       lifecycle.Stage
	count       int
	worth       float64 // as in suits
	age         float64
	least, most float64
}

// fates is the funnel of the quarter. The counts add up to peopleCount.
var fates = []fate{
	{lifecycle.New, 1210, -0.6, 24, 0, 2},
	{lifecycle.Nurturing, 1750, -0.2, 90, 14, 75},
	{lifecycle.Qualified, 260, 0.3, 10, 10, 60},
	{lifecycle.Offered, 150, 0.4, 4, 8, 50},
	{lifecycle.Accepted, 130, 0.5, 5, 8, 50},
	{lifecycle.Working, 260, 0.5, 12, 14, 60},
	{lifecycle.SalesQualified, 110, 1.2, 14, 20, 70},
	{lifecycle.Opportunity, 95, 1.4, 20, 25, 85},
	{lifecycle.Won, 70, 1.8, 85, 40, 90},
	{lifecycle.Lost, 220, 0.7, 90, 30, 90},
	{lifecycle.Returned, 85, 0, 14, 20, 60},
	{lifecycle.Retargeting, 130, 0.7, 80, 40, 90},
	{lifecycle.Disqualified, 490, -1, 90, 1, 40},
	{lifecycle.Erased, 40, -0.4, 90, 2, 30},
}

// pursuit is a lead with its story.
type pursuit struct {
	row      *db.Lead
	source   string
	owner    *db.Member // who took it, also where the lead was given back
	rep      *db.Member // whose territory it is in
	touches  []*db.Touch
	moves    []move
	steps    []*db.Move         // the moves as they are written
	changes  []*db.FactChange   // of the lead and its person, newest first
	history  []*db.ScoreHistory // oldest first
	handoffs []*db.Handoff
	clocks   []*db.Clock
	sales    string    // the queue of the person's country
	score    *db.Score // nil of an erased one
}

// move is a change of stage.
type move struct {
	to    lifecycle.Stage
	after int // the beat before it
	delay time.Duration
	at    time.Time
}

// live gives everybody a fate and tells the pursuits that led there.
func (w *world) live() {
	left := map[lifecycle.Stage]int{}
	for _, f := range fates {
		left[f.stage] = f.count
	}
	for _, p := range w.people {
		if p.negative() {
			f := fates[0]
			if w.chance(0.7) {
				f = fates[len(fates)-2]
			}
			left[f.stage]--
			w.pursue(p, f, 0)
		}
	}
	var deck []fate
	for _, f := range fates {
		for range left[f.stage] {
			deck = append(deck, f)
		}
	}
	w.deal(deck)
	for _, p := range w.people {
		if p.negative() {
			continue
		}
		earlier := 0
		if x := w.rng.Float64(); deck[0].stage != lifecycle.Erased && x < 0.2 {
			earlier = 1
			if x < 0.01 {
				earlier = 2
			}
		}
		w.pursue(p, deck[0], earlier)
		deck = deck[1:]
	}
}

// deal lays the fates in the people's order: who suits us goes further, more often than not.
func (w *world) deal(deck []fate) {
	luck := make([]float64, len(deck))
	order := make([]int, len(deck)) // of the people, the most suitable first
	people := slices.DeleteFunc(slices.Clone(w.people), (*person).negative)
	for i := range order {
		order[i], luck[i] = i, people[i].suits()+w.rng.NormFloat64()
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(luck[b], luck[a]) })
	best := slices.Clone(deck)
	chances := make([]float64, len(deck))
	places := make([]int, len(deck))
	for i := range places {
		places[i], chances[i] = i, best[i].worth+w.rng.NormFloat64()
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(chances[b], chances[a]) })
	for i, who := range order {
		deck[who] = best[places[i]]
	}
}

// suits is how well the person suits us, about -2 to 2.
func (p *person) suits() float64 {
	points := -1.2
	switch *p.row.Seniority {
	case "C-Level", "VP":
		points++
	case "Director":
		points += 0.9
	case "Manager":
		points += 0.5
	}
	switch *p.row.Function {
	case "Operations", "Supply chain":
		points += 0.8
	case "Engineering", "IT":
		points += 0.3
	}
	if p.company != nil {
		if *p.company.row.Employees >= 200 {
			points += 0.6
		}
		if p.company.halls >= 3 {
			points += 0.4
		}
	}
	return points
}

// negative tells whether the person is one we do not want to win.
func (p *person) negative() bool { return p.company != nil && p.company.negative }

// pursue tells the latest pursuit of a person and some before it, first to last.
func (w *world) pursue(p *person, f fate, earlier int) {
	type span struct {
		stage      lifecycle.Stage
		start, end time.Time
	}
	end := w.ago(w.skewed(0.02, f.age, 1.9))
	start := end.Add(-time.Duration(w.between(f.least, f.most) * float64(day))).Truncate(time.Second)
	spans := []span{{f.stage, start, end}}
	for range earlier {
		before, least, most := lifecycle.Disqualified, 5.0, 30.0
		if x := w.rng.Float64(); x < 0.05 {
			before, least, most = lifecycle.Won, 40, 70
		} else if x < 0.2 {
			before, least, most = lifecycle.Lost, 35, 65
		}
		end = start.Add(-time.Duration(w.between(20, 90) * float64(day))).Truncate(time.Second)
		start = end.Add(-time.Duration(w.between(least, most) * float64(day))).Truncate(time.Second)
		spans = append([]span{{before, start, end}}, spans...)
	}
	for i, s := range spans {
		l := &pursuit{row: &db.Lead{WorkspaceID: w.workspace.ID, Stage: s.stage, Cycle: int32(i + 1), Queue: "marketing", PersonaReasons: db.ConditionReasons{}}}
		l.sales = p.country.Queue
		l.source, s.start = w.origin(p, s.stage, i > 0, s.start, s.end)
		t := &story{w: w, p: p, l: l, start: s.start, end: s.end, rep: w.rep(p.country.Code), final: i == len(spans)-1, capture: -1}
		l.rep = t.rep
		t.tell()
		p.pursuits = append(p.pursuits, l)
	}
}

// origin decides where a lead comes from, and when where that was at a fair.
func (w *world) origin(p *person, stage lifecycle.Stage, known bool, start, end time.Time) (string, time.Time) {
	s := weighted(w, w.house.Sources, func(s sourceForm) int {
		switch {
		case p.row.Email == nil && p.row.Phone == nil && s.Key != "trade-fairs" && s.Key != "palletworks" && s.Key != "leadfield", known && s.Key == "leadfield",
			s.Key == "sales" && (p.negative() || stage == lifecycle.Offered): // what sales enters is not offered to sales
			return 0
		case early(stage):
			return s.Early
		}
		return s.Late
	})
	if s.Key != "trade-fairs" {
		return s.Key, w.officeHours(start, p.zone)
	}
	longest := 45 * day // that the story may begin before it should
	if stage == lifecycle.New {
		longest = 10 * day
	}
	for _, c := range w.campaigns[place{contact.CampaignAcquisition, contact.ChannelEvent}] {
		at := c.StartsAt.Add(time.Duration(w.rng.IntN(3))*day + 8*time.Hour + w.minutes(0, 540))
		if at.After(start.Add(-longest)) && at.Before(end.Add(-time.Hour)) && !known {
			return s.Key, at
		}
	}
	if p.row.Email == nil && p.row.Phone == nil {
		return "palletworks", w.officeHours(start, p.zone)
	}
	return "website", w.officeHours(start, p.zone)
}

// early tells whether sales has not had a say.
func early(s lifecycle.Stage) bool {
	switch s {
	case lifecycle.New, lifecycle.Nurturing, lifecycle.Qualified, lifecycle.Disqualified, lifecycle.Erased:
		return true
	}
	return false
}

// queue is who answers for a lead that nobody owns.
func (l *pursuit) queue(sales string) string {
	switch s := l.row.Stage; {
	case s == lifecycle.Retargeting:
		return "retargeting"
	case s == lifecycle.Returned, early(s) && l.row.OwnerID == nil:
		return "marketing"
	}
	return sales
}
