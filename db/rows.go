package db

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
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

// GlobalID is the version's id for callers.
func (a *Agreement) GlobalID() id.Global { return id.Global{Kind: id.Agreement, UUID: a.ID} }

// GlobalID is the re-score's id for callers.
func (r *Rescore) GlobalID() id.Global { return id.Global{Kind: id.Rescore, UUID: r.ID} }

// GlobalID is the back-test's id for callers.
func (b *BackTest) GlobalID() id.Global { return id.Global{Kind: id.BackTest, UUID: b.ID} }

// GlobalID is the learned model's id for callers.
func (m *ModelFit) GlobalID() id.Global { return id.Global{Kind: id.ModelFit, UUID: m.ID} }

// GlobalID is the reason's id for callers.
func (r *Reason) GlobalID() id.Global { return id.Global{Kind: id.Reason, UUID: r.ID} }

// GlobalID is the deal's id for callers.
func (d *Deal) GlobalID() id.Global { return id.Global{Kind: id.Deal, UUID: d.ID} }

// GlobalID is the goal's id for callers.
func (g *Goal) GlobalID() id.Global { return id.Global{Kind: id.Goal, UUID: g.ID} }

// IsNode marks what `node` finds.
func (*Goal) IsNode() {}

// GlobalID is the resource's id for callers.
func (r *Resource) GlobalID() id.Global { return id.Global{Kind: id.Resource, UUID: r.ID} }

// IsNode marks what `node` finds.
func (*Resource) IsNode() {}

// GlobalID is the share's id for callers.
func (s *Share) GlobalID() id.Global { return id.Global{Kind: id.Share, UUID: s.ID} }

// IsNode marks what `node` finds.
func (*Share) IsNode() {}

// IsNode marks what `node` finds.
func (*Reason) IsNode() {}

// IsNode marks what `node` finds.
func (*Deal) IsNode() {}

// IsNode marks what `node` finds.
func (*Agreement) IsNode() {}

// IsNode marks what `node` finds.
func (*Rescore) IsNode() {}

// IsNode marks what `node` finds.
func (*BackTest) IsNode() {}

// IsNode marks what `node` finds.
func (*ModelFit) IsNode() {}

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

// JobState says how far work in the background is.
type JobState string

// The states of a job, as in the SDL.
const (
	JobPending   JobState = "PENDING"
	JobRunning   JobState = "RUNNING"
	JobSucceeded JobState = "SUCCEEDED"
	JobFailed    JobState = "FAILED"
	JobCancelled JobState = "CANCELLED"
)

// JobStates lists every JobState.
var JobStates = []JobState{JobPending, JobRunning, JobSucceeded, JobFailed, JobCancelled}

// MarshalGQL writes the enum's name.
func (s JobState) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no JobState.
func (s *JobState) UnmarshalGQL(v any) error { return enum.Read(v, s, JobStates) }

// Ended tells whether nothing more will happen to the job.
func (s JobState) Ended() bool { return s != JobPending && s != JobRunning }

// Summary is the change as a sentence.
func (e *Event) Summary() string { return event.Sentence(e.Kind, e.Data) }

// Changes are the fields that changed.
func (e *Event) Changes() []string {
	if e.Data.Changes == nil {
		return []string{}
	}
	return e.Data.Changes
}

// ScoreCause says why a lead was scored.
type ScoreCause string

// The causes, as in the SDL.
const (
	CauseCapture ScoreCause = "CAPTURE" // the lead opened
	CauseFacts   ScoreCause = "FACTS"   // what is known of it, or a persona, changed
	CauseTouches ScoreCause = "TOUCHES" // something happened
	CauseTime    ScoreCause = "TIME"    // points decayed, or a window passed
	CauseModel   ScoreCause = "MODEL"   // other rules came into force
)

// ScoreCauses lists every ScoreCause.
var ScoreCauses = []ScoreCause{CauseCapture, CauseFacts, CauseTouches, CauseTime, CauseModel}

// MarshalGQL writes the enum's name.
func (c ScoreCause) MarshalGQL(w io.Writer) { enum.Write(w, c) }

// UnmarshalGQL refuses what is no ScoreCause.
func (c *ScoreCause) UnmarshalGQL(v any) error { return enum.Read(v, c, ScoreCauses) }

// Clauses are the rules of the version in words.
func (a *Agreement) Clauses() []clause.Clause { return a.Body.Clauses() }

// From is the stage before.
func (m *Move) From() lifecycle.Stage { return m.FromStage }

// To is the stage after.
func (m *Move) To() lifecycle.Stage { return m.ToStage }
