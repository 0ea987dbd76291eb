package funnel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// judging is leads being judged by the rules in force: first the persona, then the score, which rests on facts, then the qualification,
// which may rest on both.
type judging struct {
	*rulebook
	t     *tx
	facts *condition.Facts
	why   scoring.Explanation // of the lead in hand; kept for its memory
	room  []byte              // for the factors of all leads
	cause db.ScoreCause
}

// usual is how many bytes the factors of a score take.
const usual = 600

// verdict is what a judgement leaves to be written besides the lead's own row.
type verdict struct {
	persona *id.UUID        // before
	points  *int32          // before
	band    *lifecycle.Band // before
	score   *db.Score
	stands  bool // the score before is as good: only when it will change is written, if that is another time
	history *db.ScoreHistory
	passed  []*passage
	of      db.Case // what it was judged by
	handoff *routed // where it was offered
}

// grounds are what judging looks at besides leads and people, as far as it is in hand.
type grounds struct {
	companies map[id.UUID]*db.Account
	touches   map[id.UUID][]condition.Touch // of people; who is missing here has not been asked for
	sources   map[id.UUID]*db.Source
}

func newGrounds() *grounds {
	return &grounds{companies: map[id.UUID]*db.Account{}, touches: map[id.UUID][]condition.Touch{}, sources: map[id.UUID]*db.Source{}}
}

// judgeStates judges leads from the facts in hand, and reads the others.
func (t *tx) judgeStates(ctx context.Context, rules *rulebook, leads []*leadState, in *grounds, cause db.ScoreCause) error {
	if err := t.look(ctx, rules, leads, in); err != nil {
		return err
	}
	j := &judging{rulebook: rules, t: t, facts: rules.reg.NewFacts(t.now), cause: cause, room: make([]byte, 0, usual*len(leads))}
	for _, l := range leads {
		c := db.Case{Lead: l.row, Contact: l.person.row, Source: in.sources[l.row.SourceID], Touches: in.touches[l.row.ContactID]}
		if l.row.AccountID != nil {
			c.Account = in.companies[*l.row.AccountID]
		}
		if err := j.judge(c, l); err != nil {
			return err
		}
	}
	if err := t.secondCracks(ctx, rules, leads); err != nil {
		return err
	}
	return t.handOver(ctx, rules, leads)
}

// look reads what is not in hand, in one round trip.
func (t *tx) look(ctx context.Context, rules *rulebook, leads []*leadState, in *grounds) error {
	var missing, people, from []id.UUID
	for _, l := range leads {
		if a := l.row.AccountID; a != nil && in.companies[*a] == nil {
			missing = append(missing, *a)
		}
		if rules.reach.Needs.Source && in.sources[l.row.SourceID] == nil {
			from = append(from, l.row.SourceID)
		}
		if _, known := in.touches[l.row.ContactID]; !known && rules.touches() {
			people = append(people, l.row.ContactID)
		}
	}
	var companies []*db.Account
	var sources []*db.Source
	var touches []*db.TouchesOfRow
	if err := t.Together(ctx, func(o *db.Opening) {
		if len(from) > 0 {
			o.SourcesByID(unique(from), &sources)
		}
		if len(missing) > 0 {
			o.AccountsByID(unique(missing), &companies)
		}
		if len(people) > 0 {
			o.TouchesOf(people, db.TouchedIn(rules.reach, t.now), &touches)
		}
	}); err != nil {
		return fmt.Errorf("read what leads are judged by: %w", err)
	}
	for _, c := range companies {
		in.companies[c.ID] = c
	}
	for _, s := range sources {
		in.sources[s.ID] = s
	}
	maps.Copy(in.touches, db.ByContact(touches, people))
	return nil
}

// judge sets persona, score and stage of a lead and notes what changed.
func (j *judging) judge(c db.Case, l *leadState) error {
	row := l.row
	fit, engagement := row.Fit, row.Engagement
	l.verdict = verdict{persona: row.PersonaID, points: row.Score, band: row.Band}
	j.facts.Reset(j.t.now)
	row.Score = nil // a score does not rest on the one before
	if err := c.Fill(j.facts); err != nil {
		return err
	}
	c.Persona = j.match(l)
	l.of = c
	if !row.Stage.Open() { // what is over is worth what it was
		row.Score = l.points
		return nil
	}
	if j.model == nil {
		if row.ModelID != nil {
			l.changes.note("score")
		}
		row.Fit, row.Engagement, row.FitGrade, row.EngagementGrade, row.Band, row.ModelID = nil, nil, nil, nil, nil, nil
	} else {
		j.rate(l)
	}
	c.FillStanding(j.facts)
	if j.definition != nil {
		if err := j.qualify(c, l); err != nil {
			return err
		}
	}
	if l.score != nil {
		l.score.NextAt = j.next(row)
	}
	if !l.engaged.IsZero() && row.Stage == lifecycle.Accepted {
		if err := j.engage(c, l); err != nil {
			return err
		}
	}
	if l.stands = l.stands && len(l.passed) == 0; l.stands {
		row.Fit, row.Engagement = fit, engagement // as of the score that stands
	} else if l.score != nil {
		l.score.Factors = j.factors()
		if !equal(fit, row.Fit) || !equal(engagement, row.Engagement) {
			l.changes.note("score")
		}
	}
	return nil
}

// engage moves a lead that sales has taken on with the first genuine response.
func (j *judging) engage(c db.Case, l *leadState) error {
	p, err := j.t.pass(c, lifecycle.Working, lifecycle.System)
	if err != nil {
		return err
	}
	p.row.Reason, p.doneAt = new("There was a first attempt or answer."), l.engaged
	l.passed = append(l.passed, p)
	l.changes.note("stage")
	return nil
}

// match sets the persona of a lead: of those that match, a negative one before all, else the most important.
func (j *judging) match(l *leadState) *db.Persona {
	row := l.row
	for i, p := range j.programs {
		if !p.Match(j.facts) {
			continue
		}
		r := p.Explain(j.facts)
		same := row.PersonaID != nil && *row.PersonaID == j.personas[i].ID && row.PersonaConfidence != nil && *row.PersonaConfidence == r.Strength
		if reasons := db.ReasonsOf(r.Leaves); !same || !slices.EqualFunc(reasons, row.PersonaReasons.Items(), db.ConditionReason.Equal) {
			row.PersonaID, row.PersonaConfidence, row.PersonaReasons = &j.personas[i].ID, &r.Strength, db.ListOf(reasons)
			l.changes.note("persona")
		}
		return j.personas[i]
	}
	if row.PersonaID != nil {
		l.changes.note("persona")
	}
	row.PersonaID, row.PersonaConfidence, row.PersonaReasons = nil, nil, db.ConditionReasons{}
	return nil
}

// rate scores a lead.
func (j *judging) rate(l *leadState) {
	row, was, model := l.row, *l.row, j.modelID
	j.model.Explain(j.facts, &j.why)
	s := j.why.Score
	points, grade := int32(s.Total), int32(s.EngagementGrade)
	row.Score, row.Fit, row.Engagement, row.FitGrade, row.EngagementGrade, row.Band, row.ModelID = &points, &s.Fit, &s.Engagement, &s.FitGrade, &grade, &s.Band, &model
	l.score = &db.Score{WorkspaceID: row.WorkspaceID, LeadID: row.ID, ModelID: model, At: j.t.now, FitRaw: s.FitRaw, EngagementRaw: s.EngagementRaw, Total: s.Clamped}
	if equal(l.points, row.Score) && equal(was.Band, row.Band) && equal(was.FitGrade, row.FitGrade) && equal(was.EngagementGrade, row.EngagementGrade) && equal(was.ModelID, row.ModelID) {
		l.stands = j.cause == db.CauseModel // which brings no fact and no touch
		return
	}
	l.changes.note("score")
	l.history = &db.ScoreHistory{WorkspaceID: row.WorkspaceID, ID: id.New(), LeadID: row.ID, ModelID: model, At: j.t.now, Cause: j.cause, Score: points, Fit: s.Fit, Engagement: s.Engagement,
		FitGrade: s.FitGrade, EngagementGrade: grade, Band: s.Band}
}

// factors are what the score in hand is made of, as it is stored.
func (j *judging) factors() db.ScoreFactors {
	from := len(j.room)
	j.room = j.why.AppendStored(j.room)
	return db.ScoreFactorsFrom(j.room[from:len(j.room):len(j.room)])
}

// qualify moves a lead over the first gate, or back behind it as long as nobody was offered it.
func (j *judging) qualify(c db.Case, l *leadState) error {
	row := l.row
	switch row.Stage {
	case lifecycle.New, lifecycle.Nurturing, lifecycle.Retargeting:
		if awake, why := wakes(row, c.Touches, j.t.now); awake && j.definition.Qualifies(j.facts) {
			version := j.definitionID
			row.DefinitionID, row.WakeAt = &version, nil
			if j.router != nil && j.router.AutoOffer() && !j.t.trial {
				l.offer = &offer{by: lifecycle.System, auto: true}
			}
			return j.move(c, l, lifecycle.Qualified, j.definition.Qualify(j.facts), why)
		}
	case lifecycle.Qualified:
		if !j.definition.Qualifies(j.facts) {
			v := j.definition.Qualify(j.facts)
			row.DefinitionID = nil
			return j.move(c, l, lifecycle.Nurturing, v, new(missing(v)))
		}
	}
	return nil
}

// missing says which criteria a lead does not meet.
func missing(v definition.Verdict) string {
	var names []string
	for _, c := range v.Reasons {
		if !c.Passed {
			names = append(names, c.Name)
		}
	}
	return "It no longer meets: " + strings.Join(names, ", ") + "."
}

// move notes a lead's move to another stage, with what it rests on.
func (j *judging) move(c db.Case, l *leadState, to lifecycle.Stage, v definition.Verdict, reason *string) error {
	p, err := j.t.pass(c, to, lifecycle.System)
	if err != nil {
		return err
	}
	version := j.definitionID
	p.row.Reason, p.row.AgreementID, p.row.Evidence = reason, &version, db.ListOf(db.AnswersOf(v))
	l.passed = append(l.passed, p)
	l.changes.note("stage")
	return nil
}

// next is when time alone will change the lead's band, a grade or its qualification; nil where it never will.
func (j *judging) next(l *db.Lead) *time.Time {
	var edges scoring.Edges
	var at *time.Time
	if w := l.WakeAt; w != nil && w.After(j.t.now) {
		at = w
	}
	if j.definition != nil {
		edges = scoring.Edges(j.definition.Edges())
		if t, ok := j.definition.Next(j.facts); ok && (at == nil || t.Before(*at)) {
			at = &t
		}
	}
	if t, ok := j.model.Next(j.facts, edges); ok && (at == nil || t.Before(*at)) {
		at = &t
	}
	return at
}
