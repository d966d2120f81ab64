package wire

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
)

// Event is one event of an event stream as the standard dispatches it (WHATWG HTML §9.2.6).
type Event struct {
	Type string // "message" where the stream names none
	Data string // lines joined by "\n", without a last one
	ID   string // the last event ID as of this event: it stays until another id field comes
}

// Block is what stands between two empty lines of an event stream, or a part of it that matters by itself: an
// event that was dispatched, a comment, a retry field.
type Block struct {
	Kind  Kind   // KindEvent, KindComment or KindRetry
	Event Event  // of an event
	Text  string // of a comment or a retry field: what follows the colon, without one leading space
	Size  int    // bytes of the stream since the last block
}

// EventReader reads an event stream by the rules of WHATWG HTML §9.2.6: LF, CR LF and CR end lines, one leading
// byte order mark is passed over, an event without data or without its empty line is not dispatched.
type EventReader struct {
	r       *bufio.Reader
	limit   int
	started bool
	skipLF  bool
	size    int
	id      string
	typ     string
	data    strings.Builder
	hasData bool
}

// NewEventReader reads from r. A line or an event of more than limit bytes ends the stream with [ErrTooLong].
func NewEventReader(r io.Reader, limit int) *EventReader {
	return &EventReader{r: bufio.NewReader(r), limit: limit}
}

// Next returns the next event, comment or retry field. At the stream's end it returns the reader's error, io.EOF
// for an orderly one; what was not finished by an empty line is dropped, as the standard says.
func (er *EventReader) Next() (Block, error) {
	for {
		line, err := er.line()
		if err != nil {
			return Block{}, err
		}
		if len(line) == 0 {
			if b, ok := er.dispatch(); ok {
				return b, nil
			}
			continue
		}
		if b, ok := er.field(line); ok {
			return b, nil
		}
		if er.data.Len() > er.limit {
			return Block{}, ErrTooLong
		}
	}
}

// line returns the next line without its end. After a CR it does not wait to see whether an LF follows.
func (er *EventReader) line() ([]byte, error) {
	var line []byte
	for {
		c, err := er.r.ReadByte()
		if err != nil {
			return nil, err
		}
		er.size++
		skip := er.skipLF
		er.skipLF = false
		switch {
		case c == '\n' && skip:
			continue
		case c == '\r', c == '\n':
			er.skipLF = c == '\r'
			if !er.started {
				er.started = true
				line = bytes.TrimPrefix(line, []byte("\uFEFF"))
			}
			return line, nil
		}
		if line = append(line, c); len(line) > er.limit {
			return nil, ErrTooLong
		}
	}
}

func (er *EventReader) field(line []byte) (Block, bool) {
	name, value, _ := strings.Cut(string(line), ":")
	value = strings.TrimPrefix(value, " ")
	switch name {
	case "":
		return er.block(Block{Kind: KindComment, Text: value}), true
	case "data":
		er.data.WriteString(value)
		er.data.WriteByte('\n')
		er.hasData = true
	case "event":
		er.typ = value
	case "id":
		if !strings.Contains(value, "\x00") {
			er.id = value
		}
	case "retry":
		if _, err := strconv.ParseUint(value, 10, 63); err == nil {
			return er.block(Block{Kind: KindRetry, Text: value}), true
		}
	}
	return Block{}, false
}

func (er *EventReader) dispatch() (Block, bool) {
	ev := Event{Type: er.typ, Data: strings.TrimSuffix(er.data.String(), "\n"), ID: er.id}
	if ev.Type == "" {
		ev.Type = "message"
	}
	had := er.hasData
	er.typ, er.hasData = "", false
	er.data.Reset()
	if !had {
		return Block{}, false
	}
	return er.block(Block{Kind: KindEvent, Event: ev}), true
}

func (er *EventReader) block(b Block) Block {
	b.Size, er.size = er.size, 0
	return b
}
