package playground_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/leadgraph/leadgraph/internal/httpapi/playground"
)

func TestExamplesFitTheSchema(t *testing.T) {
	t.Parallel()
	const root = "../../.."
	files, err := filepath.Glob(root + "/graph/*.graphqls")
	require.NoError(t, err)
	var sources []*ast.Source
	for _, file := range append(files, root+"/schema.graphqls") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		sources = append(sources, &ast.Source{Name: file, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	require.NoError(t, err)

	examples, err := playground.Examples()
	require.NoError(t, err)
	require.NotEmpty(t, examples)
	for _, example := range examples {
		t.Run(example.Name, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, example.Title)
			require.NotEmpty(t, example.Description)
			document, faults := gqlparser.LoadQueryWithRules(schema, example.Query, rules.NewDefaultRules())
			require.Empty(t, faults)
			require.Len(t, document.Operations, 1, "pressing run must not ask which operation")
			require.NotEmpty(t, document.Operations[0].Name, "the tab is named after its operation")

			variables := map[string]any{}
			if example.Variables != "" {
				require.NoError(t, json.Unmarshal([]byte(example.Variables), &variables))
			}
			_, err = validator.VariableValues(schema, document.Operations[0], variables)
			require.NoError(t, err)
		})
	}
}
