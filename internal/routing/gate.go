package routing

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/condition"
)

// seats is a pool at one decision: of each candidate, by id, the verdict, the ledger's entry and the level.
type seats struct {
	all      []Candidate
	verdicts []Verdict
	entries  []Entry
	levels   []float64
	fresh    []bool // has no entry yet
	passed   int
}

// seats asks the gates of all candidates, and seats the newcomers among those who pass at the pool's level.
func (d *decision) seats(step Step, p *pool) *seats {
	n := len(d.q.Candidates)
	s := &seats{all: d.q.Candidates, verdicts: make([]Verdict, n), entries: make([]Entry, n), levels: make([]float64, n), fresh: make([]bool, n)}
	order := func(a, b Candidate) int { return compareIDs(a.Member, b.Member) }
	if !slices.IsSortedFunc(s.all, order) {
		s.all = slices.Clone(s.all)
		slices.SortFunc(s.all, order)
	}
	lead := d.wants()
	var now, ever floor
	for i := range s.all {
		c, v := &s.all[i], &s.verdicts[i]
		v.Step, v.Member = step, c.Member
		gate, why := works(c, p.department)
		if gate == "" {
			gate, why = p.has(c)
		}
		belongs := gate == ""
		if belongs {
			gate, why = lead.fits(c)
		}
		if gate == "" {
			gate, why = d.free(c)
		}
		e, known := d.q.Ledger.Get(p.key, c.Member)
		s.entries[i], s.fresh[i] = e, !known
		if belongs && known {
			s.levels[i] = e.Level(p.share(fold(c.Email)))
			ever.take(s.levels[i])
		}
		if gate != "" {
			v.Gate, v.Text = &gate, why
			continue
		}
		s.passed++
		if known {
			now.take(s.levels[i])
		}
	}
	if !now.known {
		now = ever
	}
	s.welcome(p, now.level)
	return s
}

// floor is the lowest of several levels; 0 of none.
type floor struct {
	level float64
	known bool
}

func (f *floor) take(level float64) {
	if !f.known || level < f.level {
		f.level, f.known = level, true
	}
}

// welcome seats newcomers who pass at the pool's level: the lowest of those who can take the lead now, or else of all who belong to the
// pool. So nobody who joins is given all leads until the others are caught up with, or waits for them.
func (s *seats) welcome(p *pool, level float64) {
	for i := range s.all {
		v := &s.verdicts[i]
		if v.Gate != nil {
			continue
		}
		if s.fresh[i] {
			share := p.share(fold(s.all[i].Email))
			s.entries[i] = newcomer(p.key, s.all[i].Member, level, share)
			s.levels[i] = level
		}
		v.Level, v.Text = &s.levels[i], "passes the gates with the level "+said(s.levels[i])
	}
}

// said is a level in words, to the hundredth.
func said(level float64) string { return clause.Number(math.Round(level*100) / 100) }

// changed are the entries to be written: the chosen one's, and those of the newcomers who passed, who from now on are counted.
func (s *seats) changed(chosen int) []Entry {
	var all []Entry
	for i := range s.all {
		if i == chosen || s.fresh[i] && s.verdicts[i].Gate == nil {
			all = append(all, s.entries[i])
		}
	}
	return all
}

// works asks whether the candidate does the department's work.
func works(c *Candidate, d auth.Department) (gate Gate, why string) {
	switch {
	case !c.Active:
		return GateActive, "is not active"
	case c.Department != d:
		return GateDepartment, "is not in " + string(d)
	}
	return "", ""
}

// has asks whether the candidate is one of the pool.
func (p *pool) has(c *Candidate) (gate Gate, why string) {
	if len(p.members) > 0 && !p.members[fold(c.Email)] {
		return GatePool, "is not one of the pool's members"
	}
	if len(p.territories) > 0 && !slices.ContainsFunc(c.Territories, func(t string) bool { return p.territories[fold(t)] }) {
		return GateTerritory, "serves none of the pool's territories"
	}
	for _, s := range p.skills {
		if !holds(c.Skills, s) {
			return GateSkill, "lacks the pool's skill " + s
		}
	}
	if len(p.languages) > 0 && !slices.ContainsFunc(c.Languages, func(l string) bool { return p.languages[fold(l)] }) {
		return GateLanguage, "speaks none of the pool's languages"
	}
	return "", ""
}

// wants is what a lead wants of a member, folded; empty where it wants nothing or does not tell.
type wants struct{ territory, skill, language string }

// wants reads the attributes of the gates.
func (d *decision) wants() wants {
	return wants{value(d.r.territory, d.q.Facts), value(d.r.skill, d.q.Facts), value(d.r.language, d.q.Facts)}
}

// value is the attribute that a program asks for, folded.
func value(p *condition.Program, f *condition.Facts) string {
	if p == nil {
		return ""
	}
	if found := p.Explain(f).Leaves[0].Evidence(); found != nil {
		return fold(*found)
	}
	return ""
}

// fits asks whether the candidate is one for the lead. Who names no territory serves all, who names no language speaks all; a skill
// one has, or has not. The words do not repeat what the lead is: they are kept when its person is erased.
func (w wants) fits(c *Candidate) (gate Gate, why string) {
	switch {
	case w.territory != "" && len(c.Territories) > 0 && !holds(c.Territories, w.territory):
		return GateTerritory, "does not serve the lead's territory"
	case w.skill != "" && !holds(c.Skills, w.skill):
		return GateSkill, "lacks the skill that the lead asks for"
	case w.language != "" && len(c.Languages) > 0 && !holds(c.Languages, w.language):
		return GateLanguage, "does not speak the lead's language"
	}
	return "", ""
}

// holds tells whether a word is in a list, whatever its case.
func holds(words []string, folded string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return fold(w) == folded })
}

// free asks whether the candidate can take one more lead, and this one.
func (d *decision) free(c *Candidate) (gate Gate, why string) {
	g := &d.r.gates
	switch {
	case slices.Contains(d.q.Refused, c.Member):
		return GateRefused, "had this lead before and did not keep it"
	case g.Available == Now && !c.WorksBetween(d.q.At, d.q.At):
		return GateAvailable, "does not work now"
	case g.Available == WithinGoal && !c.WorksBetween(d.q.At, d.goal()):
		return GateAvailable, "does not work before the ACCEPT clock runs out"
	case g.OpenCap != nil && c.Open >= *g.OpenCap:
		return GateOpenCap, "has " + strconv.Itoa(c.Open) + " leads open, and " + strconv.Itoa(*g.OpenCap) + " is the most"
	case g.DailyCap != nil && c.AssignedToday >= *g.DailyCap:
		return GateDailyCap, "was given " + strconv.Itoa(c.AssignedToday) + " leads today, and " + strconv.Itoa(*g.DailyCap) + " is the most"
	}
	return "", ""
}

// goal is up to when a member has to be at work.
func (d *decision) goal() time.Time {
	switch {
	case d.q.AcceptBy.IsZero():
		return d.q.At.AddDate(1000, 0, 0)
	case d.q.AcceptBy.Before(d.q.At): // too late already: whoever works now
		return d.q.At
	}
	return d.q.AcceptBy
}
