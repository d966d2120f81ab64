package live

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

const (
	stillHere = 15 * time.Second // between comments; proxies cut what is silent for half a minute and more
	patience  = 10 * time.Second // that a write may take: a viewer that does not read is one too many
)

// events is the event stream.
func (b *Board) events(w http.ResponseWriter, r *http.Request) {
	v, first := b.join(r.Header.Get("Last-Event-ID"))
	if v == nil {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "too many look on already", http.StatusServiceUnavailable)
		return
	}
	defer b.leave(v)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy in between shall not collect
	s := stream{w: w, control: http.NewResponseController(w), board: b}
	s.buf.WriteString("retry: 1000\n\n")
	if s.send(first...) != nil {
		return
	}
	tick := time.NewTicker(stillHere)
	defer tick.Stop()
	for {
		var err error
		select {
		case e, ok := <-v.queue:
			if !ok {
				return // dropped; the browser comes back for what it missed
			}
			err = s.send(append([]event{e}, waiting(v)...)...)
		case <-tick.C:
			s.buf.WriteString(": still here\n\n")
			err = s.send()
		case <-r.Context().Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// waiting takes what else is in a viewer's queue by now, so that it goes in the same write.
func waiting(v *viewer) (all []event) {
	for range len(v.queue) {
		e, ok := <-v.queue
		if !ok {
			return all
		}
		all = append(all, e)
	}
	return all
}

// stream writes events to one viewer.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	board   *Board
	buf     bytes.Buffer
}

// send writes the events in one piece. JSON has no line ends, so that one line of data holds it.
func (s *stream) send(all ...event) error {
	for _, e := range all {
		fmt.Fprintf(&s.buf, "id: %s\nevent: %s\ndata: %s\n\n", s.board.id(e), e.kind, e.data)
	}
	// A writer that cannot set deadlines, as in a test, has no network that could stall.
	_ = s.control.SetWriteDeadline(time.Now().Add(patience))
	if _, err := s.w.Write(s.buf.Bytes()); err != nil {
		return err
	}
	s.buf.Reset()
	return s.control.Flush()
}
