package tap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"wirelab/grader/wire"
)

// Faults are what the tap does to the bytes that pass. Their order never changes. The zero value does nothing.
type Faults struct {
	Seed      uint64   `json:"seed"`       // the same seed draws the same delays and pieces
	Dir       wire.Dir `json:"dir"`        // which direction suffers; "" for both
	Delay     int      `json:"delay"`      // each piece waits from 0 to this many milliseconds
	Split     string   `json:"split"`      // "bytes": one write for each; "random": pieces of 1 to 16 bytes
	CutBytes  int      `json:"cut_bytes"`  // the connection is cut after this many bytes of a direction
	CutFrames int      `json:"cut_frames"` // or after this many frames or events
	Half      bool     `json:"half"`       // a cut closes only the direction in which it happens
	Pace      int      `json:"pace"`       // at most this many bytes a second are read
}

func (f Faults) check() error {
	switch {
	case f.Delay < 0 || f.Delay > 60_000:
		return complain("delay %d: want 0 to 60000 ms", "retraso %d: de 0 a 60000 ms", f.Delay)
	case f.Split != "" && f.Split != "bytes" && f.Split != "random":
		return fmt.Errorf("split %q: want bytes or random", f.Split)
	case f.CutBytes < 0 || f.CutFrames < 0 || f.Pace < 0:
		return errors.New("want no negative numbers")
	case f.Dir != "" && f.Dir != wire.Send && f.Dir != wire.Receive:
		return fmt.Errorf("direction %q: want send or receive", f.Dir)
	}
	return nil
}

// errCut ends a direction that a fault has cut.
var errCut = errors.New("cut")

// mangler writes one direction's bytes on, with the session's faults, which may change while it does.
type mangler struct {
	ctx    context.Context // ends waits
	to     io.Writer
	dir    wire.Dir
	faults func() Faults
	number uint64 // of the connection within its session: each draws its own numbers

	seed  uint64
	draw  *rand.Rand
	bytes int
	units int // frames or events
}

// write passes p on. ends are the places in p where a frame ends.
func (m *mangler) write(p []byte, ends []int) error {
	f := m.faults()
	if f.Dir != "" && f.Dir != m.dir {
		f = Faults{}
	}
	if m.draw == nil || m.seed != f.Seed {
		side := uint64(0)
		if m.dir == wire.Receive {
			side = 1
		}
		m.seed, m.draw = f.Seed, rand.New(rand.NewPCG(f.Seed, m.number<<1|side))
	}
	p, cut := m.shorten(p, ends, f)
	for len(p) > 0 {
		n := len(p)
		switch f.Split {
		case "bytes":
			n = 1
		case "random":
			n = min(n, 1+m.draw.IntN(16))
		}
		if f.Delay > 0 && !m.wait(time.Duration(m.draw.IntN(f.Delay+1))*time.Millisecond) {
			return m.ctx.Err()
		}
		if _, err := m.to.Write(p[:n]); err != nil {
			return err
		}
		m.bytes += n
		p = p[n:]
	}
	if cut {
		return errCut
	}
	return nil
}

// shorten returns how much of p still passes, and whether the direction ends there.
func (m *mangler) shorten(p []byte, ends []int, f Faults) ([]byte, bool) {
	upTo, cut := len(p), false
	if f.CutBytes > 0 && m.bytes+len(p) >= f.CutBytes {
		upTo, cut = max(f.CutBytes-m.bytes, 0), true
	}
	if f.CutFrames > 0 {
		if left := f.CutFrames - m.units; left <= 0 {
			upTo, cut = 0, true
		} else if left <= len(ends) {
			upTo, cut = min(upTo, ends[left-1]), true
		}
	}
	m.units += len(ends)
	return p[:upTo], cut
}

// wait reports whether the time has passed; not if the connection has ended before.
func (m *mangler) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-m.ctx.Done():
		return false
	}
}

// paced reads at the pace that the faults allow.
type paced struct {
	m    *mangler
	from io.Reader
}

// Read implements io.Reader.
func (r paced) Read(p []byte) (int, error) {
	f := r.m.faults()
	if f.Pace > 0 && (f.Dir == "" || f.Dir == r.m.dir) {
		step := max(f.Pace/20, 1)
		p = p[:min(len(p), step)]
		if !r.m.wait(time.Second * time.Duration(step) / time.Duration(f.Pace)) {
			return 0, r.m.ctx.Err()
		}
	}
	return r.from.Read(p)
}
