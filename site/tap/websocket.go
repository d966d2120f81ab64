package tap

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"wirelab/grader/wire"
)

// serveWebSocket relays a WebSocket: ?target=ws://127.0.0.1:1234/ws&conn=ws1, and any number of header=Name: value.
// The handshake is the browser's own, key included, but for its Origin, which becomes the target's, and the
// extensions, without which payloads can be read.
func (t *Tap) serveWebSocket(w http.ResponseWriter, r *http.Request) {
	s, err := t.session(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	u, header, err := handshake(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c, number, err := t.newRelay(r, s)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer c.end()
	if err := c.connect(u, &http.Request{Method: http.MethodGet, Header: header}); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	from := bufio.NewReader(c.upstream)
	res, err := http.ReadResponse(from, &http.Request{Method: http.MethodGet})
	if err != nil {
		c.say(wire.KindEnd, "no answer that is HTTP: %v", err)
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		c.refused(w, res)
		return
	}
	c.emit(responseRow(res, nil))
	browser, early, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = browser.Close() }() // closed before, perhaps
	if err := answer(browser, res); err != nil {
		return
	}
	c.relayFrames(browser, early.Reader, from, number)
}

// handshake is the request that the target gets.
func handshake(r *http.Request) (*url.URL, http.Header, error) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return nil, nil, errors.New("this address takes WebSocket handshakes")
	}
	u, err := target(r.FormValue("target"), "ws")
	if err != nil {
		return nil, nil, err
	}
	h := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Origin": {"http://" + u.Host}}
	for _, name := range []string{"Sec-Websocket-Key", "Sec-Websocket-Version", "Sec-Websocket-Protocol", "User-Agent"} {
		if v := r.Header.Values(name); len(v) > 0 {
			h[name] = v
		}
	}
	return u, h, addHeaders(h, r.URL.Query()["header"])
}

// refused passes on an answer that is not 101, of which a browser shows nothing.
func (c *relay) refused(w http.ResponseWriter, res *http.Response) {
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxData)) // as much as there is
	c.emit(responseRow(res, body))
	c.say(wire.KindEnd, "the handshake was refused with %s", res.Status)
	w.WriteHeader(res.StatusCode)
	_, _ = w.Write(body) // nobody reads it
}

// responseRow shows a response and the beginning of its body.
func responseRow(res *http.Response, body []byte) Row {
	r := Row{Entry: wire.Entry{Dir: wire.Receive, Kind: wire.KindResponse, Code: res.StatusCode, Length: len(body)}}
	r.Data = res.Proto + " " + res.Status + "\n" + headerLines(res.Header)
	if len(res.TransferEncoding) > 0 {
		r.Data += "\nTransfer-Encoding: " + strings.Join(res.TransferEncoding, ", ")
	}
	if len(body) > 0 {
		r.Data += "\n\n" + strings.ToValidUTF8(string(body), "\uFFFD")
	}
	return r
}

// answer tells the browser what the target has said.
func answer(browser net.Conn, res *http.Response) error {
	var head strings.Builder
	fmt.Fprintf(&head, "HTTP/1.1 %s\r\n", res.Status)
	for name, values := range res.Header {
		if name != "Sec-Websocket-Extensions" { // none was offered
			for _, v := range values {
				fmt.Fprintf(&head, "%s: %s\r\n", name, v)
			}
		}
	}
	_, err := io.WriteString(browser, head.String()+"\r\n")
	return err
}

// relayFrames passes both directions on until both have ended, or one of them has been torn.
func (c *relay) relayFrames(browser net.Conn, fromBrowser, fromServer io.Reader, number uint64) {
	sent := &frames{dir: wire.Send, emit: c.emit}
	received := &frames{dir: wire.Receive, emit: c.emit}
	c.mu.Lock()
	c.sent = sent
	c.mu.Unlock()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-c.ctx.Done():
		case <-stop:
		}
		_ = browser.Close() // both directions' reads end
	}()
	var group sync.WaitGroup
	group.Go(func() {
		m := c.mangler(c, wire.Send, number)
		err := c.pump(m, fromBrowser, c.feedSent)
		c.ended(wire.Send, err, c.upstream)
	})
	group.Go(func() {
		err := c.pump(c.mangler(browser, wire.Receive, number), fromServer, received.feed)
		c.ended(wire.Receive, err, browser)
	})
	group.Wait()
	c.say(wire.KindEnd, "the connection has ended")
}

// ended says how a direction ended and passes that on.
func (c *relay) ended(dir wire.Dir, err error, to net.Conn) {
	from := map[wire.Dir]string{wire.Send: "the browser", wire.Receive: "the server"}[dir]
	half := c.s.currentFaults().Half
	switch {
	case errors.Is(err, errCut) && half:
		c.say(wire.KindNote, "the tap cuts here, in the direction from %s", from)
	case errors.Is(err, errCut):
		c.say(wire.KindNote, "the tap cuts the connection here")
		c.cancel()
		return
	case errors.Is(err, io.EOF):
		c.say(wire.KindNote, "%s closes its direction (FIN)", from)
	case c.ctx.Err() == nil && !errors.Is(err, net.ErrClosed):
		c.say(wire.KindNote, "%s: %v", from, err)
		c.cancel()
		return
	}
	if closeWrite(to) != nil {
		c.cancel()
	}
}
