package resource

import (
	"io"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/id"
)

// What makes content stale, in days of 24 hours.
const (
	Soon     = 30 * 24 * time.Hour  // it expires within
	Outdated = 365 * 24 * time.Hour // its current version is older
	Unused   = 90 * 24 * time.Hour  // nobody was shown it, or opened it, for so long
)

// Stale says why a cell is stale.
type Stale string

// The reasons, as in the SDL.
const (
	AllExpireSoon Stale = "ALL_EXPIRE_SOON"
	AllOutdated   Stale = "ALL_OUTDATED"
	AllUnused     Stale = "ALL_UNUSED"
)

// Stales lists every Stale.
var Stales = []Stale{AllExpireSoon, AllOutdated, AllUnused}

// MarshalGQL writes the enum's name.
func (s Stale) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL refuses what is no Stale.
func (s *Stale) UnmarshalGQL(v any) error { return enum.Read(v, s, Stales) }

// Cell is what there is for a persona at a position.
type Cell struct {
	PersonaID   id.UUID
	Position    contact.FunnelPosition
	Resources   int // current ones
	OwnLabelled int // of these, labelled for the persona; the others are for everybody
	ExpireSoon  int // of these
	Outdated    int // of these
	Unused      int // of these
	Leads       int // that stand there
}

// Gap tells whether there is nothing.
func (c *Cell) Gap() bool { return c.Resources == 0 }

// Stale says what is wrong with all that there is; nothing where one resource is as it should be.
func (c *Cell) Stale() []Stale {
	out := []Stale{}
	for _, of := range []struct {
		n   int
		why Stale
	}{{c.ExpireSoon, AllExpireSoon}, {c.Outdated, AllOutdated}, {c.Unused, AllUnused}} {
		if c.Resources > 0 && of.n == c.Resources {
			out = append(out, of.why)
		}
	}
	return out
}
