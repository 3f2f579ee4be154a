package vapi

import (
	"cmp"
	"math"
	"strconv"
	"time"
)

type endOfCallReportMessage struct {
	messageHead
	Analysis           callAnalysis  `json:"analysis"`
	StartedAt          string        `json:"startedAt,omitempty"`
	EndedAt            string        `json:"endedAt,omitempty"`
	EndedReason        string        `json:"endedReason"`
	Destination        *jsObject     `json:"destination,omitempty"`
	Cost               float64       `json:"cost"`
	CostBreakdown      costBreakdown `json:"costBreakdown"`
	Costs              []costOfPart  `json:"costs"`
	DurationMs         int64         `json:"durationMs"`
	DurationSeconds    float64       `json:"durationSeconds"`
	DurationMinutes    float64       `json:"durationMinutes"`
	Summary            string        `json:"summary,omitempty"`
	Transcript         string        `json:"transcript,omitempty"`
	Messages           []any         `json:"messages"`
	RecordingURL       string        `json:"recordingUrl,omitempty"`
	StereoRecordingURL string        `json:"stereoRecordingUrl,omitempty"`
	messageTail
}

type callAnalysis struct {
	Summary           string `json:"summary,omitempty"`
	SuccessEvaluation string `json:"successEvaluation,omitempty"`
}

type callRecording struct {
	StereoURL string        `json:"stereoUrl"`
	Mono      monoRecording `json:"mono"`
}

type monoRecording struct {
	CombinedURL  string `json:"combinedUrl"`
	AssistantURL string `json:"assistantUrl"`
	CustomerURL  string `json:"customerUrl"`
}

// endOfCallReport is the report on all that happened. Current and older
// reports differ in where they keep what; this one has both places, as Vapi's
// own do.
func endOfCallReport() func(*SimulatedCall) outgoing {
	return func(c *SimulatedCall) outgoing {
		report := endOfCallReportMessage{
			messageHead: c.head(typeEndOfCallReport),
			EndedReason: c.endedReason,
			Destination: c.destination,
			Costs:       []costOfPart{},
			Messages:    c.log.messages(),
		}
		if !c.startedAt.IsZero() {
			c.reportConversation(&report)
		}
		c.call.Cost = report.Cost
		report.messageTail = c.tail()
		if !c.startedAt.IsZero() {
			c.fillArtifact(&report.Artifact)
		}
		return outgoing{kind: typeEndOfCallReport, detail: c.endedReason, message: report}
	}
}

// reportConversation adds what there is to say of a call that was answered.
func (c *SimulatedCall) reportConversation(report *endOfCallReportMessage) {
	length := c.endedAt.Sub(c.startedAt)
	report.StartedAt, report.EndedAt = isoTime(c.startedAt), isoTime(c.endedAt)
	report.DurationMs = length.Milliseconds()
	report.DurationSeconds = seconds(length)
	report.DurationMinutes = fourDecimals(length.Minutes())
	report.Analysis = callAnalysis{Summary: c.summary(), SuccessEvaluation: c.successEvaluation()}
	report.Summary = report.Analysis.Summary
	report.Transcript = c.log.transcript()
	recording := c.recording()
	report.RecordingURL, report.StereoRecordingURL = recording.Mono.CombinedURL, recording.StereoURL
	report.Costs, report.CostBreakdown = c.costs(length)
	report.Cost = report.CostBreakdown.Total
}

// fillArtifact adds what an artifact holds only once the call is over.
func (c *SimulatedCall) fillArtifact(a *callArtifact) {
	recording := c.recording()
	a.Transcript = c.log.transcript()
	a.RecordingURL, a.StereoRecordingURL = recording.Mono.CombinedURL, recording.StereoURL
	a.Recording = &recording
	a.PerformanceMetrics = newPerformanceMetrics(c.latencies, c.interruptions)
}

func (c *SimulatedCall) recording() callRecording {
	file := "https://" + simulatedHost + "/" + c.call.ID
	return callRecording{
		StereoURL: file + "-stereo.wav",
		Mono:      monoRecording{file + "-mono.wav", file + "-assistant.wav", file + "-customer.wav"},
	}
}

// summary is what analysis.summary says of the call.
func (c *SimulatedCall) summary() string {
	if c.plot.summary != nil {
		return c.plot.summary(c)
	}
	return c.plainSummary()
}

// plainSummary tells who spoke, and what became of the tools.
func (c *SimulatedCall) plainSummary() string {
	done, failed := 0, 0
	for _, t := range c.tools {
		if t.succeeded || t.async() {
			done++
		} else {
			failed++
		}
	}
	spoke := "The caller spoke with " + cmp.Or(c.assistant.name(), "the assistant")
	switch {
	case done+failed == 0:
		return spoke + "."
	case failed == 0:
		return spoke + ", which called " + plural(done, "tool") + "."
	}
	return spoke + ", which called " + plural(done+failed, "tool") + ", " + strconv.Itoa(failed) + " of them in vain."
}

// successEvaluation is true where every tool did what it was called for.
func (c *SimulatedCall) successEvaluation() string {
	for _, t := range c.tools {
		if !t.succeeded && !t.async() {
			return "false"
		}
	}
	return "true"
}

type turnLatency struct {
	ModelLatency       int `json:"modelLatency"`
	VoiceLatency       int `json:"voiceLatency"`
	TranscriberLatency int `json:"transcriberLatency"`
	EndpointingLatency int `json:"endpointingLatency"`
	TurnLatency        int `json:"turnLatency"`
}

// newTurnLatency draws the latencies of one turn, in milliseconds, as they are
// in a call that goes well.
func newTurnLatency(ids *callIDs) turnLatency {
	t := turnLatency{
		ModelLatency:       ids.between(380, 900),
		VoiceLatency:       ids.between(140, 320),
		TranscriberLatency: ids.between(90, 210),
		EndpointingLatency: ids.between(250, 600),
	}
	t.TurnLatency = t.ModelLatency + t.VoiceLatency + t.TranscriberLatency + t.EndpointingLatency
	return t
}

type performanceMetrics struct {
	TurnLatencies             []turnLatency `json:"turnLatencies"`
	ModelLatencyAverage       float64       `json:"modelLatencyAverage"`
	VoiceLatencyAverage       float64       `json:"voiceLatencyAverage"`
	TranscriberLatencyAverage float64       `json:"transcriberLatencyAverage"`
	EndpointingLatencyAverage float64       `json:"endpointingLatencyAverage"`
	TurnLatencyAverage        float64       `json:"turnLatencyAverage"`
	NumUserInterrupted        int           `json:"numUserInterrupted"`
}

func newPerformanceMetrics(turns []turnLatency, interruptions int) *performanceMetrics {
	average := func(part func(turnLatency) int) float64 {
		sum := 0
		for _, t := range turns {
			sum += part(t)
		}
		return fourDecimals(float64(sum) / math.Max(1, float64(len(turns))))
	}
	return &performanceMetrics{
		TurnLatencies:             append([]turnLatency{}, turns...),
		ModelLatencyAverage:       average(func(t turnLatency) int { return t.ModelLatency }),
		VoiceLatencyAverage:       average(func(t turnLatency) int { return t.VoiceLatency }),
		TranscriberLatencyAverage: average(func(t turnLatency) int { return t.TranscriberLatency }),
		EndpointingLatencyAverage: average(func(t turnLatency) int { return t.EndpointingLatency }),
		TurnLatencyAverage:        average(func(t turnLatency) int { return t.TurnLatency }),
		NumUserInterrupted:        interruptions,
	}
}

// fourDecimals returns f with four decimals, which is how Vapi writes costs.
func fourDecimals(f float64) float64 { return math.Round(f*1e4) / 1e4 }

// seconds returns a duration in seconds, to the millisecond.
func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
