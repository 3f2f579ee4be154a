package tui

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"vapitap/internal/plain"
	"vapitap/record/timeline"
	"vapitap/tui/paint"
	"vapitap/vapi"
)

// report is what an end-of-call-report says, ready to be written.
type report struct {
	*vapi.Report
	advice     string
	costs      []timeline.Cost
	evaluation node
	structured node
	said       []vapi.Said
}

// readReport reads an end-of-call-report.
func readReport(body []byte, message node) aspect {
	parsed := vapi.ParseReport(body)
	if parsed == nil {
		parsed = &vapi.Report{}
	}
	analysis := first(message.at("analysis"), message.at("call", "analysis"))
	r := report{
		Report:     parsed,
		costs:      (&timeline.Call{Cost: parsed.Cost, CostBreakdown: parsed.CostBreakdown}).Costs(),
		evaluation: first(analysis.at("successEvaluation"), message.at("successEvaluation")),
		structured: first(analysis.at("structuredData"), message.at("structuredData"), message.at("artifact", "structuredOutputs")),
		said:       vapi.Conversation(body),
	}
	_, r.advice = vapi.EndedReasonText(parsed.EndedReason)
	return r.write
}

func (r *report) write(s *sheet, _ *aftermath) {
	s.Text(s.t.Strong, 0, cmp.Or(r.EndedReasonText, "the call ended; no reason is told"))
	s.Text(s.t.Faint, 0, r.EndedReason)
	if r.advice != "" {
		s.Text(s.t.Text, 0, "→ "+r.advice)
	}
	s.Gap()
	if r.DurationSeconds > 0 {
		s.field("lasted", plain.Duration(seconds(r.DurationSeconds)))
	}
	s.writeCosts(r.Cost, r.costs)
	s.field("recording", r.RecordingURL)
	s.paragraph("Summary", r.Summary)
	r.judged(s)
	s.writeTurns(reportTurns(r.Turns))
	if len(r.said) > 0 {
		s.heading(fmt.Sprintf("The conversation, %d messages", len(r.said)))
		(&talk{said: r.said}).write(s, &aftermath{before: len(r.said)})
	} else {
		s.paragraph("Transcript", r.Transcript)
	}
	s.Gap()
}

// judged writes what Vapi's analysis made of the call.
func (r *report) judged(s *sheet) {
	if r.evaluation != nil {
		s.heading("Success evaluation")
		s.value(indent, r.evaluation, 8, wholeRequest)
	}
	if r.structured != nil {
		s.heading("Structured data")
		s.value(indent, r.structured, 24, wholeRequest)
	}
}

// seconds is a number of seconds from somewhere else as a duration.
func seconds(n float64) time.Duration {
	const most = 1e6
	return time.Duration(min(max(n, 0), most) * float64(time.Second))
}

func reportTurns(turns []vapi.Turn) []timeline.Turn {
	list := make([]timeline.Turn, len(turns))
	ms := func(n float64) time.Duration { return seconds(n / 1000) }
	for i, t := range turns {
		list[i] = timeline.Turn{
			N: i + 1, Endpointing: ms(t.Endpointing), Transcriber: ms(t.Transcriber), Model: ms(t.Model), Voice: ms(t.Voice),
			Total: cmp.Or(ms(t.Total), ms(t.Endpointing+t.Transcriber+t.Model+t.Voice)),
		}
	}
	return list
}

// paragraph writes a text under a heading; nothing where there is none.
func (s *sheet) paragraph(heading, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	s.heading(heading)
	s.text(s.t.Text, text)
}

// writeCosts writes what a call cost, each component with a bar.
func (s *sheet) writeCosts(total float64, costs []timeline.Cost) {
	if total <= 0 && len(costs) == 0 {
		return
	}
	s.field("cost", fmt.Sprintf("$%.4f", total))
	most := 0.0
	for _, c := range costs {
		most = max(most, c.Dollars)
	}
	cells := min(max(s.Width()-fieldWidth-16, 6), 30)
	for _, c := range costs {
		s.Line(func(l *paint.Line) {
			l.Add(s.t.Text, "    ").Col(s.t.Muted, c.Component, fieldWidth-3).ColRight(s.t.Text, fmt.Sprintf("$%.4f", c.Dollars), 9)
			l.Add(s.t.Text, "  ").Add(s.t.Report, bar(c.Dollars/most, cells))
		})
	}
}
