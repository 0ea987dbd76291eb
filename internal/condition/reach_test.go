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
	var r Reach
	for _, b := range []Behaviour{
		{Kinds: []contact.TouchKind{click, form}, WithinDays: &month}, {Kinds: []contact.TouchKind{click}, WithinDays: &year}, {Kinds: []contact.TouchKind{form}}, {Kinds: []contact.TouchKind{form}, WithinDays: &year},
	} {
		r.Add(&b)
	}
	require.Equal(t, map[contact.TouchKind]int{click: 365, form: 0}, r.Touches)
	r.Add(&Behaviour{})
	require.Len(t, r.Touches, len(contact.TouchKinds))
	require.Zero(t, r.Touches[click])
	require.Equal(t, Needs{}, r.Needs)
	p, err := Compile(&Condition{Attribute: &Attribute{Name: "source.key", Op: IsSet}}, NewRegistry(nil))
	require.NoError(t, err)
	other := r.Clone()
	p.Reach(&other)
	require.Equal(t, []Needs{{}, {Source: true}}, []Needs{r.Needs, other.Needs})
}
