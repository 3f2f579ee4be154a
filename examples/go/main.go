// This program is a webhook server for a Vapi assistant: it answers every
// message that wants an answer, and runs the two tools of a restaurant's
// assistant. It is an example to copy from: the standard library is all it needs.
package main

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// A long call's messages run to many megabytes.
const maxBody = 50 << 20

// object is a JSON object to send.
type object map[string]any

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "3000"))
	if err != nil {
		log.Fatal(err)
	}
	webhook := withSecret(os.Getenv("VAPI_SERVER_SECRET"), http.HandlerFunc(handleWebhook))
	http.Handle("POST /vapi/webhook", webhook)
	http.HandleFunc("POST /chat/completions", handleChat)

	fmt.Printf("listening on http://localhost:%d/vapi/webhook\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, nil))
}

// withSecret refuses requests whose X-Vapi-Secret is not secret; an empty
// secret lets all of them through.
func withSecret(secret string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get("X-Vapi-Secret")
		if secret != "" && subtle.ConstantTimeCompare([]byte(given), []byte(secret)) == 0 {
			writeJSON(w, http.StatusUnauthorized, object{"error": "X-Vapi-Secret is not the secret of this server"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// message is what this server reads of a server message.
type message struct {
	Type         string          `json:"type"`
	ToolCallList []toolCall      `json:"toolCallList"`
	SampleRate   float64         `json:"sampleRate"`
	Status       json.RawMessage `json:"status"`
	EndedReason  json.RawMessage `json:"endedReason"`
	Call         struct {
		ID string `json:"id"`
	} `json:"call"`
}

func handleWebhook(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Message *message `json:"message"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&body)
	if err != nil || body.Message == nil {
		writeJSON(w, http.StatusBadRequest, object{"error": "the body has no message"})
		return
	}
	if body.Message.Type == "voice-request" {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write(silence(body.Message.SampleRate))
		return
	}
	writeJSON(w, http.StatusOK, replyTo(body.Message))
}

func replyTo(m *message) object {
	switch m.Type {
	case "assistant-request": // within 7.5 seconds, or the call fails
		return object{"assistant": assistant}
	case "tool-calls":
		results := []object{} // in the order of the calls
		for _, call := range m.ToolCallList {
			results = append(results, resultOf(call))
		}
		return object{"results": results}
	case "transfer-destination-request":
		return object{"destination": object{"type": "number", "number": "+14155550123", "message": "I am putting you through."}}
	case "handoff-destination-request":
		return object{"destination": object{"type": "assistant", "assistantName": "Events"}}
	case "knowledge-base-request":
		hours := object{"content": "We are open from 11:00 to 23:00.", "similarity": 0.9, "uuid": "opening-hours"}
		return object{"documents": []object{hours}}
	case "call.endpointing.request":
		return object{"timeoutSeconds": 0.5}
	case "campaign.predial":
		return object{"eligible": true}
	case "status-update":
		log.Printf("call %q is %s", m.Call.ID, m.Status)
	case "end-of-call-report":
		log.Printf("call %q ended: %s", m.Call.ID, m.EndedReason)
	// Vapi waits for no answer to these.
	case "assistant.speechStarted", "assistant.started", "call.artifact.upload", "call.delete.failed", "call.deleted",
		"chat.created", "chat.deleted", "conversation-update", "hang", "language-change-detected", "language-changed",
		"model-output", "phone-call-control", "session.created", "session.deleted", "session.updated", "speech-update",
		"transcript", "transfer-update", "user-interrupted", "voice-input":
	default: // new types appear: say so, and let the call go on
		log.Printf("unknown message type: %q", m.Type)
	}
	return object{}
}

var assistant = object{
	"name":         "Corner Table",
	"firstMessage": "Corner Table, how can I help?",
	"model": object{
		"provider": "openai",
		"model":    "gpt-4.1",
		"messages": []object{
			{"role": "system", "content": "You answer the phone of the restaurant Corner Table. Be brief."},
		},
		"tools": []object{
			functionTool("get_weather", "The weather in a city now.", object{"city": object{"type": "string"}}, "city"),
			functionTool("book_table", "Books a table for tonight.",
				object{"people": object{"type": "integer"}, "time": object{"type": "string"}}, "people", "time"),
		},
	},
	"voice": object{"provider": "vapi", "voiceId": "Elliot"},
}

func functionTool(name, description string, properties object, required ...string) object {
	parameters := object{"type": "object", "properties": properties, "required": required}
	return object{"type": "function", "function": object{"name": name, "description": description, "parameters": parameters}}
}

// toolCall is one call, flat or OpenAI-shaped.
type toolCall struct {
	ID string `json:"id"`
	function
	Function *function `json:"function"`
}

type function struct {
	Name       string          `json:"name"`
	Arguments  json.RawMessage `json:"arguments"`
	Parameters json.RawMessage `json:"parameters"`
}

// resultOf runs a call and returns what Vapi wants to know of it.
func resultOf(call toolCall) object {
	f := cmp.Or(call.Function, &call.function)
	result, err := f.run()
	if err != nil {
		return object{"toolCallId": call.ID, "name": f.Name, "error": oneLine(err.Error())}
	}
	return object{"toolCallId": call.ID, "name": f.Name, "result": oneLine(result)}
}

func (f *function) run() (string, error) {
	var args struct {
		City   string      `json:"city"`
		People json.Number `json:"people"`
		Time   string      `json:"time"`
	}
	if err := json.Unmarshal(f.given(), &args); err != nil {
		return "", err
	}
	switch f.Name {
	case "get_weather":
		if args.City == "" {
			return "", errors.New("get_weather needs a city")
		}
		return fmt.Sprintf("12 degrees and cloudy in %s", args.City), nil
	case "book_table":
		if args.People == "" || args.Time == "" {
			return "", errors.New("book_table needs people and time")
		}
		return fmt.Sprintf("A table for %s is booked at %s.", args.People, args.Time), nil
	}
	return "", fmt.Errorf("there is no tool called %s", f.Name)
}

// given is the JSON of the arguments, which come as an object or as a string
// that holds one.
func (f *function) given() []byte {
	given := f.Arguments
	if given == nil {
		given = f.Parameters
	}
	if given == nil {
		return []byte("{}")
	}
	var text string
	if json.Unmarshal(given, &text) == nil && text != "" {
		return []byte(text)
	}
	return given
}

// oneLine is text as Vapi wants a result: without line breaks.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}

// silence is a fifth of a second of 16-bit mono PCM, where a voice would be.
func silence(sampleRate float64) []byte {
	rate := int(min(max(cmp.Or(sampleRate, 24000), 8000), 48000))
	return make([]byte, 2*(rate/5))
}

// handleChat is a custom LLM (model.provider "custom-llm", model.url this
// server) that says what it heard, a word at a time.
func handleChat(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string `json:"role"`
			Content any    `json:"content"`
		} `json:"messages"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&body); err != nil {
		writeJSON(w, http.StatusBadRequest, object{"error": "the body is not a chat completion's"})
		return
	}
	var heard any = "nothing"
	for _, m := range body.Messages {
		if m.Role == "user" {
			heard = m.Content
		}
	}

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	chunk := object{
		"id":      "chatcmpl-" + rand.Text(),
		"object":  "chat.completion.chunk",
		"created": time.Now().Unix(),
		"model":   cmp.Or(body.Model, "echo"),
	}
	sendChunk(w, chunk, object{"role": "assistant", "content": ""}, nil)
	for _, words := range strings.SplitAfter(fmt.Sprintf("You said: %v", heard), " ") {
		sendChunk(w, chunk, object{"content": words}, nil)
	}
	sendChunk(w, chunk, object{}, "stop")
	fmt.Fprint(w, "data: [DONE]\n\n")
}

// sendChunk sends chunk with one choice, at once.
func sendChunk(w http.ResponseWriter, chunk, delta object, finishReason any) {
	chunk["choices"] = []object{{"index": 0, "delta": delta, "finish_reason": finishReason}}
	text, err := json.Marshal(chunk)
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Fprintf(w, "data: %s\n\n", text)
	http.NewResponseController(w).Flush()
}

func writeJSON(w http.ResponseWriter, status int, reply object) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(reply); err != nil {
		log.Print(err)
	}
}
