package sseclient

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// This file is given: leave it as it is. What it does is the subject of lesson 03.

const (
	parserLine  = 1 << 20 // bytes of the longest line
	parserBlock = 4 << 20 // bytes of the longest block
)

var errParserTooLong = errors.New("a line or a block of the stream is too long")

// NewParser reads an event stream by the rules of WHATWG HTML §9.2.6. A line of more than 1 MiB, or an event of more
// than 4 MiB, ends the stream with an error.
func NewParser(stream io.Reader) Blocks {
	return &parser{r: bufio.NewReader(stream)}
}

type parser struct {
	r       *bufio.Reader
	started bool // the first line is behind us
	skipLF  bool // the last line ended with CR: an LF that follows belongs to it
	block   Block
	typ     string
	data    []string
	size    int // bytes in data
}

// Next implements [Blocks].
func (p *parser) Next() (Block, error) {
	for {
		line, err := p.line()
		switch {
		case err != nil:
			return p.take(), err
		case line != "":
			p.field(line)
		default:
			if b := p.take(); b != (Block{}) {
				return b, nil
			}
		}
		if p.size > parserBlock {
			return p.take(), errParserTooLong
		}
	}
}

// line returns the next line without its end, which may be LF, CR or CR LF. It does not wait for the byte after a CR.
func (p *parser) line() (string, error) {
	var line []byte
	for {
		b, err := p.r.ReadByte()
		if err != nil {
			return "", err // what was read of an unfinished line says nothing
		}
		again := b == '\n' && p.skipLF
		p.skipLF = b == '\r'
		switch {
		case again:
			continue
		case b == '\r', b == '\n':
			text := string(line)
			if !p.started {
				p.started = true
				text = strings.TrimPrefix(text, "\uFEFF")
			}
			return text, nil
		case len(line) == parserLine:
			return "", errParserTooLong
		}
		line = append(line, b)
	}
}

func (p *parser) field(line string) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch name {
	case "data":
		p.data = append(p.data, value)
		p.size += len(value) + 1
	case "event":
		p.typ = value
	case "id":
		if !strings.Contains(value, "\x00") {
			p.block.ID = &value
		}
	case "retry":
		if value != "" && strings.Trim(value, "0123456789") == "" {
			p.block.Retry = parserRetry(value)
		}
	}
}

// parserRetry turns digits into a time to wait, at least 1 ms and at most a day.
func parserRetry(digits string) *time.Duration {
	day := 24 * time.Hour
	ms, err := strconv.ParseInt(digits, 10, 64)
	if err != nil { // more than 64 bits hold
		ms = day.Milliseconds()
	}
	d := time.Duration(min(max(ms, 1), day.Milliseconds())) * time.Millisecond
	return &d
}

// take returns what the block has come to, and begins the next one.
func (p *parser) take() Block {
	b := p.block
	if p.data != nil {
		b.Event = &Event{Type: p.typ, Data: strings.Join(p.data, "\n")}
		if p.typ == "" {
			b.Event.Type = "message"
		}
	}
	p.block, p.typ, p.data, p.size = Block{}, "", nil, 0
	return b
}
