package hidden

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// What FuzzDecode has found: a line for each input, the limit and then the bytes in hex.
//
//go:embed testdata/corpus.txt
var found string

// input is a stream of which nobody said what is in it.
type input struct {
	limit int64
	bytes []byte
}

func corpus() (all []input) {
	for line := range strings.Lines(found) {
		limit, data, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.ParseInt(limit, 10, 64) // the file is ours
		b, _ := hex.DecodeString(data)
		all = append(all, input{n, b})
	}
	return all
}

// mutate makes a new input: parts of one or two others, with a few bytes changed.
func mutate(from []input) input {
	pick := func() input { return from[probe.Int(0, len(from)-1)] }
	in, other := pick(), pick()
	in.bytes = slices.Clone(in.bytes)
	if probe.Int(0, 1) == 1 {
		in.bytes = append(in.bytes, other.bytes...)
	}
	for range probe.Int(0, 3) {
		if len(in.bytes) == 0 {
			break
		}
		at := probe.Int(0, min(len(in.bytes)-1, 40)) // where headers are
		switch probe.Int(0, 3) {
		case 0:
			in.bytes[at] ^= 1 << probe.Int(0, 7)
		case 1:
			in.bytes[at] = probe.Bytes(1)[0]
		case 2:
			in.bytes = slices.Delete(in.bytes, at, at+1)
		case 3:
			in.bytes = slices.Insert(in.bytes, at, in.bytes[probe.Int(0, len(in.bytes)-1)])
		}
	}
	return in
}

func (in input) vector(from role) vector {
	v := vector{name: text{"a stream that was found by fuzzing, or made of such streams", "un flujo hallado con fuzzing, o hecho de flujos así"}, from: from, limit: in.limit, bytes: in.bytes}
	if v.limit == 0 {
		v.limit = nothing
	}
	v.want, v.or = in.model(from)
	return v
}

// model is another decoder, which has all bytes at once and so can be simple. What is not all there may be cut,
// or refused already for what is there: then there are two answers.
func (in input) model(from role) (want, or []string) {
	m := modelState{from: from, limit: uint64(in.limit), rest: in.bytes}
	for {
		if len(m.rest) == 0 && !m.inMessage {
			return append(m.out, "end"), nil
		}
		fault := m.readHeader()
		switch {
		case m.short && fault != "":
			return append(m.out, "cut"), append(slices.Clone(m.out), fault)
		case m.short:
			return append(m.out, "cut"), nil
		case fault != "":
			return append(m.out, fault), nil
		case uint64(len(m.rest)) < m.length && m.op == wire.OpClose && m.length == 1: // half a code, says the header already
			return append(m.out, "cut"), append(slices.Clone(m.out), fail(1002))
		case uint64(len(m.rest)) < m.length:
			return append(m.out, "cut"), nil
		}
		if end := m.readPayload(); end != "" {
			return append(m.out, end), nil
		}
	}
}

type modelState struct {
	from  role
	limit uint64
	rest  []byte
	out   []string

	message   bytes.Buffer
	first     wire.Opcode // of the message
	inMessage bool

	fin    bool // of the frame
	op     wire.Opcode
	length uint64
	key    []byte
	short  bool // its header is not all there
}

// take returns the next n bytes, or zeros if there are not so many.
func (m *modelState) take(n int) []byte {
	if m.short = m.short || n > len(m.rest); m.short {
		return make([]byte, n)
	}
	b := m.rest[:n]
	m.rest = m.rest[n:]
	return b
}

// readHeader reads a header and returns what is wrong with it, as far as it is there.
func (m *modelState) readHeader() (fault string) {
	wrong := func(is bool) {
		if is && !m.short && fault == "" {
			fault = fail(1002)
		}
	}
	b := m.take(1)[0]
	m.fin, m.op = b&0x80 != 0, wire.Opcode(b&0xF)
	wrong(b&0x70 != 0)
	wrong(!slices.Contains(opcodes(), m.op))
	wrong(m.op.IsControl() && !m.fin)
	wrong(!m.op.IsControl() && (m.op == wire.OpContinuation) != m.inMessage)
	b = m.take(1)[0]
	wrong(b&0x80 != 0 != (m.from == client))
	m.length = uint64(b & 0x7F)
	wrong(m.op.IsControl() && m.length > 125)
	switch m.length {
	case 126:
		m.length = uint64(binary.BigEndian.Uint16(m.take(2)))
		wrong(m.length < 126)
	case 127:
		m.length = binary.BigEndian.Uint64(m.take(8))
		wrong(m.length < 65536 || m.length >= 1<<63)
	}
	if tooBig := m.length > m.limit-uint64(m.message.Len()); tooBig && !m.op.IsControl() && !m.short && fault == "" {
		fault = fail(1009)
	}
	m.key = make([]byte, 4)
	if b&0x80 != 0 {
		m.key = m.take(4)
	}
	return fault
}

// readPayload reads what is there and returns what ends the stream, if it does.
func (m *modelState) readPayload() (end string) {
	payload := slices.Clone(m.take(int(m.length)))
	wire.Mask(payload, [4]byte(m.key))
	switch {
	case m.op == wire.OpClose && len(payload) == 0:
		m.out = append(m.out, closing(1005, ""))
		return "end"
	case m.op == wire.OpClose:
		code, reason, ok := wire.ParseClose(payload)
		if !ok || !mayBeSent(code) {
			return fail(1002)
		}
		if !utf8.ValidString(reason) {
			return fail(1007)
		}
		m.out = append(m.out, closing(code, reason))
		return "end"
	case m.op.IsControl():
		m.out = append(m.out, message(m.op, payload))
		return ""
	case m.op != wire.OpContinuation:
		m.first = m.op
	}
	m.inMessage = !m.fin
	m.message.Write(payload)
	if m.fin {
		m.out = append(m.out, message(m.first, m.message.Bytes()))
		m.message.Reset()
	}
	return ""
}
