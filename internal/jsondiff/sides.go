package jsondiff

// Sides returns both values of a change as Lines writes them: compact, and where
// they are longer than width the part that differs. That which is not there is
// empty.
func (c Change) Sides(width int) (old, now string) {
	var before, after string
	if c.Old != nil {
		before = compact(c.Old)
	}
	if c.New != nil {
		after = compact(c.New)
	}
	from := 0
	if c.Old != nil && c.New != nil {
		from = commonPrefix(before, after)
	}
	return excerpt(before, from, width), excerpt(after, from, width)
}
