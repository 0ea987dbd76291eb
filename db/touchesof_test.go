package db

import (
	"bytes"
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
)

// TestConditionsSeeTheLatestTouchesOfEachPerson reads people with few touches, with more than conditions see, and with so many that they are read one by one; over several partitions.
func TestConditionsSeeTheLatestTouchesOfEachPerson(t *testing.T) {
	t.Parallel()
	d, ws := harbor(t)
	end := time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)
	few, many, most, none := id.New(), id.New(), id.New(), id.New()
	counts := map[id.UUID]int{few: 7, many: 2_100, most: 4_500}
	source := &Source{WorkspaceID: ws, ID: id.New(), Key: "web", Name: "Web", Kind: contact.SourceKinds[0], Channel: contact.ChannelWeb, CreatedAt: end, UpdatedAt: end, Version: 1}
	all := map[id.UUID][]*Touch{}
	require.NoError(t, d.Write(t.Context(), ws, func(tx *Tx) error {
		InsertLater(tx, "sources", []*Source{source}, "")
		for _, who := range []id.UUID{few, many, most, none} {
			InsertLater(tx, "contacts", []*Contact{{WorkspaceID: ws, ID: who, Attributes: None, CreatedAt: end, UpdatedAt: end, Version: 1}}, "", "sort_name")
			for i := range counts[who] {
				kind := contact.KindPageViewed
				if i%2 == 0 {
					kind = contact.KindFormSubmitted
				}
				all[who] = append(all[who], &Touch{WorkspaceID: ws, ID: id.New(), ContactID: who, SourceID: source.ID, Kind: kind, Channel: contact.ChannelWeb, Direction: contact.DirectionInbound,
					OccurredAt: end.Add(-time.Duration(i*i%977) * time.Duration(1+i%5) * 20 * time.Hour)})
			}
			InsertTouchesLater(tx, all[who], new([]id.UUID))
		}
		return nil
	}))
	for name, which := range map[string]Touched{
		"all": EveryTouch(), "one kind": {Kinds: []string{string(contact.KindFormSubmitted)}},
		"another kind of late": {Kinds: []string{string(contact.KindFormSubmitted)}, Recent: []string{string(contact.KindPageViewed)}, Since: end.AddDate(0, -6, 0)},
	} {
		want := map[id.UUID][]id.UUID{few: nil, many: nil, most: nil, none: nil}
		for who := range want {
			sees := slices.DeleteFunc(slices.Clone(all[who]), func(t *Touch) bool {
				return !slices.Contains(which.Kinds, string(t.Kind)) && (!slices.Contains(which.Recent, string(t.Kind)) || !t.OccurredAt.After(which.Since))
			})
			slices.SortFunc(sees, func(a, b *Touch) int {
				return cmp.Or(b.OccurredAt.Compare(a.OccurredAt), bytes.Compare(b.ID[:], a.ID[:]))
			})
			for _, t := range sees[:min(len(sees), 2_000)] {
				want[who] = append(want[who], t.ID)
			}
		}
		for of, people := range map[string][]id.UUID{"few": {few, none}, "many": {none, many, few}, "most": {most, few, many, none, few}} {
			require.NoError(t, d.Write(t.Context(), ws, func(tx *Tx) error {
				got, err := TouchesByContact(t.Context(), tx.Queries, ws, people, which)
				require.NoError(t, err)
				for _, who := range people {
					var ids []id.UUID
					for _, touch := range got[who] {
						ids = append(ids, touch.ID)
					}
					require.Equal(t, want[who], ids, "%s, %s", name, of)
				}
				return nil
			}))
		}
	}
}
