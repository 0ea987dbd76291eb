package funnel

import (
	"context"
	"fmt"
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
	cause db.ScoreCause
}

// verdict is what a judgement leaves to be written besides the lead's own row.
type verdict struct {
	persona *id.UUID        // before
	points  *int32          // before
	band    *lifecycle.Band // before
	score   *db.Score
	history *db.ScoreHistory
	passed  []*passage
	of      db.Case // what it was judged by
	handoff *routed // where it was offered
}

// judgeStates judges leads from the facts in hand; companies are those that are known already.
func (t *tx) judgeStates(ctx context.Context, rules *rulebook, leads []*leadState, companies map[id.UUID]*db.Account, cause db.ScoreCause) error {
	var missing, sources, people []id.UUID
	for _, l := range leads {
		if a := l.row.AccountID; a != nil && companies[*a] == nil {
			missing = append(missing, *a)
		}
		sources = append(sources, l.row.SourceID)
		people = append(people, l.row.ContactID)
	}
	if err := t.accounts(ctx, missing, companies); err != nil {
		return err
	}
	from, err := t.sources(ctx, sources)
	if err != nil {
		return err
	}
	var touches map[id.UUID][]condition.Touch
	if rules.touches {
		if touches, err = db.TouchesByContact(ctx, t.Queries, t.Workspace, people); err != nil {
			return err
		}
	}
	j := &judging{rulebook: rules, t: t, facts: rules.reg.NewFacts(t.now), cause: cause}
	for _, l := range leads {
		c := db.Case{Lead: l.row, Contact: l.person.row, Source: from[l.row.SourceID], Touches: touches[l.row.ContactID]}
		if l.row.AccountID != nil {
			c.Account = companies[*l.row.AccountID]
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

// accounts reads companies into a map.
func (t *tx) accounts(ctx context.Context, ids []id.UUID, into map[id.UUID]*db.Account) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := t.AccountsByID(ctx, db.AccountsByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return fmt.Errorf("read companies: %w", err)
	}
	for _, r := range rows {
		into[r.ID] = r
	}
	return nil
}

func (t *tx) sources(ctx context.Context, ids []id.UUID) (map[id.UUID]*db.Source, error) {
	rows, err := t.SourcesByID(ctx, db.SourcesByIDParams{WorkspaceID: t.Workspace, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	out := make(map[id.UUID]*db.Source, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, nil
}

// judge sets persona, score and stage of a lead and notes what changed.
func (j *judging) judge(c db.Case, l *leadState) error {
	row := l.row
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
		return j.engage(c, l)
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
		if reasons := db.Reasons(r); !same || !reasons.Equal(row.PersonaReasons) {
			row.PersonaID, row.PersonaConfidence, row.PersonaReasons = &j.personas[i].ID, &r.Strength, reasons
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
	l.score = &db.Score{WorkspaceID: row.WorkspaceID, LeadID: row.ID, ModelID: model, At: j.t.now, FitRaw: s.FitRaw, EngagementRaw: s.EngagementRaw, Total: s.Clamped, Factors: db.ListOf(j.why.Factors)}
	if equal(l.points, row.Score) && equal(was.Band, row.Band) && equal(was.FitGrade, row.FitGrade) && equal(was.EngagementGrade, row.EngagementGrade) && equal(was.ModelID, row.ModelID) {
		if equal(was.Fit, row.Fit) && equal(was.Engagement, row.Engagement) {
			return
		}
		l.changes.note("score")
		return
	}
	l.changes.note("score")
	l.history = &db.ScoreHistory{WorkspaceID: row.WorkspaceID, ID: id.New(), LeadID: row.ID, ModelID: model, At: j.t.now, Cause: j.cause, Score: points, Fit: s.Fit, Engagement: s.Engagement,
		FitGrade: s.FitGrade, EngagementGrade: grade, Band: s.Band}
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
