package condition

import (
	"encoding/json"
	"errors"
	"io"
)

// Tree is a whole condition as one value of the API, however deep it is nested.
type Tree struct{ root *Condition }

// Tree is the condition as one value.
func (c *Condition) Tree() Tree { return Tree{c} }

// MarshalGQL writes the condition as JSON: the form of ConditionInput.
func (t Tree) MarshalGQL(w io.Writer) {
	body, err := json.Marshal(t.root)
	if err != nil {
		body = []byte("null") // a NaN made in Go: callers cannot send one
	}
	_, _ = w.Write(body)
}

// UnmarshalGQL refuses: a condition is read as ConditionInput, which says what is wrong where.
func (*Tree) UnmarshalGQL(any) error { return errors.New("a ConditionTree is answered only") }
