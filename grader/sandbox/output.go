package sandbox

import (
	"bytes"
	"io"
	"slices"
)

// output keeps the head and the tail of what a program prints, and counts all of it.
type output struct {
	half, limit int64
	total       int64
	head, tail  []byte
}

func newOutput(keep int, limit int64) *output { return &output{half: int64(keep+1) / 2, limit: limit} }

// readAll reads to the end of r and calls tooMuch once, when the limit is passed. It goes on reading after that: a
// full pipe would keep the writer from dying of its own accord.
func (o *output) readAll(r io.Reader, tooMuch func()) {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		was := o.over()
		o.add(buf[:n])
		if !was && o.over() {
			tooMuch()
		}
		if err != nil {
			return
		}
	}
}

func (o *output) add(b []byte) {
	o.total += int64(len(b))
	n := min(o.half-int64(len(o.head)), int64(len(b)))
	o.head = append(o.head, b[:n]...)
	o.tail = append(o.tail, b[n:]...)
	if int64(len(o.tail)) > 4*o.half+int64(cap(b)) { // now and then, not at each write
		o.tail = slices.Clone(o.lastHalf())
	}
}

func (o *output) lastHalf() []byte { return o.tail[max(0, int64(len(o.tail))-o.half):] }

func (o *output) over() bool { return o.total > o.limit }

func (o *output) cut() bool { return o.total > int64(len(o.head)+len(o.lastHalf())) }

// bytes returns what was kept, with a mark where something is left out.
func (o *output) bytes() []byte {
	if o.cut() {
		return slices.Concat(o.head, []byte("\n[...]\n"), o.lastHalf())
	}
	return slices.Concat(o.head, o.lastHalf())
}

func (o *output) contains(s string) bool {
	return bytes.Contains(o.head, []byte(s)) || bytes.Contains(o.tail, []byte(s))
}
