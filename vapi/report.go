package vapi

import (
	"encoding/json"
	"time"

	"vapitap/internal/jsonpath"
)

// Report is what an end-of-call-report says, whichever of its shapes it came
// in. Empty means that the report does not say.
type Report struct {
	CallID          string  `json:"callId,omitempty"`
	EndedReason     string  `json:"endedReason,omitempty"`
	EndedReasonText string  `json:"endedReasonText,omitempty"` // EndedReason in words
	DurationSeconds float64 `json:"durationSeconds,omitempty"`
	Cost            float64 `json:"cost,omitempty"`          // US dollars
	CostBreakdown   RawJSON `json:"costBreakdown,omitempty"` // an object: stt, llm, tts, transport, vapi, total, and what else Vapi says
	Summary         string  `json:"summary,omitempty"`
	Transcript      string  `json:"transcript,omitempty"`
	RecordingURL    string  `json:"recordingUrl,omitempty"`
	Messages        RawJSON `json:"messages,omitempty"` // an array, as it came
	Turns           []Turn  `json:"turns,omitempty"`
}

// Turn is how long the parts of one turn of the conversation took, in
// milliseconds; 0 where the report does not say.
type Turn struct {
	Endpointing float64 `json:"endpointingLatency,omitempty"`
	Transcriber float64 `json:"transcriberLatency,omitempty"`
	Model       float64 `json:"modelLatency,omitempty"`
	Voice       float64 `json:"voiceLatency,omitempty"`
	Total       float64 `json:"turnLatency,omitempty"`
}

// ParseReport reads the body of an end-of-call-report, as far as it goes where
// it was cut short. It returns nil where body is no such message.
//
// Older and newer reports say the same things in different places: what stands
// in artifact or analysis counts first, then the message itself, then call. A
// duration that is nowhere is taken from startedAt and endedAt.
func ParseReport(body []byte) *Report {
	m, ok := messageOf(root(body))
	if !ok || m.member("type").str() != typeEndOfCallReport {
		return nil
	}
	f := findReport(m)
	reason, _ := EndedReasonText(f.endedReason.str())
	return &Report{
		CallID:          f.callID.str(),
		EndedReason:     f.endedReason.str(),
		EndedReasonText: reason,
		DurationSeconds: f.duration(),
		Cost:            f.cost(),
		CostBreakdown:   f.costBreakdown(),
		Summary:         f.summary.str(),
		Transcript:      f.transcript.str(),
		RecordingURL:    f.recording.str(),
		Messages:        checkedJSON(f.messages),
		Turns:           readTurns(f.turns),
	}
}

// A foundReport is where the parts of a report stand.
type foundReport struct {
	callID, endedReason            value
	startedAt, endedAt             value
	seconds, milliseconds          value
	total, breakdown, costs        value
	summary, transcript, recording value
	messages, turns                value
}

// Each part by the name it has wherever it stands.
var reportNames = [...]string{
	"endedReason", "startedAt", "endedAt", "durationSeconds", "durationMs",
	"cost", "costBreakdown", "costs", "summary", "transcript", "recordingUrl", "stereoRecordingUrl", "recording",
	"messages", "performanceMetrics", "artifact", "analysis", "call", "id",
}

const (
	atEndedReason = iota
	atStartedAt
	atEndedAt
	atSeconds
	atMilliseconds
	atCost
	atBreakdown
	atCosts
	atSummary
	atTranscript
	atRecordingURL
	atStereoURL
	atRecording
	atMessages
	atMetrics
	atArtifact
	atAnalysis
	atCall
	atID
)

// findReport looks through all the places in the order in which they count.
func findReport(m value) foundReport {
	var message, artifact, call, callArtifact [len(reportNames)]value
	m.pickInto(message[:], reportNames[:]...)
	message[atArtifact].pickInto(artifact[:], reportNames[:]...)
	message[atCall].pickInto(call[:], reportNames[:]...)
	call[atArtifact].pickInto(callArtifact[:], reportNames[:]...)
	analysis, callAnalysis := message[atAnalysis].member("summary"), call[atAnalysis].member("summary")

	part := func(at int) value {
		return firstFound(artifact[at], message[at], call[at], callArtifact[at])
	}
	return foundReport{
		callID:       call[atID],
		endedReason:  firstFound(message[atEndedReason], call[atEndedReason]),
		startedAt:    part(atStartedAt),
		endedAt:      part(atEndedAt),
		seconds:      part(atSeconds),
		milliseconds: part(atMilliseconds),
		total:        part(atCost),
		breakdown:    part(atBreakdown),
		costs:        part(atCosts),
		summary:      firstFound(analysis, artifact[atSummary], message[atSummary], callAnalysis, call[atSummary]),
		transcript:   part(atTranscript),
		recording:    firstFound(part(atRecordingURL), recordingIn(artifact[atRecording]), recordingIn(message[atRecording]), part(atStereoURL)),
		messages:     part(atMessages),
		turns:        part(atMetrics).member("turnLatencies"),
	}
}

// recordingIn returns the address in a recording object: both voices in one
// channel, else in two.
func recordingIn(recording value) value {
	v := recording.pick("mono", "stereoUrl")
	return firstFound(v[0].member("combinedUrl"), v[1])
}

// duration returns the length of the call in seconds, 0 where it is not known.
func (f foundReport) duration() float64 {
	if s, ok := f.seconds.number(); ok && s > 0 {
		return s
	}
	if ms, ok := f.milliseconds.number(); ok && ms > 0 {
		return ms / 1000
	}
	from, to := f.startedAt.moment(), f.endedAt.moment()
	if from.IsZero() || !to.After(from) {
		return 0
	}
	return to.Sub(from).Round(time.Millisecond).Seconds()
}

// cost returns what the call cost in dollars, 0 where it is not known.
func (f foundReport) cost() float64 {
	dollars, ok := f.total.number()
	if !ok {
		dollars, _ = f.breakdown.member("total").number()
	}
	return dollars
}

// costNames says under which name of a costBreakdown an entry of costs counts.
var costNames = map[string]string{
	"transport": "transport", "transcriber": "stt", "model": "llm", "voice": "tts", "vapi": "vapi", "chat": "chat",
}

// costBreakdown returns the breakdown as it came, or one made of the list of
// costs that current reports have in its place.
func (f foundReport) costBreakdown() RawJSON {
	if f.breakdown.isObject() {
		return checkedJSON(f.breakdown)
	}
	sums := map[string]float64{}
	total := 0.0
	for c := f.costs.open(); f.costs.isArray() && c.next(); {
		v := c.value().pick("type", "cost")
		dollars, ok := v[1].number()
		if !ok {
			continue
		}
		name := costNames[v[0].str()]
		if name == "" {
			name = "other"
		}
		sums[name] += dollars
		total += dollars
	}
	if len(sums) == 0 {
		return nil
	}
	sums["total"] = total
	text, err := json.Marshal(sums)
	if err != nil {
		return nil // a sum beyond what JSON can say
	}
	return text
}

func readTurns(list value) []Turn {
	var turns []Turn
	for c := list.open(); list.isArray() && c.next(); {
		var t Turn
		v := c.value().pick("endpointingLatency", "transcriberLatency", "modelLatency", "voiceLatency", "turnLatency")
		for i, ms := range []*float64{&t.Endpointing, &t.Transcriber, &t.Model, &t.Voice, &t.Total} {
			*ms, _ = v[i].number()
		}
		turns = append(turns, t)
	}
	return turns
}

// checkedJSON returns the text of a value that somebody will print as JSON: as
// it came where it is valid, as a string of it where it is not; nil for none.
func checkedJSON(v value) RawJSON {
	raw := v.raw()
	switch {
	case raw == nil:
		return nil
	case jsonpath.Valid(raw):
		return raw
	}
	quoted, _ := json.Marshal(string(raw)) // a string always can be
	return quoted
}
