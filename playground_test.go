package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/httpapi/playground/playgroundtest"
)

// The test types nothing: it presses run on every example tab, as the first of the demo people, and sees data.
func TestPlaygroundRunsEveryExampleOnTheDemoData(t *testing.T) {
	t.Parallel()
	a := startAPI(t)
	require.NoError(t, a.server.loadDemo(context.Background(), t.TempDir()))
	playgroundtest.RunEveryTab(t, strings.TrimSuffix(a.url, "/graphql"))
}
