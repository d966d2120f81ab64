package report

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"wirelab/grader/wire"
)

// A row is a line of a transcript in words: what every form of report shows of an entry, and how.
type row struct {
	Time   string // seconds, to the millisecond
	Conn   string
	Arrow  string // ↑ from the checker, ↓ from the subject, · neither
	Dir    string // the same for people who hear it
	Kind   wire.Kind
	What   string // the opcode or the kind
	Detail string // what the payload does not say: an event's type and ID, a close code's name, FIN 0
	Length string // with its unit; empty where it says nothing
	Data   string // payload as it came, if it is text
	Dump   string // payload in hexadecimal, many lines, if it is not
	Flat   string // the same in one line
	Lines  bool   // Data is made of lines: a request, a response
	Cut    bool   // Data is only the beginning
	Wrong  bool
}

func rows(entries []wire.Entry, w words) []row {
	all := make([]row, 0, len(entries))
	for _, e := range entries {
		r := row{
			Time: fmt.Sprintf("%.3f", e.At), Conn: short(e.Conn), Arrow: "·", Kind: e.Kind, What: cmp.Or(w.Kinds[e.Kind], string(e.Kind)),
			Detail: detail(e, w), Length: length(e), Data: e.Data, Cut: e.Cut, Wrong: e.Wrong,
		}
		if e.Kind == wire.KindNote && e.Conn == wire.Output {
			r.Conn = w.Output
		}
		switch e.Dir {
		case wire.Send:
			r.Arrow, r.Dir = "↑", w.Sent
		case wire.Receive:
			r.Arrow, r.Dir = "↓", w.Received
		}
		if raw, err := hex.DecodeString(e.Data); err == nil && e.Encoding == "hex" {
			r.Data, r.Dump, r.Flat = "", dump(raw), fmt.Sprintf("% x", raw)
		}
		r.Lines = e.Kind == wire.KindRequest || e.Kind == wire.KindResponse
		all = append(all, r)
	}
	return all
}

func detail(e wire.Entry, w words) string {
	var all []string
	if e.Kind == wire.KindClose && e.Code != 0 {
		all = append(all, strings.TrimSpace(strconv.Itoa(e.Code)+" "+w.closeCode(e.Code)))
	}
	if e.Kind == wire.KindEvent && e.Event != "" {
		all = append(all, short(e.Event))
	}
	if e.EventID != "" {
		all = append(all, "id "+short(e.EventID))
	}
	if e.Fin != nil && !*e.Fin {
		all = append(all, "FIN 0")
	}
	if e.Masked && e.Dir == wire.Receive { // a server must not (RFC 6455 §5.1)
		all = append(all, w.Masked)
	}
	return strings.Join(all, " · ")
}

// short keeps the beginning of a name that a program chose: a table has to bear it.
func short(name string) string {
	const most = 48
	if r := []rune(name); len(r) > most {
		return string(r[:most]) + "…"
	}
	return name
}

func length(e wire.Entry) string {
	switch e.Kind {
	case wire.KindOpen, wire.KindEnd, wire.KindNote:
		return ""
	case wire.KindRequest, wire.KindResponse:
		if e.Length == 0 { // not known, or nothing to say
			return ""
		}
	}
	return strconv.Itoa(e.Length) + " B"
}

// perLine is how many bytes a line of a dump holds; more would not fit on a phone.
const perLine = 8

// dump writes bytes as people read them: offset, hexadecimal, and the characters that there are.
func dump(raw []byte) string {
	var b strings.Builder
	for at := 0; at < len(raw); at += perLine {
		line := raw[at:min(at+perLine, len(raw))]
		text := []byte(strings.Repeat(".", len(line)))
		for i, c := range line {
			if c >= ' ' && c <= '~' {
				text[i] = c
			}
		}
		if at > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%02x  %-*s  %s", at, 3*perLine-1, fmt.Sprintf("% x", line), text)
	}
	return b.String()
}

// payload is a row's data as one line for forms without a layout of their own.
func (r row) payload() string {
	data := r.Data
	switch {
	case r.Flat != "":
		data = r.Flat
	case r.Lines:
		data = Visible(strings.ReplaceAll(data, "\n", " · "), false)
	default:
		data = Visible(data, false)
	}
	if r.Cut {
		data += " …"
	}
	return data
}
