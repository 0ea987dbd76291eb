package model

import (
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/feed"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// LeadEventFilter says which events of leads. All that is given must hold.
type LeadEventFilter struct {
	LeadIDs  []id.Global
	Kinds    []event.Kind
	Stages   []lifecycle.Stage
	OwnerIDs []id.Global
	Queues   []string
}

// LeadEvent is an event of a lead, on its stream.
type LeadEvent struct{ *feed.Change }

// NewLeadEvent makes one of what the feed brings.
func NewLeadEvent(c *feed.Change) *LeadEvent { return &LeadEvent{c} }

// JobProgressFilter says which jobs.
type JobProgressFilter struct {
	JobIDs []id.Global
	Kinds  []event.Job
}

// JobProgress is a step of a job, on its stream.
type JobProgress struct{ *feed.Change }

// NewJobProgress makes one of what the feed brings.
func NewJobProgress(c *feed.Change) *JobProgress { return &JobProgress{c} }

// At is when.
func (j *JobProgress) At() time.Time { return j.Event.At }

// JobID is what is at work.
func (j *JobProgress) JobID() id.Global {
	return id.Global{Kind: JobObjects[j.Kind()], UUID: *j.Event.SubjectID}
}

// JobObjects are the types of what jobs of each kind work on.
var JobObjects = map[event.Job]id.Kind{event.JobImport: id.Import, event.JobRescore: id.Rescore, event.JobBackTest: id.BackTest, event.JobModelFit: id.ModelFit, event.JobAttributionFit: id.AttributionFit}

// Kind is what kind of job it is.
func (j *JobProgress) Kind() event.Job { return j.Event.Data.Progress.Job }

// State is how far it is.
func (j *JobProgress) State() db.JobState { return db.JobState(j.Event.Data.Progress.State) }

// Done is how much is done.
func (j *JobProgress) Done() int64 { return j.Event.Data.Progress.Done }

// Total is of how much.
func (j *JobProgress) Total() int64 { return j.Event.Data.Progress.Total }
