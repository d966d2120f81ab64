// Package subject is what the two sides of a graded test say to each other: the probe, inside the process of
// the hidden tests, asks for fresh subjects and hands in results; the run stage, inside the grader, answers.
//
// They speak HTTP over a Unix socket whose path is in the environment ([Env]). A result never travels through a
// stream that carries anybody's output, so nothing that a submission prints can look like one.
package subject

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Env names the environment variable with the path of the grader's socket.
const Env = "WIRELAB_GRADER"

// LangEnv names the environment variable with the language of failures printed by hidden tests: "en" or "es".
const LangEnv = "WIRELAB_LANG"

// Started is a subject that runs: dial Socket to talk to it. Sockets in the folder Peers can be dialed by a subject
// that may dial; the folder is empty at first, and Peers is "" for a subject that may not.
type Started struct {
	ID     string `json:"id"`
	Socket string `json:"socket"`
	Peers  string `json:"peers"`
	Shared bool   `json:"shared"` // subjects of other tests are in the same process; a failure then counts for nothing yet
}

// State is what is known of a subject from outside its process.
type State struct {
	Ended bool         `json:"ended"`         // by itself, not because the test was over
	Text  lessons.Text `json:"text"`          // how it ended: "the program exited with status 0"
	Race  lessons.Text `json:"race,omitzero"` // the race detector's report, shortened to the two places
	Conns int          `json:"conns"`         // connections that it holds open; in a shared process those that it has opened itself are everyone's
}

// Result is what became of one test.
type Result struct {
	Test       string       `json:"test"`
	Passed     bool         `json:"passed"`
	Shared     bool         `json:"shared"` // its subject had others beside it: see [Started]
	Message    lessons.Text `json:"message"`
	Seconds    float64      `json:"seconds"`
	Bound      bool         `json:"bound"`    // it failed because an event did not come in time: load may be the cause
	Answered   bool         `json:"answered"` // the subject sent something, if only a response
	Ended      lessons.Text `json:"ended"`    // how the subject ended by itself; empty if it did not
	Transcript []wire.Entry `json:"transcript,omitempty"`
}

// Client is the probe's side.
type Client struct{ http *http.Client }

// NewClient talks to the grader behind the Unix socket at path.
func NewClient(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &Client{&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// Start asks for a fresh subject for the named test. It returns when the subject may be dialed, which can take
// a while: the grader runs only so many at once.
func (c *Client) Start(ctx context.Context, test string) (Started, error) {
	var s Started
	return s, c.call(ctx, "POST", "/subjects?test="+url.QueryEscape(test), nil, &s)
}

// State asks how the subject is. With wait above zero the answer is held back until the subject has ended, at
// most that long.
func (c *Client) State(ctx context.Context, id string, wait time.Duration) (State, error) {
	var s State
	return s, c.call(ctx, "GET", fmt.Sprintf("/subjects/%s?wait=%s", id, wait), nil, &s)
}

// Stop ends the subject and says how it was until then. Where the test has failed, the grader looks whether load may be why.
func (c *Client) Stop(ctx context.Context, id string, failed bool) (State, error) {
	var s State
	return s, c.call(ctx, "DELETE", fmt.Sprintf("/subjects/%s?failed=%t", id, failed), nil, &s)
}

// Report hands in the result of a test.
func (c *Client) Report(ctx context.Context, r Result) error {
	return c.call(ctx, "POST", "/results", r, nil)
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader // none, where there is nothing to say: a server sees that a client has gone only when it has read all
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("grader: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://grader"+path, body)
	if err != nil {
		return fmt.Errorf("grader: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("grader: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		msg, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
		return fmt.Errorf("grader: %s %s: %s: %s", method, path, resp.Status, bytes.TrimSpace(msg))
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("grader: %s %s: %w", method, path, err)
	}
	return nil
}
