// Command mend makes the schemas that package schema embeds out of a JSON
// object of schemas by name, as they stand under components.schemas of Vapi's
// OpenAPI document:
//
//	go run ./mend schemas.json vapi.json.gz
//
// It corrects what makes the published schemas refuse what Vapi takes, as the
// README beside them lists. Mending what is mended changes nothing, and equal
// schemas give equal bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: mend schemas.json vapi.json.gz")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "mend:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	text, err := read(from)
	if err != nil {
		return err
	}
	var schemas map[string]any
	if err := json.Unmarshal(text, &schemas); err != nil {
		return fmt.Errorf("%s is no object of schemas: %w", from, err)
	}
	mend(schemas)
	for _, place := range anything {
		if schema, ok := follow(schemas, place); ok {
			delete(schema, "type")
		}
	}
	mended, err := json.Marshal(schemas)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one that there is
	if _, err := w.Write(mended); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(to, b.Bytes(), 0o644)
}

// read returns the text of a file, unpacked where it is a gzip.
func read(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil || !bytes.HasPrefix(text, []byte{0x1f, 0x8b}) {
		return text, err
	}
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// anything are the places where the document says object and means any value.
var anything = [][]string{
	{"BackoffPlan", "properties", "excludedStatusCodes", "items"},
	{"NeuphonicVoice", "properties", "language"},
	{"FallbackNeuphonicVoice", "properties", "language"},
}

func follow(schema map[string]any, place []string) (map[string]any, bool) {
	for _, key := range place {
		inner, ok := schema[key].(map[string]any)
		if !ok {
			return nil, false
		}
		schema = inner
	}
	return schema, true
}

// mend corrects a schema, or an object of schemas by name, and all within it.
func mend(schema map[string]any) {
	if _, union := schema["anyOf"].([]any); union {
		delete(schema, "enum")
		delete(schema, "allOf")
	}
	if enum, ok := schema["enum"].([]any); ok && schema["type"] == "object" && allStrings(enum) {
		schema["type"] = "string"
	}
	if properties, ok := schema["properties"].(map[string]any); ok {
		mendRequired(schema, properties)
	}
	for key, inner := range schema {
		switch inner := inner.(type) {
		case map[string]any:
			mend(inner)
		case []any:
			if key == "anyOf" || key == "allOf" {
				mendAll(inner)
			}
		}
	}
}

func mendAll(schemas []any) {
	for _, schema := range schemas {
		if inner, ok := schema.(map[string]any); ok {
			mend(inner)
		}
	}
}

// mendRequired lets a property that may be null be absent too.
func mendRequired(schema, properties map[string]any) {
	required, ok := schema["required"].([]any)
	if !ok {
		return
	}
	schema["required"] = slices.DeleteFunc(required, func(name any) bool {
		key, _ := name.(string)
		property, _ := properties[key].(map[string]any)
		return property["nullable"] == true
	})
}

func allStrings(values []any) bool {
	for _, v := range values {
		if _, ok := v.(string); !ok {
			return false
		}
	}
	return true
}
