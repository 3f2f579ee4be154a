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
	Call        *callObject        `json:"call,omitempty"`
	Chat        *chatObject        `json:"chat,omitempty"` // instead of the call
	PhoneNumber *phoneNumberObject `json:"phoneNumber,omitempty"`
	Customer    *customerObject    `json:"customer,omitempty"`
	Assistant   *jsObject          `json:"assistant,omitempty"`
	Artifact    callArtifact       `json:"artifact"`
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
	CampaignID         string         `json:"campaignId,omitempty"`
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
	t := messageTail{Artifact: callArtifact{
		Messages:                c.log.messages(),
		MessagesOpenAIFormatted: c.log.openAI(),
	}}
	if c.assistant != nil {
		t.Assistant = c.assistant.shown
	}
	if c.chat != nil {
		t.Chat = c.chat
		return t
	}
	t.Call, t.PhoneNumber, t.Customer = &c.call, &c.phoneNumber, &c.customer
	return t
}

// members returns what there is of the tail, in its order.
func (t messageTail) members() []jsMember {
	var present []jsMember
	add := func(key string, there bool, value any) {
		if there {
			present = append(present, jsMember{key, value})
		}
	}
	add("call", t.Call != nil, t.Call)
	add("chat", t.Chat != nil, t.Chat)
	add("phoneNumber", t.PhoneNumber != nil, t.PhoneNumber)
	add("customer", t.Customer != nil, t.Customer)
	add("assistant", t.Assistant != nil, t.Assistant)
	add("artifact", true, t.Artifact)
	return present
}

// event is a message of its type with these fields of its own. A field whose
// value is nil is left out.
func (c *SimulatedCall) event(kind, detail string, fields ...jsMember) outgoing {
	members := []jsMember{{"timestamp", c.now.UnixMilli()}, {"type", kind}}
	for _, f := range fields {
		if f.value != nil {
			members = append(members, f)
		}
	}
	members = append(members, c.tail().members()...)
	return outgoing{kind: kind, detail: detail, message: newObject(members...)}
}

// orAbsent is s, or nil where it is empty.
func orAbsent(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// objectOrAbsent is o, or nil without a type where it is nil.
func objectOrAbsent(o *jsObject) any {
	if o == nil {
		return nil
	}
	return o
}
