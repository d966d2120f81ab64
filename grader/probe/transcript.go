package probe

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"wirelab/grader/wire"
)

// keep is how many entries a transcript holds: the last ones.
const keep = 120

// transcript is what went over all wires of a test, in the order in which the probe saw it.
type transcript struct {
	mu    sync.Mutex
	start time.Time
	list  []wire.Entry
	first int  // sequence number of list[0]
	heard bool // something came from the subject
}

func newTranscript() *transcript { return &transcript{start: time.Now()} }

// restart sets the clock to zero: the time that it took to start the subject says nothing about it.
func (tr *transcript) restart() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.start = time.Now()
}

func (tr *transcript) since() float64 {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return time.Since(tr.start).Seconds()
}

// add appends the entry, with the time of now, and returns its sequence number.
func (tr *transcript) add(e wire.Entry) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	e.Data, e.Event, e.EventID = cut(e.Data), cut(e.Event), cut(e.EventID)
	e.At = time.Since(tr.start).Round(time.Microsecond).Seconds()
	tr.heard = tr.heard || e.Dir == wire.Receive && e.Kind != wire.KindEnd
	tr.list = append(tr.list, e)
	if len(tr.list) >= 2*keep {
		drop := len(tr.list) - keep
		tr.list = append([]wire.Entry(nil), tr.list[drop:]...)
		tr.first += drop
	}
	return tr.first + len(tr.list) - 1
}

// maxText bounds each text of a transcript's entry and of a failure, in bytes: a subject chooses how long its headers
// and the names of its events are.
const maxText = 4 << 10

// cut shortens a text to maxText, without breaking a character.
func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(strings.Clone(text[:maxText]), "") + "…" // a part would keep the whole alive
}

// wrong marks the entry at which an expectation broke.
func (tr *transcript) wrong(seq int) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if i := seq - tr.first; i >= 0 && i < len(tr.list) {
		tr.list[i].Wrong = true
	}
}

func (tr *transcript) entries() []wire.Entry {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	list := tr.list
	if len(list) > keep {
		list = list[len(list)-keep:]
	}
	return append([]wire.Entry(nil), list...)
}

// shown is how many entries a failure prints in the terminal.
const shown = 12

// String prints the last entries, a line each, in columns.
func (tr *transcript) String() string {
	list := tr.entries()
	var b strings.Builder
	if n := len(list) - shown; n > 0 {
		fmt.Fprintf(&b, "  … %d\n", n)
		list = list[n:]
	}
	for _, e := range list {
		b.WriteString("  " + e.Line() + "\n")
	}
	return b.String()
}

// ended reports whether the last thing seen is the end of a connection.
func (tr *transcript) ended() bool {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	n := len(tr.list)
	return n > 0 && tr.list[n-1].Kind == wire.KindEnd
}

// answered reports whether the subject has sent anything at all.
func (tr *transcript) answered() bool {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.heard
}
