package page

// Info is GraphQL's PageInfo. Cursors are made when somebody asks for them.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool
	Start, End      func() *string
}

// StartCursor is the first item's cursor; nil on an empty page.
func (i *Info) StartCursor() *string { return i.Start() }

// EndCursor is the last item's cursor; nil on an empty page.
func (i *Info) EndCursor() *string { return i.End() }
