package sheet

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// Plan is a mapping made ready for the rows of a file.
type Plan struct {
	columns  []planColumn
	defaults []planDefault
	empty    map[string]bool // folded
	longest  int             // bytes of the longest of them
}

type planColumn struct {
	index   int
	name    string
	target  target
	scale   *big.Rat
	dates   DateOrder
	late    string             // the attribute it fills, where that was known only once the outcome was
	values  map[string]*string // by what the file says, folded, and as the mapping writes it
	longest int                // bytes of the longest of these
}

type planDefault struct {
	target target
	value  string
	late   string // as of its column
}

// Compile checks a mapping against a file's columns, as CheckMapping does, and makes the plan of it.
func Compile(m Mapping, headers []string) (*Plan, fault.List) {
	if faults := CheckMapping(m, headers); len(faults) > 0 {
		return nil, faults
	}
	index := make(map[string]int, len(headers))
	for i, name := range headers {
		index[name] = i
	}
	types := m.types()
	p := &Plan{empty: map[string]bool{}}
	for _, c := range m.Columns {
		if c.To == Ignore {
			continue
		}
		t, _ := findTarget(c.To, types[c.To])
		column := planColumn{index: index[c.Column], name: c.Column, target: t}
		if c.Scale != nil {
			column.scale, _ = new(big.Rat).SetString(strconv.FormatFloat(*c.Scale, 'g', -1, 64)) // 0.1 means a tenth
		}
		if c.Dates != nil {
			column.dates = *c.Dates
		}
		if c.KnownFrom != nil && *c.KnownFrom == KnownFromOutcome {
			column.late = attributeOf(c.To)
		}
		if len(c.Values) > 0 {
			column.values = make(map[string]*string, 2*len(c.Values))
		}
		for _, v := range c.Values {
			column.values[fold(v.From)] = v.To
			column.values[strings.TrimSpace(v.From)] = v.To
			column.longest = max(column.longest, len(v.From))
		}
		p.columns = append(p.columns, column)
	}
	for _, d := range m.Defaults {
		t, _ := findTarget(d.To, types[d.To])
		fallback := planDefault{target: t, value: strings.TrimSpace(d.Value)}
		for _, c := range p.columns {
			if c.target.name == d.To {
				fallback.late = c.late
			}
		}
		p.defaults = append(p.defaults, fallback)
	}
	for _, word := range m.EmptyWords {
		p.empty[fold(word)] = true
		p.longest = max(p.longest, len(word))
	}
	return p, nil
}

// Apply makes a row the record it becomes, or says all that is wrong with it; a row at fault must not land.
//
// A cell is trimmed, then its value map is asked, then the empty words, then it is read as its target's type. A row that has nothing
// to recognise a person by becomes a company alone, or a deal, unless it says something of a person or names neither: half a
// lead does not land. Defaults fill what is left, for a company alone only the company's.
func (p *Plan) Apply(row Row) (Record, []RowError) {
	record := Record{Line: row.Line}
	var faults []RowError
	var says mentions
	for i := range p.columns {
		c := &p.columns[i]
		if c.index >= len(row.Cells) {
			continue
		}
		text, scale := p.read(c, row.Cells[c.index])
		if text == "" {
			continue
		}
		if bad := c.target.put(&record, text, scale); bad != nil {
			faults = append(faults, RowError{Line: row.Line, Column: c.name, Code: bad.code, Message: bad.sentence(c.target.name), Value: excerpt(row.Cells[c.index])})
			continue
		}
		if c.late != "" {
			record.Late = append(record.Late, c.late)
		}
		says.note(c)
	}
	if len(faults) > 0 {
		return record, faults
	}
	faults = p.complete(&record, &says)
	return record, faults
}

// mentions are the first columns of a row that say something of a person, a touch, a deal, or of what became of either.
type mentions struct{ person, touch, deal, past string }

func (m *mentions) note(c *planColumn) {
	at := &m.person
	switch name := c.target.name; {
	case c.target.company:
		return
	case isDeal(name):
		at = &m.deal
	case c.target.past:
		at = &m.past
	case strings.HasPrefix(name, "touch."):
		if m.touch == "" {
			m.touch = c.name
		}
	}
	if *at == "" {
		*at = c.name
	}
}

// complete fills in the defaults and checks that the record is about somebody.
func (p *Plan) complete(record *Record, says *mentions) []RowError {
	alone, brings := !record.HasPerson(), record.brings()
	refuse := func(column, code, message string) []RowError {
		return []RowError{{Line: record.Line, Column: column, Code: code, Message: message}}
	}
	if says.deal != "" && !brings {
		return refuse(says.deal, CodeDealWithoutID, "The row says something of a deal, but not which one it is. Fill in the column of deal.externalId, or map the value to nothing.")
	}
	if about := cmp.Or(says.person, says.past); alone && (says.person != "" || !brings && (about != "" || !record.hasCompany())) {
		return refuse(about, CodeNoIdentity, "The row has no e-mail address, telephone or external id to recognise the person by. Add one; a row of a company alone has the company's name or domain and nothing of a person.")
	}
	for _, d := range p.defaults {
		if _, has := d.target.get(record); has || !d.fits(alone, brings) {
			continue
		}
		_ = d.target.put(record, d.value, nil) // checked with the mapping
		if d.late != "" {
			record.Late = append(record.Late, d.late)
		}
	}
	if p := record.Past; brings && p != nil && p.Outcome == "" && p.ClosedAt != nil { // many systems have one column for when a deal closed or may close
		record.Deal.ExpectedAt, p.ClosedAt = cmp.Or(record.Deal.ExpectedAt, p.ClosedAt), nil
	}
	if record.Touch == nil || record.Touch.Kind != "" {
		return nil
	}
	if says.touch != "" {
		return refuse(says.touch, CodeTouchWithoutKind, "The row says something of a touch, but not what kind it was. Fill in the column of touch.kind, or give it a default.")
	}
	record.Touch = nil // made by defaults alone
	return nil
}

// fits tells whether a default is for a row: what is of deals only for those that bring one, and what is of a person only for those that know one.
func (d *planDefault) fits(alone, brings bool) bool {
	switch {
	case isDeal(d.target.name):
		return brings
	case d.target.past:
		return !alone || brings
	}
	return !alone || d.target.company
}

// read is what a cell says once its column's value map and the empty words are asked, and what its number is multiplied by. What
// the mapping writes is in the target's own unit already.
func (p *Plan) read(c *planColumn, cell string) (string, *big.Rat) {
	text := strings.TrimSpace(cell)
	to, mapped := c.lookUp(text)
	if !mapped && (text == "" || len(text) <= 2*p.longest && p.empty[strings.ToLower(text)]) {
		return "", nil
	}
	if !mapped {
		to, mapped = c.values[AnyOther]
	}
	switch {
	case !mapped && c.dates != "":
		return c.dates.iso(text), nil
	case !mapped:
		return text, c.scale
	case to == nil:
		return "", nil
	}
	return strings.TrimSpace(*to), nil
}

// lookUp finds a trimmed text in the column's value map.
func (c *planColumn) lookUp(text string) (to *string, ok bool) {
	if c.values == nil || text == AnyOther || len(text) > 2*c.longest { // folding can change a text's length, but not so much
		return nil, false
	}
	if to, ok = c.values[text]; !ok {
		to, ok = c.values[strings.ToLower(text)]
	}
	return to, ok
}
