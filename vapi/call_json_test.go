package vapi

import (
	"strings"
	"testing"
)

func TestObjectIsWrittenAsJavaScriptWouldWriteIt(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"spaces", "{ \"a\" : [ 1 , true , null , \"b\" ] }\n", `{"a":[1,true,null,"b"]}`},
		{"order of keys", `{"b":1,"a":2}`, `{"b":1,"a":2}`},
		{"integer-like keys come first", `{"b":1,"10":2,"2":3,"01":4,"4294967295":5}`, `{"2":3,"10":2,"b":1,"01":4,"4294967295":5}`},
		{"the last of equal keys, in the place of the first", `{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`},
		{"numbers", `{"n":[1.0,0.50,-0,1e3,1e21,1E-7,0.000001,123456789012345678901,1e999]}`, `{"n":[1,0.5,0,1000,1e+21,1e-7,0.000001,123456789012345680000,null]}`},
		{"escapes that are not needed", `{"a":"\u00e6\/\u003c&\ud83d\ude00"}`, `{"a":"æ/<&😀"}`},
		{"escapes that are", `{"a":"\"\\\n\t\b\f\u0001"}`, `{"a":"\"\\\n\t\b\f\u0001"}`},
		{"line separators", `{"\u2028":"a\u2028\\u2028\u2029"}`, "{\"\u2028\":\"a\u2028\\\\u2028\u2029\"}"},
		{"empty", `{"a":{},"b":[],"":""}`, `{"a":{},"b":[],"":""}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := parseJSObject([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(jsStringify(o)); got != tt.want {
				t.Errorf("\ngot  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestOnlyObjectsAreObjects(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000)
	for _, in := range []string{"", "null", "[]", `"a"`, "{", "{} {}", `{"a":1,}`, deep} {
		if o, err := parseJSObject([]byte(in)); err == nil {
			t.Errorf("%.20q was read as %v", in, o)
		}
	}
}
