package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leadgraph/leadgraph/db"
	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	content "github.com/leadgraph/leadgraph/internal/resource"
)

// resource is a piece of content; its times are told in days before now, and from now on.
type resource struct {
	position      contact.FunnelPosition
	title         string
	format        content.Format
	made, current int
	expires       int // 0: never
	personas      []string
	row           *db.Resource
}

// readResource reads a line of the list.
func readResource(line string) (*resource, error) {
	f := strings.Split(line, " | ")
	if len(f) != 7 {
		return nil, fmt.Errorf("read the demo's resources: %q has not seven parts", line)
	}
	r := &resource{position: contact.FunnelPosition(f[0]), title: f[1], format: content.Format(f[2])}
	if _, err := fmt.Sscan(f[3]+" "+f[4], &r.made, &r.current); err != nil {
		return nil, fmt.Errorf("read when %q was made: %w", r.title, err)
	}
	if f[5] != "-" {
		if _, err := fmt.Sscan(f[5], &r.expires); err != nil {
			return nil, fmt.Errorf("read when %q expires: %w", r.title, err)
		}
	}
	if f[6] != "*" {
		r.personas = list(f[6])
	}
	return r, nil
}

// contents are the rows of content.
type contents struct {
	resources []*db.Resource
	labels    []*db.ResourceLabel
	versions  []*db.ResourceVersion
	shares    []*db.Share
}

// named is the id of what has a name. It draws no number, so that what else happens in the world stays as it is.
func named(at time.Time, name string) id.UUID {
	sum := sha256.Sum256([]byte(name))
	u := id.UUID(sum[:16])
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|0x7000|uint64(binary.BigEndian.Uint16(sum[16:])&0xfff))
	u[8] = u[8]&0x3f | 0x80
	return u
}

// stock makes the resources, each with its first version and the current one.
func (w *world) stock() {
	owner := w.members[1]
	for _, p := range contact.FunnelPositions {
		for _, r := range w.resources[p] {
			made, current := w.ago(float64(r.made)), w.ago(float64(r.current))
			row := &db.Resource{WorkspaceID: w.workspace.ID, ID: named(made, r.title), Key: slug(r.title), Title: r.title, Format: r.format, Position: p, Edition: 1, PublishedAt: current,
				URL: "https://www.northwind-robotics.example/library/" + slug(r.title), OwnerID: &owner.ID, CreatedAt: made, UpdatedAt: current, Version: 1}
			if r.expires > 0 {
				at := w.ago(-float64(r.expires))
				row.ExpiresAt = &at
			}
			if r.current < r.made {
				w.version(row, made, owner)
				row.Edition, row.Version, row.URL = 2, 2, row.URL+"-2"
			}
			w.version(row, current, owner)
			r.row = row
			w.content.resources = append(w.content.resources, row)
			w.label(row, r.personas)
		}
	}
}

func (w *world) version(r *db.Resource, at time.Time, by *db.Member) {
	w.content.versions = append(w.content.versions, &db.ResourceVersion{WorkspaceID: r.WorkspaceID, ID: named(at, fmt.Sprint(r.Key, r.Edition)), ResourceID: r.ID, Edition: r.Edition, URL: r.URL,
		CreatedBy: &by.ID, CreatedAt: at})
}

// label says whom a resource speaks to; nobody named is everybody.
func (w *world) label(r *db.Resource, personas []string) {
	add := func(persona *id.UUID) {
		w.content.labels = append(w.content.labels, &db.ResourceLabel{WorkspaceID: r.WorkspaceID, ResourceID: r.ID, Ord: int32(len(w.content.labels) + 1), PersonaID: persona, Position: r.Position})
	}
	if len(personas) == 0 {
		add(nil)
	}
	for _, p := range w.personas {
		for _, name := range personas {
			if p.Name == name {
				add(&p.ID)
			}
		}
	}
}

// share makes shares of what was mailed to people in the last month, with the views that came of them.
func (w *world) share() {
	type shown struct{ contact, resource id.UUID }
	sent := map[shown]*db.Share{}
	for _, t := range w.rows.touches {
		if t.ResourceID != nil && t.Direction == contact.DirectionOutbound && t.OccurredAt.After(w.ago(30)) && sent[shown{t.ContactID, *t.ResourceID}] == nil {
			s := &db.Share{WorkspaceID: t.WorkspaceID, ID: named(t.OccurredAt, t.ID.String()), ResourceID: *t.ResourceID, ContactID: t.ContactID, SourceID: t.SourceID, TouchID: t.ID, Channel: t.Channel,
				MemberID: t.MemberID, SharedAt: t.OccurredAt}
			sent[shown{t.ContactID, *t.ResourceID}] = s
			w.content.shares = append(w.content.shares, s)
		}
	}
	for _, t := range w.rows.touches {
		if t.ResourceID == nil || !slices.Contains(content.Views, t.Kind) {
			continue
		}
		s := sent[shown{t.ContactID, *t.ResourceID}]
		if s == nil || t.OccurredAt.Before(s.SharedAt) {
			continue
		}
		s.Views++
		if s.FirstViewedAt == nil || t.OccurredAt.Before(*s.FirstViewedAt) {
			s.FirstViewedAt = &t.OccurredAt
		}
		if s.LastViewedAt == nil || t.OccurredAt.After(*s.LastViewedAt) {
			s.LastViewedAt = &t.OccurredAt
		}
	}
}
