package wire

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Dir is the direction of an entry, seen from the one who checks.
type Dir string

// The two directions. An entry that concerns neither (a note) has an empty Dir.
const (
	Send    Dir = "send"    // checker to subject
	Receive Dir = "receive" // subject to checker
)

// Kind says what an entry of a transcript is.
type Kind string

// The kinds of entry.
const (
	KindOpen         Kind = "open"         // a connection was made; Data says to what
	KindRequest      Kind = "request"      // an HTTP request; Data is its first line and the headers that matter
	KindResponse     Kind = "response"     // an HTTP response, likewise; Length is that of the body if it is known
	KindText         Kind = "text"         // WebSocket frames by opcode
	KindBinary       Kind = "binary"       //
	KindContinuation Kind = "continuation" //
	KindPing         Kind = "ping"         //
	KindPong         Kind = "pong"         //
	KindClose        Kind = "close"        // Code and Data (the reason)
	KindEvent        Kind = "event"        // an event of an event stream: Event, EventID, Data
	KindComment      Kind = "comment"      // a comment line of an event stream
	KindRetry        Kind = "retry"        // a retry field of an event stream
	KindBytes        Kind = "bytes"        // raw bytes
	KindEnd          Kind = "end"          // the connection ended; Data says how
	KindNote         Kind = "note"         // something that did not go over the wire: "stops reading"
)

// Entry is one line of a transcript: what a browser's developer tools show of a frame, and a little more.
type Entry struct {
	At       float64 `json:"at"`                 // seconds since the test began
	Conn     string  `json:"conn,omitempty"`     // which connection: "alice", "ws2"
	Dir      Dir     `json:"dir,omitempty"`      //
	Kind     Kind    `json:"kind"`               //
	Length   int     `json:"length"`             // of the whole payload or body, in bytes
	Data     string  `json:"data,omitempty"`     // payload, at most MaxData bytes of it
	Encoding string  `json:"encoding,omitempty"` // "hex" when the payload is not printable UTF-8
	Cut      bool    `json:"cut,omitempty"`      // Data is only the beginning
	Code     int     `json:"code,omitempty"`     // close code, or HTTP status
	Fin      *bool   `json:"fin,omitempty"`      // of a frame, only when false is worth seeing
	Masked   bool    `json:"masked,omitempty"`   //
	Event    string  `json:"event,omitempty"`    // type of an event ("message" when it names none)
	EventID  string  `json:"event_id,omitempty"` // last event ID as of this event
	Wrong    bool    `json:"wrong,omitempty"`    // the entry at which the test's expectation broke
}

// Output stands for the connection in the note about what a subject printed.
const Output = "output"

// MaxData is how many bytes of a payload a transcript keeps.
const MaxData = 256

// Line prints the entry for a terminal: time, connection, direction, kind, length and payload, in columns. It is
// one line whatever the subject sent, without control characters.
func (e Entry) Line() string {
	arrow := map[Dir]string{Send: "↑", Receive: "↓", "": "·"}[e.Dir]
	what := string(e.Kind)
	switch {
	case e.Kind == KindClose && e.Code != 0:
		what = fmt.Sprintf("close %d", e.Code)
	case e.Kind == KindEvent && e.Event != "message":
		what = "event " + e.Event
	}
	mark := ""
	if e.Cut {
		mark = "…"
	}
	if e.EventID != "" {
		mark += " id=" + strconv.QuoteToGraphic(e.EventID)
	}
	if e.Fin != nil && !*e.Fin {
		mark += " (FIN 0)"
	}
	if e.Wrong {
		mark += "   ◀"
	}
	return fmt.Sprintf("%8.3fs  %-8s %s %-12s %6d  %s%s", e.At, visible(e.Conn), arrow, visible(what), e.Length, e.shown(), mark)
}

// shown is the payload: quoted if it is one, in hex, or as it is where the entry's words are the checker's own.
func (e Entry) shown() string {
	switch {
	case e.Encoding == "hex":
		return "0x" + visible(e.Data)
	case e.Data == "":
		return ""
	}
	switch e.Kind {
	case KindOpen, KindRequest, KindResponse, KindEnd, KindNote:
		return visible(e.Data)
	}
	return strconv.QuoteToGraphic(e.Data)
}

// visible is text on one line, with escapes for what a terminal would obey instead of showing it.
func visible(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == '\n':
			b.WriteString(" ⏎ ")
		case r == utf8.RuneError && n == 1 || !unicode.IsGraphic(r):
			escaped := strconv.QuoteToGraphic(text[:n])
			b.WriteString(escaped[1 : len(escaped)-1])
		default:
			b.WriteRune(r)
		}
		text = text[n:]
	}
	return b.String()
}
