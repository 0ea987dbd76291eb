// Package resource holds the rules of content: what fits a lead, what is missing, and what having seen it is worth.
package resource

import (
	"io"

	"github.com/leadgraph/leadgraph/internal/enum"
)

// Format is what kind of thing a resource is.
type Format string

// The formats, as in the SDL.
const (
	FormatArticle   Format = "ARTICLE"
	FormatGuide     Format = "GUIDE"
	FormatChecklist Format = "CHECKLIST"
	FormatCaseStudy Format = "CASE_STUDY"
	FormatReport    Format = "REPORT"
	FormatDatasheet Format = "DATASHEET"
	FormatVideo     Format = "VIDEO"
	FormatWebinar   Format = "WEBINAR"
	FormatTool      Format = "TOOL" // a calculator, a worksheet
	FormatOther     Format = "OTHER"
)

// Formats lists every Format.
var Formats = []Format{FormatArticle, FormatGuide, FormatChecklist, FormatCaseStudy, FormatReport, FormatDatasheet, FormatVideo, FormatWebinar, FormatTool, FormatOther}

// MarshalGQL writes the enum's name.
func (f Format) MarshalGQL(w io.Writer) { enum.Write(w, f) }

// UnmarshalGQL refuses what is no Format.
func (f *Format) UnmarshalGQL(v any) error { return enum.Read(v, f, Formats) }
