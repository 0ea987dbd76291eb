package event

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryEventIsASentence(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds {
		d := Data{Name: "Website", From: "Ada Park", To: "Sam Reed", Changes: []string{"title", "city"}, Count: 3, Detail: "as asked"}
		if k == LeadMoved { // whose reason is a sentence of its own
			d.Detail = "As asked."
		}
		s := Sentence(k, d)
		require.Regexp(t, `^[A-Z0-9].*\.$`, s, k)
		require.NotContains(t, s, "%", k)
	}
	require.Len(t, sentences, len(Kinds))
	require.Equal(t, "Owner: none, before: Ada Park.", Sentence(LeadAssigned, Data{From: "Ada Park"}))
}

func TestAKindIsReadInItsOwnCapitalsOnly(t *testing.T) {
	t.Parallel()
	var k Kind
	require.NoError(t, k.UnmarshalGQL("LEAD_CAPTURED"))
	require.Equal(t, LeadCaptured, k)
	require.Error(t, k.UnmarshalGQL("lead_captured"))
	require.Error(t, k.UnmarshalGQL(7))
	var b bytes.Buffer
	k.MarshalGQL(&b)
	require.Equal(t, `"LEAD_CAPTURED"`, b.String())
}
