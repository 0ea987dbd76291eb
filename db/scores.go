package db

import (
	"time"

	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// PutScores writes later what scores rest on; the one before of the same lead is replaced.
func PutScores(t *Tx, rows []*Score) {
	InsertLater(t, "scores", rows, `on conflict (workspace_id, lead_id) do update set model_id = excluded.model_id, at = excluded.at, fit_raw = excluded.fit_raw,
		engagement_raw = excluded.engagement_raw, total = excluded.total, factors = excluded.factors, next_at = excluded.next_at`)
}

// ScoreFactors are what a score is made of, rule by rule; the version of the model says the rest. They are stored as the text that they are: nobody
// asks Postgres about them, and to take them apart cost it as much as to write the row.
type ScoreFactors struct{ List[scoring.Stored] }

// ScoreFactorsFrom are factors that are written already.
func ScoreFactorsFrom(text []byte) ScoreFactors { return ScoreFactors{List[scoring.Stored]{text}} }

// CriterionCheck is the answer of one criterion of a lead definition for a lead.
type CriterionCheck struct {
	Key      string            `json:"key"`
	Name     string            `json:"name"`
	Passed   bool              `json:"passed"`
	Excludes bool              `json:"excludes,omitempty"` // it is an exclusion, which passes when it does not hold
	Reasons  []ConditionReason `json:"reasons,omitempty"`
}

// Evidence is what a move rested on.
type Evidence = List[CriterionCheck]

// AnswersOf are the answers of a definition as they are stored and shown.
func AnswersOf(v definition.Verdict) []CriterionCheck {
	out := make([]CriterionCheck, len(v.Reasons))
	for i, c := range v.Reasons {
		out[i] = CriterionCheck{Key: c.Key, Name: c.Name, Passed: c.Passed, Excludes: c.Excludes, Reasons: ReasonsOf(c.Leaves)}
	}
	return out
}

// ScoreHistory is an entry of the history of a lead's score: a row whenever points, grades, band or model changed. Only compiled lists read it, so
// it is not among the generated rows.
type ScoreHistory struct {
	WorkspaceID     id.UUID            `db:"workspace_id"`
	ID              id.UUID            `db:"id"`
	LeadID          id.UUID            `db:"lead_id"`
	ModelID         id.UUID            `db:"model_id"`
	At              time.Time          `db:"at"`
	Cause           ScoreCause         `db:"cause"`
	Score           int32              `db:"score"`
	Fit             float64            `db:"fit"`
	Engagement      float64            `db:"engagement"`
	FitGrade        lifecycle.FitGrade `db:"fit_grade"`
	EngagementGrade int32              `db:"engagement_grade"`
	Band            lifecycle.Band     `db:"band"`
}
