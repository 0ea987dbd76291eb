package condition

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
)

func TestReachIsTheFurthestThatSomebodyAsks(t *testing.T) {
	t.Parallel()
	click, form := contact.KindEmailClicked, contact.KindFormSubmitted
	month, year := 30, 365
	r := Reach{}
	for _, b := range []Behaviour{
		{Kinds: []contact.TouchKind{click, form}, WithinDays: &month}, {Kinds: []contact.TouchKind{click}, WithinDays: &year}, {Kinds: []contact.TouchKind{form}}, {Kinds: []contact.TouchKind{form}, WithinDays: &year},
	} {
		r.Add(&b)
	}
	require.Equal(t, Reach{click: 365, form: 0}, r)
	r.Add(&Behaviour{})
	require.Len(t, r, len(contact.TouchKinds))
	require.Zero(t, r[click])
}
