package demo

import (
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// judge sets what the rules make of a lead, now and before, as the verbs would have: its stage where the definition has the say, its
// moves, and its score with the history. Judging again changes nothing.
func (m *matcher) judge(c db.Case, l *pursuit) error {
	if l.row.Stage != lifecycle.Erased {
		if err := m.gate(c, l); err != nil {
			return err
		}
		if err := m.freshen(c, l); err != nil {
			return err
		}
		m.hasten(l)
		if err := m.remember(c, l); err != nil {
			return err
		}
	}
	if err := m.move(c, l); err != nil {
		return err
	}
	return m.desks(c, l)
}

// rate scores a lead as of an instant under the model in force then, and leaves the facts as a definition sees them.
func (m *matcher) rate(c db.Case, l *pursuit, at time.Time) (*version, error) {
	if _, err := c.FillAsOf(m.reg, m.facts, at, db.History{Changes: l.changes}); err != nil {
		return nil, err
	}
	v := m.w.inForce(agreement.ScoringModel, at)
	v.scoring.Explain(m.facts, &m.why)
	then := *c.Lead
	value(&then, m.why.Score, v.row.ID)
	db.Case{Lead: &then, Persona: c.Persona}.FillStanding(m.facts)
	return v, nil
}

// value notes what a lead is worth.
func value(row *db.Lead, s scoring.Score, model id.UUID) {
	points, grade := int32(s.Total), int32(s.EngagementGrade)
	row.Score, row.Fit, row.Engagement, row.FitGrade, row.EngagementGrade, row.Band, row.ModelID = &points, &s.Fit, &s.Engagement, &s.FitGrade, &grade, &s.Band, &model
}

// gate corrects the stage of a lead that waits before sales: who meets the definition today is QUALIFIED, and who does not never was.
func (m *matcher) gate(c db.Case, l *pursuit) error {
	row := l.row
	if !row.Stage.Open() || !early(row.Stage) {
		return nil
	}
	if _, err := m.rate(c, l, m.w.now); err != nil {
		return err
	}
	switch passes := m.w.inForce(agreement.LeadDefinition, m.w.now).definition.Qualifies(m.facts); {
	case passes && row.Stage != lifecycle.Qualified:
		at := row.LastActivityAt.Add(time.Second)
		for _, x := range l.moves {
			if !x.at.Before(at) {
				at = x.at.Add(time.Second)
			}
		}
		l.moves = append(l.moves, move{to: lifecycle.Qualified, at: at})
	case !passes && row.Stage == lifecycle.Qualified:
		l.moves = l.moves[:len(l.moves)-1]
	default:
		return nil
	}
	row.Stage, row.StageSince, row.Version = lifecycle.New, row.CreatedAt, int32(1+len(l.moves))
	if n := len(l.moves); n > 0 {
		row.Stage, row.StageSince = l.moves[n-1].to, l.moves[n-1].at
	}
	row.UpdatedAt = row.LastActivityAt
	if row.StageSince.After(row.UpdatedAt) {
		row.UpdatedAt = row.StageSince
	}
	return nil
}

// remember scores a lead whenever something may have changed its score, and keeps each change; the last score is the lead's own. What is over is
// worth what it was.
func (m *matcher) remember(c db.Case, l *pursuit) error {
	for _, x := range m.instants(l) {
		v, err := m.rate(c, l, x.at)
		if err != nil {
			return err
		}
		s := m.why.Score
		h := &db.ScoreHistory{WorkspaceID: l.row.WorkspaceID, ID: m.w.id(x.at), LeadID: l.row.ID, ModelID: v.row.ID, At: x.at, Cause: x.cause, Score: int32(s.Total), Fit: s.Fit,
			Engagement: s.Engagement, FitGrade: s.FitGrade, EngagementGrade: int32(s.EngagementGrade), Band: s.Band}
		if n := len(l.history); n == 0 || l.history[n-1].ModelID != h.ModelID || l.history[n-1].Score != h.Score || l.history[n-1].FitGrade != h.FitGrade ||
			l.history[n-1].EngagementGrade != h.EngagementGrade || l.history[n-1].Band != h.Band {
			l.history = append(l.history, h)
		}
		value(l.row, s, v.row.ID)
	}
	m.w.rows.history = append(m.w.rows.history, l.history...)
	score := &db.Score{WorkspaceID: l.row.WorkspaceID, LeadID: l.row.ID, ModelID: *l.row.ModelID, At: m.facts.At(), FitRaw: m.why.Score.FitRaw, EngagementRaw: m.why.Score.EngagementRaw,
		Total: m.why.Score.Clamped, Factors: db.ScoreFactorsFrom(m.why.AppendStored(nil))}
	if l.row.Stage.Open() {
		score.NextAt = m.next()
	}
	l.score = score
	m.w.rows.scores = append(m.w.rows.scores, score)
	return nil
}

// instant is when a lead is scored, and why.
type instant struct {
	at    time.Time
	cause db.ScoreCause
}

// instants are the capture, the moves, the publications of models and, of an open lead, now.
func (m *matcher) instants(l *pursuit) []instant {
	all := []instant{{l.row.CreatedAt, db.CauseCapture}}
	end := m.w.now
	for _, x := range l.moves {
		all = append(all, instant{x.at, db.CauseTouches})
		if !x.to.Open() && x.at.Before(end) {
			end = x.at
		}
	}
	for _, v := range m.w.versions {
		if at := *v.row.PublishedAt; v.scoring != nil && at.After(l.row.CreatedAt) && at.Before(end) {
			all = append(all, instant{at, db.CauseModel})
		}
	}
	if l.row.Stage.Open() {
		end = m.w.now
		all = append(all, instant{end, db.CauseTime})
	}
	all = slices.DeleteFunc(all, func(x instant) bool { return x.at.After(end) })
	slices.SortStableFunc(all, func(a, b instant) int { return a.at.Compare(b.at) })
	return all
}

// next is when time alone will change the band, a grade or the qualification of the lead whose facts are in hand.
func (m *matcher) next() *time.Time {
	gate := m.w.inForce(agreement.LeadDefinition, m.facts.At()).definition
	var first *time.Time
	if at, ok := gate.Next(m.facts); ok {
		first = &at
	}
	if at, ok := m.w.inForce(agreement.ScoringModel, m.facts.At()).scoring.Next(m.facts, scoring.Edges(gate.Edges())); ok && (first == nil || at.Before(*first)) {
		first = &at
	}
	return first
}

// move writes the moves of a lead down, those through the first gate with what they rested on.
func (m *matcher) move(c db.Case, l *pursuit) error {
	from := lifecycle.New
	for i := range l.moves {
		x := &l.moves[i]
		row := &db.Move{WorkspaceID: l.row.WorkspaceID, ID: m.w.id(x.at), LeadID: l.row.ID, FromStage: from, ToStage: x.to, At: x.at}
		row.ActorKind, row.ActorID, row.Reason = m.w.actor(l, from, x.to)
		if x.to == lifecycle.Qualified || x.to == lifecycle.SalesQualified {
			v := m.w.inForce(agreement.LeadDefinition, x.at)
			if _, err := m.rate(c, l, x.at); err != nil {
				return err
			}
			ask := v.definition.Qualify
			if x.to == lifecycle.SalesQualified {
				ask = v.definition.SecondGate
			}
			if verdict := ask(m.facts); verdict.Passed {
				m.rest(l, row, v, verdict)
			}
		}
		l.steps = append(l.steps, row)
		from = x.to
	}
	m.w.rows.moves = append(m.w.rows.moves, l.steps...)
	return nil
}

// rest notes the version that a move was made under, and its answers.
func (m *matcher) rest(l *pursuit, row *db.Move, v *version, verdict definition.Verdict) {
	row.AgreementID, row.Evidence = &v.row.ID, db.ListOf(db.AnswersOf(verdict))
	if row.ToStage == lifecycle.Qualified {
		l.row.DefinitionID = &v.row.ID
	}
}
