package tunnel

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"go.yaml.in/yaml/v3"
)

// fill puts in what the machine says.
func (s *Search) fill() {
	if s.Getenv == nil {
		s.Getenv = os.Getenv
	}
	if s.Home == "" {
		s.Home, _ = os.UserHomeDir() // without one there are no default places
	}
	s.System = cmp.Or(s.System, runtime.GOOS)
}

// agentFiles returns where the agent's configuration may be, and whether it was
// named: those that NGROK_CONFIG names, separated by commas, are all read, a
// later one overriding; of the default places the first that is there. The
// places are those of ngrok's documentation, the last that of its version 2.
func (s *Search) agentFiles() (files []string, named bool) {
	for file := range strings.SplitSeq(s.Getenv("NGROK_CONFIG"), ",") {
		if file = strings.TrimSpace(file); file != "" {
			files = append(files, file)
		}
	}
	if len(files) > 0 {
		return files, true
	}
	add := func(folder string, rest ...string) {
		if folder != "" {
			files = append(files, filepath.Join(append([]string{folder}, rest...)...))
		}
	}
	switch s.System {
	case "darwin":
		add(s.Home, "Library", "Application Support", "ngrok", "ngrok.yml")
		add(s.Home, ".config", "ngrok", "ngrok.yml")
	case "windows":
		add(s.Getenv("LOCALAPPDATA"), "ngrok", "ngrok.yml")
		add(s.Home, "AppData", "Local", "ngrok", "ngrok.yml")
	default:
		add(s.Getenv("XDG_CONFIG_HOME"), "ngrok", "ngrok.yml")
		add(s.Home, ".config", "ngrok", "ngrok.yml")
	}
	add(s.Home, ".ngrok2", "ngrok.yml")
	return files, false
}

// agentFields are what is read of the agent's configuration: in version 3 under
// agent:, in version 2 at the top. The nodes know their lines.
type agentFields struct {
	Authtoken  yaml.Node `yaml:"authtoken"`
	ConnectURL yaml.Node `yaml:"connect_url"`
	ServerAddr yaml.Node `yaml:"server_addr"`
	ConnectCAs yaml.Node `yaml:"connect_cas"`
	RootCAs    yaml.Node `yaml:"root_cas"`
	ProxyURL   yaml.Node `yaml:"proxy_url"`
	HTTPProxy  yaml.Node `yaml:"http_proxy"`
}

// addAgentFile adds what the agent's configuration says. A token that was found
// elsewhere stays.
func (s *Settings) addAgentFile(file string, text []byte) error {
	var document struct {
		agentFields `yaml:",inline"`
		Agent       agentFields `yaml:"agent"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	if err := decoder.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return yamlError(file, err)
	}
	ours := s.Token == "" || s.TokenFrom == s.File // of no better place, or of a file before
	s.File = file
	r := fieldReader{file: file}
	v3, v2 := &document.Agent, &document.agentFields
	if token := r.text("authtoken", &v3.Authtoken, &v2.Authtoken); token != "" && ours {
		s.Token, s.TokenFrom = token, file
	}
	r.parse("connect_url", func(text string) (err error) { s.Edge, err = parseEdge(text); return err },
		&v3.ConnectURL, &v2.ServerAddr, &v3.ServerAddr, &v2.ConnectURL)
	r.parse("connect_cas", func(text string) (err error) { s.CAs, err = namedCAs(text, file); return err },
		&v3.ConnectCAs, &v2.RootCAs, &v3.RootCAs, &v2.ConnectCAs)
	r.parse("proxy_url", func(text string) (err error) { s.Proxy, err = parseProxy(text); return err },
		&v3.ProxyURL, &v2.ProxyURL, &v3.HTTPProxy, &v2.HTTPProxy)
	return r.err
}

// namedCAs returns the authorities that connect_cas names: ngrok's own, those of
// this machine, or those of a file.
func namedCAs(name, file string) (*x509.CertPool, error) {
	switch name {
	case "trusted":
		return nil, nil
	case "host":
		return x509.SystemCertPool()
	}
	return readCAs(name, file)
}

// fieldReader reads fields until the first mistake.
type fieldReader struct {
	file string
	err  error
}

// text returns the first field that is there.
func (r *fieldReader) text(name string, nodes ...*yaml.Node) (text string) {
	r.parse(name, func(t string) error { text = t; return nil }, nodes...)
	return text
}

// parse lets read have the first field that is there and is not empty.
func (r *fieldReader) parse(name string, read func(string) error, nodes ...*yaml.Node) {
	for _, node := range nodes {
		if r.err != nil || node.IsZero() || node.Tag == "!!null" {
			continue
		}
		value := node
		if node.Kind == yaml.AliasNode {
			value = node.Alias
		}
		if value.Kind != yaml.ScalarNode {
			r.err = fmt.Errorf("%s:%d: %s: want a text", r.file, node.Line, name)
			return
		}
		text := strings.TrimSpace(value.Value)
		if text == "" {
			continue
		}
		if err := read(text); err != nil {
			r.err = fmt.Errorf("%s:%d: %s: %w", r.file, node.Line, name, err)
		}
		return
	}
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

// yamlError names the file and the line of what the YAML library found.
func yamlError(file string, err error) error {
	text := err.Error()
	var types *yaml.TypeError
	if errors.As(err, &types) && len(types.Errors) > 0 {
		text = types.Errors[0]
	}
	const do = "\nhint: ngrok config check says more"
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s:%s: %s%s", file, m[1], oneLine(m[2]), do)
	}
	return fmt.Errorf("%s: %s%s", file, oneLine(strings.TrimPrefix(text, "yaml: ")), do)
}
