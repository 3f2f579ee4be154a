package jsonpath

// Get returns the text of the value at p in doc, which must be JSON. A string
// that itself holds a JSON object or array is entered where p leads into it, and
// the text is then that of the value inside; otherwise it aliases doc. Where an
// object has a key more than once the last counts, as it does for JSON.parse.
//
// The error is a *NotJSONError where doc is not JSON, a *NotFoundError where
// there is nothing at p.
func Get(doc []byte, p Path) ([]byte, error) {
	c, err := newCursor(doc)
	if err != nil {
		return nil, err
	}
	if err := c.follow(p, 0, len(p)); err != nil {
		return nil, err
	}
	return c.value(), nil
}

// cursor stands at one value in a document.
type cursor struct {
	text       []byte // the document, or what the string entered last stands for
	start, end int    // of the value, in text
	entered    []literal
}

// literal is the place of a string literal that was entered.
type literal struct {
	text       []byte // in which it stands
	start, end int
}

// newCursor returns a cursor at the whole of doc.
func newCursor(doc []byte) (*cursor, error) {
	if err := Validate(doc); err != nil {
		return nil, err
	}
	c := &cursor{}
	c.open(doc)
	return c, nil
}

// open stands at the whole of text, which must be valid.
func (c *cursor) open(text []byte) {
	c.text = text
	c.start = SkipSpace(text, 0)
	c.end, _ = Skip(text, c.start)
}

// value returns the text of the value that the cursor stands at.
func (c *cursor) value() []byte { return c.text[c.start:c.end:c.end] }

// follow takes the steps p[from:to].
func (c *cursor) follow(p Path, from, to int) error {
	for n := from; n < to; n++ {
		c.enter()
		if !c.take(p[n]) {
			return c.notFound(p[:n+1])
		}
	}
	return nil
}

// maxEntered is how many strings inside of one another are entered. Each one
// doubles the backslashes of what is written into the innermost.
const maxEntered = 8

// enter goes into the value if it is a string that holds an object or an array.
func (c *cursor) enter() {
	if c.text[c.start] != '"' || len(c.entered) == maxEntered {
		return
	}
	s, _ := Unquote(c.value())
	inner := []byte(s)
	if i := SkipSpace(inner, 0); i == len(inner) || inner[i] != '{' && inner[i] != '[' {
		return
	}
	if Validate(inner) != nil {
		return
	}
	c.entered = append(c.entered, literal{c.text, c.start, c.end})
	c.open(inner)
}

// take goes one step down, and reports whether there was something to go to.
func (c *cursor) take(s Step) bool {
	if s.IsIndex {
		return c.element(s.Index)
	}
	m, ok := c.last(s.Key)
	if ok {
		c.start, c.end = c.start+m.start, c.start+m.end
	}
	return ok
}

// last finds the last member called key of the value.
func (c *cursor) last(key string) (found member, ok bool) {
	object := c.value()
	members(object, func(m member) bool {
		if KeyIs(object[m.key:m.keyEnd], key) {
			found, ok = m, true
		}
		return true
	})
	return found, ok
}

// element goes to the element i of the value.
func (c *cursor) element(i int) bool {
	if i < 0 {
		if i += c.count(); i < 0 {
			return false
		}
	}
	base, found := c.start, false
	elements(c.value(), func(n, start, end int) bool {
		if n == i {
			c.start, c.end, found = base+start, base+end, true
		}
		return n < i
	})
	return found
}

// count returns how many elements the value has.
func (c *cursor) count() int {
	count := 0
	elements(c.value(), func(n, _, _ int) bool {
		count = n + 1
		return true
	})
	return count
}

// replaced returns the whole document with text in place of what stands between
// start and end in the text that the cursor is in. Each string that was entered
// keeps the way it is written outside of that place.
func (c *cursor) replaced(start, end int, text []byte) []byte {
	doc := c.text
	for n := len(c.entered) - 1; n >= 0; n-- {
		outer := c.entered[n]
		written := outer.text[outer.start:outer.end]
		start = outer.start + literalIndex(written, start)
		end = outer.start + literalIndex(written, end)
		text = appendEscaped(nil, text)
		doc = outer.text
	}
	out := make([]byte, 0, len(doc)+len(text)-(end-start))
	out = append(out, doc[:start]...)
	out = append(out, text...)
	return append(out, doc[end:]...)
}
