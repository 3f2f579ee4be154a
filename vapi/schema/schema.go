// Package schema judges assistants, overrides, squads, workflows and
// destinations by the schemas of Vapi's OpenAPI document: what Vapi refuses,
// what its document does not list, and what it does not know at all.
//
// It knows schemas and values. Which part of which reply has which schema, and
// what a finding means for the call, is package vapi's to say.
//
// The document is embedded as README.md tells, compiled when it is first
// needed, and judged so that the finding is the mistake: nulls count as absent,
// and of a union only the branch counts that the value names by its provider or
// type, so that one wrong word is one finding.
package schema

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:generate go run ./mend vapi.json.gz vapi.json.gz

// The schemas that a reply can hold, by their names in Vapi's OpenAPI document.
const (
	Assistant          = "CreateAssistantDTO"
	AssistantOverrides = "AssistantOverrides" // of a squad too
	Squad              = "CreateSquadDTO"
	Workflow           = "CreateWorkflowDTO"
	WorkflowOverrides  = "WorkflowOverrides"

	TransferToAssistant = "TransferDestinationAssistant"
	TransferToNumber    = "TransferDestinationNumber"
	TransferToSIP       = "TransferDestinationSip"
	HandoffToAssistant  = "HandoffDestinationAssistant"
	HandoffToSquad      = "HandoffDestinationSquad"
	HandoffDynamic      = "HandoffDestinationDynamic"
)

// replySchemas are what Prepare compiles.
var replySchemas = []string{
	Assistant, AssistantOverrides, Squad, Workflow, WorkflowOverrides,
	TransferToAssistant, TransferToNumber, TransferToSIP, HandoffToAssistant, HandoffToSquad, HandoffDynamic,
}

// Grade is what a Finding says of a value.
type Grade int

// The grades.
const (
	Invalid   Grade = iota // Vapi refuses it: a wrong type, provider or length, or something required that is missing
	Unlisted               // not among the values that the document lists; newer, or refused
	Unknown                // a property that the document does not have
	Unchecked              // too large or nested too deep to be judged
)

// Finding is one mistake in a value.
type Finding struct {
	Grade   Grade
	Path    string // JSON pointer into the value, "" for the value itself
	Message string // what is wrong, without what it leads to
	Hint    string // what to write instead: a JSON member or value where it can be derived; may be empty
}

// The most that is judged. Vapi's own assistants are a few KB, a few hundred
// with long prompts, and nest some twenty levels.
const (
	MaxBytes    = 4 << 20
	maxDepth    = 200
	maxFindings = 200
)

// Check judges the JSON value that text is by the schema called name, and
// returns what it found in the order of the keys; nil where all is well, where
// there is no such schema, and for text that is no JSON. Messages call the value
// by called, such as assistant. What is larger than MaxBytes is not judged,
// which is a finding of its own. Check may be called from several goroutines;
// the first call for a schema waits until it is compiled, some 0.1 s.
func Check(name, called string, text []byte) []Finding {
	if len(text) > MaxBytes {
		return []Finding{{Grade: Unchecked, Message: fmt.Sprintf("%s is larger than %d MiB and was not compared with Vapi's documentation", called, MaxBytes>>20)}}
	}
	root := compiled(name)
	if root == nil {
		return nil
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		var outOfRange *json.UnmarshalTypeError // a number like 1e999; the rest was read
		if !errors.As(err, &outOfRange) {
			return nil
		}
	}
	w := walk{called: called}
	w.value(root, value, nil)
	return w.findings
}

// Prepare compiles what the checks of replies need, so that none of them waits
// for it. Callers run it in the background once they have started.
func Prepare() {
	for _, name := range replySchemas {
		compiled(name)
	}
}

//go:embed vapi.json.gz
var packed []byte

// base is where the schemas pretend to stand, for their references to resolve.
const base = "https://api.vapi.ai/openapi.json"

// library is the compiled schemas. Its lock is held while one is compiled.
var library struct {
	sync.Mutex
	compiler *jsonschema.Compiler
	graph    graph
	roots    map[string]*node
}

// compiled returns the schema called name, nil where there is none.
func compiled(name string) *node {
	library.Lock()
	defer library.Unlock()
	if root, ok := library.roots[name]; ok {
		return root
	}
	if library.compiler == nil {
		compiler, err := newCompiler()
		if err != nil {
			return nil
		}
		library.compiler = compiler
		library.graph.nodes = map[*jsonschema.Schema]*node{}
		library.roots = map[string]*node{}
	}
	s, err := library.compiler.Compile(base + fragment + name)
	if err != nil {
		return nil // no such schema; names come from the program
	}
	root := library.graph.root(s)
	library.roots[name] = root
	return root
}

// newCompiler returns a compiler that has the embedded document. It errs only
// where what is embedded is broken, which the tests would show.
func newCompiler() (*jsonschema.Compiler, error) {
	document, err := unpack()
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(jsonschema.SchemeURLLoader{}) // nothing is fetched from anywhere
	return c, c.AddResource(base, document)
}

func unpack() (any, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	schemas, err := jsonschema.UnmarshalJSON(r)
	return map[string]any{"components": map[string]any{"schemas": schemas}}, err
}
