package tunnel

import (
	"strings"
)

// Where ngrok's dashboard has what a hint asks for.
const (
	tokenPage   = "https://dashboard.ngrok.com/get-started/your-authtoken"
	agentsPage  = "https://dashboard.ngrok.com/agents"
	domainsPage = "https://dashboard.ngrok.com/domains"
	billingPage = "https://dashboard.ngrok.com/billing"
)

// HowToken says in one line how to get a token, for who has none.
const HowToken = "for a public address get a free authtoken at " + tokenPage + " and set NGROK_AUTHTOKEN, or run: ngrok config add-authtoken TOKEN"

// known are the refusals that a developer meets, from ngrok's list of errors
// (https://ngrok.com/docs/errors/reference).
var known = map[string]Failure{
	"ERR_NGROK_102": {Kind: Account, Says: "the last payment for this ngrok account failed", Do: "see " + billingPage},
	"ERR_NGROK_103": {Kind: Account, Says: "this ngrok account is suspended", Do: "see https://dashboard.ngrok.com"},
	"ERR_NGROK_105": {Kind: Token, Says: "this is no ngrok authtoken", Do: "copy the whole authtoken, not an API key, from " + tokenPage},
	"ERR_NGROK_106": {Kind: Token, Says: "this is an authtoken of ngrok 1, which ngrok no longer takes", Do: "copy the authtoken from " + tokenPage},
	"ERR_NGROK_107": {Kind: Token, Says: "ngrok does not know this authtoken: it was reset or revoked, or its user left the team", Do: "copy the authtoken from " + tokenPage},
	"ERR_NGROK_108": {Kind: Sessions, Says: "this ngrok account has as many sessions as its plan allows",
		Do: "end another ngrok or vapitap (" + agentsPage + " lists them), or let the one that runs lead here and say --public-url URL"},
	"ERR_NGROK_111":  {Kind: Misconfigured, Says: "ngrok does not accept how often its edge is asked for a sign of life", Do: "a newer vapitap may know better"},
	"ERR_NGROK_112":  {Kind: Misconfigured, Says: "ngrok does not accept how soon its edge is given up", Do: "a newer vapitap may know better"},
	"ERR_NGROK_115":  {Kind: Account, Says: "this ngrok account may not be used from this IP address", Do: "see https://dashboard.ngrok.com/ip-restrictions"},
	"ERR_NGROK_116":  {Kind: Account, Says: "this authtoken may not be used from this IP address", Do: "see https://dashboard.ngrok.com/ip-restrictions"},
	"ERR_NGROK_120":  {Kind: Outdated, Says: "ngrok no longer accepts a program of this age", Do: "update vapitap"},
	"ERR_NGROK_121":  {Kind: Outdated, Says: "ngrok no longer accepts a program of this age on this plan", Do: "update vapitap"},
	"ERR_NGROK_320":  {Kind: Domain, Says: "the domain is reserved by another ngrok account", Do: "choose one of " + domainsPage + " for --url, or leave --url out; or use the authtoken of the account that has it"},
	"ERR_NGROK_334":  {Kind: Domain, Says: "the address is online already, from another ngrok or vapitap", Do: "end that one (" + agentsPage + " lists them), choose another domain with --url, or let it lead here and say --public-url URL"},
	"ERR_NGROK_4018": {Kind: Token, Says: "ngrok wants an authtoken", Do: HowToken},
	"ERR_NGROK_9040": {Kind: Account, Says: "ngrok takes no connections from this IP address (a country under sanctions, Tor, or an anonymizing proxy)", Do: "use another network"},
}

// refusal says what a code of ngrok means. text is what ngrok said.
func refusal(code, text string, s Settings, err error) *Failure {
	f, ok := known[code]
	if !ok {
		f = Failure{Kind: kindOf(code), Says: "ngrok refuses: " + ngrokWords(text), Do: "see https://ngrok.com/docs/errors/" + strings.ToLower(code)}
	}
	f.Code, f.Err = code, err
	if f.Kind == Token && s.TokenFrom != "" && s.Token != "" {
		f.Says += "; it was found in " + s.TokenFrom
	}
	f.Do += without
	return &f
}

// kindOf guesses from the hundreds of a code, which ngrok gives out by topic.
func kindOf(code string) Kind {
	switch digits := strings.TrimPrefix(code, "ERR_NGROK_"); {
	case len(digits) == 3 && digits[0] == '1':
		return Account
	case len(digits) == 3 && digits[0] == '3':
		return Domain
	}
	return Refused
}

// ngrokWords is the first paragraph of what ngrok said, without the prefixes of
// the SDK and without the code.
func ngrokWords(text string) string {
	text = strings.ReplaceAll(text, "\r", "")
	for _, prefix := range []string{"failed to connect: ", "failed to start tunnel: ", "authentication failed: ", "failed to send authentication request: ", "failed to accept connection: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		words := oneLine(paragraph)
		if words != "" && !codePattern.MatchString(words) && !strings.HasPrefix(words, "https://") {
			return strings.TrimSuffix(words, ".")
		}
	}
	return "it does not say why"
}
