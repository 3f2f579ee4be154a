package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// demoMaxBody is far more than a message of the demo's call has.
const demoMaxBody = 16 << 20

// demoHandler is the webhook server of the setup guide, built in so that the
// demo needs none. It books tables wrongly, on purpose: the result is an object
// where Vapi takes a string, so that there is something to find.
func demoHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "This is the server of vapitap's demo. Vapi's messages go to POST /vapi/webhook.\n")
	})
	mux.HandleFunc("POST /vapi/webhook", demoWebhook)
	return mux
}

func demoWebhook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, demoMaxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		demoReply(w, http.StatusRequestEntityTooLarge, demoError{"the body is larger than 16 MiB"})
		return
	}
	var request demoRequest
	if err == nil {
		err = json.Unmarshal(body, &request)
	}
	if err != nil {
		demoReply(w, http.StatusBadRequest, demoError{"the body is not a message: " + err.Error()})
		return
	}
	switch request.Message.Type {
	case "assistant-request":
		demoReply(w, http.StatusOK, json.RawMessage(demoAssistant))
	case "tool-calls":
		demoReply(w, http.StatusOK, demoToolResults(request.Message.ToolCallList))
	default:
		demoReply(w, http.StatusOK, struct{}{})
	}
}

func demoReply(w http.ResponseWriter, status int, reply any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(reply)
}

type demoError struct {
	Error string `json:"error"`
}

type demoRequest struct {
	Message struct {
		Type         string         `json:"type"`
		ToolCallList []demoToolCall `json:"toolCallList"`
	} `json:"message"`
}

type demoToolCall struct {
	ID       string `json:"id"`
	Function struct {
		Name      string          `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
	} `json:"function"`
}

type demoResults struct {
	Results []demoResult `json:"results"`
}

type demoResult struct {
	ToolCallID string `json:"toolCallId"`
	Name       string `json:"name"`
	Result     any    `json:"result,omitempty"`
	Error      string `json:"error,omitempty"`
}

func demoToolResults(calls []demoToolCall) demoResults {
	answers := demoResults{Results: []demoResult{}}
	for _, call := range calls {
		answer := demoResult{ToolCallID: call.ID, Name: call.Function.Name}
		switch call.Function.Name {
		case "get_weather":
			answer.Result, answer.Error = demoWeather(call.Function.Arguments)
		case "book_table":
			// The mistake to find: it ought to be a string, such as "Table 7 at 19:00".
			answer.Result = demoBooking{Table: 7, Time: "19:00"}
		default:
			answer.Error = fmt.Sprintf("there is no tool %q", call.Function.Name)
		}
		answers.Results = append(answers.Results, answer)
	}
	return answers
}

type demoBooking struct {
	Table int    `json:"table"`
	Time  string `json:"time"`
}

var demoForecasts = []struct{ city, weather string }{
	{"Oslo", "12 degrees and cloudy"},
	{"Bergen", "8 degrees and rain"},
	{"Berlin", "14 degrees and sunny"},
	{"London", "11 degrees and drizzle"},
	{"New York", "9 degrees and windy"},
	{"San Francisco", "16 degrees and fog"},
	{"Tokyo", "18 degrees and clear"},
}

// demoWeather answers get_weather with a result, or an error where the
// arguments name no city.
func demoWeather(arguments json.RawMessage) (result any, failure string) {
	var wanted struct {
		City string `json:"city"`
	}
	if err := json.Unmarshal(arguments, &wanted); err != nil || strings.TrimSpace(wanted.City) == "" {
		return nil, `get_weather needs a city, such as {"city":"Oslo"}`
	}
	city := strings.Join(strings.Fields(wanted.City), " ")
	for _, f := range demoForecasts {
		if strings.EqualFold(f.city, city) {
			return f.weather + " in " + f.city, ""
		}
	}
	return "15 degrees and changeable in " + city, ""
}

// demoAssistant is the reply to an assistant-request. It lists the messages
// that it wants, transcripts and model output among them, which Vapi does not
// send by default.
const demoAssistant = `{
  "assistant": {
    "name": "Weather & Tables",
    "firstMessage": "Hello, this is Weather and Tables. I can tell you what the weather is like and book you a table. What can I do for you?",
    "model": {
      "provider": "openai",
      "model": "gpt-4o",
      "temperature": 0.4,
      "messages": [
        {
          "role": "system",
          "content": "You answer the phone of a restaurant guide. Use get_weather to look up the weather, and book_table to book a table. Be friendly and brief."
        }
      ],
      "tools": [
        {
          "type": "function",
          "async": false,
          "function": {
            "name": "get_weather",
            "description": "Get the current weather in a city.",
            "parameters": {
              "type": "object",
              "properties": {
                "city": {"type": "string", "description": "The city's name"}
              },
              "required": ["city"]
            }
          }
        },
        {
          "type": "function",
          "async": false,
          "function": {
            "name": "book_table",
            "description": "Book a table at the restaurant for tonight.",
            "parameters": {
              "type": "object",
              "properties": {
                "guests": {"type": "integer", "description": "How many people will come"},
                "time": {"type": "string", "description": "When they will come, as HH:MM"}
              },
              "required": ["guests", "time"]
            }
          }
        }
      ]
    },
    "voice": {"provider": "vapi", "voiceId": "Elliot"},
    "transcriber": {"provider": "deepgram", "model": "nova-3", "language": "en"},
    "serverMessages": [
      "assistant.started",
      "conversation-update",
      "end-of-call-report",
      "model-output",
      "speech-update",
      "status-update",
      "tool-calls",
      "transcript",
      "user-interrupted"
    ]
  }
}`
