package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"wirelab/lessons"
)

// Options say what kind of box to open.
type Options struct {
	Off   bool // no walls at all: programs run as the grader's own children, on any OS
	Slots int  // programs at once; 64 where 0, at most 256
}

// A Wall is one layer of what stands between a program and the machine.
type Wall struct {
	Name string // "namespaces", "root", "seccomp", "landlock", "memory", "limits"
	Up   bool
	Why  lessons.Text // what it does, or why it is down
}

// A WallError says that a wall which the sandbox cannot do without is missing, and how to get it.
type WallError struct {
	Wall string // as in [Wall]
	Err  error
	Hint lessons.Text
}

// Error names the wall and what was found.
func (e *WallError) Error() string { return fmt.Sprintf("sandbox: no wall %q: %v", e.Wall, e.Err) }

// Unwrap returns what was found.
func (e *WallError) Unwrap() error { return e.Err }

// ErrClosed is what Start returns after Close.
var ErrClosed = errors.New("sandbox: closed")

// A Box runs untrusted programs, each behind the same walls. Its methods may be called at the same time.
type Box struct {
	walls []Wall
	head  []lessons.Text
	fence fence

	room     chan struct{} // one token for each program that may still start
	closed   context.Context
	cancel   context.CancelFunc
	closing  sync.Once
	closeErr error

	mu   sync.Mutex
	free []*slot // the last one used is used next, so that few are ever made
	all  []*slot
}

const (
	defaultSlots = 64
	maxSlots     = 256
)

func newBox(f fence, slots int) (*Box, error) {
	if slots == 0 {
		slots = defaultSlots
	}
	if slots < 1 || slots > maxSlots {
		return nil, fmt.Errorf("sandbox: %d slots: not between 1 and %d", slots, maxSlots)
	}
	b := &Box{fence: f, room: make(chan struct{}, slots)}
	for range slots {
		b.room <- struct{}{}
	}
	b.closed, b.cancel = context.WithCancel(context.Background())
	return b, nil
}

// Walls returns every wall, standing or not, from the outermost.
func (b *Box) Walls() []Wall { return b.walls }

// Head returns what the head of a report must say of the sandbox: nothing when all walls stand.
func (b *Box) Head() []lessons.Text { return b.head }

// Close kills every program that still runs, waits for their end and gives everything back to the machine. Closing twice
// is no error.
func (b *Box) Close() error {
	b.cancel()
	b.closing.Do(func() {
		for range cap(b.room) { // a token comes back when its program is gone
			<-b.room
		}
		var errs []error
		for _, s := range b.all {
			close(s.jobs)
			errs = append(errs, <-s.left)
		}
		b.closeErr = errors.Join(append(errs, b.fence.close())...)
	})
	return b.closeErr
}

// Start runs a program. It waits for a free slot and returns once the program itself has taken over from the inner
// stage; an error of that stage is Start's. When ctx ends, or the box is closed, the program is killed.
func (b *Box) Start(ctx context.Context, c Command) (*Process, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("sandbox: %w", context.Cause(ctx))
	}
	select {
	case <-b.closed.Done():
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, fmt.Errorf("sandbox: wait for a slot: %w", context.Cause(ctx))
	case <-b.room:
	}
	s, err := b.takeSlot()
	if err != nil {
		b.room <- struct{}{}
		return nil, fmt.Errorf("sandbox: slot: %w", err)
	}
	p := &Process{fence: b.fence, slot: s, done: make(chan struct{}), limits: c.Limits, profile: c.Profile}
	started := make(chan error, 1)
	s.jobs <- func() {
		defer b.giveBack(s)
		p.run(c, started)
	}
	if err := <-started; err != nil {
		return nil, fmt.Errorf("sandbox: start %q: %w", c.Path, err)
	}
	go p.supervise(ctx, b.closed)
	return p, nil
}

func (b *Box) takeSlot() (*slot, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.free); n > 0 {
		s := b.free[n-1]
		b.free = b.free[:n-1]
		return s, nil
	}
	s, err := newSlot(&b.fence, len(b.all))
	if err != nil {
		return nil, err
	}
	b.all = append(b.all, s)
	return s, nil
}

func (b *Box) giveBack(s *slot) {
	b.mu.Lock()
	b.free = append(b.free, s)
	b.mu.Unlock()
	b.room <- struct{}{}
}
