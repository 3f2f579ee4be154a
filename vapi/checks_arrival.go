package vapi

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// What there is to say of a reply before anybody reads its body: that none came,
// or one with a status that Vapi does not take.

// callerLeft begins the Failure of an exchange that the caller ended before the
// reply was whole.
const callerLeft = "client went away"

// noReply tells that nothing came back: too late where Vapi had stopped waiting,
// else no answer.
func (j *judgement) noReply() {
	if j.id.Kind == KindLLM {
		j.doubledPath()
	}
	if budget := j.budget(); budget > 0 && j.reply.Duration >= budget*98/100 && !j.refused() {
		j.fail(codeTooSlow, "", j.paceHint(), "no reply had come after %s; Vapi waits %s, then %s", spell(j.reply.Duration), spell(budget), j.tooLate())
		return
	}
	j.unreachable()
}

// callerLeft reports whether the caller ended the exchange before the reply was
// whole, so that what is missing of it is not the server's mistake.
func (j *judgement) callerLeft() bool { return strings.HasPrefix(j.reply.Failure, callerLeft) }

// refused reports whether the target took no connection.
func (j *judgement) refused() bool { return strings.Contains(j.reply.Failure, "refused") }

// budget returns how long Vapi waits for this reply, 0 where it does not.
func (j *judgement) budget() time.Duration {
	if !j.wantsReply() || j.id.Kind != KindServer {
		return 0
	}
	return Budget(j.id, j.request)
}

// unreachable tells that no answer came from the server, and what that usually
// comes from.
func (j *judgement) unreachable() {
	why := j.reply.Failure
	switch {
	case why == "":
		why = "no answer from the server"
	case !strings.HasPrefix(why, "no answer"):
		why = "no answer from the server: " + why
	}
	j.fail(codeUnreachable, "", UnreachableHint(j.reply.Failure), "%s; Vapi gets nothing from you", why)
}

// UnreachableHint says what to do about a server that gave no answer. failure is
// why none came, as in Reply, and may be empty.
func UnreachableHint(failure string) string {
	const start = "start the server, or point vapitap at where it listens"
	why := strings.ToLower(failure)
	if _, cause, ok := strings.Cut(why, ": "); ok && strings.HasPrefix(why, "no answer from ") {
		why = cause // the host may be called anything
	}
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(why, word) })
	}
	switch {
	case strings.HasPrefix(why, callerLeft), strings.HasPrefix(why, "given up"):
		return "the server had not answered when the caller hung up: look where its handler waits"
	case says("refused"):
		return "nothing listens there: " + start
	case says("no such host", "no host is called"):
		return "the name of the target does not exist: check how it is spelt"
	case says("looked up"):
		return "look whether this machine is connected, and how the target is spelt"
	case says("no connection within"):
		return "nothing there takes connections: check the address of the target, and what firewall lies between"
	case says("timeout", "deadline", "nothing came"):
		return "the server took the request and did not answer: look where its handler waits"
	case says("not valid http"):
		return "something else than an HTTP server listens there, or one of HTTPS: check the port and the scheme of the target"
	case says("reset", "eof", "closed"):
		return "the server closed the connection without an answer: look for a crash in its log"
	case says("speak tls"):
		return "the server speaks plain HTTP: write http:// in the target"
	case says("certificate", "tls"):
		return "the target's certificate was not accepted: use http, or --skip-verify"
	}
	return start
}

// statusUsable tells a status other than 200 to a message that wants a reply,
// and reports whether Vapi may read the body all the same.
func (j *judgement) statusUsable() bool {
	status := j.reply.Status
	switch {
	case status == 200:
		return true
	case 200 <= status && status < 300:
		j.warn(codeNot200, "", "answer with status 200",
			"the server answered %d; Vapi documents that only 200 counts, though its own examples answer 201", status)
		return true
	}
	j.fail(codeNot200, "", j.statusHint(), "the server answered %s; Vapi takes a reply with status 200 and ignores any other", j.statusWords())
	return false
}

// statusWords are the status, and what the reply says of why it is no success.
func (j *judgement) statusWords() string {
	words := strconv.Itoa(j.reply.Status)
	if said := outcry(j.reply); said != "" {
		words += ` and said "` + said + `"`
	}
	return words
}

// statusHint says what a status other than 2xx usually comes from.
func (j *judgement) statusHint() string {
	switch status := j.reply.Status; {
	case status == 404:
		return "the server may have no " + j.route() + ": check the path of the server URL, or of the target"
	case status == 405:
		return "the server's route does not take " + oneLine(j.request.Method, detailLength) + ": Vapi sends POST"
	case status == 401, status == 403:
		return "the server refused the request: compare the secret that it expects with the one that Vapi sends"
	case status == 413:
		return "the server refuses bodies of this size: raise its limit; Vapi's messages grow to many MB"
	case 300 <= status && status < 400:
		return j.redirectHint()
	case j.id.Kind == KindServer && byName[j.id.Type].Reply == ReplyJSON && j.wouldDo(j.reply.Body):
		return "the body is right: send it with status 200"
	case status >= 500:
		return "the server failed: look at its log; when the work itself fails, answer 200 with " + j.template()
	}
	return "answer with status 200 and " + j.template()
}

// route names what the server was asked for; / may have become the path of the
// target.
func (j *judgement) route() string {
	path := plainPath(j.request.Path)
	if path == "" {
		return "such route"
	}
	return "route for " + oneLine(j.request.Method+" "+path, phraseLength)
}

// redirectHint says where the reply points to.
func (j *judgement) redirectHint() string {
	to := j.reply.Header.Get("Location")
	if to == "" {
		return "answer at this address, with status 200, in place of a redirect"
	}
	return "it points to " + oneLine(to, phraseLength) + ": make that the server URL, or answer here with status 200"
}

// delivery judges the reply to what wants none: only whether it was taken.
func (j *judgement) delivery() {
	status := j.reply.Status
	switch {
	case 200 <= status && status < 300:
		return
	case status == 101 && j.id.Kind == KindHTTP:
		return
	case status == 405 && isMCPTransport(j.request): // which is how a server says that it has no stream or session
		return
	}
	why := "whoever sent it takes it as a failure"
	if j.id.Kind == KindServer {
		why = "nobody reads this reply, but with a backoffPlan Vapi sends the message again"
	}
	j.warn(codeNot200, "", j.deliveryHint(), "the server answered %s; %s", j.statusWords(), why)
}

// deliveryHint says what to do about a reply that was not a success.
func (j *judgement) deliveryHint() string {
	switch status := j.reply.Status; {
	case status == 401, status == 403, status == 404, status == 405, status == 413, 300 <= status && status < 400:
		return j.statusHint()
	case status >= 500:
		return "the server failed: look at its log"
	}
	return "answer with status 200; the body may be empty"
}
