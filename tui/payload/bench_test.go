package payload

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"vapitap/tui/paint"
)

const fiveMB = 5_000_000

var benchTheme = paint.NewTheme(paint.Dark, colorprofile.TrueColor)

// conversation returns a message of 5 MB as Vapi sends them at the end of a long
// call.
func conversation() []byte {
	var b bytes.Buffer
	b.WriteString(`{"message":{"timestamp":1732370535245,"type":"conversation-update","conversation":[`)
	for i := 0; b.Len() < fiveMB; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"role":"tool","time":%d.5,"secondsFromStart":%d,"content":"It is raining in Bergen, as it does. \"Again\", said Zoë.","toolCalls":[{"id":"call_%d","function":{"name":"get_weather","arguments":"{\"city\":\"Bergen\",\"days\":[1,2,3]}"}}],"final":true,"error":null}`, i, i, i)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

// numbers returns an array of 5 MB, with as many lines as JSON can have.
func numbers() []byte {
	return []byte("[" + strings.Repeat("1,", fiveMB/2-1) + "1]")
}

// words returns an object with one string of 5 MB.
func words() []byte {
	return []byte(`{"transcript":"` + strings.Repeat(`User: what is the weather\nBot: it is raining, as it does `, fiveMB/57) + `"}`)
}

// line returns text of 5 MB without a space or line break.
func line5() []byte { return bytes.Repeat([]byte("abcdefghij"), fiveMB/10) }

var benchBodies = []struct {
	name string
	body func() []byte
}{{"conversation", conversation}, {"numbers", numbers}}

var oneLine = []struct {
	name string
	body func() []byte
}{{"string", words}, {"text", line5}}

func BenchmarkFirstScreen5MB(b *testing.B) {
	for _, c := range append(benchBodies[:2:2], oneLine...) {
		b.Run(c.name, func(b *testing.B) {
			body := c.body()
			b.ReportAllocs()
			for b.Loop() {
				New(body, "", false, 0).Draw(benchTheme, 120, 50, true)
			}
		})
	}
}

func BenchmarkScroll5MB(b *testing.B) {
	for _, c := range benchBodies {
		b.Run(c.name, func(b *testing.B) {
			v := New(c.body(), "", false, 0)
			v.Draw(benchTheme, 120, 50, true)
			for i := 0; b.Loop(); i++ {
				v.Move([]int{1, 25, 50, -1, 1 << 30, -25, -1 << 30}[i%7])
				v.Draw(benchTheme, 120, 50, true)
			}
		})
	}
}

func BenchmarkFold5MB(b *testing.B) {
	for _, c := range benchBodies {
		b.Run(c.name, func(b *testing.B) {
			v := New(c.body(), "", false, 0)
			v.GoTo("/message/conversation/3/toolCalls/0")
			v.Draw(benchTheme, 120, 50, true)
			for i := 0; b.Loop(); i++ {
				if i%2 == 0 {
					v.Toggle()
				} else {
					v.FoldLevel()
				}
				v.Draw(benchTheme, 120, 50, true)
			}
		})
	}
}

func BenchmarkSearch5MB(b *testing.B) {
	for _, c := range []struct {
		name string
		body []byte
	}{{"conversation", conversation()}, {"string", words()}, {"text", line5()}} {
		v := New(c.body, "", false, 0)
		v.Draw(benchTheme, 120, 50, true)
		for _, text := range []string{"e", "in", "weather", "Bergen", "nowhere at all", "zoë"} {
			b.Run(c.name+"/"+text, func(b *testing.B) {
				for b.Loop() {
					v.Search(text)
					v.Draw(benchTheme, 120, 50, true)
				}
			})
		}
		v.Search("weather")
		b.Run(c.name+"/next", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				v.Next([]int{1, 1, -1}[i%3])
				v.Draw(benchTheme, 120, 50, true)
			}
		})
	}
}

func BenchmarkOneLine5MB(b *testing.B) {
	for _, c := range oneLine {
		for _, wrap := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/wrap=%v", c.name, wrap), func(b *testing.B) {
				v := New(c.body(), "", false, 0)
				if wrap {
					v.ToggleWrap()
				}
				v.Draw(benchTheme, 120, 50, true)
				for i := 0; b.Loop(); i++ {
					v.Move([]int{1, 25, 1 << 30, -25, -1, -1 << 30, 50}[i%7])
					v.Draw(benchTheme, 120, 50, true)
				}
			})
		}
	}
}
