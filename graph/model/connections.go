package model

import "github.com/leadgraph/leadgraph/db"

// The connections. Each is a page of rows; edges are made when somebody asks for them. gqlgen binds no generic types, so each
// list has its two names here.

// edges are a page's rows in the form of one list.
func edges[T, E any](p *db.Page[T], edge func(db.Edge[T]) E) []*E {
	out, all := make([]*E, len(p.Nodes)), make([]E, len(p.Nodes))
	for i, row := range p.Nodes {
		all[i] = edge(p.Edge(row))
		out[i] = &all[i]
	}
	return out
}

// LeadConnection is a page of that list.
type LeadConnection struct{ *db.Page[db.Lead] }

// LeadEdge is a row in such a page.
type LeadEdge struct{ db.Edge[db.Lead] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *LeadConnection) Edges() []*LeadEdge {
	return edges(c.Page, func(e db.Edge[db.Lead]) LeadEdge { return LeadEdge{e} })
}

// ContactConnection is a page of that list.
type ContactConnection struct{ *db.Page[db.Contact] }

// ContactEdge is a row in such a page.
type ContactEdge struct{ db.Edge[db.Contact] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *ContactConnection) Edges() []*ContactEdge {
	return edges(c.Page, func(e db.Edge[db.Contact]) ContactEdge { return ContactEdge{e} })
}

// AccountConnection is a page of that list.
type AccountConnection struct{ *db.Page[db.Account] }

// AccountEdge is a row in such a page.
type AccountEdge struct{ db.Edge[db.Account] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *AccountConnection) Edges() []*AccountEdge {
	return edges(c.Page, func(e db.Edge[db.Account]) AccountEdge { return AccountEdge{e} })
}

// TouchConnection is a page of that list.
type TouchConnection struct{ *db.Page[db.Touch] }

// TouchEdge is a row in such a page.
type TouchEdge struct{ db.Edge[db.Touch] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *TouchConnection) Edges() []*TouchEdge {
	return edges(c.Page, func(e db.Edge[db.Touch]) TouchEdge { return TouchEdge{e} })
}

// MemberConnection is a page of that list.
type MemberConnection struct{ *db.Page[db.Member] }

// MemberEdge is a row in such a page.
type MemberEdge struct{ db.Edge[db.Member] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *MemberConnection) Edges() []*MemberEdge {
	return edges(c.Page, func(e db.Edge[db.Member]) MemberEdge { return MemberEdge{e} })
}

// APIKeyConnection is a page of that list.
type APIKeyConnection struct{ *db.Page[db.APIKey] }

// APIKeyEdge is a row in such a page.
type APIKeyEdge struct{ db.Edge[db.APIKey] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *APIKeyConnection) Edges() []*APIKeyEdge {
	return edges(c.Page, func(e db.Edge[db.APIKey]) APIKeyEdge { return APIKeyEdge{e} })
}

// SourceConnection is a page of that list.
type SourceConnection struct{ *db.Page[db.Source] }

// SourceEdge is a row in such a page.
type SourceEdge struct{ db.Edge[db.Source] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *SourceConnection) Edges() []*SourceEdge {
	return edges(c.Page, func(e db.Edge[db.Source]) SourceEdge { return SourceEdge{e} })
}

// CampaignConnection is a page of that list.
type CampaignConnection struct{ *db.Page[db.Campaign] }

// CampaignEdge is a row in such a page.
type CampaignEdge struct{ db.Edge[db.Campaign] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *CampaignConnection) Edges() []*CampaignEdge {
	return edges(c.Page, func(e db.Edge[db.Campaign]) CampaignEdge { return CampaignEdge{e} })
}

// PersonaConnection is a page of that list.
type PersonaConnection struct{ *db.Page[db.Persona] }

// PersonaEdge is a row in such a page.
type PersonaEdge struct{ db.Edge[db.Persona] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *PersonaConnection) Edges() []*PersonaEdge {
	return edges(c.Page, func(e db.Edge[db.Persona]) PersonaEdge { return PersonaEdge{e} })
}

// ResourceConnection is a page of that list.
type ResourceConnection struct{ *db.Page[db.Resource] }

// ResourceEdge is a row in such a page.
type ResourceEdge struct{ db.Edge[db.Resource] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *ResourceConnection) Edges() []*ResourceEdge {
	return edges(c.Page, func(e db.Edge[db.Resource]) ResourceEdge { return ResourceEdge{e} })
}

// ShareConnection is a page of that list.
type ShareConnection struct{ *db.Page[db.Share] }

// ShareEdge is a row in such a page.
type ShareEdge struct{ db.Edge[db.Share] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *ShareConnection) Edges() []*ShareEdge {
	return edges(c.Page, func(e db.Edge[db.Share]) ShareEdge { return ShareEdge{e} })
}

// ImportConnection is a page of that list.
type ImportConnection struct{ *db.Page[db.Import] }

// ImportEdge is a row in such a page.
type ImportEdge struct{ db.Edge[db.Import] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *ImportConnection) Edges() []*ImportEdge {
	return edges(c.Page, func(e db.Edge[db.Import]) ImportEdge { return ImportEdge{e} })
}

// ImportRefusalConnection is a page of that list.
type ImportRefusalConnection struct{ *db.Page[db.ImportRefusal] }

// ImportRefusalEdge is a row in such a page.
type ImportRefusalEdge struct{ db.Edge[db.ImportRefusal] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *ImportRefusalConnection) Edges() []*ImportRefusalEdge {
	return edges(c.Page, func(e db.Edge[db.ImportRefusal]) ImportRefusalEdge { return ImportRefusalEdge{e} })
}

// AgreementConnection is a page of that list.
type AgreementConnection struct{ *db.Page[db.Agreement] }

// AgreementEdge is a row in such a page.
type AgreementEdge struct{ db.Edge[db.Agreement] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *AgreementConnection) Edges() []*AgreementEdge {
	return edges(c.Page, func(e db.Edge[db.Agreement]) AgreementEdge { return AgreementEdge{e} })
}

// BackTestConnection is a page of that list.
type BackTestConnection struct{ *db.Page[db.BackTest] }

// BackTestEdge is a row in such a page.
type BackTestEdge struct{ db.Edge[db.BackTest] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *BackTestConnection) Edges() []*BackTestEdge {
	return edges(c.Page, func(e db.Edge[db.BackTest]) BackTestEdge { return BackTestEdge{e} })
}

// ModelFitConnection is a page of that list.
type ModelFitConnection struct{ *db.Page[db.ModelFit] } //nolint:revive // named as in the SDL

// ModelFitEdge is a row in such a page.
type ModelFitEdge struct{ db.Edge[db.ModelFit] } //nolint:revive // named as in the SDL

// Edges are the page's rows, each with its cursor for those who ask.
func (c *ModelFitConnection) Edges() []*ModelFitEdge {
	return edges(c.Page, func(e db.Edge[db.ModelFit]) ModelFitEdge { return ModelFitEdge{e} })
}

// ScoreHistoryConnection is a page of that list.
type ScoreHistoryConnection struct{ *db.Page[db.ScoreHistory] }

// ScoreHistoryEdge is a row in such a page.
type ScoreHistoryEdge struct{ db.Edge[db.ScoreHistory] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *ScoreHistoryConnection) Edges() []*ScoreHistoryEdge {
	return edges(c.Page, func(e db.Edge[db.ScoreHistory]) ScoreHistoryEdge { return ScoreHistoryEdge{e} })
}

// HandoffConnection is a page of that list.
type HandoffConnection struct{ *db.Page[db.Handoff] }

// HandoffEdge is a row in such a page.
type HandoffEdge struct{ db.Edge[db.Handoff] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *HandoffConnection) Edges() []*HandoffEdge {
	return edges(c.Page, func(e db.Edge[db.Handoff]) HandoffEdge { return HandoffEdge{e} })
}

// DealConnection is a page of that list.
type DealConnection struct{ *db.Page[db.Deal] }

// DealEdge is a row in such a page.
type DealEdge struct{ db.Edge[db.Deal] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *DealConnection) Edges() []*DealEdge {
	return edges(c.Page, func(e db.Edge[db.Deal]) DealEdge { return DealEdge{e} })
}

// GoalConnection is a page of that list.
type GoalConnection struct{ *db.Page[db.Goal] }

// GoalEdge is a row in such a page.
type GoalEdge struct{ db.Edge[db.Goal] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *GoalConnection) Edges() []*GoalEdge {
	return edges(c.Page, func(e db.Edge[db.Goal]) GoalEdge { return GoalEdge{e} })
}

// ClockConnection is a page of that list.
type ClockConnection struct{ *db.Page[db.Clock] }

// ClockEdge is a row in such a page.
type ClockEdge struct{ db.Edge[db.Clock] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *ClockConnection) Edges() []*ClockEdge {
	return edges(c.Page, func(e db.Edge[db.Clock]) ClockEdge { return ClockEdge{e} })
}

// MessageConnection is a page of that list.
type MessageConnection struct{ *db.Page[db.Message] }

// MessageEdge is a row in such a page.
type MessageEdge struct{ db.Edge[db.Message] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *MessageConnection) Edges() []*MessageEdge {
	return edges(c.Page, func(e db.Edge[db.Message]) MessageEdge { return MessageEdge{e} })
}

// CreditDisputeConnection is a page of that list.
type CreditDisputeConnection struct{ *db.Page[db.CreditDispute] }

// CreditDisputeEdge is a row in such a page.
type CreditDisputeEdge struct{ db.Edge[db.CreditDispute] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *CreditDisputeConnection) Edges() []*CreditDisputeEdge {
	return edges(c.Page, func(e db.Edge[db.CreditDispute]) CreditDisputeEdge { return CreditDisputeEdge{e} })
}

// AttributionRunConnection is a page of that list.
type AttributionRunConnection struct{ *db.Page[db.AttributionRun] }

// AttributionRunEdge is a row in such a page.
type AttributionRunEdge struct{ db.Edge[db.AttributionRun] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *AttributionRunConnection) Edges() []*AttributionRunEdge {
	return edges(c.Page, func(e db.Edge[db.AttributionRun]) AttributionRunEdge { return AttributionRunEdge{e} })
}

// AttributionFitConnection is a page of that list.
type AttributionFitConnection struct{ *db.Page[db.AttributionFit] }

// AttributionFitEdge is a row in such a page.
type AttributionFitEdge struct{ db.Edge[db.AttributionFit] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *AttributionFitConnection) Edges() []*AttributionFitEdge {
	return edges(c.Page, func(e db.Edge[db.AttributionFit]) AttributionFitEdge { return AttributionFitEdge{e} })
}

// CreditedTouchConnection is a page of that list.
type CreditedTouchConnection struct{ *db.Page[db.CreditedTouch] }

// CreditedTouchEdge is a row in such a page.
type CreditedTouchEdge struct{ db.Edge[db.CreditedTouch] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *CreditedTouchConnection) Edges() []*CreditedTouchEdge {
	return edges(c.Page, func(e db.Edge[db.CreditedTouch]) CreditedTouchEdge { return CreditedTouchEdge{e} })
}

// AttributionReportRowConnection is a page of that list.
type AttributionReportRowConnection struct {
	*db.Page[db.AttributionReportRow]
}

// AttributionReportRowEdge is a row in such a page.
type AttributionReportRowEdge struct {
	db.Edge[db.AttributionReportRow]
}

// Edges are the page's rows, each with its cursor for those who ask.
func (c *AttributionReportRowConnection) Edges() []*AttributionReportRowEdge {
	return edges(c.Page, func(e db.Edge[db.AttributionReportRow]) AttributionReportRowEdge { return AttributionReportRowEdge{e} })
}

// JourneyConnection is a page of that list.
type JourneyConnection struct{ *db.Page[db.Journey] }

// JourneyEdge is a row in such a page.
type JourneyEdge struct{ db.Edge[db.Journey] }

// Edges are the page's rows, each with its cursor for those who ask.
func (c *JourneyConnection) Edges() []*JourneyEdge {
	return edges(c.Page, func(e db.Edge[db.Journey]) JourneyEdge { return JourneyEdge{e} })
}
