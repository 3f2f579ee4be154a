package attach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vapitap/internal/jsonpath"
	"vapitap/vapi"
	"vapitap/vapi/api"
)

// Finding is something that would not arrive here, or not as one may expect, once
// a plan is carried out.
type Finding struct {
	Text string // one sentence
	Flag string // what would include it, such as --tool 8f1c; "" where no flag does
	Hint string // what to do where no flag helps; may be empty
}

// The most that is asked about one assistant or number.
const (
	maxTools   = 40
	maxMembers = 20
)

// survey finds out what a plan means to others.
type survey struct {
	attacher *Attacher
	plan     *Plan

	numbers, squads       [][]byte
	noNumbers, noSquads   error // why they could not be listed
	gotNumbers, gotSquads bool
}

// all looks at each object of the plan. Its error is that ctx has ended: what
// cannot be found out is a finding.
func (s *survey) all(ctx context.Context) error {
	for i := range s.plan.Changes {
		c := &s.plan.Changes[i]
		switch c.Kind {
		case api.Assistant:
			s.assistant(ctx, c)
		case api.PhoneNumber:
			s.number(ctx, c)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	s.plan.Private = s.privateCall()
	return nil
}

func (s *survey) add(f Finding) {
	if !slices.Contains(s.plan.Findings, f) {
		s.plan.Findings = append(s.plan.Findings, f)
	}
}

// unknown notes that something could not be found out.
func (s *survey) unknown(what string, err error) {
	if !errors.Is(err, context.Canceled) {
		s.add(Finding{Text: what + " could not be found out: " + withoutHint(err)})
	}
}

func (s *survey) assistant(ctx context.Context, c *Change) {
	s.addresses(c.Object, c.raw)
	s.tools(ctx, c)
	squads := s.squadsWith(ctx, c.ID)
	for _, squad := range squads {
		s.members(ctx, fmt.Sprintf("squad %q", plain(textAt(squad, "name"))), squad)
	}
	c.Rings = s.rungBy(ctx, c.ID, squads)
	s.messages(c)
}

// addresses finds the URLs within an assistant, its own apart, that lead
// elsewhere.
func (s *survey) addresses(o Object, raw []byte) {
	for _, a := range vapi.Addresses(raw) {
		if a.Path == "/server/url" || a.Path == "/serverUrl" {
			continue
		}
		if leads := s.leads(a.URL, a.Foreign); leads != "" {
			s.add(Finding{
				Text: fmt.Sprintf("%s of %s %s", part(raw, a.Path), o, leads),
				Hint: "no flag changes that: the address stands in the assistant, at " + plain(a.Path[1:]),
			})
		}
	}
}

// leads says where a URL leads that does not lead here, "" where that is meant.
func (s *survey) leads(address string, foreign bool) string {
	switch vapi.WhereLeads(address, s.plan.PublicURL.Host) {
	case vapi.LeadsToTunnel:
		return fmt.Sprintf("leads to %s, a tunnel address that is not this one: yesterday's?", shownURL(address))
	case vapi.LeadsInside:
		return fmt.Sprintf("leads to %s, which Vapi cannot reach", shownURL(address))
	case vapi.LeadsNowhere:
		return fmt.Sprintf("has %q as address, which is no URL", plain(address))
	case vapi.LeadsElsewhere:
		if !foreign {
			return "leads to " + shownURL(address)
		}
	}
	return ""
}

// part names what has an address at a path: the model, the voice, or a tool of
// the model by its name.
func part(raw []byte, path string) string {
	steps := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(steps) >= 3 && steps[0] == "model" && steps[1] == "tools" {
		index, _ := strconv.Atoi(steps[2])
		for i, tool := range jsonpath.Elements(at(raw, "model", "tools")) {
			if i == index {
				return ObjectOf(api.Tool, tool).String()
			}
		}
	}
	switch {
	case steps[0] == "model" && len(steps) == 2:
		return "the custom LLM"
	case strings.Contains(path, "smartEndpointingPlan"):
		return "the endpointing"
	case steps[0] == "model" && slices.Contains(steps, "knowledgeBase"):
		return "the knowledge base"
	}
	return "the " + plain(steps[0])
}

// tools finds the tools of an assistant that are kept apart and have a server of
// their own.
func (s *survey) tools(ctx context.Context, c *Change) {
	n := 0
	for _, quoted := range jsonpath.Elements(at(c.raw, "model", "toolIds")) {
		id := unquote(quoted)
		if n++; id == "" || n > maxTools || s.plan.has(api.Tool, id) {
			continue
		}
		tool, err := s.attacher.get(ctx, api.Tool, id)
		if err != nil {
			s.unknown("where the tool "+plain(id)+" leads", err)
			continue
		}
		s.tool(tool)
	}
}

func (s *survey) tool(tool found) {
	kind := textAt(tool.raw, "type")
	foreign := kind == "apiRequest" || kind == "mcp"
	address, _ := URLOf(tool.raw)
	finding := Finding{Flag: tool.Flag()}
	if kind == "apiRequest" {
		address = textAt(tool.raw, "url")
		finding = Finding{Hint: "no flag changes that: its url stands in the tool"}
	}
	if leads := s.leads(address, foreign); address != "" && leads != "" {
		finding.Text = fmt.Sprintf("%s %s", tool.Object, leads)
		s.add(finding)
	}
}

// squadsWith returns the squads of which an assistant is a member.
func (s *survey) squadsWith(ctx context.Context, id string) (with [][]byte) {
	if !s.gotSquads {
		s.gotSquads = true
		if s.squads, s.noSquads = s.attacher.API.List(ctx, api.Squad); s.noSquads != nil {
			s.unknown("which squads it belongs to", s.noSquads)
		}
	}
	for _, squad := range s.squads {
		for _, member := range jsonpath.Elements(at(squad, "members")) {
			if textAt(member, "assistantId") == id {
				with = append(with, squad)
				break
			}
		}
	}
	return with
}

// members finds the members of a squad whose messages go elsewhere.
func (s *survey) members(ctx context.Context, called string, squad []byte) {
	n := 0
	for _, member := range jsonpath.Elements(at(squad, "members")) {
		if n++; n > maxMembers {
			return
		}
		if inline := at(member, "assistant"); inline != nil {
			s.inlineMember(called, inline)
			continue
		}
		id := textAt(member, "assistantId")
		if id == "" || s.plan.has(api.Assistant, id) {
			continue
		}
		f, err := s.attacher.get(ctx, api.Assistant, id)
		if err != nil {
			s.unknown("where the member "+plain(id)+" of "+called+" leads", err)
			continue
		}
		s.member(called, f)
	}
}

func (s *survey) member(called string, f found) {
	address, _ := URLOf(f.raw)
	if vapi.WhereLeads(address, s.plan.PublicURL.Host) == vapi.LeadsHere {
		return
	}
	where := "has no server URL of its own"
	if address != "" {
		where = s.leads(address, false)
	}
	if where != "" {
		s.add(Finding{Text: fmt.Sprintf("%s of %s %s", f.Object, called, where), Flag: f.Flag()})
	}
}

// inlineMember is one that stands in the squad itself.
func (s *survey) inlineMember(called string, assistant []byte) {
	address, _ := URLOf(assistant)
	if leads := s.leads(address, false); address != "" && leads != "" {
		s.add(Finding{
			Text: fmt.Sprintf("%s of %s %s", ObjectOf(api.Assistant, assistant), called, leads),
			Hint: "no flag changes that: the assistant stands in the squad",
		})
	}
}

// listNumbers lists the phone numbers, once.
func (s *survey) listNumbers(ctx context.Context) [][]byte {
	if !s.gotNumbers {
		s.gotNumbers = true
		if s.numbers, s.noNumbers = s.attacher.API.List(ctx, api.PhoneNumber); s.noNumbers != nil {
			s.unknown("which phone numbers ring it", s.noNumbers)
		}
	}
	return s.numbers
}

// rungBy returns the numbers whose calls an assistant takes, by itself or in a
// squad.
func (s *survey) rungBy(ctx context.Context, id string, squads [][]byte) (numbers []Object) {
	for _, raw := range s.listNumbers(ctx) {
		squad := textAt(raw, "squadId")
		inSquad := squad != "" && slices.ContainsFunc(squads, func(s []byte) bool { return textAt(s, "id") == squad })
		if textAt(raw, "assistantId") == id || inSquad {
			numbers = append(numbers, ObjectOf(api.PhoneNumber, raw))
		}
	}
	return numbers
}

// number says what of a phone number's calls would arrive.
func (s *survey) number(ctx context.Context, c *Change) {
	const never = "no assistant-request is ever sent for %s: its calls are taken by %s"
	assistant, squad, workflow := textAt(c.raw, "assistantId"), textAt(c.raw, "squadId"), textAt(c.raw, "workflowId")
	switch {
	case assistant != "":
		o := Object{Kind: api.Assistant, ID: assistant}
		if f, err := s.attacher.get(ctx, api.Assistant, assistant); err == nil {
			o = f.Object
		}
		f := Finding{Text: fmt.Sprintf(never, c.Object, o) + ", whose messages go to its own server URL where it has one", Flag: o.Flag()}
		if s.plan.has(api.Assistant, assistant) {
			f = Finding{Text: fmt.Sprintf(never, c.Object, o), Hint: "take the assistant away from the number, if your server shall choose one"}
		}
		s.add(f)
	case squad != "":
		s.add(Finding{Text: fmt.Sprintf(never, c.Object, "squad "+plain(squad)), Hint: "take the squad away from the number, if your server shall choose who answers"})
		if f, err := s.attacher.get(ctx, api.Squad, squad); err == nil {
			s.members(ctx, fmt.Sprintf("squad %q", f.Name), f.raw)
		}
	case workflow != "":
		s.add(Finding{Text: fmt.Sprintf(never, c.Object, "workflow "+plain(workflow)), Hint: "take the workflow away from the number, if your server shall choose who answers"})
	}
}

// awaited are the messages that one waits for in vain where serverMessages lacks
// them.
var awaited = []string{"tool-calls", "end-of-call-report", "status-update", "conversation-update", "transcript"}

// messages says which types an assistant does not send.
func (s *survey) messages(c *Change) {
	sent, custom := vapi.DefaultServerMessages(), false
	if list := at(c.raw, "serverMessages"); list != nil {
		sent, custom = nil, true
		for _, name := range jsonpath.Elements(list) {
			sent = append(sent, unquote(name))
		}
	}
	var lacking []string
	for _, name := range awaited {
		sends := func(sent string) bool { return sent == name || strings.HasPrefix(sent, name+"[") }
		if !slices.ContainsFunc(sent, sends) {
			lacking = append(lacking, name)
		}
	}
	if lacking == nil {
		return
	}
	f := Finding{
		Text: fmt.Sprintf("%s does not send %s: serverMessages lacks it", c.Object, strings.Join(lacking, ", ")),
		Hint: "no flag adds that; in the dashboard: the assistant > Advanced > Server Messages",
	}
	if !custom {
		f.Text = fmt.Sprintf("%s does not send transcript: it is not among the serverMessages that are sent by default", c.Object)
	}
	s.add(f)
}
