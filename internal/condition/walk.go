package condition

// Asks tells whether the condition asks about touches, so that callers read them only where they are needed.
func (c *Condition) Asks() bool {
	if c.Behaviour != nil || c.Not != nil && c.Not.Asks() {
		return true
	}
	for _, group := range [][]Condition{c.All, c.Any} {
		for i := range group {
			if group[i].Asks() {
				return true
			}
		}
	}
	return false
}
