// Package webhook is a small webhook server for a Vapi assistant with one tool,
// and beside it a test that holds it to the fixtures of vapitap save.
package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Handle answers Vapi's messages.
func Handle(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Message struct {
			ToolCallList []struct {
				ID       string
				Function struct{ Arguments struct{ City string } }
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	type result struct {
		ToolCallID string `json:"toolCallId"`
		Result     string `json:"result"`
	}
	results := []result{}
	for _, call := range body.Message.ToolCallList {
		results = append(results, result{call.ID, fmt.Sprintf("12 degrees and cloudy in %s", call.Function.Arguments.City)})
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"results": results})
}
