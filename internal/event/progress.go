package event

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Progress is how far a job has come. A job emits it when it is asked for, now and then while it runs, and when it has ended.
type Progress struct {
	Job   Job    `json:"job"`
	State string `json:"state"` // a db.JobState
	Done  int64  `json:"done"`  // of Total, in the job's own measure: bytes of an import, deals and leads of a fit of attribution, leads of all others
	Total int64  `json:"total"` // 0 where it is not known
}

// Job is a kind of background work whose progress can be followed.
type Job string

// The kinds of job, as in the SDL.
const (
	JobImport         Job = "IMPORT"          // its subject is the import
	JobRescore        Job = "RESCORE"         // the re-score
	JobBackTest       Job = "BACK_TEST"       // the back-test
	JobModelFit       Job = "MODEL_FIT"       // the learned model
	JobAttributionFit Job = "ATTRIBUTION_FIT" // the fit
)

// Jobs lists every Job.
var Jobs = []Job{JobImport, JobRescore, JobBackTest, JobModelFit, JobAttributionFit}

// MarshalGQL writes the enum's name.
func (j Job) MarshalGQL(w io.Writer) { enum.Write(w, j) }

// UnmarshalGQL refuses what is no Job.
func (j *Job) UnmarshalGQL(v any) error { return enum.Read(v, j, Jobs) }
