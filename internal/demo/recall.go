package demo

import (
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/backtest"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// recall notes the work that the versions of rules asked for: the judging of all leads after a publication, the back-tests of the
// scoring models and the fit of attribution, which the first start runs; the fit credits the deals.
func (w *world) recall() {
	for _, v := range w.versions {
		if v.row.Bootstrap {
			continue
		}
		at := *v.row.PublishedAt
		ended := at.Add(2 * time.Second)
		r := &db.Rescore{WorkspaceID: w.workspace.ID, ID: w.id(at), AgreementID: v.row.ID, State: db.JobSucceeded, CreatedAt: at, StartedAt: &at, FinishedAt: &ended}
		for _, p := range w.people {
			for _, l := range p.pursuits {
				w.count(r, l, at)
			}
		}
		r.Total = r.Done
		w.rows.rescores = append(w.rows.rescores, r)
	}
	for _, a := range w.rows.agreements {
		if a.Kind == agreement.ScoringModel && !a.Bootstrap {
			w.try(a)
		}
		if a.Kind == agreement.AttributionPolicy && a.State == agreement.Published {
			at := w.now.Add(-time.Minute)
			w.rows.fits = append(w.rows.fits, &db.AttributionFit{WorkspaceID: w.workspace.ID, ID: w.id(at), PolicyID: a.ID, FromAt: w.ago(730), ToAt: w.now, State: db.JobPending, CreatedAt: at})
		}
	}
}

// count counts a lead that was open at an instant, and whether its band changed then.
func (w *world) count(r *db.Rescore, l *pursuit, at time.Time) {
	stage := lifecycle.New
	for _, m := range l.moves {
		if !m.at.After(at) {
			stage = m.to
		}
	}
	if l.row.CreatedAt.After(at) || !stage.Open() {
		return
	}
	r.Done++
	for i, h := range l.history {
		if i > 0 && h.At.Equal(at) && h.Band != l.history[i-1].Band {
			r.Changed++
		}
	}
}

// try asks for the back-test of a version, on the leads of a year that sales has decided about.
func (w *world) try(a *db.Agreement) {
	capacity := int32(60)
	by := w.director("SALES")
	at := w.now.Add(-time.Minute)
	b := &db.BackTest{WorkspaceID: w.workspace.ID, ID: w.id(at), AgreementID: a.ID, Hash: a.Hash, State: db.JobPending, CapacityPerWeek: &capacity, CreatedBy: &by.ID, CreatedAt: at,
		Cohort: backtest.Cohort{From: w.ago(365).Truncate(day), To: w.now.Truncate(day), Label: backtest.LabelSalesQualified, HorizonDays: 90, Decision: backtest.DecisionCreation, AfterDays: 7}}
	w.rows.trials = append(w.rows.trials, b)
	w.note(at, event.BackTestRequested, by, &db.Event{SubjectID: &b.ID, Data: event.Data{Name: name(a)}})
}
