package page

// Info is GraphQL's PageInfo. Cursors are made when somebody asks for them.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool
	End             func(last bool) *string // the cursor of the first or last item; nil on an empty page
}

// StartCursor is the first item's cursor; nil on an empty page.
func (i *Info) StartCursor() *string { return i.End(false) }

// EndCursor is the last item's cursor; nil on an empty page.
func (i *Info) EndCursor() *string { return i.End(true) }
