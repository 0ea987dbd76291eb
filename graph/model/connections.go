package model

import "github.com/leadgraph/leadgraph/db"

// The connections. Each is a page of rows; edges are made when somebody asks for them. gqlgen binds no generic types, so each
// list has its two names here.

// edges are a page's rows with their cursors, in the form of one list.
func edges[T, E any](p *db.Page[T], edge func(cursor string, row *T) *E) []*E {
	out := make([]*E, len(p.Nodes))
	for i, row := range p.Nodes {
		out[i] = edge(p.Cursor(row), row)
	}
	return out
}

// LeadConnection is a page of that list.
type LeadConnection struct{ *db.Page[db.Lead] }

// LeadEdge is a row in such a page.
type LeadEdge struct {
	Cursor string
	Node   *db.Lead
}

// Edges are the page's rows with their cursors.
func (c *LeadConnection) Edges() []*LeadEdge {
	return edges(c.Page, func(cursor string, row *db.Lead) *LeadEdge { return &LeadEdge{cursor, row} })
}

// ContactConnection is a page of that list.
type ContactConnection struct{ *db.Page[db.Contact] }

// ContactEdge is a row in such a page.
type ContactEdge struct {
	Cursor string
	Node   *db.Contact
}

// Edges are the page's rows with their cursors.
func (c *ContactConnection) Edges() []*ContactEdge {
	return edges(c.Page, func(cursor string, row *db.Contact) *ContactEdge { return &ContactEdge{cursor, row} })
}

// AccountConnection is a page of that list.
type AccountConnection struct{ *db.Page[db.Account] }

// AccountEdge is a row in such a page.
type AccountEdge struct {
	Cursor string
	Node   *db.Account
}

// Edges are the page's rows with their cursors.
func (c *AccountConnection) Edges() []*AccountEdge {
	return edges(c.Page, func(cursor string, row *db.Account) *AccountEdge { return &AccountEdge{cursor, row} })
}

// TouchConnection is a page of that list.
type TouchConnection struct{ *db.Page[db.Touch] }

// TouchEdge is a row in such a page.
type TouchEdge struct {
	Cursor string
	Node   *db.Touch
}

// Edges are the page's rows with their cursors.
func (c *TouchConnection) Edges() []*TouchEdge {
	return edges(c.Page, func(cursor string, row *db.Touch) *TouchEdge { return &TouchEdge{cursor, row} })
}

// MemberConnection is a page of that list.
type MemberConnection struct{ *db.Page[db.Member] }

// MemberEdge is a row in such a page.
type MemberEdge struct {
	Cursor string
	Node   *db.Member
}

// Edges are the page's rows with their cursors.
func (c *MemberConnection) Edges() []*MemberEdge {
	return edges(c.Page, func(cursor string, row *db.Member) *MemberEdge { return &MemberEdge{cursor, row} })
}

// APIKeyConnection is a page of that list.
type APIKeyConnection struct{ *db.Page[db.APIKey] }

// APIKeyEdge is a row in such a page.
type APIKeyEdge struct {
	Cursor string
	Node   *db.APIKey
}

// Edges are the page's rows with their cursors.
func (c *APIKeyConnection) Edges() []*APIKeyEdge {
	return edges(c.Page, func(cursor string, row *db.APIKey) *APIKeyEdge { return &APIKeyEdge{cursor, row} })
}

// SourceConnection is a page of that list.
type SourceConnection struct{ *db.Page[db.Source] }

// SourceEdge is a row in such a page.
type SourceEdge struct {
	Cursor string
	Node   *db.Source
}

// Edges are the page's rows with their cursors.
func (c *SourceConnection) Edges() []*SourceEdge {
	return edges(c.Page, func(cursor string, row *db.Source) *SourceEdge { return &SourceEdge{cursor, row} })
}

// CampaignConnection is a page of that list.
type CampaignConnection struct{ *db.Page[db.Campaign] }

// CampaignEdge is a row in such a page.
type CampaignEdge struct {
	Cursor string
	Node   *db.Campaign
}

// Edges are the page's rows with their cursors.
func (c *CampaignConnection) Edges() []*CampaignEdge {
	return edges(c.Page, func(cursor string, row *db.Campaign) *CampaignEdge { return &CampaignEdge{cursor, row} })
}

// PersonaConnection is a page of that list.
type PersonaConnection struct{ *db.Page[db.Persona] }

// PersonaEdge is a row in such a page.
type PersonaEdge struct {
	Cursor string
	Node   *db.Persona
}

// Edges are the page's rows with their cursors.
func (c *PersonaConnection) Edges() []*PersonaEdge {
	return edges(c.Page, func(cursor string, row *db.Persona) *PersonaEdge { return &PersonaEdge{cursor, row} })
}

// ImportConnection is a page of that list.
type ImportConnection struct{ *db.Page[db.Import] }

// ImportEdge is a row in such a page.
type ImportEdge struct {
	Cursor string
	Node   *db.Import
}

// Edges are the page's rows with their cursors.
func (c *ImportConnection) Edges() []*ImportEdge {
	return edges(c.Page, func(cursor string, row *db.Import) *ImportEdge { return &ImportEdge{cursor, row} })
}

// ImportRefusalConnection is a page of that list.
type ImportRefusalConnection struct{ *db.Page[db.ImportRefusal] }

// ImportRefusalEdge is a row in such a page.
type ImportRefusalEdge struct {
	Cursor string
	Node   *db.ImportRefusal
}

// Edges are the page's rows with their cursors.
func (c *ImportRefusalConnection) Edges() []*ImportRefusalEdge {
	return edges(c.Page, func(cursor string, row *db.ImportRefusal) *ImportRefusalEdge { return &ImportRefusalEdge{cursor, row} })
}

// AgreementConnection is a page of that list.
type AgreementConnection struct{ *db.Page[db.Agreement] }

// AgreementEdge is a row in such a page.
type AgreementEdge struct {
	Cursor string
	Node   *db.Agreement
}

// Edges are the page's rows with their cursors.
func (c *AgreementConnection) Edges() []*AgreementEdge {
	return edges(c.Page, func(cursor string, row *db.Agreement) *AgreementEdge { return &AgreementEdge{cursor, row} })
}

// BackTestConnection is a page of that list.
type BackTestConnection struct{ *db.Page[db.BackTest] }

// BackTestEdge is a row in such a page.
type BackTestEdge struct {
	Cursor string
	Node   *db.BackTest
}

// Edges are the page's rows with their cursors.
func (c *BackTestConnection) Edges() []*BackTestEdge {
	return edges(c.Page, func(cursor string, row *db.BackTest) *BackTestEdge { return &BackTestEdge{cursor, row} })
}

// ModelFitConnection is a page of that list.
type ModelFitConnection struct{ *db.Page[db.ModelFit] }

// ModelFitEdge is a row in such a page.
type ModelFitEdge struct {
	Cursor string
	Node   *db.ModelFit
}

// Edges are the page's rows with their cursors.
func (c *ModelFitConnection) Edges() []*ModelFitEdge {
	return edges(c.Page, func(cursor string, row *db.ModelFit) *ModelFitEdge { return &ModelFitEdge{cursor, row} })
}

// ScoreHistoryConnection is a page of that list.
type ScoreHistoryConnection struct{ *db.Page[db.ScoreHistory] }

// ScoreHistoryEdge is a row in such a page.
type ScoreHistoryEdge struct {
	Cursor string
	Node   *db.ScoreHistory
}

// Edges are the page's rows with their cursors.
func (c *ScoreHistoryConnection) Edges() []*ScoreHistoryEdge {
	return edges(c.Page, func(cursor string, row *db.ScoreHistory) *ScoreHistoryEdge { return &ScoreHistoryEdge{cursor, row} })
}
