package payload

import "strings"

// awkward are bodies that are hard to show.
var awkward = []string{
	``,
	` `,
	`{}`,
	`[]`,
	`12`,
	`"x"`,
	`{"message":{"timestamp":1.50e3,"toolCallList":[{"id":"call_1","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\",\"n\":[1,2]}"}}],"a.b":null,"a.b":{ },"f":[ ]}}`,
	`{"a":"[\"{\\\"b\\\":[1,{}]}\"]"}`,
	`{"a":"{\"a\":1}","b":"[]","c":"[1`,
	`{"a":"one two three four five six seven\neight nine ten \u00e9t\u00e9 \ud83d\ude00","b":true}`,
	`[1,[2,[3,[4,[5,[6,[7,[8,[9]]]]]]]]]`,
	`{"a":1,"b":[1,2,],"c":2}`,
	"{\n  \"a\": 1,\r\n  \"b\" 2\n}\n",
	"{\"a\":\"\x01\"}",
	`{"a":tru`,
	`{"a":1,`,
	`{"a`,
	`[{"a":[`,
	`"\ud83d"`,
	"\ufeff{\"a\":1}",
	"a\tb\r\nc\rd\n\n\x1b[31mred\x1b]0;title\x07\x9b\u009b2J\u0085",
	"left \u202eright\u202c \u2066x\u2069 \u200bzero\u200d\u200c\ufeff\u00ad",
	"e\u0301\u0301\u0301 \u0301alone 👩\u200d💻 👨\u200d👩\u200d👧 🇳🇴🇳 ❤\ufe0f 日本語 한국어 \u1100\u1161\u11a8",
	"🏴\U000e0067\U000e0062\U000e007f a\u200db \u200d\u200d क\u094d\u200dष",
	"\"\u0301\"",
	"city=Oslo+S&n=%C3%A9%0a&x&&=&%zz=%4",
	"event: x\ndata: {\"id\":1,\"c\":[{\"d\":\"Hel\"}]}\n\n: ping\r\n\r\ndata: [DONE]\n\ndata:{\"a\":1}\rdata: {\n\ndata: {}\n",
	"\x00\x01\x02RIFF\xff\xfe and so on and so forth",
	strings.Repeat("word ", 900) + strings.Repeat("日", 3000) + strings.Repeat("\\n", 2500),
	`{"k":"` + strings.Repeat(`ab\n\u00e9 `, 700) + `"}`,
	strings.Repeat("e\u0301", 3000),
	"e" + strings.Repeat("\u0301", 3000),
}
