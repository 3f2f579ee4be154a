package jsonpath

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// files stands in for a folder.
func files(name string) ([]byte, error) {
	switch name {
	case "city.json":
		return []byte("\uFEFF {\"city\": \"Oslo\"}\n"), nil
	case "text.txt":
		return []byte("12 degrees\n"), nil
	case "sound.wav":
		return []byte("RIFF\xff\xfe"), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func TestParseAssignment(t *testing.T) {
	for _, c := range []struct{ text, path, value string }{
		{`message.type=tool-calls`, `message.type`, `"tool-calls"`},
		{`a=12`, `a`, `12`},
		{`a= 12 `, `a`, `12`},
		{`a="12"`, `a`, `"12"`},
		{`a={"b": [1]}`, `a`, `{"b": [1]}`},
		{`a={b}`, `a`, `"{b}"`},
		{`a=`, `a`, `""`},
		{`a==b`, `a`, `"=b"`},
		{`a=b=c "<é>"`, `a`, `"b=c \"<é>\""`},
		{`a=012`, `a`, `"012"`},
		{`a["b=c"].d=1`, `a["b=c"].d`, `1`},
		{`a['b=\'c'][0]=1`, `a["b='c"][0]`, `1`},
		{`a["\"="]=1`, `a["\"="]`, `1`},
		{`a:=12`, `a`, `12`},
		{`a["b:"]=x`, `a["b:"]`, `"x"`},
		{`a=@city.json`, `a`, `{"city": "Oslo"}`},
		{`a:=@city.json`, `a`, `{"city": "Oslo"}`},
		{`a=@text.txt`, `a`, `"12 degrees\n"`},
		{`a="@text.txt"`, `a`, `"@text.txt"`},
		{`$=[]`, `$`, `[]`},
		{`$.message.call.type=x`, `message.call.type`, `"x"`},
		{`["/a"]=1`, `["/a"]`, `1`},
	} {
		got, err := ParseAssignment(c.text, files)
		if err != nil || got.Path.String() != c.path || string(got.Value) != c.value {
			t.Errorf("%s sets %s to %s, want %s, %s (%v)", c.text, got.Path, got.Value, c.path, c.value, err)
		}
	}
}

func TestParseAssignmentSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`message.type`, `"message.type": expected PATH=VALUE, and there is no equals sign`},
		{`a["b=c`, `expected PATH=VALUE, and there is no equals sign`},
		{`=1`, `path "": byte 1: a path is expected; $ is the whole document`},
		{`/message/call/type=x`, `/message/call/type: this is a JSON pointer; did you mean message.call.type?`},
		{`/message/toolCallList/0/a~1b:=1`, `/message/toolCallList/0/a~1b: this is a JSON pointer; did you mean message.toolCallList[0].a/b?`},
		{"/\x1b=x", `/\u001b: this is a JSON pointer; did you mean ["\u001b"]?`},
		{`/=x`, `/: this is a JSON pointer; did you mean [""]?`},
		{`a b=1`, `path "a b": byte 2: expected "." or "[" or the end, found " "`},
		{`a:=oops`, `a: the value is not JSON at byte 1: invalid character 'o' looking for beginning of value`},
		{`a:=`, `a: the value is not JSON at byte 1: it is empty`},
		{`a:=[1,]`, `a: the value is not JSON at byte 4: invalid character ']' looking for beginning of value`},
		{`a:=@text.txt`, `a: the file "text.txt" is not JSON at byte 4: invalid character 'd' after top-level value`},
		{`a=@none`, `a: open none: file does not exist`},
		{`a=@`, `a: a file name is expected after @`},
		{`a=@sound.wav`, `a: the file "sound.wav" is neither JSON nor UTF-8 text`},
		{"a=\xff", `a: the value is neither JSON nor UTF-8 text`},
	} {
		if got, err := ParseAssignment(c.text, files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q sets %s to %s, %v, want the error %s", c.text, got.Path, got.Value, err, c.want)
		}
	}
	if _, err := ParseAssignment(`a=@text.txt`, nil); err == nil || !strings.Contains(err.Error(), `cannot come from a file here`) {
		t.Errorf("without files: %v", err)
	}
	if _, err := ParseAssignment(`a=@none`, files); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func FuzzParseAssignment(f *testing.F) {
	for _, seed := range []string{`a=1`, `/a/0=1`, `["/a"]=1`, `a["="]:=[]`, `a=@city.json`, `[`, `a['\`, "=\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAssignment(text, files)
		if err != nil {
			return
		}
		if err := Validate(a.Value); err != nil {
			t.Fatalf("%q gives the value %s: %v", text, a.Value, err)
		}
		again, err := ParseAssignment(a.Path.String()+"="+string(a.Value), nil)
		if err != nil || string(again.Value) != string(a.Value) || again.Path.String() != a.Path.String() {
			t.Fatalf("%q is %s = %s, which reads as %s = %s, %v", text, a.Path, a.Value, again.Path, again.Value, err)
		}
	})
}
