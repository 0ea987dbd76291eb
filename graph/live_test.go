package graph

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/fault"
	"github.com/leadgraph/leadgraph/internal/id"
)

func TestAnIdOfAnotherTypeIsRefusedInItsPlace(t *testing.T) {
	t.Parallel()
	_, err := keys("filter.leadIds", []id.Global{{Kind: id.Lead}, {Kind: id.Member}}, id.Lead)
	require.Equal(t, "filter.leadIds[1]", fault.As(err).Field)
	of, err := keys("filter.leadIds", []id.Global{{Kind: id.Lead}}, id.Lead)
	require.NoError(t, err)
	require.Len(t, of, 1)
}
