package probe

import (
	"sync"
	"time"

	"wirelab/lessons"
)

// inbox holds what a connection's reader has received and no expectation has taken yet.
type inbox[T any] struct {
	mu    sync.Mutex
	items []T
	end   *ending
	more  chan struct{} // closed and replaced whenever something changes
}

// ending says how a connection ended; nothing can come after it.
type ending struct {
	text  lessons.Text
	seq   int  // its entry in the transcript
	fault bool // it did not end, but what came broke the protocol
}

func newInbox[T any]() *inbox[T] { return &inbox[T]{more: make(chan struct{})} }

func (b *inbox[T]) put(item T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.items = append(b.items, item)
	close(b.more)
	b.more = make(chan struct{})
}

func (b *inbox[T]) finish(e ending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end == nil {
		b.end = &e
		close(b.more)
		b.more = make(chan struct{})
	}
}

// verdict on an expectation: it is met, or unmeetable since the connection ended, or unmet within its bound.
type verdict int

const (
	met verdict = iota
	unmeetable
	unmet
)

// take waits for the next item. What was received before the end is still given out after it.
func (b *inbox[T]) take(bound time.Duration) (item T, end ending, v verdict) {
	timer := time.NewTimer(bound)
	defer timer.Stop()
	for {
		b.mu.Lock()
		if len(b.items) > 0 {
			item, b.items = b.items[0], b.items[1:]
			b.mu.Unlock()
			return item, end, met
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
