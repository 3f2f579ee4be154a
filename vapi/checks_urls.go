package vapi

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"vapitap/vapi/schema"
)

// An address is a URL in a reply that Vapi will call.
type address struct {
	url     string
	path    string // JSON pointer to it
	foreign bool   // it may well be somebody else's: of an API-request or MCP tool
}

// The most of a reply that is searched for addresses.
const (
	deepestAddress = 64
	mostAddresses  = 1000
)

// freeForm are members that hold what their author likes, where a server or a
// URL is no address that Vapi calls by itself.
var freeForm = map[string]bool{
	"metadata": true, "variableValues": true, "parameters": true, "messages": true, "headers": true,
	"body": true, "schema": true, "credentials": true, "content": true,
}

// addresses returns the URLs in v, a part of a reply to which path leads, that
// are servers or models, in the order in which they stand.
func addresses(v value, path string) []address {
	if len(v.text) > schema.MaxBytes {
		return nil
	}
	var found []address
	findAddresses(v, path, deepestAddress, &found)
	return found
}

func findAddresses(v value, path string, levels int, found *[]address) {
	if levels == 0 || len(*found) >= mostAddresses {
		return
	}
	switch {
	case v.isArray():
		i := 0
		for c := v.open(); c.next(); i++ {
			if inner := c.value(); inner.isObject() {
				findAddresses(inner, path+"/"+strconv.Itoa(i), levels-1, found)
			}
		}
	case v.isObject():
		findMembers(v, path, levels, found)
	}
}

// findMembers finds the addresses of an object and of what is in it.
func findMembers(v value, path string, levels int, found *[]address) {
	kind := v.pick("type", "provider")
	tool := kind[0].str()
	note := func(u value, at string) {
		if u.isString() && !u.empty() {
			*found = append(*found, address{url: u.str(), path: at, foreign: tool == "mcp" || tool == "apiRequest"})
		}
	}
	for c := v.open(); c.next(); {
		key, inner := keyName(c.key()), c.value()
		switch {
		case freeForm[key]:
		case key == "serverUrl", key == "url" && (tool == "apiRequest" || kind[1].str() == "custom-llm"):
			note(inner, path+"/"+key)
		case key == "server" && inner.isObject():
			note(inner.member("url"), path+"/server/url")
		case inner.isObject(), inner.isArray():
			findAddresses(inner, path+"/"+pointerStep(key), levels-1, found)
		}
	}
}

// pointerStep returns a key as it stands in a JSON pointer.
func pointerStep(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// serverURLs tells the addresses in v, a part of the reply to which path leads,
// that lead neither here nor to a known place, one for each host.
//
// Here is what the request was sent to (Host and X-Forwarded-Host) and what
// Request.Here names. Where none of these is public, as in a simulated call to
// localhost, nobody can say which public address leads here, so only what Vapi
// certainly cannot reach is told. A known place is a model's, a voice's or an
// automation service's own address; the addresses of API-request and MCP tools
// are meant to be elsewhere, so of these only private ones and those of tunnels
// are told.
func (j *judgement) serverURLs(v value, path string) {
	found := addresses(v, path)
	if len(found) == 0 {
		return
	}
	here, public := hostsHere(j.request)
	told := map[string]bool{}
	for _, a := range found {
		u, host := hostOf(a.url)
		if strings.Contains(a.url, "{{") || here[host] || told[host] {
			continue // a template is filled in when the call runs
		}
		told[host] = true
		j.serverURL(a, u, host, public)
	}
}

// serverURL judges one address that does not lead here. Public is a host that
// does, "" where none is known.
func (j *judgement) serverURL(a address, u *url.URL, host, public string) {
	hint := ""
	if public != "" && u != nil {
		moved := *u
		moved.Scheme, moved.Host = securely(u.Scheme), public
		hint = oneLine(moved.String(), summaryLength)
	}
	shown := oneLine(host, phraseLength)
	switch {
	case u == nil:
		j.warn(codeURLElsewhere, a.path, "begin it with https://", "%s is no URL; Vapi cannot call it", oneLine(a.url, phraseLength))
	case isPrivate(host):
		j.warn(codeURLElsewhere, a.path, hint, "the URL leads to %s, which Vapi cannot reach: it is not on your machine or in your network", shown)
	case public == "":
	case isTunnel(host):
		j.warn(codeURLElsewhere, a.path, hint, "the URL leads to %s, a tunnel address that is not this one (%s): yesterday's?", shown, public)
	case !a.foreign && !isKnownPlace(host):
		j.warn(codeURLElsewhere, a.path, hint, "the URL leads to %s, not here (%s): what Vapi sends there does not come by", shown, public)
	}
}

// securely returns the scheme that a public address is called with.
func securely(scheme string) string {
	if scheme == "ws" || scheme == "wss" {
		return "wss"
	}
	return "https"
}

// hostsHere returns the hosts that lead to who received the request, and the
// first of them that is public, "" where none is.
func hostsHere(r Request) (here map[string]bool, public string) {
	here = map[string]bool{}
	var named []string
	named = append(named, r.Here...)
	for _, name := range []string{"X-Forwarded-Host", "Host"} {
		for _, value := range r.Header[name] {
			named = append(named, strings.Split(value, ",")...)
		}
	}
	for _, name := range named {
		_, host := hostOf("https://" + strings.TrimSpace(name))
		if host == "" {
			continue
		}
		here[host] = true
		if public == "" && !isPrivate(host) {
			public = host
		}
	}
	return here, public
}

// hostOf returns the parts of an absolute URL and its host in lower case, with
// its port where that is not the scheme's own; nil, and the text, where it is no
// such URL. The names of this machine are one.
func hostOf(text string) (*url.URL, string) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Hostname() == "" || !utf8.ValidString(text) {
		return nil, text
	}
	host, port := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	if isLoopback(host) {
		host = "localhost"
	}
	switch {
	case port == "", port == "443" && u.Scheme != "http" && u.Scheme != "ws", port == "80" && (u.Scheme == "http" || u.Scheme == "ws"):
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return u, host
	}
	return u, net.JoinHostPort(host, port)
}

func isLoopback(name string) bool {
	address, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && (address.IsLoopback() || address.IsUnspecified())
}

// isPrivate reports whether a host, with or without a port, is one that cannot
// be reached from the internet.
func isPrivate(host string) bool {
	name := withoutPort(host)
	if address, err := netip.ParseAddr(name); err == nil {
		address = address.Unmap()
		return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast() || address.IsUnspecified()
	}
	return isLoopback(name) || !strings.Contains(name, ".") || hasDomain(name, privateDomains)
}

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

func isTunnel(host string) bool     { return hasDomain(withoutPort(host), tunnelDomains) }
func isKnownPlace(host string) bool { return hasDomain(withoutPort(host), knownDomains) }

// hasDomain reports whether name is one of domains or within one.
func hasDomain(name string, domains map[string]bool) bool {
	for {
		if domains[name] {
			return true
		}
		_, up, ok := strings.Cut(name, ".")
		if !ok {
			return false
		}
		name = up
	}
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

var (
	// privateDomains are names that only a network of one's own resolves.
	privateDomains = setOf("local internal lan home intranet test invalid home.arpa docker")

	// tunnelDomains are the services that lend a name to a machine at home.
	tunnelDomains = setOf(`ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev ngrok.pizza trycloudflare.com cfargotunnel.com loca.lt
		localtunnel.me serveo.net localhost.run lhr.life lhr.rocks pinggy.io pinggy.link bore.pub tunnelmole.net devtunnels.ms
		localxpose.io loclx.io telebit.io zrok.io expose.dev sharedwithexpose.com packetriot.net playit.gg
		tunnelto.dev localto.net instatunnel.my ts.net gitpod.io app.github.dev`)

	// knownDomains are where models, transcribers, voices and automation services
	// answer: an address there is meant.
	knownDomains = setOf(`vapi.ai openai.com openai.azure.com services.ai.azure.com inference.ai.azure.com anthropic.com groq.com openrouter.ai
		together.ai together.xyz deepinfra.com deepseek.com perplexity.ai x.ai mistral.ai googleapis.com cerebras.ai fireworks.ai
		anyscale.com inflection.ai minimax.io minimax.chat replicate.com runpod.ai huggingface.co huggingface.cloud sambanova.ai
		hyperbolic.xyz nvidia.com cohere.com cohere.ai novita.ai lepton.ai baseten.co modal.run gateway.ai.cloudflare.com portkey.ai
		helicone.ai inworld.ai elevenlabs.io cartesia.ai deepgram.com gladia.io assemblyai.com talkscriber.com speechmatics.com
		soniox.com play.ht rime.ai lmnt.com hume.ai tavus.io neuphonic.com smallest.ai
		make.com integromat.com zapier.com n8n.cloud pipedream.net pipedream.com buildship.run activepieces.com leadconnectorhq.com
		composio.dev trieve.ai supermemory.ai`)
)
