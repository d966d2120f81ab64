package wiretest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"wirelab/grader/wire"
)

// Bounds of what is kept and shown.
const (
	keep  = 200 // entries of a record
	shown = 12  // of them, the last ones
)

// record is what went over the connections of a test, in the order in which the server saw it.
type record struct {
	over func() bool // the test is: what comes now is its own tidying up

	mu    sync.Mutex
	start time.Time
	list  []line
	taps  []*tap
	lost  int // lines that were there before those of the list
}

// line is an entry, and how often those from it backwards came again at once: a test that asks until the answer changes
// asks a hundred times.
type line struct {
	wire.Entry
	again int
	span  int // how many lines came again
}

// same reports whether two lines tell the same, at whatever time.
func (l line) same(other line) bool {
	l.At, other.At, l.again, other.again, l.span, other.span = 0, 0, 0, 0, 0, 0
	return l == other
}

func newRecord(over func() bool) *record { return &record{over: over, start: time.Now()} }

// open begins to record a connection.
func (r *record) open() *tap {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &tap{record: r, name: fmt.Sprint("conn", len(r.taps)+1)}
	c.up, c.down = &half{dir: wire.Send, tap: c}, &half{dir: wire.Receive, tap: c}
	c.up.other, c.down.other = c.down, c.up
	r.taps = append(r.taps, c)
	return c
}

// longest is how many lines a repeated exchange may have.
const longest = 6

// add appends an entry. The caller holds mu.
func (r *record) add(e wire.Entry) {
	e.At = time.Since(r.start).Seconds()
	r.list = append(r.list, line{Entry: e})
	for span := 1; span <= min(longest, len(r.list)/2); span++ {
		first, second := r.list[len(r.list)-2*span:len(r.list)-span], r.list[len(r.list)-span:]
		if slices.EqualFunc(first, second, line.same) {
			last := &first[span-1]
			last.again, last.span = last.again+1, span
			r.list = r.list[:len(r.list)-span]
			break
		}
	}
	if len(r.list) >= 2*keep {
		r.lost += keep
		r.list = append([]line(nil), r.list[keep:]...)
	}
}

// String is the last part of the record, for people; empty if nothing went over any wire.
func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.taps {
		c.up.unfinished()
		c.down.unfinished()
	}
	if len(r.list) == 0 {
		return ""
	}
	last := r.list[max(0, len(r.list)-shown):]
	var b strings.Builder
	b.WriteString(in("On the wire (↑ the client, ↓ the server)", "En el cable (↑ el cliente, ↓ el servidor)"))
	if all := r.lost + len(r.list); all > len(last) {
		fmt.Fprintf(&b, in(", the last %d of %d", ", lo último: %d de %d"), len(last), all)
	}
	b.WriteString(":\n")
	for _, e := range last {
		b.WriteString("  " + e.Line() + "\n")
		if e.again > 0 {
			fmt.Fprintf(&b, in("             … and %d times again, the last %d lines\n", "             … y otras %d veces, las últimas %d líneas\n"), e.again, e.span)
		}
	}
	return b.String()
}

// tap watches one connection.
type tap struct {
	record   *record
	name     string
	up, down *half
	ended    bool
}

func (c *tap) sent(p []byte)     { c.feed(c.up, p) }
func (c *tap) received(p []byte) { c.feed(c.down, p) }

func (c *tap) feed(h *half, p []byte) {
	c.record.mu.Lock()
	defer c.record.mu.Unlock()
	if len(p) > 0 && !c.ended && !c.record.over() {
		h.feed(p)
	}
}

// gone is told when the server can read no more: the client has gone, unless it was the server that closed, or waits no
// longer.
func (c *tap) gone(err error) {
	var late net.Error
	if errors.As(err, &late) && late.Timeout() || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) {
		return
	}
	c.end(wire.Send, in("the client has closed the connection", "el cliente cerró la conexión"))
}

// closed is told when the server closes the connection.
func (c *tap) closed() {
	c.end(wire.Receive, in("the server has closed the connection", "el servidor cerró la conexión"))
}

func (c *tap) end(dir wire.Dir, how string) {
	c.record.mu.Lock()
	defer c.record.mu.Unlock()
	if c.ended || c.record.over() {
		return
	}
	c.up.unfinished()
	c.down.unfinished()
	c.ended = true
	c.record.add(wire.Entry{Conn: c.name, Dir: dir, Kind: wire.KindEnd, Data: how})
}
