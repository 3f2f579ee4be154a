package payload

import (
	"strings"
	"testing"
)

func TestFolding(t *testing.T) {
	v := New([]byte(toolCalls), "", false, 0)
	v.GoTo("/message/toolCallList")
	v.Fold()
	checkScreen(t, v, 50, 10, `
  1  {
  2    "message": {
  3      "timestamp": 1.50e3,
  4      "type": "tool-calls",
▌ 5▸     "toolCallList": […], 2 items
 20      "a": true,
 21      "a": false
 22    }
 23  }`)
	v.Fold() // once more goes to what it is in
	if v.Path() != "message" {
		t.Errorf("the cursor is on %s, want message", v.Path())
	}
	v.Move(1 << 40)
	v.Move(-1)
	v.Toggle() // at the end of message
	checkScreen(t, v, 50, 10, `
  1  {
▌ 2▸   "message": {…} 5 keys
 23  }`)
	v.Unfold()
	v.Unfold() // once more goes into it
	if v.Path() != "message.timestamp" {
		t.Errorf("the cursor is on %s, want message.timestamp", v.Path())
	}
	v.GoTo("/message/toolCallList/1/e")
	v.FoldLevel()
	if v.Path() != "message.toolCallList[1]" {
		t.Errorf("folding the level leaves the cursor on %s", v.Path())
	}
	checkScreen(t, v, 50, 12, `
  1  {
  2    "message": {
  3      "timestamp": 1.50e3,
  4      "type": "tool-calls",
  5      "toolCallList": [
  6▸       {…}, 2 keys
▌13▸       {…} 4 keys
 19      ],
 20      "a": true,
 21      "a": false
 22    }
 23  }`)
	v.FoldLevel()
	if got := strings.Count(screen(t, v, 50, 30), "▸"); got != 1 {
		t.Errorf("%d lines are folded after unfolding the level, want only the string", got)
	}
}

func TestAStringThatHoldsJSONOpens(t *testing.T) {
	v := New([]byte(toolCalls), "", false, 0)
	v.GoTo("/message/toolCallList/0/function/arguments")
	v.Toggle()
	checkScreen(t, v, 50, 16, `
  1  {
  2    "message": {
  3      "timestamp": 1.50e3,
  4      "type": "tool-calls",
  5      "toolCallList": [
  6        {
  7          "id": "call_1",
  8          "function": {
  9            "name": "get_weather",
▌10            "arguments": "{
                 "city": "Oslo",
                 "n": [
                   1,
                   2
                 ]
               }"`)
	v.Move(1)
	if path, value := v.Path(), string(v.Value()); path != "message.toolCallList[0].function.arguments.city" || value != `"Oslo"` {
		t.Errorf("in it are %s and %s", path, value)
	}
	v.Fold()
	if path := v.Path(); path != "message.toolCallList[0].function.arguments" {
		t.Errorf("what city is in is %s", path)
	}
	v.Move(6) // to its last line
	v.Fold()
	if got := v.Text(); got != `{"city":"Oslo","n":[1,2]}` {
		t.Errorf("the string is %s", got)
	}
	if got := screen(t, v, 50, 20); !strings.Contains(got, `"{\"city\"`) {
		t.Errorf("it does not close:\n%s", got)
	}
}

func TestFoldedEventsAreShownAsTheyCame(t *testing.T) {
	v := New([]byte("data: {\"id\":1,\"d\":{}}\n\ndata: {\"id\":2}\n\ndata: [DONE]\n\n"), "text/event-stream", false, 0)
	v.FoldLevel()
	checkScreen(t, v, 40, 6, `
▌ 1▸ data: {"id":1,"d":{}}
  5
  6▸ data: {"id":2}
  9
 10  data: [DONE]`)
	v.Unfold()
	v.Move(1)
	if path, text := v.Path(), v.Text(); path != "id" || text != "1" {
		t.Errorf("in the first event is %s: %s", path, text)
	}
	v.Move(1 << 40)
	if text := v.Text(); text != "[DONE]" {
		t.Errorf("the last event says %q", text)
	}
	if !v.GoTo("/id") || v.Pointer() != "/id" || v.GoTo("/nothing") {
		t.Error("a pointer leads into an event, if any")
	}
}

func TestWrapping(t *testing.T) {
	v := New([]byte(`{"a":"one two three four five\nsix 日本語日本語 seven","b":1}`), "", false, 0)
	v.Draw(uncoloured, 30, 9, true)
	v.Move(1)
	v.Toggle() // this line only
	checkScreen(t, v, 30, 9, `
  1  {
▌ 2    "a": "one two three
         four five\n
         six 日本語日本語
         seven",
  3    "b": 1
  4  }`)
	v.Move(3)
	if v.Path() != "a" {
		t.Errorf("within a line that is wrapped the path is %s", v.Path())
	}
	v.Toggle()
	v.ToggleWrap()
	if got := screen(t, v, 30, 9); !v.Wrapped() || strings.Count(got, "\n") != 6 {
		t.Errorf("it shows\n%s", got)
	}
	v.Move(1 << 40)
	v.Move(-2)
	checkScreen(t, v, 22, 3, `
       five\n
       six 日本語日本
▌      語 seven",`)
}
