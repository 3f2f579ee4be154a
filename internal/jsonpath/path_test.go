package jsonpath

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want Path
		back string // what String gives; text where it is empty
	}{
		{`message`, Path{Key("message")}, ``},
		{`message.toolCallList[0].function.arguments.city`, Path{Key("message"), Key("toolCallList"), Index(0), Key("function"), Key("arguments"), Key("city")}, ``},
		{`headers["a.b"]`, Path{Key("headers"), Key("a.b")}, ``},
		{`headers['a.b'].c`, Path{Key("headers"), Key("a.b"), Key("c")}, `headers["a.b"].c`},
		{`['it\'s "it"']`, Path{Key(`it's "it"`)}, `["it's \"it\""]`},
		{`["\u00e9\ud83d\ude00\n"]`, Path{Key("é😀\n")}, `["é😀\n"]`},
		{`["plain"].x`, Path{Key("plain"), Key("x")}, `plain.x`},
		{`[""]`, Path{Key("")}, ``},
		{`["a=b"]["c:d"]["*"]["e f"]`, Path{Key("a=b"), Key("c:d"), Key("*"), Key("e f")}, ``},
		{`[-1][-2].x`, Path{Index(-1), Index(-2), Key("x")}, ``},
		{`results[007]`, Path{Key("results"), Index(7)}, `results[7]`},
		{`content-type.X_1.größe.0.a/b.$ref`, Path{Key("content-type"), Key("X_1"), Key("größe"), Key("0"), Key("a/b"), Key("$ref")}, ``},
		{`$ref`, Path{Key("$ref")}, ``},
		{`$`, nil, ``},
		{`.`, nil, `$`},
		{`$.message.type`, Path{Key("message"), Key("type")}, `message.type`},
		{`.message.type`, Path{Key("message"), Key("type")}, `message.type`},
		{`$[0]`, Path{Index(0)}, `[0]`},
		{`.[0]`, Path{Index(0)}, `[0]`},
		{`$.["a b"]`, Path{Key("a b")}, `["a b"]`},
		{`["$"]`, Path{Key("$")}, ``},
		{`["/a"]./b`, Path{Key("/a"), Key("/b")}, ``},
		{`/a`, Path{Key("/a")}, `["/a"]`},
		{`["$"].a`, Path{Key("$"), Key("a")}, ``},
		{`a.$`, Path{Key("a"), Key("$")}, ``},
		{`["\u001b[31m\u202e"]`, Path{Key("\x1b[31m\u202e")}, ``},
	} {
		got, err := Parse(c.text)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("Parse(%s) = %#v, %v, want %#v", c.text, got, err, c.want)
			continue
		}
		back := c.back
		if back == "" {
			back = c.text
		}
		if got.String() != back {
			t.Errorf("%s comes back as %s, want %s", c.text, got, back)
		}
	}
}

func TestParseSaysWhereAndWhatWasExpected(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, `path "": byte 1: a path is expected; $ is the whole document`},
		{`a..b`, `path "a..b": byte 3: expected a key, found "." (keys with such characters are written ["..."], indexes [0])`},
		{`a.`, `byte 3: expected a key, found the end`},
		{`$.`, `byte 3: expected a key, found the end`},
		{`a.[0]`, `byte 3: expected a key, found "["`},
		{`a b`, `byte 2: expected "." or "[" or the end, found " " (keys with such characters are written ["..."])`},
		{`a[`, `byte 3: expected an index or a key in quotes, found the end`},
		{`a[*]`, `byte 3: expected an index or a key in quotes, found "*"`},
		{`a[x]`, `byte 3: expected an index or a key in quotes, found "x"`},
		{`a[0`, `byte 4: expected "]", found the end`},
		{`a[0x]`, `byte 4: expected "]", found "x"`},
		{`a[-]`, `byte 4: expected a digit, found "]"`},
		{`a[99999999999999999999]`, `byte 3: expected a smaller index`},
		{`a["b]`, `byte 6: expected a closing "`},
		{`a['b]`, `byte 6: expected a closing '`},
		{`a["\x"]`, `byte 4: expected a character or an escape such as \n, \\ or \u00e9, found "\\"`},
		{`a["b"]c`, `byte 7: expected "." or "[" or the end, found "c"`},
		{"a.\xff", `byte 3: this is not UTF-8`},
		{"a.\x1b[0m", `path "a.\u001b[0m": byte 3: expected a key, found "\u001b"`},
	} {
		p, err := Parse(c.text)
		var parseError *ParseError
		if !errors.As(err, &parseError) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%q) = %v, %v, want the error %s", c.text, p, err, c.want)
		}
	}
}

func TestPointer(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{`$`, ``},
		{`results[0].result`, `/results/0/result`},
		{`["a/b"]["~"][""]`, `/a~1b/~0/`},
		{`results[-1]`, `/results/-1`},
	} {
		p, err := Parse(c.path)
		if err != nil || p.Pointer() != c.want {
			t.Errorf("the pointer of %s is %s, want %s (%v)", c.path, p.Pointer(), c.want, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`message.toolCallList[0].function.arguments.city`, `a["b.c"]['d'][-1]`, `$.a`, `$`, `["$"]`, `.["\ud83d\ude00"]`, `["\ud800"]`, `a[`, "\xff", `['\'"']`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			var parseError *ParseError
			if !errors.As(err, &parseError) || parseError.Offset < 0 || parseError.Offset > len(text) {
				t.Fatalf("Parse(%q): %#v", text, err)
			}
			return
		}
		again, err := Parse(p.String())
		if err != nil || !slices.Equal(again, p) {
			t.Fatalf("%q is %#v, and comes back from %s as %#v, %v", text, p, p, again, err)
		}
	})
}

func FuzzPathString(f *testing.F) {
	f.Add("message", -1, "a.b")
	f.Add("$", 0, "")
	f.Add("a=b", 7, "\x1b\u202e😀")
	f.Fuzz(func(t *testing.T, first string, index int, last string) {
		p := Path{Key(strings.ToValidUTF8(first, "")), Index(index), Key(strings.ToValidUTF8(last, ""))}
		again, err := Parse(p.String())
		if err != nil || !slices.Equal(again, p) {
			t.Fatalf("%#v comes back from %s as %#v, %v", p, p, again, err)
		}
	})
}
