package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"vapitap/vapi/auth"
)

// authFlags are the flags of the commands that verify or sign: the secrets that
// Vapi authenticates itself with, and how it signs.
type authFlags struct {
	secrets []string
	file    string
	hmac    string
}

// secretVariable has the secret where no flag does. The setup guide's servers
// read it too.
const secretVariable = "VAPI_SERVER_SECRET"

func (f *authFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.secrets, "secret", nil, "the `SECRET` that Vapi shows or signs with; may be given again (else $"+secretVariable+"; a file does not show in ps)")
	flags.StringVar(&f.file, "secret-file", "", "read secrets from `FILE`, one a line")
	flags.StringVar(&f.hmac, "hmac", "", "how Vapi's HMAC credential signs, where not as by default, as `KEY=VALUE,...`: algorithm, header, timestamp-header, prefix, format, encoding, base64-secret, id-header")
}

// keyring returns what the flags and the environment configure, nil where that
// is nothing. Its error is one of usage.
func (f *authFlags) keyring() (*auth.Keyring, error) {
	secrets, spec, err := f.read()
	if err != nil {
		return nil, err
	}
	keys, err := auth.NewKeyring(secrets, spec)
	switch {
	case err == nil:
		return keys, nil
	case len(secrets) == 0:
		return nil, usagef("--hmac: %w\nhint: give it with --secret-file FILE, --secret or $%s", err, secretVariable)
	}
	return nil, usagef("--secret: %w", err)
}

// read returns the secrets, each once, and the HMAC credential, nil where none
// is described.
func (f *authFlags) read() (secrets []string, spec *auth.HMAC, err error) {
	secrets = f.secrets
	if f.file != "" {
		lines, err := readSecrets(f.file)
		if err != nil {
			return nil, nil, usagef("--secret-file: %w", err)
		}
		secrets = append(secrets[:len(secrets):len(secrets)], lines...)
	}
	if secret := os.Getenv(secretVariable); len(secrets) == 0 && secret != "" {
		secrets = []string{secret}
	}
	if f.hmac != "" {
		h, err := auth.ParseHMAC(f.hmac)
		if err != nil {
			return nil, nil, usagef("--hmac: %w", err)
		}
		spec = &h
	}
	return unique(secrets), spec, nil
}

func unique(list []string) []string {
	var kept []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			kept = append(kept, s)
		}
	}
	return kept
}

// maxSecretFile is the most that a file of secrets may hold, in bytes.
const maxSecretFile = 64 << 10

// readSecrets returns the lines of a file that are not empty, without what ends
// them and otherwise as they are.
func readSecrets(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxSecretFile:
		return nil, fmt.Errorf("%s: larger than 64 KiB, so it is no file of secrets", path)
	}
	var secrets []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			secrets = append(secrets, line)
		}
	}
	if len(secrets) == 0 {
		return nil, errors.New(path + ": there is no secret in it")
	}
	return secrets, nil
}
