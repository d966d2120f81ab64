package exercise

import (
	"bytes"
	"strings"
	"sync"
	"time"
)

const (
	maxLines = 2000                   // that are kept of a program's output
	maxLine  = 4 << 10                // bytes of one of them
	maxBatch = 400                    // lines that are published at once; a program in a loop prints a million a second
	settle   = 100 * time.Millisecond // between two batches
)

// A Line is one that the program wrote.
type Line struct {
	Time   int64  `json:"time"` // milliseconds since 1970
	Stream string `json:"stream"`
	Text   string `json:"text"`
}

// Lines are published as the program writes them.
type Lines struct {
	Lines []Line `json:"lines"`
	Left  int    `json:"left"` // how many lines before these were left out
}

// log keeps the last lines of a program's output and publishes them, not too many at once.
type log struct {
	publish func(lines []Line, left int)
	raced   func(report []string)
	mu      sync.Mutex
	kept    []Line
	next    []Line
	left    int
	planned bool
}

func newLog(publish func([]Line, int), raced func([]string)) *log {
	return &log{publish: publish, raced: raced}
}

func (l *log) last() []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Line{}, l.kept...)
}

func (l *log) add(stream, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := Line{time.Now().UnixMilli(), stream, text}
	if len(l.kept) >= 2*maxLines {
		l.kept = append(l.kept[:0:0], l.kept[len(l.kept)-maxLines:]...)
	}
	l.kept = append(l.kept, line)
	if len(l.next) >= maxBatch {
		l.next = append(l.next[:0:0], l.next[1:]...)
		l.left++
	}
	l.next = append(l.next, line)
	if !l.planned {
		l.planned = true
		time.AfterFunc(settle, l.flush)
	}
}

func (l *log) flush() {
	l.mu.Lock()
	lines, left := l.next, l.left
	l.next, l.left, l.planned = nil, 0, false
	l.mu.Unlock()
	if len(lines) > 0 {
		l.publish(lines, left)
	}
}

// writer cuts what is written to it into lines; it is for one goroutine.
func (l *log) writer(stream string) *lineWriter { return &lineWriter{log: l, stream: stream} }

type lineWriter struct {
	log    *log
	stream string
	part   []byte
	report []string // of the race detector, while it is being written
}

const raceMark = "WARNING: DATA RACE"

// Write implements io.Writer; it never fails.
func (w *lineWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		line, rest, whole := bytes.Cut(p, []byte("\n"))
		w.part = append(w.part, line[:min(len(line), maxLine-len(w.part))]...)
		p = rest
		if whole {
			w.line(strings.ToValidUTF8(strings.TrimRight(string(w.part), "\r"), "\uFFFD"))
			w.part = w.part[:0]
		}
	}
	return n, nil
}

func (w *lineWriter) line(text string) {
	w.log.add(w.stream, text)
	switch {
	case strings.HasPrefix(text, "====") && len(w.report) > 0:
		report := w.report
		w.report = nil
		w.log.raced(report)
	case text == raceMark || len(w.report) > 0 && len(w.report) < maxReport:
		w.report = append(w.report, text)
	}
}
