package tap

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"

	"wirelab/grader/wire"
)

// maxFrame is the longest frame whose payload is decoded, and the longest event, in bytes; of longer ones the
// beginning is shown.
const maxFrame = 1 << 20

// frames decodes one direction of a WebSocket connection as its bytes pass, in pieces of any size.
type frames struct {
	dir  wire.Dir
	emit func(Row)
	buf  []byte // of the frame that is passing
	skip uint64 // bytes still to come of a frame that is too long to keep
}

// feed takes the next bytes and returns where in p frames end.
func (d *frames) feed(p []byte) (ends []int) {
	for at := 0; at < len(p); {
		if d.skip > 0 {
			n := int(min(d.skip, uint64(len(p)-at)))
			at += n
			if d.skip -= uint64(n); d.skip == 0 {
				ends = append(ends, at)
			}
			continue
		}
		n := d.missing(len(p) - at)
		d.buf = append(d.buf, p[at:at+n]...)
		at += n
		if d.finished() {
			ends = append(ends, at)
		}
	}
	return ends
}

// missing is how many of the next n bytes belong to the frame as far as it is known, at least one.
func (d *frames) missing(n int) int {
	size, ok := wire.FrameSize(d.buf)
	if !ok {
		return 1 // header bytes are few
	}
	return int(min(uint64(n), min(size, maxFrame)-uint64(len(d.buf))))
}

// finished emits the frame if all of it that is kept is there; it reports whether the frame has ended.
func (d *frames) finished() bool {
	size, ok := wire.FrameSize(d.buf)
	if !ok || uint64(len(d.buf)) < min(size, maxFrame) {
		return false
	}
	f, err := wire.ReadFrame(bytes.NewReader(d.buf), maxFrame)
	if err != nil { // too long: decode what was kept as if that were all
		d.skip = size - uint64(len(d.buf))
		f = d.beginning(f)
	}
	r := frameRow(d.dir, f, size)
	head := headSize(d.buf)
	r.Head = hex.EncodeToString(d.buf[:head])
	if size > maxFrame {
		r.Length, r.Cut = int(size)-head, true
	}
	d.emit(r)
	d.buf = nil
	return d.skip == 0
}

// beginning is a frame whose payload is what was kept of it.
func (d *frames) beginning(f wire.Frame) wire.Frame {
	f.Payload = bytes.Clone(d.buf[headSize(d.buf):])
	if f.Masked {
		wire.Mask(f.Payload, f.Key)
	}
	return f
}

// headSize is the length of the header that p begins with (RFC 6455 §5.2); p has all of it.
func headSize(p []byte) int {
	n := 2
	switch p[1] & 0x7F {
	case 126:
		n = 4
	case 127:
		n = 10
	}
	if p[1]&0x80 != 0 {
		n += 4
	}
	return n
}

// decodeEvents reads an event stream to its end and emits what it consists of.
func decodeEvents(r io.Reader, emit func(Row)) {
	var raw bytes.Buffer
	events := wire.NewEventReader(io.TeeReader(r, &raw), maxFrame)
	for {
		b, err := events.Next()
		if errors.Is(err, wire.ErrTooLong) {
			emit(Row{Entry: wire.Entry{Kind: wire.KindNote, Data: "a line or an event of more than 1 MiB: not decoded from here on"}})
			_, _ = io.Copy(io.Discard, r) // the stream goes on for its reader
			return
		}
		if err != nil {
			return
		}
		emit(blockRow(b, raw.Next(b.Size)))
	}
}
