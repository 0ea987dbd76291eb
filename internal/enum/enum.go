// Package enum reads and writes the SDL's enums, whose Go types are strings with the same capitals.
//
// gqlparser compares enum variables without regard to case, so that "sql" would pass for SQL and land in the database: every
// enum type therefore reads itself, by Read.
package enum

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Read sets an enum from a GraphQL value, if it is one of all.
func Read[T ~string](v any, into *T, all []T) error {
	s, ok := v.(string)
	if !ok || !slices.Contains(all, T(s)) {
		return fmt.Errorf("%v is none of %s", v, List(all))
	}
	*into = T(s)
	return nil
}

// Write writes an enum as GraphQL does: its name in quotes.
func Write[T ~string](w io.Writer, v T) { _, _ = io.WriteString(w, `"`+string(v)+`"`) }

// List is the values for a message, separated by commas.
func List[T ~string](all []T) string {
	names := make([]string, len(all))
	for i, v := range all {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}
