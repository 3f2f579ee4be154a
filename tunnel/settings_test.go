package tunnel

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vapitap/tunnel/ngroktest"
)

// search looks in a home folder of the test's, with variables of its own.
func search(home, system string, variables map[string]string) Search {
	return Search{Home: home, System: system, Getenv: func(name string) string { return variables[name] }}
}

func write(t *testing.T, text string, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheTokenIsFoundWhereTheAgentKeepsIt(t *testing.T) {
	for _, c := range []struct {
		name, system string
		path         []string
		variables    map[string]string
	}{
		{name: "Linux", system: "linux", path: []string{".config", "ngrok", "ngrok.yml"}},
		{name: "Linux with XDG_CONFIG_HOME", system: "linux", path: []string{"xdg", "ngrok", "ngrok.yml"}, variables: map[string]string{"XDG_CONFIG_HOME": "HOME/xdg"}},
		{name: "macOS", system: "darwin", path: []string{"Library", "Application Support", "ngrok", "ngrok.yml"}},
		{name: "Windows", system: "windows", path: []string{"Local", "ngrok", "ngrok.yml"}, variables: map[string]string{"LOCALAPPDATA": "HOME/Local"}},
		{name: "Windows without LOCALAPPDATA", system: "windows", path: []string{"AppData", "Local", "ngrok", "ngrok.yml"}},
		{name: "version 2's place", system: "linux", path: []string{".ngrok2", "ngrok.yml"}},
		{name: "NGROK_CONFIG", system: "linux", path: []string{"elsewhere.yml"}, variables: map[string]string{"NGROK_CONFIG": "HOME/elsewhere.yml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			variables := map[string]string{}
			for name, value := range c.variables {
				variables[name] = strings.ReplaceAll(value, "HOME", home)
			}
			file := write(t, "version: 3\nagent:\n  authtoken: 2abc\n", append([]string{home}, c.path...)...)
			s, err := Find(search(home, c.system, variables))
			if err != nil || s.Token != "2abc" || s.TokenFrom != file || s.File != file {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func TestWithoutATokenThereIsNone(t *testing.T) {
	s, err := Find(search(t.TempDir(), "linux", nil))
	if err != nil || s.Token != "" || s.TokenFrom != "" || s.File != "" {
		t.Errorf("%+v, %v", s, err)
	}
	home := t.TempDir()
	write(t, "", home, ".config", "ngrok", "ngrok.yml")
	if s, err := Find(search(home, "linux", nil)); err != nil || s.Token != "" {
		t.Errorf("empty file: %+v, %v", s, err)
	}
}

func TestTheNearestTokenWins(t *testing.T) {
	home := t.TempDir()
	yml := write(t, "version: \"2\"\nauthtoken: of-the-agent\nserver_addr: edge.example\nproxy_url: http://proxy.example:3128\n", home, ".config", "ngrok", "ngrok.yml")
	file := write(t, "  of-the-file\n", home, "token")
	s, err := Find(Search{TokenFile: file, Home: home, System: "linux", Getenv: func(name string) string {
		return map[string]string{"NGROK_AUTHTOKEN": "of-the-variable"}[name]
	}})
	if err != nil || s.Token != "of-the-file" || s.TokenFrom != file {
		t.Errorf("with a file: %+v, %v", s, err)
	}
	if s.Edge != "edge.example:443" || s.Proxy == nil || s.Proxy.Host != "proxy.example:3128" || s.File != yml {
		t.Errorf("what only ngrok.yml says: %+v", s)
	}
	s, err = Find(search(home, "linux", map[string]string{"NGROK_AUTHTOKEN": " of-the-variable\n"}))
	if err != nil || s.Token != "of-the-variable" || s.TokenFrom != "NGROK_AUTHTOKEN" {
		t.Errorf("with a variable: %+v, %v", s, err)
	}
	s, err = Find(search(home, "linux", nil))
	if err != nil || s.Token != "of-the-agent" {
		t.Errorf("without: %+v, %v", s, err)
	}
}

func TestSeveralConfigurationsAddUp(t *testing.T) {
	home := t.TempDir()
	one := write(t, "version: 3\nagent:\n  authtoken: one\n  connect_url: one.example:1\n", home, "1.yml")
	two := write(t, "version: 3\nagent:\n  authtoken: two\n", home, "2.yml")
	s, err := Find(search(home, "linux", map[string]string{"NGROK_CONFIG": one + "," + two}))
	if err != nil || s.Token != "two" || s.TokenFrom != two || s.Edge != "one.example:1" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := Find(search(home, "linux", map[string]string{"NGROK_CONFIG": filepath.Join(home, "gone.yml")})); err == nil || !strings.Contains(err.Error(), "gone.yml") {
		t.Errorf("a file that is named and not there: %v", err)
	}
}

func TestBothVersionsOfTheConfigurationLeadToTheEdge(t *testing.T) {
	for _, version := range []int{2, 3} {
		e := ngroktest.Start(t, ngroktest.Options{})
		file, err := e.WriteConfig(t.TempDir(), version, ngroktest.Token)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Find(search(t.TempDir(), "linux", map[string]string{"NGROK_CONFIG": file}))
		if err != nil || s.Token != ngroktest.Token || s.Edge != e.Address() || s.CAs == nil {
			t.Fatalf("version %d: %+v, %v", version, s, err)
		}
		open(t, Options{Settings: s}, nil)
	}
}

func TestACertificateBesideTheConfigurationIsFound(t *testing.T) {
	e := ngroktest.Start(t, ngroktest.Options{})
	folder := t.TempDir()
	if _, err := e.WriteConfig(folder, 3, ngroktest.Token); err != nil {
		t.Fatal(err)
	}
	file := write(t, "agent:\n  connect_cas: ngrok-stand-in-ca.pem\n", folder, "other.yml")
	if s, err := Find(search("", "linux", map[string]string{"NGROK_CONFIG": file})); err != nil || s.CAs == nil {
		t.Errorf("%+v, %v", s, err)
	}
	for _, name := range []string{"trusted", "host"} {
		file := write(t, "agent:\n  connect_cas: "+name+"\n", folder, name+".yml")
		if s, err := Find(search("", "linux", map[string]string{"NGROK_CONFIG": file})); err != nil || (s.CAs != nil) != (name == "host") {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
}

func TestAMistakeInTheConfigurationIsNamedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no YAML":          {"version: 3\nagent:\n\tauthtoken: x\n", "ngrok.yml:3: "},
		"a list":           {"version: 3\nagent:\n  authtoken: [x]\n", "ngrok.yml:3: authtoken: want a text"},
		"agent no map":     {"version: 3\nagent: x\n", "ngrok.yml:2: "},
		"all of it a text": {"authtoken", "ngrok.yml:1: "},
		"edge":             {"version: 3\nagent:\n  connect_url: 'a b'\n", "ngrok.yml:3: connect_url: \"a b\" is no host and port"},
		"authorities":      {"version: 2\nroot_cas: /nowhere.pem\n", "ngrok.yml:2: connect_cas: open /nowhere.pem"},
		"proxy":            {"version: 2\nproxy_url: ftp://ada:s3cret@x\n", "ngrok.yml:2: proxy_url: its scheme is \"ftp\""},
		"proxy no URL":     {"version: 2\n\nproxy_url: s3cret\n", "ngrok.yml:3: proxy_url: it is no URL"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			write(t, c.text, home, ".config", "ngrok", "ngrok.yml")
			_, err := Find(search(home, "linux", nil))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			} else if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("it shows a password: %v", err)
			}
		})
	}
}

func TestATokenFileHasATokenAndNothingElse(t *testing.T) {
	home := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"empty": {" \n", "is empty"},
		"two":   {"authtoken: 2abc", "more than one word"},
		"big":   {strings.Repeat("x", maxFile+1), "more than 1 MiB"},
	} {
		s := search(home, "linux", nil)
		s.TokenFile = write(t, c.text, home, name)
		if _, err := Find(s); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "--authtoken-file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := search(home, "linux", nil)
	s.TokenFile = filepath.Join(home, "gone")
	if _, err := Find(s); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("gone: %v", err)
	}
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"kind-fox.ngrok-free.dev":          "https://kind-fox.ngrok-free.dev",
		"https://kind-fox.ngrok-free.dev/": "https://kind-fox.ngrok-free.dev",
		"http://x.example":                 "http://x.example",
		"":                                 "",
		"https://":                         "",
		"tcp://1.tcp.ngrok.io:1":           "",
		"https://x.example/hook":           "",
		"https://x.example?x=1":            "",
		"a b":                              "",
		"https://ada:x@x.example":          "",
	} {
		got, err := Address(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Address(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
}

func FuzzAgentFile(f *testing.F) {
	f.Add([]byte("version: 3\nagent:\n  authtoken: x\n  connect_url: y:1\n  connect_cas: trusted\n  proxy_url: http://p:1\n"))
	f.Add([]byte("version: \"2\"\nauthtoken: &a x\nserver_addr: *a\nroot_cas: host\n"))
	f.Add([]byte("a: &a [*a]\nagent: *a"))
	f.Add([]byte("agent: ~\nauthtoken: !!binary x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Settings
		if err := s.addAgentFile("ngrok.yml", text); err != nil && !strings.Contains(err.Error(), "ngrok.yml") {
			t.Errorf("the file is not named: %v", err)
		}
	})
}
