package resource

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/enum"
	"github.com/leadgraph/leadgraph/internal/id"
)

// ReasonCode says in a word why a resource is recommended.
type ReasonCode string

// The reasons, as in the SDL.
const (
	MatchesPersona ReasonCode = "MATCHES_PERSONA"
	ForEverybody   ReasonCode = "FOR_EVERYBODY"
	FitsPosition   ReasonCode = "FITS_POSITION"
	Unseen         ReasonCode = "UNSEEN"
	ObservedLift   ReasonCode = "LIFT"
	FewData        ReasonCode = "FEW_DATA"
)

// ReasonCodes lists every ReasonCode.
var ReasonCodes = []ReasonCode{MatchesPersona, ForEverybody, FitsPosition, Unseen, ObservedLift, FewData}

// MarshalGQL writes the enum's name.
func (r ReasonCode) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL refuses what is no ReasonCode.
func (r *ReasonCode) UnmarshalGQL(v any) error { return enum.Read(v, r, ReasonCodes) }

// Reason is why a resource is recommended, in a word and in a sentence.
type Reason struct {
	Code ReasonCode
	Text string
}

// Candidate is a resource that fits where a lead stands.
type Candidate struct {
	ResourceID  id.UUID
	Own         bool // it is labelled for the lead's persona; otherwise it is for everybody
	PublishedAt time.Time
	Lift        *Lift // nil where nothing was observed
}

// Recommendation is a resource for a lead.
type Recommendation struct {
	Candidate
	Position contact.FunnelPosition
}

// Recommend answers the first of what the person has not seen: what moved like leads most, then what is labelled for their persona, then the newest.
func Recommend(all []Candidate, seen func(id.UUID) bool, at contact.FunnelPosition, first int) []*Recommendation {
	out := []*Recommendation{}
	for _, c := range all {
		if !seen(c.ResourceID) {
			out = append(out, &Recommendation{c, at})
		}
	}
	slices.SortFunc(out, func(a, b *Recommendation) int {
		return cmp.Or(cmp.Compare(b.Lift.Factor(), a.Lift.Factor()), cmp.Compare(own(b), own(a)), b.PublishedAt.Compare(a.PublishedAt), bytes.Compare(a.ResourceID[:], b.ResourceID[:]))
	})
	return out[:min(first, len(out))]
}

func own(r *Recommendation) int {
	if r.Own {
		return 1
	}
	return 0
}

// Reasons are why, in the order in which they were asked.
func (r *Recommendation) Reasons() []*Reason {
	out := []*Reason{{ForEverybody, "It speaks to everybody."}}
	if r.Own {
		out[0] = &Reason{MatchesPersona, "It is labelled for the lead's persona."}
	}
	out = append(out, &Reason{FitsPosition, fmt.Sprintf("It fits where the lead stands: %s.", r.Position)}, &Reason{Unseen, "It was neither shown to the person nor opened by them."})
	l := r.Lift
	switch {
	case l == nil:
		out = append(out, &Reason{FewData, "No lead of this persona has seen it at this position long enough ago to tell what it does."})
	case !l.Known():
		out = append(out, &Reason{FewData, fmt.Sprintf("Only %d like leads saw it, and %d did not: %d of each are needed to tell what it does.", l.Viewers, l.Others, Enough)})
	default:
		out = append(out, &Reason{ObservedLift, fmt.Sprintf("Of %d like leads that saw it %d moved forward within %d days, of %d others %d.", l.Viewers, l.ViewersMoved, WindowDays, l.Others, l.OthersMoved)})
	}
	return out
}
