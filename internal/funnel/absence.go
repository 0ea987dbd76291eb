package funnel

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/auth"
	"github.com/leadgraph/leadgraph/internal/event"
	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/sla"
)

// SetMemberProfileInput is what a member serves, and when; absent keeps, an empty list clears.
type SetMemberProfileInput struct {
	MemberID                       *id.Global
	ExpectedVersion                *int32
	Territories, Skills, Languages []string
	Team                           graphql.Omittable[*string]       `json:",omitzero"`
	WorkingHours                   graphql.Omittable[*sla.Calendar] `json:",omitzero"`
	IdempotencyKey                 *string
}

// SetMemberProfilePayload is the member with the profile.
type SetMemberProfilePayload struct {
	Mark
	Member *db.Member
}

// SetMemberProfile says what a member serves and when the member works. The member may, managers and directors of the department, and admins.
func (f *Funnel) SetMemberProfile(ctx context.Context, in SetMemberProfileInput) (*SetMemberProfilePayload, error) {
	var c checks
	who := c.oneself(ctx, "input.memberId", in.MemberID)
	lists := map[string][]string{"territories": c.words("input.territories", in.Territories), "skills": c.words("input.skills", in.Skills),
		"languages": c.words("input.languages", in.Languages)}
	team, teamed := in.Team.ValueOK()
	team = c.opt("input.team", team, 100)
	hours, timed := in.WorkingHours.ValueOK()
	if hours != nil {
		c.under("input.workingHours", hours.Check())
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*SetMemberProfilePayload, error) {
		m, err := t.lockColleague(ctx, "input.memberId", who)
		if err != nil {
			return nil, err
		}
		if err := current(in.ExpectedVersion, m.Version); err != nil {
			return nil, err
		}
		p := db.SetMemberProfileParams{WorkspaceID: t.Workspace, ID: m.ID, Territories: m.Territories, Skills: m.Skills, Languages: m.Languages, Team: m.Team, CalendarID: m.CalendarID, At: t.now}
		var ch changes
		for _, x := range []struct {
			field string
			old   *[]string
		}{{"territories", &p.Territories}, {"skills", &p.Skills}, {"languages", &p.Languages}} {
			if to := lists[x.field]; to != nil && !slices.Equal(*x.old, to) {
				*x.old = to
				ch.note(x.field)
			}
		}
		if teamed {
			if patch(&ch, "team", &p.Team, graphql.OmittableOf(team), same); slices.Contains(ch, "team") && !t.leads(m.Department) && !t.who.May(auth.MembersWrite) {
				return nil, &fault.Error{Code: fault.Forbidden, Field: "input.team", Message: "A manager or director of the department says who is in a team, or an admin."}
			}
		}
		if timed {
			calendar, err := t.calendar(ctx, hours)
			if err != nil {
				return nil, err
			}
			patch(&ch, "workingHours", &p.CalendarID, graphql.OmittableOf(calendar), same)
		}
		if len(ch) == 0 {
			return &SetMemberProfilePayload{Member: m}, nil
		}
		if m, err = t.Queries.SetMemberProfile(ctx, p); err != nil {
			return nil, err
		}
		t.emit(logged{kind: event.MemberChanged, subject: m.ID, data: event.Data{Name: m.Name, Changes: ch}})
		return &SetMemberProfilePayload{Member: m}, nil
	})
}

// oneself is the member that an input names, or else the viewer.
func (c *checks) oneself(ctx context.Context, field string, named *id.Global) id.UUID {
	if named != nil {
		who, err := kind(field, *named, id.Member)
		c.add(err)
		return who
	}
	who := auth.From(ctx)
	if who.Signed() && who.Kind != auth.ActorMember {
		c.add(fault.Input(field, "You are no member, so name one."))
	}
	if who == nil {
		return id.UUID{}
	}
	return who.Member
}

// words are a list of short words, each once whatever its case; nil where there is no list.
func (c *checks) words(field string, all []string) []string {
	if all == nil {
		return nil
	}
	if len(all) > 300 {
		c.add(fault.Input(field, "Give at most 300."))
		return nil
	}
	out := []string{}
	for i, w := range all {
		w = c.line(fmt.Sprintf("%s[%d]", field, i), w, 100)
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, w) }) {
			out = append(out, w)
		}
	}
	return out
}

// lockColleague locks a member whose working life the viewer may arrange: the viewer's own, that of the department which the viewer leads,
// and for admins everybody's.
func (t *tx) lockColleague(ctx context.Context, field string, who id.UUID) (*db.Member, error) {
	m, err := t.LockMember(ctx, db.LockMemberParams{WorkspaceID: t.Workspace, ID: who})
	if m, err = found(m, err, field, "member"); err != nil {
		return nil, err
	}
	if m.ID != t.who.Member && !t.leads(m.Department) && !t.who.May(auth.MembersWrite) {
		return nil, &fault.Error{Code: fault.Forbidden, Field: field, Message: "The member says so, a manager or director of the department, or an admin."}
	}
	return m, nil
}

// calendar finds or stores a calendar by what it says; nil for none.
func (t *tx) calendar(ctx context.Context, c *sla.Calendar) (*id.UUID, error) {
	if c == nil {
		return nil, nil
	}
	rows, _, err := t.keepCalendars(ctx, []*sla.Calendar{c})
	if err != nil {
		return nil, err
	}
	return &rows[0], nil
}

// RecordAbsenceInput is when a member is away.
type RecordAbsenceInput struct {
	MemberID         *id.Global
	StartsAt, EndsAt time.Time
	Note             *string
	IdempotencyKey   *string
}

// AbsencePayload is an absence and its member.
type AbsencePayload struct {
	Mark
	Absence *db.Absence
	Member  *db.Member
}

const (
	maxAbsence  = 2 * 366 * 24 * time.Hour
	maxAbsences = 100 // of a member, that are not over
)

// RecordAbsence says when a member is away. The member may, managers and directors of the department, and admins.
func (f *Funnel) RecordAbsence(ctx context.Context, in RecordAbsenceInput) (*AbsencePayload, error) {
	var c checks
	who := c.oneself(ctx, "input.memberId", in.MemberID)
	note := c.prose("input.note", in.Note, 500)
	switch {
	case !in.EndsAt.After(in.StartsAt):
		c.add(fault.Input("input.endsAt", "An absence ends after it starts."))
	case in.EndsAt.Sub(in.StartsAt) > maxAbsence:
		c.add(fault.Input("input.endsAt", "An absence is at most two years long: deactivate who leaves."))
	case !in.EndsAt.After(f.Now()):
		c.add(fault.Input("input.endsAt", "This absence is over already, so nothing comes of it."))
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*AbsencePayload, error) {
		m, err := t.lockColleague(ctx, "input.memberId", who)
		if err != nil {
			return nil, err
		}
		n, err := t.CountAbsences(ctx, db.CountAbsencesParams{WorkspaceID: t.Workspace, MemberID: m.ID, At: t.now})
		if err != nil || n >= maxAbsences {
			return nil, either(err, fault.New(fault.Conflict, "This member has %d absences to come: cancel some first.", n))
		}
		a, err := t.InsertAbsence(ctx, db.InsertAbsenceParams{WorkspaceID: t.Workspace, ID: id.New(), MemberID: m.ID, StartsAt: in.StartsAt.UTC(), EndsAt: in.EndsAt.UTC(), Note: note, At: t.now})
		if err != nil {
			return nil, err
		}
		t.tellAbsence(event.AbsenceRecorded, m, a)
		return &AbsencePayload{Absence: a, Member: m}, nil
	})
}

// CancelAbsenceInput names an absence that does not happen.
type CancelAbsenceInput struct {
	AbsenceID      id.Global
	IdempotencyKey *string
}

// CancelAbsence says that a member is not away after all. The member may, managers and directors of the department, and admins.
func (f *Funnel) CancelAbsence(ctx context.Context, in CancelAbsenceInput) (*AbsencePayload, error) {
	which, err := kind("input.absenceId", in.AbsenceID, id.Absence)
	if err != nil {
		return nil, err
	}
	return write(ctx, f, in.IdempotencyKey, in, func(t *tx) (*AbsencePayload, error) {
		a, err := t.LockAbsence(ctx, db.LockAbsenceParams{WorkspaceID: t.Workspace, ID: which})
		if a, err = found(a, err, "input.absenceId", "absence"); err != nil {
			return nil, err
		}
		m, err := t.lockColleague(ctx, "input.absenceId", a.MemberID)
		if err != nil {
			return nil, err
		}
		if a.CancelledAt != nil || !a.EndsAt.After(t.now) {
			return nil, fault.New(fault.Conflict, "This absence is cancelled or over.")
		}
		if a, err = t.Queries.CancelAbsence(ctx, db.CancelAbsenceParams{WorkspaceID: t.Workspace, ID: a.ID, At: t.now}); err != nil {
			return nil, err
		}
		t.tellAbsence(event.AbsenceCancelled, m, a)
		return &AbsencePayload{Absence: a, Member: m}, nil
	})
}

// tellAbsence records an absence without saying why.
func (t *tx) tellAbsence(k event.Kind, m *db.Member, a *db.Absence) {
	t.emit(logged{kind: k, subject: m.ID, data: event.Data{Name: m.Name, Detail: fmt.Sprintf("%s to %s", a.StartsAt.Format(time.RFC3339), a.EndsAt.Format(time.RFC3339))}})
}
