package hidden

import (
	"bytes"
	"slices"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// script is a stream that is put together frame by frame, and what must come of it.
type script struct {
	vector
	after []int // for each of want: where in the stream its last byte is
}

// add appends bytes to the stream, upon which these must come.
func (sc *script) add(bytes []byte, want ...string) {
	sc.bytes = append(sc.bytes, bytes...)
	for _, w := range want {
		sc.want, sc.after = append(sc.want, w), append(sc.after, len(sc.bytes))
	}
}

// data adds a message of one frame.
func (sc *script) data(fin bool, op wire.Opcode, payload []byte) {
	sc.add(sc.from.frame(fin, op, payload), message(op, payload))
}

// control adds a ping or a pong.
func (sc *script) control(op wire.Opcode) {
	payload := probe.Bytes(probe.Int(0, 20))
	sc.add(sc.from.frame(true, op, payload), message(op, payload))
}

// fragments adds a message of n frames, some of them empty, and some control frames between them.
func (sc *script) fragments(n int) {
	op := []wire.Opcode{wire.OpText, wire.OpBinary}[probe.Int(0, 1)]
	var whole bytes.Buffer
	for i := range n {
		part := probe.Bytes(probe.Int(0, 1) * probe.Int(1, 30))
		whole.Write(part)
		kind := op
		if i > 0 {
			kind = wire.OpContinuation
		}
		if i < n-1 {
			sc.add(sc.from.frame(false, kind, part))
			if probe.Int(0, 1) == 1 {
				sc.control(wire.OpPing)
			}
			continue
		}
		sc.add(sc.from.frame(true, kind, part), message(op, whole.Bytes()))
	}
}

// split is the stream with its bytes arriving in many ways. Nothing may be waited for that a result does not need;
// what has arrived may be read ahead, as a bufio.Reader does.
func (sc *script) split() (all []vector) {
	add := func(cuts []int, eager bool) {
		v := sc.vector
		v.cuts, v.eager = cuts, eager
		v.want = append(slices.Clone(sc.want), "end")
		for _, end := range sc.after { // the first cut that has all of it
			i, _ := slices.BinarySearch(cuts, end)
			v.by = append(v.by, append(slices.Clone(cuts), len(sc.bytes))[i])
		}
		all = append(all, v)
	}
	every := make([]int, 0, len(sc.bytes))
	for at := 1; at < len(sc.bytes); at++ {
		add([]int{at}, at%2 == 0)
		every = append(every, at)
	}
	for _, eager := range []bool{false, true} {
		add(nil, eager)
		add(every, eager)
	}
	for range 60 {
		var cuts []int
		for at := probe.Int(1, 20); at < len(sc.bytes); at += probe.Int(1, 20) {
			cuts = append(cuts, at)
		}
		add(cuts, probe.Int(0, 1) == 1)
	}
	return all
}

// ends is the stream with an end at every byte: the peer is gone, or the connection fails.
func (sc *script) ends() (all []vector) {
	for at := range len(sc.bytes) + 1 {
		v := sc.vector
		v.name = text{"a stream that ends after %d bytes", "un flujo que termina tras %d bytes"}.with(at)
		v.bytes, v.eager = sc.bytes[:at], at%2 == 0
		v.want, _ = input{kib, v.bytes}.model(sc.from) // nothing in it is wrong, so there is one answer
		all = append(all, v)
		v.broken, v.want = true, append(slices.Clone(v.want[:len(v.want)-1]), "broken")
		all = append(all, v)
	}
	return all
}

// lengths are those around which something changes, and some others.
func lengths() []int {
	return []int{0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 257, probe.Int(300, 5000), 65535, 65536}
}

func opcodes() []wire.Opcode {
	return []wire.Opcode{wire.OpContinuation, wire.OpText, wire.OpBinary, wire.OpClose, wire.OpPing, wire.OpPong}
}

// closeCodes are those around which something changes, and some others.
func closeCodes() []int {
	codes := []int{0, 1, 10, 100, probe.Int(2, 900), probe.Int(1200, 2900), probe.Int(5100, 65000), 65534, 65535}
	for _, border := range []int{1000, 1050, 1100, 2000, 3000, 4000, 5000} {
		for code := border - 30; code < border+30; code++ {
			codes = append(codes, code)
		}
	}
	return codes
}

// mayBeSent says which codes a close frame may carry (RFC 6455 §7.4 and IANA's registry).
func mayBeSent(code int) bool {
	switch code {
	case 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014:
		return true
	}
	return code >= 3000 && code < 5000
}

// ordinary is what comes of a single frame.
func ordinary(op wire.Opcode, payload []byte) string {
	if op == wire.OpClose {
		return closing(1005, "")
	}
	return message(op, payload)
}

// rightMasks are frames with masks as they should be, in a client's with keys of all kinds.
func rightMasks(from role) (all []vector) {
	for _, key := range [][4]byte{{}, {0xff, 0xff, 0xff, 0xff}, {0, 0, 0, 1}, wire.NewKey(), wire.NewKey(), wire.NewKey()} {
		for n := range 10 {
			payload := probe.Bytes(n)
			f := wire.Frame{Fin: true, Opcode: wire.OpBinary, Masked: from == client, Key: key, Payload: payload}
			all = append(all, vector{
				name: text{"%d bytes of payload, the key is %x", "%d bytes de carga útil, la clave es %x"}.with(n, key), from: from,
				bytes: wire.AppendFrame(nil, f), want: []string{message(wire.OpBinary, payload), "end"},
			})
		}
	}
	return all
}

// atLimit are messages that are just short enough or just too long.
func atLimit(from role, limit int) (all []vector) {
	allowed := int64(limit)
	if limit == 0 {
		allowed = nothing
	}
	whole := probe.Bytes(limit)
	over := from.frame(true, wire.OpBinary, make([]byte, limit+1))
	over = over[:len(over)-limit-1] // the header alone
	sc := func(en, es string) *script {
		return &script{vector: vector{name: text{en + ", limit %d", es + ", límite %d"}.with(limit), from: from, limit: allowed}}
	}
	fits := sc("messages as long as the limit", "mensajes tan largos como el límite")
	for range 2 { // the second one starts again from nothing
		fits.data(true, wire.OpBinary, whole)
		fits.add(from.frame(false, wire.OpText, whole[:limit/2]))
		fits.control(wire.OpPing) // does not count
		fits.add(from.frame(false, wire.OpContinuation, nil))
		fits.add(from.frame(true, wire.OpContinuation, whole[limit/2:]), message(wire.OpText, whole))
	}
	fits.add(over, fail(1009))

	sum := sc("fragments longer than the limit together", "fragmentos que juntos pasan del límite")
	sum.add(from.frame(false, wire.OpBinary, whole[:limit/2]))
	sum.control(wire.OpPong)
	sum.add(from.frame(false, wire.OpContinuation, whole[limit/2:]))
	sum.add(from.frame(false, wire.OpContinuation, nil))
	sum.add(from.header(final|byte(wire.OpContinuation), 1), fail(1009))

	wrong := sc("a wrong frame that is also too long", "una trama incorrecta y además demasiado larga")
	wrong.add(append([]byte{over[0] | 0x40}, over[1:]...), fail(1002))
	return append(all, fits.vector, sum.vector, wrong.vector)
}
