package lifecycle

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Band is how warm a lead is under the published scoring model.
type Band string

// The bands, as in the SDL, warmest first.
const (
	Hot  Band = "HOT"
	Warm Band = "WARM"
	Cool Band = "COOL"
)

// Bands lists every Band, warmest first.
var Bands = []Band{Hot, Warm, Cool}

// MarshalGQL writes the enum's name.
func (b Band) MarshalGQL(w io.Writer) { enum.Write(w, b) }

// UnmarshalGQL refuses what is no Band.
func (b *Band) UnmarshalGQL(v any) error { return enum.Read(v, b, Bands) }

// FitGrade is how well a lead fits, A best.
type FitGrade string

// The grades of fit, as in the SDL, best first.
const (
	FitA FitGrade = "A"
	FitB FitGrade = "B"
	FitC FitGrade = "C"
	FitD FitGrade = "D"
)

// FitGrades lists every FitGrade, best first.
var FitGrades = []FitGrade{FitA, FitB, FitC, FitD}

// MarshalGQL writes the enum's name.
func (g FitGrade) MarshalGQL(w io.Writer) { enum.Write(w, g) }

// UnmarshalGQL refuses what is no FitGrade.
func (g *FitGrade) UnmarshalGQL(v any) error { return enum.Read(v, g, FitGrades) }
