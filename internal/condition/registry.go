package condition

import (
	"regexp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/leadgraph/leadgraph/internal/fault"
)

// Slot is the place of an attribute in a registry and in the facts made from it.
type Slot int

// Definition is an attribute that conditions can name.
type Definition struct {
	Name        string // "contact.title", "lead.custom.budget"
	Entity      Entity
	Type        Type
	Label       string // what it is called in forms
	Description string
	Values      []string // of TypeEnum: all there are
	Custom      bool     // defined by the workspace
	Derived     bool     // made of the facts by leadgraph: a persona and a score cannot rest on it

	sql string // the value as SQL; of a custom one the jsonb column that holds it
	key string // of a custom one: its key in that column
}

// Made tells whether leadgraph makes an attribute of the facts, so that no persona and no score can rest on it: what is derived, and the
// stage and the queue, which follow from what the lead is worth.
func (r *Registry) Made(slot Slot) bool {
	return slot == LeadStage || slot == LeadQueue || r.definitions[slot].Derived
}

// Custom is an attribute that a workspace defined for its leads, contacts or accounts.
type Custom struct {
	Entity      Entity
	Key         string
	Type        Type
	Label       string
	Description string
}

// customKey is what the key of a custom attribute looks like.
var customKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

// Check refuses a definition that cannot be kept.
func (c Custom) Check() error {
	var faults fault.List
	if column(c.Entity) == "" {
		faults = append(faults, fault.Input("entity", "Custom attributes belong to LEAD, CONTACT or ACCOUNT."))
	}
	if !customKey.MatchString(c.Key) {
		faults = append(faults, fault.Input("key", "A key is 1 to 50 of a-z, 0-9 and underscore, and begins with a letter."))
	}
	if c.Type == TypeEnum || !slices.Contains(Types, c.Type) {
		faults = append(faults, fault.Input("type", "A custom attribute is a TEXT, NUMBER, BOOLEAN or TIME."))
	}
	return faults.OrNil()
}

// Definition is the custom attribute as conditions see it.
func (c Custom) Definition() Definition {
	return Definition{
		Name: prefix(c.Entity) + "custom." + c.Key, Entity: c.Entity, Type: c.Type, Label: c.Label, Description: c.Description, Custom: true,
		sql: column(c.Entity), key: c.Key,
	}
}

// prefix begins the names of an entity's attributes.
func prefix(e Entity) string { return strings.ToLower(string(e)) + "." }

// column holds the custom attributes of an entity; empty where it has none.
func column(e Entity) string {
	switch e {
	case EntityLead:
		return "l.attributes"
	case EntityContact:
		return "c.attributes"
	case EntityAccount:
		return "a.attributes"
	}
	return ""
}

// Registry knows the attributes of one workspace. It never changes: a new custom attribute makes a new registry.
type Registry struct {
	definitions []Definition
	slots       map[string]Slot
}

// NewRegistry knows the built-in attributes and these custom ones. Definitions that Check refuses are left out, and of two with
// the same name the first counts.
func NewRegistry(custom []Custom) *Registry {
	r := &Registry{definitions: slices.Clip(Builtin), slots: make(map[string]Slot, len(Builtin)+len(custom))}
	for slot, d := range r.definitions {
		r.slots[d.Name] = Slot(slot)
	}
	for _, c := range custom {
		d := c.Definition()
		if _, known := r.slots[d.Name]; known || c.Check() != nil {
			continue
		}
		r.slots[d.Name] = Slot(len(r.definitions))
		r.definitions = append(r.definitions, d)
	}
	return r
}

// Definitions lists every attribute, by slot. It is the registry's own and only to be read.
func (r *Registry) Definitions() []Definition { return r.definitions }

// Slot finds an attribute by its name.
func (r *Registry) Slot(name string) (Slot, bool) {
	slot, ok := r.slots[name]
	return slot, ok
}

// nearest is the known name that a misspelt one most likely means; empty where none comes close.
func (r *Registry) nearest(name string) string {
	best, distance := "", len(name)/3+2
	for _, d := range r.definitions {
		if n := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(d.Name)); n < distance {
			best, distance = d.Name, n
		}
	}
	return best
}
