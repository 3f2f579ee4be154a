package cli

import (
	"fmt"
	"net/url"

	"github.com/spf13/pflag"

	"vapitap/internal/envfile"
	"vapitap/tunnel"
	"vapitap/tunnel/attach"
)

// What --tunnel may be.
const (
	tunnelAuto  = "auto"
	tunnelNgrok = "ngrok"
	tunnelNone  = "none"
)

// tunnelFlags are the flags about the public address.
type tunnelFlags struct {
	tunnel        string
	domain        string
	authtokenFile string
	publicURL     string
	writeEnv      string
	noCheck       bool
	noQuota       bool

	address string // what --url asks for, as tunnel.Address returns it
	own     *url.URL
	env     *envfile.Line // nil where none is to be written
}

func (f *tunnelFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.tunnel, "tunnel", tunnelAuto, "a public address: `auto|ngrok|none`; auto is ngrok where an authtoken is found")
	flags.StringVar(&f.domain, "url", "", "ask ngrok for this `DOMAIN` of yours")
	flags.StringVar(&f.authtokenFile, "authtoken-file", "", "read ngrok's authtoken from `FILE` (else $NGROK_AUTHTOKEN, ngrok.yml)")
	flags.StringVar(&f.publicURL, "public-url", "", "the `URL` of a tunnel of your own that leads here")
	flags.StringVar(&f.writeEnv, "write-env", "", "keep a line of an env file at the public URL, as `FILE:NAME`, and put it back at the end")
	flags.BoolVar(&f.noCheck, "no-check", false, "send no request through the public URL to see that it leads here")
	flags.BoolVar(&f.noQuota, "no-quota", false, "do not warn of the month's allowance of ngrok's free plan")
}

// read checks the flags and what they name. Its errors are of usage.
func (f *tunnelFlags) read() (err error) {
	switch f.tunnel {
	case tunnelAuto, tunnelNgrok, tunnelNone:
	default:
		return usagef("--tunnel %s: want auto, ngrok or none", f.tunnel)
	}
	if f.publicURL != "" {
		if f.own, err = attach.ParsePublicURL(f.publicURL); err != nil {
			return usagef("--public-url: %w", err)
		}
		if f.tunnel == tunnelNgrok || f.domain != "" {
			return usagef("--public-url is for a tunnel of your own; --tunnel ngrok and --url make another\nhint: leave one of them out")
		}
	}
	if f.domain != "" {
		if f.tunnel == tunnelNone {
			return usagef("--url asks ngrok for a domain, and --tunnel none goes without\nhint: a tunnel of your own is --public-url")
		}
		if f.address, err = tunnel.Address(f.domain); err != nil {
			return usagef("--url: %w", err)
		}
	}
	if f.writeEnv != "" {
		if f.env, err = envfile.Parse(f.writeEnv); err != nil {
			return usagef("--write-env: %w", err)
		}
	}
	return nil
}

// connector says how there comes to be a public address: it returns what makes
// the tunnel and a sentence that says which and why. Its error is why there can
// be none although one is wanted.
func (f *tunnelFlags) connector() (connect func() tunnel.Tunnel, why string, err error) {
	none := func() tunnel.Tunnel { return tunnel.None("") }
	switch {
	case f.own != nil:
		return func() tunnel.Tunnel { return tunnel.None(f.own.String()) }, "", nil
	case f.tunnel == tunnelNone:
		return none, "", nil
	}
	settings, err := tunnel.Find(tunnel.Search{TokenFile: f.authtokenFile})
	switch {
	case err != nil && f.authtokenFile != "" && settings.Token == "":
		return nil, "", usageError{err}
	case err != nil && f.tunnel == tunnelNgrok:
		return nil, "", err
	case err != nil:
		return none, fmt.Sprintf("no public address: %s", oneLine(err.Error())), nil
	case settings.Token == "" && f.tunnel == tunnelAuto && f.address == "":
		return none, "no public address: " + tunnel.HowToken, nil
	case settings.Token == "": // the tunnel fails, in its own words
		return f.ngrok(settings), "", nil
	}
	return f.ngrok(settings), "connecting to ngrok, with the authtoken of " + settings.TokenFrom, nil
}

func (f *tunnelFlags) ngrok(settings tunnel.Settings) func() tunnel.Tunnel {
	return func() tunnel.Tunnel {
		return tunnel.Ngrok(tunnel.Options{Settings: settings, Address: f.address, Version: builtVersion().Version})
	}
}
