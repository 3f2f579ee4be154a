package vapi

import (
	"strconv"
	"strings"

	"vapitap/internal/jsonpath"
)

// The arguments of a tool call are not all the model's. Vapi's documentation has
// two more kinds of them, and the definition beside the call tells which:
//
//   - static ones: the tool's own parameters, a list of keys and values beside
//     its function. They are merged last, so they win over what the model wrote.
//   - encrypted ones: those that server.encryptedPaths names, from the arguments
//     on (ssn, payment.cardNumber), as base64 in place of their value.

// An argumentKinds is what the definition of a tool says of its arguments.
type argumentKinds struct {
	static    value // the list of parameters; absent where there is none
	encrypted value // the list of encryptedPaths; likewise
}

// newArgumentKinds returns nil where all arguments are the model's own.
func newArgumentKinds(parameters, encryptedPaths value) *argumentKinds {
	if !parameters.isArray() && !encryptedPaths.isArray() {
		return nil
	}
	var k argumentKinds
	if parameters.isArray() { // elsewhere this name stands for the schema of a function, or for arguments
		k.static = parameters
	}
	if encryptedPaths.isArray() {
		k.encrypted = encryptedPaths
	}
	return &k
}

// staticKeys returns those members of arguments that the tool's parameters set,
// in the order of the parameters, each once.
func (a toolAsk) staticKeys() []string {
	if a.kinds == nil || a.kinds.static.text == nil {
		return nil
	}
	there := map[string]bool{}
	for c := a.arguments.open(); c.next(); {
		if key, ok := jsonpath.Unquote(c.key()); ok {
			there[key] = true
		}
	}
	var keys []string
	for c := a.kinds.static.open(); c.next(); {
		key := c.value().member("key")
		if name := key.str(); key.isString() && there[name] {
			keys = append(keys, name)
			delete(there, name)
		}
	}
	return keys
}

// ciphertexts returns the arguments that are encrypted.
func (a toolAsk) ciphertexts() []ciphertext {
	if a.kinds == nil || a.kinds.encrypted.text == nil {
		return nil
	}
	paths := pathTree{}
	for c := a.kinds.encrypted.open(); c.next(); {
		if text := c.value().str(); text != "" {
			paths.add(encryptedPath(text))
		}
	}
	return paths.ciphertexts(a.arguments)
}

// encryptedPath reads one of encryptedPaths. What is no path is one odd key.
func encryptedPath(text string) jsonpath.Path {
	p, err := jsonpath.Parse(text)
	if err != nil {
		return jsonpath.Path{jsonpath.Key(text)}
	}
	return p
}

// A pathTree holds paths by their first steps: those to follow from there on.
type pathTree map[string]*pathBranch

type pathBranch struct {
	ends bool // a path ends here
	next pathTree
}

// longestPath bounds how deep arguments are searched.
const longestPath = 32

// add adds a path. One that leads nowhere, or deeper than anybody means, is left
// out.
func (t pathTree) add(p jsonpath.Path) {
	if len(p) == 0 || len(p) > longestPath {
		return
	}
	key := stepKey(p[0])
	branch := t[key]
	if branch == nil {
		branch = &pathBranch{next: pathTree{}}
		t[key] = branch
	}
	if len(p) == 1 {
		branch.ends = true
		return
	}
	branch.next.add(p[1:])
}

func stepKey(s jsonpath.Step) string {
	if s.IsIndex {
		return strconv.Itoa(s.Index)
	}
	return s.Key
}

// A ciphertext is an encrypted string and where it stands.
type ciphertext struct {
	path jsonpath.Path
	value
}

// ciphertexts returns the ciphertexts in v that the paths lead to, from left to
// right.
func (t pathTree) ciphertexts(v value) []ciphertext {
	s := ciphertextSearch{}
	s.in(v, t)
	return s.found
}

type ciphertextSearch struct {
	at    jsonpath.Path
	found []ciphertext
}

// in searches v, no deeper than the tree is.
func (s *ciphertextSearch) in(v value, t pathTree) {
	if len(t) == 0 {
		return
	}
	n := 0
	for c := v.open(); c.next(); n++ {
		step, key := jsonpath.Index(n), ""
		if v.isObject() {
			name, ok := jsonpath.Unquote(c.key())
			if !ok {
				continue
			}
			step, key = jsonpath.Key(name), name
		} else {
			key = strconv.Itoa(n)
		}
		branch := t[key]
		if branch == nil {
			continue
		}
		item := c.value()
		s.at = append(s.at, step)
		if branch.ends && isCiphertext(item) {
			s.found = append(s.found, ciphertext{append(jsonpath.Path(nil), s.at...), item})
		}
		s.in(item, branch.next)
		s.at = s.at[:len(s.at)-1]
	}
}

// isCiphertext reports whether v can be what RSA makes of a value, in base64: a
// value that is as short as people's own was not encrypted after all, and is
// better seen.
func isCiphertext(v value) bool {
	const shortest = 64 * 4 / 3 // characters; of the shortest key that anybody has used
	if !v.isString() {
		return false
	}
	text := strings.TrimRight(v.str(), "=")
	if len(text) < shortest {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '+', c == '/', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// replaced returns the text of v with words in place of each ciphertext in it.
func replaced(v value, ciphertexts []ciphertext, words string) []byte {
	raw := v.raw()
	var out []byte
	done := 0
	for _, c := range ciphertexts {
		start := c.start - v.start
		end := start + len(c.raw())
		out = append(append(out, raw[done:start]...), words...)
		done = end
	}
	return append(out, raw[done:]...)
}

// writeArguments writes the arguments as a line of a list has them: those that
// differ from call to call, so without the static ones, and with a word for what
// is encrypted.
func (a *toolAsk) writeArguments(b *strings.Builder) {
	if a.kinds == nil || !a.arguments.isObject() || a.arguments.raw() == nil {
		writeArguments(b, a.arguments)
		return
	}
	static := map[string]bool{}
	for _, key := range a.staticKeys() {
		static[key] = true
	}
	shown := []byte{'{'}
	for c := root(replaced(a.arguments, a.ciphertexts(), "encrypted")).open(); c.next(); {
		if key, ok := jsonpath.Unquote(c.key()); ok && static[key] {
			continue
		}
		if len(shown) > 1 {
			shown = append(shown, ',')
		}
		shown = append(append(append(shown, c.key()...), ':'), c.value().raw()...)
	}
	writeArguments(b, root(append(shown, '}')))
}

// ReadableArguments returns Arguments with the word encrypted, as a string, in
// place of each ciphertext; Arguments themselves where there is none.
func (c ToolCall) ReadableArguments() RawJSON {
	paths := pathTree{}
	for _, pointer := range c.Encrypted {
		paths.add(pointerPath(pointer))
	}
	v := root(c.Arguments)
	found := paths.ciphertexts(v)
	if len(found) == 0 || v.raw() == nil {
		return c.Arguments
	}
	return replaced(v, found, `"encrypted"`)
}

// pointerPath reads a JSON pointer, without telling indexes from keys.
func pointerPath(pointer string) jsonpath.Path {
	var p jsonpath.Path
	for i, key := range strings.Split(pointer, "/") {
		if i > 0 {
			p = append(p, jsonpath.Key(strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")))
		}
	}
	return p
}

// describeArguments fills in what is known of the kinds of the arguments, which
// is nothing where they are broken and Arguments is a string of what came.
func (c *ToolCall) describeArguments(ask toolAsk) {
	if root(c.Arguments).first() != ask.arguments.first() {
		return
	}
	for _, key := range ask.staticKeys() {
		c.Static = append(c.Static, jsonpath.Path{jsonpath.Key(key)}.Pointer())
	}
	for _, found := range ask.ciphertexts() {
		c.Encrypted = append(c.Encrypted, found.path.Pointer())
	}
}
