package timeline

import (
	"encoding/json"
	"math"

	"vapitap/internal/jsonpath"
)

// Cost is what one component of a call cost.
type Cost struct {
	Component string // transport, transcriber, model, voice, vapi, chat, analysis, or other
	Dollars   float64
}

// costComponents are the names that a costBreakdown has for the components, in
// the order in which a call goes through them.
var costComponents = []struct{ name, component string }{
	{"transport", "transport"}, {"stt", "transcriber"}, {"llm", "model"}, {"tts", "voice"},
	{"vapi", "vapi"}, {"chat", "chat"}, {"other", "other"},
}

// Costs returns what each component cost, those that cost nothing left out. What
// the total has beyond them counts as other.
func (c *Call) Costs() []Cost {
	const least = 0.00005 // half of the last digit that Vapi tells
	var costs []Cost
	rest := c.Cost
	add := func(component string, dollars float64) {
		if dollars >= least {
			costs = append(costs, Cost{component, dollars})
		}
		rest -= dollars
	}
	for _, of := range costComponents {
		add(of.component, number(jsonpath.Member(c.CostBreakdown, of.name)))
	}
	analysis := jsonpath.Member(c.CostBreakdown, "analysisCostBreakdown")
	add("analysis", number(jsonpath.Member(analysis, "summary"))+number(jsonpath.Member(analysis, "structuredData"))+
		number(jsonpath.Member(analysis, "successEvaluation"))+number(jsonpath.Member(analysis, "structuredOutput")))
	if costs != nil && rest >= least {
		costs = append(costs, Cost{"other", rest})
	}
	return costs
}

// number returns the number that text is, 0 where it is none.
func number(text []byte) float64 {
	var f float64
	if json.Unmarshal(text, &f) != nil || math.IsInf(f, 0) {
		return 0
	}
	return f
}
