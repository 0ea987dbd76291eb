package main_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	standard "github.com/vektah/gqlparser/v2/validator/rules"
)

// block is the text of the README's first code block of a kind that begins so.
func block(t *testing.T, kind, begins string) string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	m := regexp.MustCompile("(?s)\n```" + kind + "\n(" + begins + ".*?)\n```\n").FindSubmatch(readme)
	require.NotNil(t, m, kind)
	return string(m[1])
}

func TestTheReadmeIsTrue(t *testing.T) {
	t.Parallel()
	t.Run("its query fits the schema", func(t *testing.T) {
		t.Parallel()
		schema, _ := readSchema(t)
		_, faults := gqlparser.LoadQueryWithRules(schema, block(t, "graphql", "{"), standard.NewDefaultRules())
		require.Empty(t, faults)
	})
	t.Run("its map shows what is there", func(t *testing.T) {
		t.Parallel()
		for _, line := range strings.Split(block(t, "", "server.go"), "\n") {
			_, err := os.Stat(strings.Fields(line)[0])
			require.NoError(t, err)
		}
	})
	t.Run("its table has every setting", func(t *testing.T) {
		t.Parallel()
		source, err := os.ReadFile("settings.go")
		require.NoError(t, err)
		readme, err := os.ReadFile("README.md")
		require.NoError(t, err)
		settings := regexp.MustCompile(`env:"([A-Z_]+)"(?: envDefault:"([^"]*)")?`).FindAllSubmatch(source, -1)
		require.Greater(t, len(settings), 10)
		for _, m := range settings {
			row := "\n| `" + string(m[1]) + "` | "
			if len(m[2]) > 0 {
				row += "`" + string(m[2]) + "` | "
			}
			require.Contains(t, string(readme), row)
		}
	})
}
