package playground

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Example is one tab: a file of examples/, with its variables beside it where it has any.
type Example struct {
	Name        string `json:"name"`        // the file's name without its ending
	Title       string `json:"title"`       // the first line of the file's comment
	Description string `json:"description"` // the rest of that comment
	Query       string `json:"query"`       // the whole file
	Variables   string `json:"variables"`   // JSON, or empty
}

//go:embed examples
var exampleFiles embed.FS

// Examples reads the examples in the order of their file names. They run on the demo data, by whoever may import leads.
func Examples() ([]Example, error) {
	names, err := fs.Glob(exampleFiles, "examples/*.graphql")
	if err != nil {
		return nil, fmt.Errorf("list the playground's examples: %w", err)
	}
	examples := make([]Example, 0, len(names))
	for _, file := range names {
		query, err := exampleFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the playground's example %s: %w", file, err)
		}
		base := strings.TrimSuffix(file, ".graphql")
		variables, err := exampleFiles.ReadFile(base + ".json")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read the variables of the playground's example %s: %w", file, err)
		}
		title, description := heading(string(query))
		examples = append(examples, Example{
			Name:        path.Base(base),
			Title:       title,
			Description: description,
			Query:       strings.TrimSpace(string(query)),
			Variables:   strings.TrimSpace(string(variables)),
		})
	}
	return examples, nil
}

// heading splits the comment a query begins with into its first line and the rest.
func heading(query string) (title, description string) {
	var lines []string
	for line := range strings.Lines(query) {
		text, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		lines = append(lines, strings.TrimSpace(text))
	}
	if len(lines) == 0 {
		return "", ""
	}
	return lines[0], strings.Join(lines[1:], " ")
}
