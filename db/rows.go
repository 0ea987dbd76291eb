package db

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
)

// GlobalID is the workspace's id for callers.
func (w *Workspace) GlobalID() id.Global { return id.Global{Kind: id.Workspace, UUID: w.ID} }

// GlobalID is the member's id for callers.
func (m *Member) GlobalID() id.Global { return id.Global{Kind: id.Member, UUID: m.ID} }

// GlobalID is the key's id for callers.
func (k *APIKey) GlobalID() id.Global { return id.Global{Kind: id.APIKey, UUID: k.ID} }

// GlobalID is the account's id for callers.
func (a *Account) GlobalID() id.Global { return id.Global{Kind: id.Account, UUID: a.ID} }

// GlobalID is the contact's id for callers.
func (c *Contact) GlobalID() id.Global { return id.Global{Kind: id.Contact, UUID: c.ID} }

// GlobalID is the lead's id for callers.
func (l *Lead) GlobalID() id.Global { return id.Global{Kind: id.Lead, UUID: l.ID} }

// GlobalID is the source's id for callers.
func (s *Source) GlobalID() id.Global { return id.Global{Kind: id.Source, UUID: s.ID} }

// GlobalID is the touch's id for callers.
func (t *Touch) GlobalID() id.Global { return id.Global{Kind: id.Touch, UUID: t.ID} }

// GlobalID is the campaign's id for callers.
func (c *Campaign) GlobalID() id.Global { return id.Global{Kind: id.Campaign, UUID: c.ID} }

// GlobalID is the persona's id for callers.
func (p *Persona) GlobalID() id.Global { return id.Global{Kind: id.Persona, UUID: p.ID} }

// GlobalID is the event's id for callers.
func (e *Event) GlobalID() id.Global { return id.Global{Kind: id.Event, UUID: e.ID} }

// GlobalID is the import's id for callers.
func (i *Import) GlobalID() id.Global { return id.Global{Kind: id.Import, UUID: i.ID} }

// IsNode marks what `node` finds.
func (*Workspace) IsNode() {}

// IsNode marks what `node` finds.
func (*Member) IsNode() {}

// IsNode marks what `node` finds.
func (*APIKey) IsNode() {}

// IsNode marks what `node` finds.
func (*Account) IsNode() {}

// IsNode marks what `node` finds.
func (*Contact) IsNode() {}

// IsNode marks what `node` finds.
func (*Lead) IsNode() {}

// IsNode marks what `node` finds.
func (*Source) IsNode() {}

// IsNode marks what `node` finds.
func (*Touch) IsNode() {}

// IsNode marks what `node` finds.
func (*Campaign) IsNode() {}

// IsNode marks what `node` finds.
func (*Persona) IsNode() {}

// IsNode marks what `node` finds.
func (*Event) IsNode() {}

// IsNode marks what `node` finds.
func (*Import) IsNode() {}

// IsTimelineEntry marks what a timeline shows.
func (*Touch) IsTimelineEntry() {}

// IsTimelineEntry marks what a timeline shows.
func (*Event) IsTimelineEntry() {}

// ImportState says how far an import is.
type ImportState string

// The states of an import, as in the SDL.
const (
	ImportPending   ImportState = "PENDING"
	ImportRunning   ImportState = "RUNNING"
	ImportSucceeded ImportState = "SUCCEEDED"
	ImportFailed    ImportState = "FAILED"
	ImportCancelled ImportState = "CANCELLED"
)

// ImportStates lists every ImportState.
var ImportStates = []ImportState{ImportPending, ImportRunning, ImportSucceeded, ImportFailed, ImportCancelled}

// MarshalGQL writes the enum's name.
func (s ImportState) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no ImportState.
func (s *ImportState) UnmarshalGQL(v any) error { return enum.Read(v, s, ImportStates) }

// Ended tells whether nothing more will happen to the import.
func (s ImportState) Ended() bool { return s != ImportPending && s != ImportRunning }

// Summary is the change as a sentence.
func (e *Event) Summary() string { return event.Sentence(e.Kind, e.Data) }

// Changes are the fields that changed.
func (e *Event) Changes() []string {
	if e.Data.Changes == nil {
		return []string{}
	}
	return e.Data.Changes
}
