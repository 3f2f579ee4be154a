package ngroktest

import (
	"fmt"
	"os"
	"path/filepath"
)

// WriteConfig writes an agent's configuration of version 2 or 3 that leads to
// this edge, and beside it the certificate of its authority. With an empty token
// the configuration has none. It returns the file, which is named ngrok.yml.
func (e *Edge) WriteConfig(folder string, version int, token string) (string, error) {
	certificate, err := e.writeCertificate(folder)
	if err != nil {
		return "", err
	}
	var text string
	switch version {
	case 2:
		text = "version: \"2\"\n" + line("", "authtoken", token) + line("", "server_addr", e.Address()) + line("", "root_cas", certificate)
	case 3:
		text = "version: \"3\"\nagent:\n" + line("  ", "authtoken", token) + line("  ", "connect_url", e.Address()) + line("  ", "connect_cas", certificate)
	default:
		return "", fmt.Errorf("ngrok's configuration has no version %d", version)
	}
	file := filepath.Join(folder, "ngrok.yml")
	return file, os.WriteFile(file, []byte(text), 0o600)
}

func line(indent, key, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf("%s%s: %q\n", indent, key, value)
}

func (e *Edge) writeCertificate(folder string) (string, error) {
	file := filepath.Join(folder, "ngrok-stand-in-ca.pem")
	return file, os.WriteFile(file, e.authority.pem(), 0o600)
}

// Environ returns variables with which a program, written in Go and run on
// Linux, reaches the public addresses of this edge by their own names and trusts
// them. What is on this machine it still reaches directly. The certificate is
// written into the folder.
func (e *Edge) Environ(folder string) ([]string, error) {
	certificate, err := e.writeCertificate(folder)
	if err != nil {
		return nil, err
	}
	proxy := "http://" + e.public.httpAddress()
	return []string{"HTTPS_PROXY=" + proxy, "HTTP_PROXY=" + proxy, "NO_PROXY=localhost,127.0.0.1", "SSL_CERT_FILE=" + certificate}, nil
}
