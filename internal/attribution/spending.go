package attribution

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/leadgraph/leadgraph/internal/id"
)

// CampaignCredit is what touches of one campaign earned in one row of a report: by it the campaign's cost is divided among rows.
type CampaignCredit struct {
	Campaign id.UUID
	Key      Key     // of the row
	Credits  []int64 // in the order of the report's models, in minor units
}

// pair is where a campaign's touches count: its place, and that of the row.
type pair struct{ campaign, row int32 }

// Follow keeps the credit of campaigns apart by rows. It comes before what is added.
func (r *Report) Follow(campaigns []id.UUID) {
	r.campaigns, r.pairs = map[id.UUID]int32{}, map[pair]int32{}
	for i, c := range campaigns {
		r.campaigns[c] = int32(i) // campaigns of one workspace
	}
}

// enter puts a touch of the deal that is added into its row.
func (r *Report) enter(row int32, campaign id.UUID) {
	r.inRow = append(r.inRow, row)
	place, followed := r.campaigns[campaign]
	if !followed {
		r.inPair = append(r.inPair, -1)
		return
	}
	at, known := r.pairs[pair{place, row}]
	if !known {
		at = int32(len(r.byCampaign))
		r.pairs[pair{place, row}] = at
		r.byCampaign = append(r.byCampaign, CampaignCredit{Campaign: campaign, Key: r.rows[row].Key, Credits: make([]int64, len(r.models))})
	}
	r.inPair = append(r.inPair, at)
}

// CampaignCredits are what the campaigns that are followed earned in each row, in the order of the campaigns' ids and of the rows' keys.
func (r *Report) CampaignCredits() []CampaignCredit {
	return slices.SortedFunc(slices.Values(r.byCampaign), func(x, y CampaignCredit) int {
		return cmp.Or(bytes.Compare(x.Campaign[:], y.Campaign[:]), compareKeys(x.Key, y.Key))
	})
}

// compareKeys is the order of rows.
func compareKeys(x, y Key) int {
	return cmp.Or(cmp.Compare(x.Name, y.Name), bytes.Compare(x.ID[:], y.ID[:]))
}
