package vapi

import "time"

// CallFacts is what a server message says about the call that it belongs to.
// Empty means that it does not say; which messages say what differs, so who
// wants to know all reads several.
type CallFacts struct {
	Type        string    // inboundPhoneCall, outboundPhoneCall, webCall, vapi.websocketCall
	Customer    string    // number, SIP address or name of who is called or calls
	Number      string    // the phone number on Vapi's side
	Assistant   string    // its name
	Status      string    // of the call, such as in-progress or ended
	EndedReason string    // why it ended, once it has
	StartedAt   time.Time // when it was answered
	EndedAt     time.Time
	Sent        time.Time // when Vapi sent the message, by its own clock
}

// ReadCallFacts reads what the body of a server message says about its call, as
// far as it goes where it was cut short. Everything is empty where body is no
// such message.
func ReadCallFacts(body []byte) CallFacts {
	m, ok := messageOf(root(body))
	if !ok {
		return CallFacts{}
	}
	v := m.pick("timestamp", "status", "endedReason", "startedAt", "endedAt", "call", "customer", "phoneNumber", "assistant")
	call := v[5].pick("type", "status", "endedReason", "startedAt", "endedAt", "customer", "phoneNumber", "assistant")
	customer := firstFound(v[6], call[5]).pick("number", "sipUri", "name")
	facts := CallFacts{
		Type:        clipName(call[0].str()),
		Customer:    firstFound(customer...).words(phraseLength),
		Number:      firstFound(v[7], call[6]).member("number").words(phraseLength),
		Assistant:   firstFound(v[8], call[7]).member("name").words(phraseLength),
		Status:      call[1].words(detailLength),
		EndedReason: clipName(firstFound(v[2], call[2]).str()),
		StartedAt:   firstFound(v[3], call[3]).moment(),
		EndedAt:     firstFound(v[4], call[4]).moment(),
		Sent:        v[0].moment(),
	}
	if m.member("type").str() == typeStatusUpdate {
		facts.Status = v[1].words(detailLength)
	}
	return facts
}

// Merge fills in what f does not say and later, another message of the same
// call, does. Of the Status what was said last counts; Sent, which is of one
// message, stays.
func (f *CallFacts) Merge(later CallFacts) {
	for _, text := range []struct {
		have *string
		more string
	}{
		{&f.Type, later.Type}, {&f.Customer, later.Customer}, {&f.Number, later.Number},
		{&f.Assistant, later.Assistant}, {&f.EndedReason, later.EndedReason},
	} {
		if *text.have == "" {
			*text.have = text.more
		}
	}
	if later.Status != "" {
		f.Status = later.Status
	}
	if f.StartedAt.IsZero() {
		f.StartedAt = later.StartedAt
	}
	if f.EndedAt.IsZero() {
		f.EndedAt = later.EndedAt
	}
}
