//go:build unix

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browsers are those that pages are opened in: Chromium where VAPITAP_E2E=1 is
// set, and then it has to be there.
func browsers() []string {
	if os.Getenv("VAPITAP_E2E") == "1" {
		return []string{"chromium"}
	}
	return nil
}

// tab is a page in a browser, and what the browser said of it.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu   sync.Mutex
	sent []string // the URLs of all requests
	said []string // dialogs, exceptions, and what the browser logs, as refused scripts
}

// openPage opens a file in a browser that shows nothing on a screen.
func openPage(t *testing.T, browser, file string) *tab {
	t.Helper()
	parent, stop := context.WithTimeout(t.Context(), limit)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(parent, chromedp.WithAllocatorOptions(chromedp.ExecPath(browser), chromedp.NoSandbox))
	t.Cleanup(end)
	p := &tab{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, p.note); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, cdplog.Enable, cdp.Empty{})
		return err
	}))
	p.emulate("light")
	p.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate((&url.URL{Scheme: "file", Path: file}).String()))
	return p
}

func (p *tab) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.sent = append(p.sent, e.Request.URL)
	case *page.EventJavascriptDialogOpening:
		p.said = append(p.said, "dialog: "+e.Message)
	case *runtime.EventExceptionThrown:
		p.said = append(p.said, "exception: "+e.ExceptionDetails.Text)
	case *cdplog.EventEntryAdded:
		p.said = append(p.said, e.Entry.Text)
	}
}

// quiet sees that the page asked for nothing but itself, and that nothing was
// run or refused.
func (p *tab) quiet() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.sent) != 1 || len(p.said) > 0 {
		p.t.Errorf("the page asked for %q; the browser said %q", p.sent, p.said)
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// emulate has the system prefer light or dark.
func (p *tab) emulate(scheme string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// wait waits until a condition holds in the page.
func (p *tab) wait(what, condition string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(limit))); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// value is what an expression gives in the page.
func value[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// TestPageInABrowser opens the page of the demo's call and uses it as a person
// does.
func TestPageInABrowser(t *testing.T) {
	for _, browser := range browsers() {
		home := newHome(t)
		home.must(t, "demo", "--output", "json", "--fast", "--port", "0")
		file := filepath.Join(home.dir, "call.html")
		home.must(t, "export", "call:last", "--format", "html", "--out", file)
		p := openPage(t, browser, file)

		if title := value[string](p, `document.title`); !strings.Contains(title, "→ Weather & Tables") {
			t.Errorf("its title is %q", title)
		}
		for what, condition := range map[string]string{
			"its style is used":           `getComputedStyle(document.querySelector(".panel")).borderRadius === "12px"`,
			"the timeline has its rows":   `document.querySelectorAll(".waterfall a.row").length > 10`,
			"bars have their places":      `[...document.querySelectorAll(".bar")].some((bar) => bar.getBoundingClientRect().left > document.querySelector(".bar").getBoundingClientRect().left + 100)`,
			"both sides speak":            `document.querySelector(".bubble.user") && document.querySelector(".bubble.assistant") && true`,
			"the tool calls are there":    `document.querySelectorAll(".trips .trip").length === 2`,
			"costs are a chart":           `document.querySelectorAll(".ring circle").length >= 4`,
			"it is as wide as the window": `document.documentElement.scrollWidth <= innerWidth`,
		} {
			p.wait(what, condition)
		}
		useCards(p)
		useSearch(p)
		useTheme(p)
		p.do(chromedp.EmulateViewport(390, 800))
		p.wait("it fits a telephone", `document.documentElement.scrollWidth <= innerWidth`)
		if printed, err := chromedp.Run(p.ctx, chromedp.PrintToPDF()); err != nil || !bytes.HasPrefix(printed, []byte("%PDF-")) {
			t.Errorf("it does not print: %v", err)
		}
		p.quiet()
	}
}

// useCards opens an exchange from the timeline, and folds parts of its payload.
func useCards(p *tab) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(".waterfall a.row.failed")))
	p.wait("a click on the timeline opens the exchange", `document.querySelector(".card.failed").open`)
	p.do(chromedp.Click(chromedp.CSS(".card.failed .payload > summary")))
	p.wait("a payload has parts that fold", `document.querySelectorAll(".card.failed .tree details").length > 3`)
	const part = `document.querySelector(".card.failed .tree details details")`
	if before, after := value[int](p, part+`.offsetHeight`), value[int](p, part+`.open = false, `+part+`.offsetHeight`); before <= after || after == 0 {
		p.t.Errorf("a part is %d high, and closed %d", before, after)
	}
	if text := value[string](p, `document.querySelector(".card.failed .tree").textContent`); !json.Valid([]byte(text)) {
		p.t.Errorf("what can be folded is not the payload: %.300s", text)
	}
	p.do(chromedp.Click(chromedp.CSS("#fold")))
	p.wait("all are closed", `![...document.querySelectorAll(".card")].some((card) => card.open)`)
	const seen = `[...document.querySelectorAll(".card")].filter((card) => card.checkVisibility()).length`
	all := value[int](p, seen)
	p.do(chromedp.Click(chromedp.CSS("#problems")))
	p.wait("only what failed is left", seen+` === 1`)
	p.do(chromedp.Click(chromedp.CSS("#problems")))
	p.wait("all are back", fmt.Sprintf("%s === %d", seen, all))
}

// useSearch looks for what only a payload has.
func useSearch(p *tab) {
	p.t.Helper()
	const seen = `[...document.querySelectorAll(".card")].filter((card) => card.checkVisibility())`
	look := func(words string) {
		value[string](p, `document.getElementById("search").value = ""`)
		p.do(chromedp.SendKeys(chromedp.CSS("#search"), words))
	}
	look("NO RESULT returned")
	p.wait("it is found, whatever the case", `document.getElementById("found").value.endsWith("exchanges") && CSS.highlights.get("found").size > 0`)
	if n := value[int](p, seen+`.length`); n == 0 || n >= value[int](p, `document.querySelectorAll(".card").length`) {
		p.t.Errorf("%d exchanges have it", n)
	}
	p.do(chromedp.SendKeys(chromedp.CSS("#search"), "\r"))
	p.wait("Enter goes to the first", `document.getElementById("found").value.startsWith("1 of ") && getSelection().toString().toLowerCase() === "no result returned"`)
	look("controlUrl")
	p.wait("many have it", seen+`.length > 20`)
	p.do(chromedp.SendKeys(chromedp.CSS("#search"), "\r"))
	p.wait("Enter opens the payload that has it", `getSelection().toString() === "controlUrl" && getSelection().anchorNode.parentElement.checkVisibility()`)
	look("no such thing anywhere")
	p.wait("nothing has that", seen+`.length === 0 && !document.getElementById("nothing").hidden`)
	p.do(chromedp.SendKeys(chromedp.CSS("#search"), "\x1b"))
	p.wait("Escape shows all again", seen+`.length > 20 && document.getElementById("nothing").hidden`)
}

// useTheme has it light and dark, as the system has it or as it is chosen.
func useTheme(p *tab) {
	p.t.Helper()
	const light = `getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).every((part) => part > 200)`
	p.wait("it is light", light)
	p.emulate("dark")
	p.wait("it is dark where the system is", "!"+light)
	p.do(chromedp.Click(chromedp.CSS("#theme")))
	p.wait("light is chosen", light)
	p.emulate("light")
	p.do(chromedp.Click(chromedp.CSS("#theme")))
	p.wait("dark is chosen", "!"+light)
	p.do(chromedp.Click(chromedp.CSS("#theme")))
	p.wait("the system decides again", light)
}

// poison are texts that browsers have run, with an address that they would ask.
func poison(address string) []string {
	run := "window.poisoned=1;alert(1);fetch('" + address + "')"
	return []string{
		"</script><script>" + run + "</script>", "</style><script>" + run + "</script>", "</title><script>" + run + "</script>", "</textarea></pre></details><script>" + run + "</script>",
		`<img src="` + address + `" onerror="` + run + `">`, `"><svg onload="` + run + `">`, `' onmouseover='` + run, "javascript:" + run,
		`<iframe srcdoc="<script>parent.poisoned=1</script>" src="` + address + `"></iframe>`, `<link rel=stylesheet href="` + address + `">`,
		`<meta http-equiv="refresh" content="0;url=` + address + `">`, `<base href="` + address + `/">`, "<!--<script>", "\u2028" + run + "\u2029", "${" + run + "}",
		`<style>@import "` + address + `";body{background:url(` + address + `)}</style>`, "\u202e\x00\x1b]0;x\x07",
	}
}

// TestPoisonInABrowser records a call whose payloads, tools, names and headers
// try to be run, and opens its page, every part of it.
func TestPoisonInABrowser(t *testing.T) {
	for _, browser := range browsers() {
		var mu sync.Mutex
		var asked []string
		listener := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, r.URL.String())
		}))
		t.Cleanup(listener.Close)
		file := poisonedPage(t, listener.URL)
		p := openPage(t, browser, file)
		p.wait("the page works", `!document.querySelector(".tools").hidden && document.querySelectorAll(".card").length > 20`)
		p.do(chromedp.Click(chromedp.CSS("#fold")))
		p.wait("all payloads are laid out", `(() => {
			for (const details of document.querySelectorAll("details")) details.open = true;
			return [...document.querySelectorAll(".card")].every((card) => card.open) && document.querySelectorAll("pre.tree").length > 20;
		})()`)
		p.do(chromedp.SendKeys(chromedp.CSS("#search"), "<script>"))
		p.wait("it is found as text", `document.getElementById("found").value.endsWith("exchanges") && CSS.highlights.get("found").size > 10`)
		for what, expression := range map[string]string{
			"a script was run":   `window.poisoned !== undefined`,
			"there is an img":    `document.querySelector("img, iframe, link, base, object, embed, textarea, meta[http-equiv=refresh]") !== null`,
			"there are scripts":  `document.scripts.length !== 1 || document.styleSheets.length !== 1`,
			"there are handlers": `[...document.querySelectorAll("*")].some((e) => [...e.attributes].some((a) => a.name.startsWith("on") || /^\s*javascript:/i.test(a.value)))`,
			"it leads elsewhere": `[...document.links].some((link) => link.protocol !== "file:" || !link.getAttribute("href").startsWith("#"))`,
		} {
			if value[bool](p, expression) {
				t.Error(what)
			}
		}
		p.quiet()
		mu.Lock()
		if len(asked) > 0 {
			t.Errorf("the page asked for %q", asked)
		}
		mu.Unlock()
	}
}

// poisonedPage records a call with poison wherever there is text, and returns its
// page.
func poisonedPage(t *testing.T, address string) string {
	t.Helper()
	home := newHome(t)
	texts := poison(address)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		text := texts[len(body)%len(texts)]
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Poison", strings.Map(func(r rune) rune { return map[bool]rune{true: r, false: -1}[' ' <= r && r < 0x7f] }, text))
		json.NewEncoder(w).Encode(map[string]any{"results": []any{map[string]any{"toolCallId": text, "name": text, "result": map[string]string{text: text}}}})
	}))
	t.Cleanup(server.Close)
	p := launch(t, home.command(server.URL, "--port", "0", "-o", "json"))
	proxy := p.url()
	send := func(text string, members map[string]any) {
		members["call"] = map[string]any{"id": "poisoned-call", "type": text}
		members["customer"], members["assistant"], members[text] = map[string]any{"number": text}, map[string]any{"name": text}, text
		body, err := json.Marshal(map[string]any{"message": members})
		if err != nil {
			t.Fatal(err)
		}
		reply, err := http.Post(proxy+"/?x="+url.QueryEscape(text), "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
	}
	all := strings.Join(texts, "\n")
	for _, text := range slices.Concat(texts, []string{all}) {
		send(text, map[string]any{"type": text})
		send(text, map[string]any{"type": "tool-calls", "toolCallList": []any{map[string]any{"id": text, "name": text, "arguments": map[string]string{text: text}}}})
		send(text, map[string]any{"type": "transcript", "role": "user", "transcriptType": "final", "transcript": text})
	}
	said := []any{map[string]any{"role": "user", "message": all, "time": 1}, map[string]any{"role": "bot", "message": all, "time": 2}, map[string]any{"role": all, "message": all}}
	send(all, map[string]any{
		"type": "end-of-call-report", "endedReason": all, "cost": 1, "costBreakdown": map[string]any{"vapi": 1, "total": 1, all: 1},
		"recordingUrl": texts[7], "analysis": map[string]any{"summary": all}, "artifact": map[string]any{"messages": said},
	})
	p.end()
	file := filepath.Join(home.dir, "poisoned.html")
	home.must(t, "export", "call:last", "--format", "html", "--show-secrets", "--out", file)
	return file
}
