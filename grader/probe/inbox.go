package probe

import (
	"sync"
	"sync/atomic"
	"time"

	"wirelab/lessons"
)

// inbox holds what a connection's reader has received and no expectation has taken yet.
type inbox[T any] struct {
	held *atomic.Int64 // bytes in all inboxes of the subject

	mu    sync.Mutex
	items []stored[T]
	end   *ending
	more  chan struct{} // closed and replaced whenever something changes
}

type stored[T any] struct {
	item T
	size int64
}

// ending says how a connection ended; nothing can come after it.
type ending struct {
	text  lessons.Text
	seq   int  // its entry in the transcript
	fault bool // it did not end, but what came broke the protocol, or was too much
}

// maxHeld bounds what waits in the inboxes of a test, in bytes: a subject may send as fast as it likes.
const maxHeld = 64 << 20

// itemSize is what an item costs besides its data, in bytes, rounded up.
const itemSize = 256

func newInbox[T any](held *atomic.Int64) *inbox[T] {
	return &inbox[T]{held: held, more: make(chan struct{})}
}

// put adds an item with so many bytes of data. It reports false, and adds nothing, if too much is waiting. What
// comes after the end is dropped.
func (b *inbox[T]) put(item T, size int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end != nil {
		return true
	}
	cost := int64(size) + itemSize
	if b.held.Add(cost) > maxHeld {
		b.held.Add(-cost)
		return false
	}
	b.items = append(b.items, stored[T]{item, cost})
	b.changed()
	return true
}

func (b *inbox[T]) finish(e ending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end == nil {
		b.end = &e
		b.changed()
	}
}

// changed wakes whoever waits; mu is held.
func (b *inbox[T]) changed() {
	close(b.more)
	b.more = make(chan struct{})
}

// verdict on an expectation: it is met, or unmeetable since the connection ended, or unmet within its bound.
type verdict int

const (
	met verdict = iota
	unmeetable
	unmet
)

// take waits for the next item until the deadline. What was received before the end is still given out after it.
func (b *inbox[T]) take(deadline time.Time) (item T, end ending, v verdict) {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	for {
		b.mu.Lock()
		if len(b.items) > 0 {
			first := b.items[0]
			b.items[0] = stored[T]{} // so that it can be collected
			b.items = b.items[1:]
			b.mu.Unlock()
			b.held.Add(-first.size)
			return first.item, end, met
		}
		if b.end != nil {
			end = *b.end
			b.mu.Unlock()
			return item, end, unmeetable
		}
		more := b.more
		b.mu.Unlock()
		select {
		case <-more:
		case <-timer.C:
			return item, end, unmet
		}
	}
}

// tooMuch is what came if a subject sends more than a test can hold.
func tooMuch() lessons.Text {
	return lessons.Text{
		EN: "more than 64 MiB that nobody had asked for",
		ES: "más de 64 MiB que nadie había pedido",
	}
}
