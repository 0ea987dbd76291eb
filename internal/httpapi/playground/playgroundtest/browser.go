// Package playgroundtest drives the playground in a headless Chromium, as somebody would who opens it and presses run.
package playgroundtest

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long the browser may take over one step: events come when no older transaction of the whole Postgres runs, those of other tests among them.
const patience = 3 * time.Minute

// Browser is one page in a Chromium of its own, which is ended with the test. It speaks the DevTools protocol over a pair of pipes:
// one question, then its answer, while events are collected.
type Browser struct {
	t       testing.TB
	in      *os.File
	out     *os.File
	reader  *bufio.Reader
	said    string // the file of what Chromium says of itself
	lastID  int
	session string
	events  []event
}

type event struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// Start opens an empty page; it skips the test where no Chromium is found. LEADGRAPH_CHROMIUM names another than the usual ones.
func Start(t testing.TB) *Browser {
	t.Helper()
	path := find()
	if path == "" {
		t.Skip("no Chromium is found; install it, or name one in LEADGRAPH_CHROMIUM")
	}
	readCommands, commands, err := os.Pipe()
	require.NoError(t, err)
	answers, writeAnswers, err := os.Pipe()
	require.NoError(t, err)
	chromium := exec.Command(path, "--headless=new", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(),
		"--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--disable-sync", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--window-size=1440,900",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", "about:blank")
	chromium.ExtraFiles = []*os.File{readCommands, writeAnswers} // its file descriptors 3 and 4
	b := &Browser{t: t, in: commands, out: answers, reader: bufio.NewReaderSize(answers, 1<<16), said: filepath.Join(t.TempDir(), "said")}
	said, err := os.Create(b.said)
	require.NoError(t, err)
	chromium.Stderr = said
	require.NoError(t, chromium.Start())
	require.NoError(t, errors.Join(readCommands.Close(), writeAnswers.Close()))
	t.Cleanup(func() {
		stop := time.AfterFunc(patience, func() { _ = chromium.Process.Kill() })
		defer stop.Stop()
		_, _ = commands.WriteString(`{"id":0,"method":"Browser.close"}` + "\x00")
		_, _ = io.Copy(io.Discard, answers) // until it is gone
		_ = chromium.Wait()
		_ = errors.Join(commands.Close(), answers.Close(), said.Close())
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Network", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

func find() string {
	for _, name := range []string{os.Getenv("LEADGRAPH_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

// Open loads a page.
func (b *Browser) Open(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": url}, nil)
}

// PreferDark makes the page believe that the machine is set to dark colours.
func (b *Browser) PreferDark() {
	b.t.Helper()
	dark := map[string]string{"name": "prefers-color-scheme", "value": "dark"}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{dark}}, nil)
}

// Eval runs an expression in the page, awaits it where it is a promise, and decodes what it gives.
func (b *Browser) Eval(expression string, into any) {
	b.t.Helper()
	var answer struct {
		Result struct {
			Value json.RawMessage
		}
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &answer)
	if failed := answer.ExceptionDetails; failed != nil {
		require.Fail(b.t, "the page threw", "%s %s\nin %s", failed.Text, failed.Exception.Description, expression)
	}
	if into != nil {
		require.NoError(b.t, json.Unmarshal(answer.Result.Value, into), "answer to %s", expression)
	}
}

// WaitFor waits until an expression is true in the page.
func (b *Browser) WaitFor(what, condition string) {
	b.t.Helper()
	b.Eval(fmt.Sprintf(`new Promise((resolve, reject) => {
		const deadline = performance.now() + %d;
		const look = () => {
			if (%s) resolve();
			else if (performance.now() > deadline) reject(new Error('waited in vain for ' + %q));
			else setTimeout(look, 30);
		};
		look();
	})`, (patience/2).Milliseconds(), condition, what), nil)
}

// Click presses the mouse in the middle of the element that a selector finds, and again where the page has moved it away meanwhile, as a person would. Where the page
// has drawn it anew meanwhile, what is clicked is the new one.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	for range 20 {
		b.WaitFor(selector, fmt.Sprintf("document.querySelector(%q)", selector))
		var at struct{ X, Y float64 }
		b.Eval(fmt.Sprintf(`(() => {
			const element = document.querySelector(%[1]q);
			element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
			window.missed = true;
			document.addEventListener('click', (event) => { if (event.target.closest(%[1]q)) window.missed = false; }, { capture: true, once: true });
			const box = element.getBoundingClientRect();
			return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
		})()`, selector), &at)
		for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
			b.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
		}
		var missed bool
		if b.Eval("window.missed === true", &missed); !missed {
			return
		}
	}
	require.Fail(b.t, "nothing was clicked", "twenty times at %s", selector)
}

// Type types into the element that has the focus.
func (b *Browser) Type(text string) {
	b.t.Helper()
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

// Screenshot writes a PNG of the page.
func (b *Browser) Screenshot(file string) {
	b.t.Helper()
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", nil, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(file, png, 0o600))
}

// call sends one command and reads until its answer comes.
func (b *Browser) call(method string, params any, into any) {
	b.t.Helper()
	b.lastID++
	command := map[string]any{"id": b.lastID, "method": method}
	if params != nil {
		command["params"] = params
	}
	if b.session != "" {
		command["sessionId"] = b.session
	}
	text, err := json.Marshal(command)
	require.NoError(b.t, err)
	_, err = b.in.Write(append(text, 0))
	require.NoError(b.t, err, "send %s to Chromium", method)
	require.NoError(b.t, b.out.SetReadDeadline(time.Now().Add(patience)))
	for {
		text, err := b.reader.ReadBytes(0)
		if errors.Is(err, io.EOF) {
			text, _ := os.ReadFile(b.said)
			require.Fail(b.t, "Chromium ended", "at %s, and said:\n%s", method, text)
		}
		require.NoError(b.t, err, "read Chromium's answer to %s", method)
		var message event
		require.NoError(b.t, json.Unmarshal(text[:len(text)-1], &message))
		if message.ID != b.lastID {
			b.events = append(b.events, message)
			continue
		}
		require.Nil(b.t, message.Error, "%s: %+v", method, message.Error)
		if into != nil {
			require.NoError(b.t, json.Unmarshal(message.Result, into))
		}
		return
	}
}

// collected are the parameters of the events of a kind so far.
func collected[T any](b *Browser, method string) []T {
	b.t.Helper()
	b.Eval("0", nil) // reads what is still in the pipe before its answer
	var all []T
	for _, e := range slices.Clone(b.events) {
		if e.Method != method {
			continue
		}
		var params T
		require.NoError(b.t, json.Unmarshal(e.Params, &params))
		all = append(all, params)
	}
	return all
}
