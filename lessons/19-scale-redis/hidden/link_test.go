package hidden

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"wirelab/grader/probe"
)

// link is the only way from one node to the broker. The test can cut it, as if the broker had gone, and mend it.
type link struct {
	broker *broker

	mu      sync.Mutex
	down    bool              // connections end as soon as they are made
	frozen  bool              // nothing passes
	hold    bool              // requests to subscribe do not pass
	asked   bool              // a request to subscribe has come while they were held
	deaf    bool              // the answer to the next PUBLISH is lost, and its connection with it
	changed chan struct{}     // closed and replaced whenever one of these changes
	open    map[net.Conn]bool // both ends of every connection
	lost    map[net.Conn]bool // ends at the node whose answer is lost
}

// newLink serves the broker to a node through a peer, so that what passes is in the transcript.
func newLink(t *testing.T, b *broker, peer *probe.Peer) *link {
	l := &link{broker: b, changed: make(chan struct{}), open: map[net.Conn]bool{}, lost: map[net.Conn]bool{}}
	go func() {
		for {
			c, err := peer.Accept()
			if err != nil {
				return // the test is over
			}
			l.connect(c)
		}
	}()
	t.Cleanup(func() { l.set(func() { l.frozen, l.hold = false, false }) })
	return l
}

// set changes the state and wakes whoever waits for that.
func (l *link) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.changed)
	l.changed = make(chan struct{})
}

// cut ends all connections. Until mend, new ones end at once.
func (l *link) cut() {
	l.set(func() {
		l.down = true
		for c := range l.open {
			c.Close()
		}
	})
}

func (l *link) mend() { l.set(func() { l.down = false }) }

// freeze lets connections live, but nothing passes any more: the broker hangs, or the network swallows everything.
func (l *link) freeze() { l.set(func() { l.frozen = true }) }

// holdSubscribe keeps requests to subscribe from the broker until pass is called.
func (l *link) holdSubscribe() { l.set(func() { l.hold, l.asked = true, false }) }

func (l *link) pass() { l.set(func() { l.hold = false }) }

// wasAsked reports whether a request to subscribe is being held, or was.
func (l *link) wasAsked() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

// loseAnswer lets the next PUBLISH through and cuts its connection before the answer.
func (l *link) loseAnswer() { l.set(func() { l.deaf = true }) }

// connect joins a connection of the node with a new one to the broker.
func (l *link) connect(node net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		node.Close()
		return
	}
	broker, err := l.broker.dial()
	if err != nil {
		node.Close()
		return
	}
	l.open[node], l.open[broker] = true, true
	go l.pump(broker, node, l.ask)
	go l.pump(node, broker, l.answer)
}

// pump has one way of a connection served, and closes both sides when that ends.
func (l *link) pump(to, from net.Conn, serve func(to, from net.Conn)) {
	serve(to, from)
	to.Close()
	from.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, to)
	delete(l.open, from)
}

// ask passes requests on, those that a node needs. The broker is not in the sandbox: no program that is graded may
// run scripts in it, fill it or shut it down.
func (l *link) ask(broker, node net.Conn) {
	in := bufio.NewReader(io.LimitReader(node, maxAsked))
	for {
		request, command, err := readRequest(in)
		if err != nil {
			return
		}
		if !slices.Contains([]string{"hello", "ping", "publish", "subscribe", "unsubscribe"}, command) {
			if _, err := io.WriteString(node, "-NOPERM this broker passes messages on, and does nothing else\r\n"); err != nil {
				return
			}
			continue
		}
		if !l.mayAsk(node, command) {
			return
		}
		if _, err := broker.Write(request); err != nil {
			return
		}
	}
}

// answer passes on what the broker says.
func (l *link) answer(node, broker net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := broker.Read(buf)
		if err != nil || !l.mayAnswer(node) {
			return
		}
		if _, err := node.Write(buf[:n]); err != nil {
			return
		}
	}
}

// mayAsk waits until a request may pass. It reports false when the connection has to end instead.
func (l *link) mayAsk(node net.Conn, command string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.frozen || l.hold && command == "subscribe" {
		l.asked = l.asked || l.hold
		l.wait()
	}
	if l.deaf && command == "publish" {
		l.deaf, l.lost[node] = false, true
	}
	return !l.down
}

// mayAnswer waits until an answer may pass. It reports false when the connection has to end instead.
func (l *link) mayAnswer(node net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.frozen {
		l.wait()
	}
	return !l.down && !l.lost[node]
}

// wait returns after the next change; mu is held.
func (l *link) wait() {
	changed := l.changed
	l.mu.Unlock()
	<-changed
	l.mu.Lock()
}

// Bounds of what a node may ask of the broker, in bytes.
const (
	maxRequest = 1 << 20
	maxAsked   = 64 << 20 // on one connection
)

// readRequest reads one request, an array of strings, and returns it as it stands with the command in lower case.
func readRequest(r *bufio.Reader) (request []byte, command string, err error) {
	number := func(mark byte) (n int) {
		var line []byte
		if line, err = r.ReadSlice('\n'); err != nil {
			return 0
		}
		request = append(request, line...)
		n, err = strconv.Atoi(strings.TrimSpace(string(line[1:])))
		if err == nil && (line[0] != mark || n < 0 || len(request)+n > maxRequest) {
			err = fmt.Errorf("%q begins no request", line)
		}
		return n
	}
	for left := number('*'); err == nil && left > 0; left-- {
		size := number('$') + len("\r\n")
		if err != nil {
			break
		}
		at := len(request)
		request = append(request, make([]byte, size)...)
		if _, err = io.ReadFull(r, request[at:]); err == nil && command == "" {
			command = strings.ToLower(string(request[at : len(request)-2]))
		}
	}
	return request, command, err
}
