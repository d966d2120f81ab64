package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"wirelab/grader/wire"
	"wirelab/lessons"
)

// Raw is a connection for bytes that no library would send.
type Raw struct {
	s    *Subject
	name string
	nc   net.Conn
	got  []byte // received and not yet taken
}

// Raw connects to the subject and sends nothing.
func (s *Subject) Raw(opts ...Option) *Raw {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), s.bound)
	defer cancel()
	r := &Raw{s: s, name: s.name(s.request(opts), "raw")}
	nc, err := s.run.dial(ctx)
	if err != nil {
		s.lost(r.name, lessons.Text{EN: "a connection", ES: "una conexión"}, err)
	}
	r.nc = nc
	s.onEnd(func() { nc.Close() })
	return r
}

// Write sends bytes as they are.
func (r *Raw) Write(p []byte) {
	r.s.t.Helper()
	e := wire.Entry{Conn: r.name, Dir: wire.Send, Kind: wire.KindBytes}
	e.SetData(p)
	r.s.log.add(e)
	_ = r.nc.SetWriteDeadline(r.s.deadline())
	if _, err := r.nc.Write(p); err != nil {
		r.s.unsent(r.name, err)
	}
}

// ReadUntil returns everything up to and with mark.
func (r *Raw) ReadUntil(mark string) string {
	r.s.t.Helper()
	searched := 0 // how much of it holds no mark
	for deadline := r.s.deadline(); ; {
		if i := bytes.Index(r.got[searched:], []byte(mark)); i >= 0 {
			end := searched + i + len(mark)
			head := string(r.got[:end])
			r.got = r.got[end:]
			return head
		}
		searched = max(0, len(r.got)-len(mark)+1)
		r.fill(deadline, lessons.Text{
			EN: fmt.Sprintf("bytes that end with %q on %s", mark, r.name),
			ES: fmt.Sprintf("bytes que terminan con %q en %s", mark, r.name),
		})
	}
}

// ReadN returns the next n bytes.
func (r *Raw) ReadN(n int) []byte {
	r.s.t.Helper()
	for deadline := r.s.deadline(); len(r.got) < n; {
		r.fill(deadline, lessons.Text{
			EN: fmt.Sprintf("%d bytes on %s", n, r.name),
			ES: fmt.Sprintf("%d bytes en %s", n, r.name),
		})
	}
	head := r.got[:n]
	r.got = r.got[n:]
	return head
}

// ExpectEnd waits for the subject to end the connection; bytes before that are passed over.
func (r *Raw) ExpectEnd() {
	r.s.t.Helper()
	for deadline := r.s.deadline(); ; {
		if _, err := r.read(deadline); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				r.s.unmet(lessons.Text{EN: "the end of " + r.name, ES: "el final de " + r.name})
			}
			return
		}
	}
}

// Close cuts the connection.
func (r *Raw) Close() { r.nc.Close() }

func (r *Raw) fill(deadline time.Time, what lessons.Text) {
	r.s.t.Helper()
	p, err := r.read(deadline)
	r.got = append(r.got, p...)
	switch {
	case err != nil:
		r.s.lost(r.name, what, err)
	case len(r.got) > maxBody:
		r.s.mismatch(-1, what, lessons.Text{EN: "more than 16 MiB of something else", ES: "más de 16 MiB de otra cosa"})
	}
}

func (r *Raw) read(deadline time.Time) ([]byte, error) {
	buf := make([]byte, 4<<10)
	_ = r.nc.SetReadDeadline(deadline)
	n, err := r.nc.Read(buf)
	if n == 0 {
		return nil, err
	}
	e := wire.Entry{Conn: r.name, Dir: wire.Receive, Kind: wire.KindBytes}
	e.SetData(buf[:n])
	r.s.log.add(e)
	return buf[:n], nil
}
