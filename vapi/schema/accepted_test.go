package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// accepted returns the values in testdata/accepted by file name: assistants,
// overrides, squads and workflows in the shapes of Vapi's public examples, which
// Vapi takes.
func accepted(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/accepted/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no values to try: %v", err)
	}
	values := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		values[strings.TrimSuffix(filepath.Base(file), ".json")] = text
	}
	return values
}

// schemaOf returns the schema that a file of testdata is judged by.
func schemaOf(file string) string {
	switch {
	case strings.HasPrefix(file, "overrides-"):
		return AssistantOverrides
	case strings.HasPrefix(file, "squad-"):
		return Squad
	case file == "workflow-overrides":
		return WorkflowOverrides
	case strings.HasPrefix(file, "workflow-"):
		return Workflow
	}
	return Assistant
}

// What Vapi's own examples look like is not called wrong.
func TestAcceptedIsNotCalledWrong(t *testing.T) {
	for file, text := range accepted(t) {
		for _, f := range Check(schemaOf(file), "it", text) {
			t.Errorf("%s%s: %s (%s)", file, f.Path, f.Message, f.Hint)
		}
	}
}
