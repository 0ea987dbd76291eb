// Package definition says what a lead is: when it is worth passing to sales, when sales calls it qualified itself, and what a
// workspace calls the stages in between.
package definition

import (
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// Definition is the body of a LEAD_DEFINITION: at once the jsonb, the LeadDefinition and LeadDefinitionInput of the SDL and what
// Compile takes. Its conditions may name what leadgraph makes of the facts, such as lead.band.
type Definition struct {
	Criteria       []Criterion  `json:"criteria,omitempty"`       // a lead is QUALIFIED when all hold, ...
	RequiredFields []string     `json:"requiredFields,omitempty"` // ... these attributes are known ...
	Exclusions     []Criterion  `json:"exclusions,omitempty"`     // ... and none of these holds
	SalesQualified []Criterion  `json:"salesQualified,omitempty"` // a lead may become SALES_QUALIFIED when all of these hold
	Labels         []StageLabel `json:"labels,omitempty"`         // each stage at most once; a stage that is not here keeps its default label
}

// Criterion is one test of a lead, with the name that people know it by.
type Criterion struct {
	Key  string              `json:"key"`
	Name string              `json:"name"`
	When condition.Condition `json:"when"`
}

// StageLabel is what the workspace calls a stage, and what it means by it.
type StageLabel struct {
	Stage   lifecycle.Stage `json:"stage"`
	Label   string          `json:"label"`
	Meaning string          `json:"meaning"`
}
