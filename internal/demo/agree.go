package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/agreement"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/condition"
	"github.com/leadgraph/leadgraph/internal/definition"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/routing"
	"github.com/leadgraph/leadgraph/internal/scoring"
)

// version is a version of rules that is, or was, in force, or waits for signatures; with its rule where leads are judged by it.
type version struct {
	row        *db.Agreement
	scoring    *scoring.Program
	definition *definition.Program
	router     *routing.Router
}

// agree makes what both departments agreed on: the defaults that the founder signed alone, what replaced some of them early in the
// quarter, and what waits for a signature.
func (w *world) agree() error {
	at := w.workspace.CreatedAt
	founder := w.members[0]
	for _, k := range agreement.Kinds {
		body := agreement.Default(k)
		row := &db.Agreement{WorkspaceID: w.workspace.ID, ID: w.id(at), Kind: k, Number: 1, Title: "Default", State: agreement.Published, Body: body, Hash: body.Hash(), Bootstrap: true,
			CreatedAt: at, UpdatedAt: at, PublishedAt: &at, Version: 1}
		w.rows.agreements = append(w.rows.agreements, row)
		w.sign(row, founder, at)
		w.noteAgreement(at, event.AgreementPublished, nil, row, "")
	}
	for i := range w.material.agreements {
		w.negotiate(&w.material.agreements[i])
	}
	return w.compile()
}

// negotiate tells the life of a version: drafted, submitted, signed and, with both signatures, published.
func (w *world) negotiate(f *agreementForm) {
	hour := w.step(w.members[f.By].CreatedAt)
	kind, drafted := f.Body.Kind(), hour(f.Drafted)
	before := w.published(kind)
	row := &db.Agreement{WorkspaceID: w.workspace.ID, ID: f.ID, Kind: kind, Number: before.Number + 1, Title: f.Title, Note: ptr(f.Note), State: agreement.InReview, Body: f.Body, Hash: f.Body.Hash(),
		CreatedBy: &w.members[f.By].ID, CreatedAt: drafted, Version: 1}
	for _, other := range w.rows.agreements {
		if other.Kind == kind {
			row.Number = max(row.Number, other.Number+1)
		}
	}
	w.rows.agreements = append(w.rows.agreements, row)
	w.noteAgreement(drafted, event.AgreementDrafted, w.members[f.By], row, "")
	submitted := hour(f.Submitted)
	row.SubmittedAt, row.UpdatedAt, row.Version = &submitted, submitted, 2
	w.noteAgreement(submitted, event.AgreementSubmitted, w.members[f.By], row, "")
	for _, s := range f.Signed {
		at, by := hour(s.Ago), w.director(s.Department)
		w.sign(row, by, at)
		w.noteAgreement(at, event.AgreementSigned, by, row, string(s.Department))
		row.UpdatedAt, row.Version = at, row.Version+1
		if s == f.Signed[len(f.Signed)-1] && f.Published > 0 {
			row.State, row.ApprovedAt = agreement.Approved, &at
			w.noteAgreement(at, event.AgreementApproved, by, row, "")
		}
	}
	if f.Published == 0 {
		return
	}
	at, by := hour(f.Published), w.director(auth.Sales)
	before.State, before.SupersededAt, before.UpdatedAt, before.Version = agreement.Superseded, &at, at, before.Version+1
	w.noteAgreement(at, event.AgreementSuperseded, by, before, "")
	row.State, row.PublishedAt, row.UpdatedAt, row.Version = agreement.Published, &at, at, row.Version+1
	w.noteAgreement(at, event.AgreementPublished, by, row, "")
}

// step gives instants in office hours, told in days before now, each after the one before.
func (w *world) step(last time.Time) func(ago float64) time.Time {
	return func(ago float64) time.Time {
		at := w.officeHours(w.ago(ago), w.zones["Europe/Berlin"])
		if !at.After(last) {
			at = last.Add(w.minutes(20, 90))
		}
		last = at
		return at
	}
}

// sign puts a member's signature under a version.
func (w *world) sign(row *db.Agreement, by *db.Member, at time.Time) {
	w.rows.signatures = append(w.rows.signatures, &db.Signature{WorkspaceID: w.workspace.ID, ID: w.id(at), AgreementID: row.ID, MemberID: by.ID, Department: by.Department, Hash: row.Hash,
		Bootstrap: row.Bootstrap, SignedAt: at})
}

// director is who signs for a department.
func (w *world) director(d auth.Department) *db.Member {
	return w.members[slices.IndexFunc(w.members, func(m *db.Member) bool { return m.Department == d && m.Role == auth.Director })]
}

// published is the version of a kind that is in force now.
func (w *world) published(k agreement.Kind) *db.Agreement {
	i := slices.IndexFunc(w.rows.agreements, func(a *db.Agreement) bool { return a.Kind == k && a.State == agreement.Published })
	return w.rows.agreements[i]
}

func (w *world) noteAgreement(at time.Time, kind event.Kind, actor *db.Member, row *db.Agreement, detail string) {
	w.note(at, kind, actor, &db.Event{SubjectID: &row.ID, Data: event.Data{Name: name(row), Detail: detail}})
}

// name is what events call a version.
func name(a *db.Agreement) string { return fmt.Sprintf("%s %d, %s", a.Kind, a.Number, a.Title) }

// compile makes ready the rules that leads are judged by, oldest first.
func (w *world) compile() error {
	reg := w.registry()
	for _, row := range w.rows.agreements {
		if err := row.Body.Check(reg); err != nil {
			return fmt.Errorf("check %s %d: %w", row.Kind, row.Number, err)
		}
		if row.PublishedAt == nil {
			continue
		}
		v := version{row: row}
		var err error
		switch row.Kind {
		case agreement.ScoringModel:
			v.scoring, err = scoring.Compile(row.Body.ScoringModel, reg)
		case agreement.LeadDefinition:
			v.definition, err = definition.Compile(row.Body.LeadDefinition, reg)
		case agreement.RoutingPolicy:
			v.router, err = routing.Compile(row.Body.RoutingPolicy, reg)
		default:
			continue
		}
		if err != nil {
			return fmt.Errorf("compile %s %d: %w", row.Kind, row.Number, err)
		}
		w.versions = append(w.versions, v)
	}
	return nil
}

// inForce is the version of a kind that was in force at an instant; the first one before there was any.
func (w *world) inForce(k agreement.Kind, at time.Time) *version {
	var found *version
	for i := range w.versions {
		if v := &w.versions[i]; v.row.Kind == k && (found == nil || !v.row.PublishedAt.After(at)) {
			found = v
		}
	}
	return found
}

// registry knows the demo's own attributes.
func (w *world) registry() *condition.Registry {
	custom := make([]condition.Custom, len(w.attributes))
	for i, a := range w.attributes {
		custom[i] = a.Custom()
	}
	return condition.NewRegistry(custom)
}
