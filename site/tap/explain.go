package tap

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"wirelab/grader/wire"
)

// Explanation says why a browser could not connect. A browser shows its pages nothing of that, so the site asks the
// server the same thing again and looks at the answer.
type Explanation struct {
	Why     string `json:"why"`     // in a word: see the texts of ui/console
	Status  int    `json:"status"`  // of the answer, 0 if there was none
	Answer  string `json:"answer"`  // its head and the beginning of its body
	Error   string `json:"error"`   // why there was none
	Without int    `json:"without"` // the status that the same request gets with the server's own Origin
}

// question is what a page wants to have explained.
type question struct {
	Target    string   `json:"target"`
	Origin    string   `json:"origin"`
	Protocols []string `json:"protocols"`
}

const explainLimit = 5 * time.Second

func (t *Tap) serveExplain(w http.ResponseWriter, r *http.Request) {
	var q question
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 8<<10)).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), explainLimit)
	defer cancel()
	if strings.HasPrefix(q.Target, "ws:") {
		reply(w, explainWebSocket(ctx, q))
		return
	}
	reply(w, explainEvents(ctx, q))
}

func explainWebSocket(ctx context.Context, q question) Explanation {
	header := http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Origin": {q.Origin},
	}
	if len(q.Protocols) > 0 {
		header.Set("Sec-Websocket-Protocol", strings.Join(q.Protocols, ", "))
	}
	e, res := ask(ctx, q.Target, "ws", header)
	if res == nil {
		return e
	}
	const accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" // for that key, RFC 6455 §1.3
	switch {
	case res.StatusCode == http.StatusSwitchingProtocols && res.Header.Get("Sec-Websocket-Accept") != accept:
		e.Why = "wrong-accept"
	case res.StatusCode == http.StatusSwitchingProtocols && len(q.Protocols) > 0 && res.Header.Get("Sec-Websocket-Protocol") == "":
		e.Why = "no-protocol"
	case res.StatusCode == http.StatusSwitchingProtocols:
		e.Why = "accepted" // this time
	default:
		header.Set("Origin", "http://"+res.Request.Host)
		if _, own := ask(ctx, q.Target, "ws", header); own != nil {
			e.Without = own.StatusCode
		}
		e.Why = reason(res.StatusCode, e.Without == http.StatusSwitchingProtocols)
	}
	return e
}

func reason(status int, originMatters bool) string {
	switch {
	case originMatters:
		return "origin"
	case status == http.StatusNotFound:
		return "not-found"
	case status == http.StatusUpgradeRequired || status == http.StatusOK:
		return "no-websocket"
	}
	return "refused"
}

func explainEvents(ctx context.Context, q question) Explanation {
	e, res := ask(ctx, q.Target, "http", http.Header{
		"Accept": {"text/event-stream"}, "Origin": {q.Origin}, "Cache-Control": {"no-cache"}, "Connection": {"close"},
	})
	if res == nil {
		return e
	}
	allowed := res.Header.Get("Access-Control-Allow-Origin")
	switch {
	case res.StatusCode == http.StatusNotFound:
		e.Why = "not-found"
	case res.StatusCode != http.StatusOK:
		e.Why = "refused"
	case !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream"):
		e.Why = "no-stream"
	case allowed != "*" && allowed != q.Origin:
		e.Why = "cors"
	default:
		e.Why = "accepted"
	}
	return e
}

// ask sends a request and returns the head of its answer; the response's Request has the target's Host.
func ask(ctx context.Context, address, scheme string, header http.Header) (Explanation, *http.Response) {
	u, err := target(address, scheme)
	if err != nil {
		return Explanation{Why: "not-loopback", Error: err.Error()}, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &relay{ctx: ctx, quiet: true}
	if err := c.connect(u, &http.Request{Method: http.MethodGet, Header: header}); err != nil {
		return Explanation{Why: why(err), Error: err.Error()}, nil
	}
	res, err := http.ReadResponse(bufio.NewReader(c.upstream), &http.Request{Method: http.MethodGet, Host: u.Host})
	if err != nil {
		word := "no-http"
		if ctx.Err() != nil {
			word = "silent"
		}
		return Explanation{Why: word, Error: err.Error()}, nil
	}
	var body []byte
	if res.StatusCode >= http.StatusBadRequest {
		body, _ = io.ReadAll(io.LimitReader(res.Body, wire.MaxData)) // as much as there is
	}
	return Explanation{Status: res.StatusCode, Answer: responseRow(res, body).Data}, res
}
