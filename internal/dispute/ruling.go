package dispute

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

// Ruling is what both directors sign: how a deal's credit is divided, and why. Nothing is nobody's in a ruling.
type Ruling struct {
	Dispute   id.UUID  `json:"dispute"`
	Number    int32    `json:"number"` // 1 for the first that was proposed in the dispute
	Marketing float64  `json:"marketing"`
	Sales     float64  `json:"sales"`
	Summary   string   `json:"summary"`
	Tags      []string `json:"tags"`
}

// maxTags is how many words a ruling can be found by.
const maxTags = 10

// tag is what such a word looks like.
var tag = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// Check refuses shares that do not divide a whole, and words that cannot be searched.
func (r *Ruling) Check() error {
	var faults fault.List
	for _, s := range []struct {
		field string
		share float64
	}{{"marketingShare", r.Marketing}, {"salesShare", r.Sales}} {
		if !(s.share >= 0 && s.share <= 1) {
			faults = append(faults, fault.Input(s.field, "A share is from 0 to 1."))
		}
	}
	if sum := r.Marketing + r.Sales; len(faults) == 0 && math.Abs(sum-1) > nothing {
		faults = append(faults, fault.Input("salesShare", "The shares of both departments add up to 1; these add up to %.4g.", sum))
	}
	if len(r.Tags) > maxTags {
		faults = append(faults, fault.Input("tags", "Give at most %d; these are %d.", maxTags, len(r.Tags)))
		return faults
	}
	for i, t := range r.Tags {
		field := fmt.Sprintf("tags[%d]", i)
		switch {
		case !tag.MatchString(t):
			faults = append(faults, fault.Input(field, "A tag is 1 to 63 of a-z, 0-9, hyphen and underscore, and begins with a letter or digit."))
		case slices.Contains(r.Tags[:i], t):
			faults = append(faults, fault.Input(field, "%s stands there twice: remove one.", t))
		}
	}
	return faults.OrNil()
}

// Hash is the SHA-256 of the ruling, in hexadecimal: what is signed. It holds the dispute and the number, so that a signature is under one ruling only.
func (r *Ruling) Hash() string {
	c := *r
	if c.Tags == nil {
		c.Tags = []string{}
	}
	body, _ := json.Marshal(c) // plain: never fails
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Parts are the two parts of an amount; they add up to it.
func (r *Ruling) Parts(amount int64) (marketing, sales int64) {
	marketing = Minor(amount, r.Marketing)
	return marketing, amount - marketing
}
