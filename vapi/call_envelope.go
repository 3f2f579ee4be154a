package vapi

import "time"

// What every message of a call holds besides its own fields. Names and shapes
// are those of Vapi's OpenAPI document (ServerMessage..., Call), the order of
// keys that of real requests: a message embeds messageHead first and
// messageTail last.

type messageHead struct {
	Timestamp int64  `json:"timestamp"`
	Type      string `json:"type"`
}

type messageTail struct {
	Call        callObject        `json:"call"`
	PhoneNumber phoneNumberObject `json:"phoneNumber"`
	Customer    customerObject    `json:"customer"`
	Assistant   *jsObject         `json:"assistant,omitempty"`
	Artifact    callArtifact      `json:"artifact"`
}

type callObject struct {
	ID                 string         `json:"id"`
	OrgID              string         `json:"orgId"`
	CreatedAt          string         `json:"createdAt"`
	UpdatedAt          string         `json:"updatedAt"`
	Type               string         `json:"type"`
	Cost               float64        `json:"cost"`
	Monitor            callMonitor    `json:"monitor"`
	Transport          callTransport  `json:"transport"`
	PhoneCallProvider  string         `json:"phoneCallProvider"`
	PhoneCallTransport string         `json:"phoneCallTransport"`
	Status             string         `json:"status"`
	EndedReason        string         `json:"endedReason,omitempty"`
	AssistantID        *string        `json:"assistantId"`
	SquadID            *string        `json:"squadId"`
	PhoneNumberID      string         `json:"phoneNumberId"`
	Customer           customerObject `json:"customer"`
}

type callMonitor struct {
	ListenURL  string `json:"listenUrl"`
	ControlURL string `json:"controlUrl"`
}

type callTransport struct {
	Provider string `json:"provider"`
	CallSID  string `json:"callSid"`
}

type phoneNumberObject struct {
	ID        string `json:"id"`
	OrgID     string `json:"orgId"`
	Number    string `json:"number"`
	CreatedAt string `json:"createdAt"`
	UpdatedAt string `json:"updatedAt"`
	Name      string `json:"name"`
	Provider  string `json:"provider"`
	Status    string `json:"status"`
}

type customerObject struct {
	Number string `json:"number"`
}

// callArtifact grows with the conversation; what is left out when empty comes
// with the report.
type callArtifact struct {
	Messages                []any               `json:"messages"`
	MessagesOpenAIFormatted []openAIMessage     `json:"messagesOpenAIFormatted"`
	Transcript              string              `json:"transcript,omitempty"`
	RecordingURL            string              `json:"recordingUrl,omitempty"`
	StereoRecordingURL      string              `json:"stereoRecordingUrl,omitempty"`
	Recording               *callRecording      `json:"recording,omitempty"`
	PerformanceMetrics      *performanceMetrics `json:"performanceMetrics,omitempty"`
}

// simulatedHost is the host of the URLs in a simulated call. Nothing is there,
// and .invalid never resolves (RFC 2606): a server that fetches the recording
// or drives the call through controlUrl disturbs nobody.
const simulatedHost = "simulated.invalid"

func newCallObject(callType, id, orgID, numberID string, o CallOptions) callObject {
	return callObject{
		ID:        id,
		OrgID:     orgID,
		CreatedAt: isoTime(o.Start),
		UpdatedAt: isoTime(o.Start),
		Type:      callType,
		Monitor: callMonitor{
			ListenURL:  "wss://" + simulatedHost + "/" + id + "/listen",
			ControlURL: "https://" + simulatedHost + "/" + id + "/control",
		},
		Transport:          callTransport{Provider: "vapi.sip", CallSID: id},
		PhoneCallProvider:  "vapi",
		PhoneCallTransport: "pstn",
		Status:             "ringing",
		PhoneNumberID:      numberID,
		Customer:           customerObject{Number: o.Customer},
	}
}

func newPhoneNumber(id, orgID string, o CallOptions) phoneNumberObject {
	bought := isoTime(o.Start.AddDate(0, -3, 0))
	return phoneNumberObject{
		ID:        id,
		OrgID:     orgID,
		Number:    o.Number,
		CreatedAt: bought,
		UpdatedAt: bought,
		Name:      "Weather & Tables",
		Provider:  "vapi",
		Status:    "active",
	}
}

// isoTime writes a time as JavaScript's Date.toISOString does.
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (c *SimulatedCall) head(kind string) messageHead {
	return messageHead{Timestamp: c.now.UnixMilli(), Type: kind}
}

func (c *SimulatedCall) tail() messageTail {
	t := messageTail{
		Call:        c.call,
		PhoneNumber: c.phoneNumber,
		Customer:    c.customer,
		Artifact: callArtifact{
			Messages:                c.log.messages(),
			MessagesOpenAIFormatted: c.log.openAI(),
		},
	}
	if c.assistant != nil {
		t.Assistant = c.assistant.shown
	}
	return t
}
