// Package hidden holds the graded tests of the lesson.
package hidden

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// A length is not written in its shortest form: up to 125 it stands in the second byte, up to 65535 in two bytes
// more, and in eight bytes from there on.
//
//wirelab:es Una longitud no se escribe en su forma más corta: hasta 125 va en el segundo byte, hasta 65535 en dos bytes más, y desde ahí en ocho.
//wirelab:points 2
//wirelab:hint Write the four lengths at the borders on paper: 125, 126, 65535, 65536. On which side of your comparisons does each fall, and in which order do its bytes go?
//wirelab:hint.es Escribe en un papel las cuatro longitudes de los bordes: 125, 126, 65535 y 65536. ¿De qué lado de tus comparaciones cae cada una, y en qué orden van sus bytes?
func TestEncodesLengths(t *testing.T) {
	s := start(t)
	var all []encoding
	for _, from := range roles() {
		for _, n := range lengths() {
			all = append(all, encoding{From: from, Fin: true, Opcode: wire.OpBinary, Payload: probe.Bytes(n), Prefix: probe.Bytes(probe.Int(0, 3))})
		}
	}
	encode(s, all, func(e encoding, out []byte) {
		e.expect(s, out, e.frame(len(out) > 1 && out[1]&masked != 0)) // whether it is masked is not the question here
	})
}

// Masks are not where they belong: a client masks every frame, with a new key each time, and a server none; a frame
// that comes with a mask or without one against this rule ends in 1002.
//
//wirelab:es Las máscaras no están donde deben: un cliente enmascara cada trama, con una clave nueva cada vez, y un servidor ninguna; una trama que llega con máscara o sin ella contra esta regla termina en 1002.
//wirelab:points 3
//wirelab:hint Who is from? It decides about the mask in both directions. And is the memory that you mask really yours?
//wirelab:hint.es ¿Quién es from? Eso decide la máscara en ambas direcciones. ¿Y es realmente tuya la memoria que enmascaras?
func TestMasks(t *testing.T) {
	s := start(t)
	var frames []encoding
	var streams []vector
	for _, from := range roles() {
		for _, op := range opcodes() {
			e := encoding{From: from, Fin: true, Opcode: op, Payload: probe.Bytes(probe.Int(1, 125))}
			frames = append(frames, e)
			wrong := wire.AppendFrame(nil, wire.Frame{Fin: true, Opcode: op, Masked: from == server, Key: wire.NewKey()})
			streams = append(streams, vector{name: text{"a frame that is masked only if it should not be", "una trama que lleva máscara solo si no debe"}, from: from, bytes: wrong, want: []string{fail(1002)}})
		}
		streams = append(streams, rightMasks(from)...)
	}
	seen := map[string]bool{string(make([]byte, 4)): true}
	encode(s, frames, func(e encoding, out []byte) {
		e.expect(s, out, e.frame(e.From == client))
		if e.From == server {
			return
		}
		if key := string(out[2:6]); seen[key] {
			s.Failf("expected  a random key, another one for each frame\ngot       %x once more",
				"se esperaba  una clave al azar, otra en cada trama\nllegó        %x otra vez", key)
		} else {
			seen[key] = true
		}
	})
	decode(s, streams...)
}

// A frame that nobody may send is encoded all the same: a control frame that is a fragment or longer than 125 bytes,
// or a reserved opcode. Or one that is fine is refused.
//
//wirelab:es Una trama que nadie puede enviar se codifica de todos modos: una de control que es un fragmento o pasa de 125 bytes, o con un opcode reservado. O se rechaza una que está bien.
//wirelab:points 2
//wirelab:hint RFC 6455 §5.5 has two rules for control frames, §5.2 says which opcodes exist. An Opcode is a whole byte: what would 0x12 do to your first byte?
//wirelab:hint.es La RFC 6455 §5.5 tiene dos reglas para las tramas de control y §5.2 dice qué opcodes existen. Un Opcode es un byte entero: ¿qué le haría 0x12 a tu primer byte?
func TestEncoderRefuses(t *testing.T) {
	s := start(t)
	var all []encoding
	for _, from := range roles() {
		for op := range wire.Opcode(0x20) {
			for _, n := range []int{0, 1, 125, 126, 200} {
				for _, fin := range []bool{true, false} {
					all = append(all, encoding{From: from, Fin: fin, Opcode: op, Payload: make([]byte, n)})
				}
			}
		}
	}
	encode(s, all, nil)
}

// A length is misread, or one is accepted that is not in its shortest form or has its highest bit set.
//
//wirelab:es Una longitud se lee mal, o se acepta una que no está en su forma más corta o que tiene puesto el bit más alto.
//wirelab:points 2
//wirelab:hint After 126 come two bytes, after 127 eight, the most significant first. Which lengths have no business in the two bytes, and which none in the eight?
//wirelab:hint.es Después de 126 vienen dos bytes y después de 127 ocho, el más significativo primero. ¿Qué longitudes no pintan nada en los dos bytes, y cuáles en los ocho?
func TestDecodesLengths(t *testing.T) {
	s := start(t)
	var all []vector
	for _, from := range roles() {
		for _, n := range lengths() {
			payload := probe.Bytes(n)
			all = append(all, vector{
				name: text{"a message of %d bytes", "un mensaje de %d bytes"}.with(n), from: from, limit: 80 * kib,
				bytes: from.frame(true, wire.OpBinary, payload), want: []string{message(wire.OpBinary, payload), "end"},
			})
		}
		refused := func(name text, form byte, length []byte) {
			all = append(all, vector{name: name, from: from, limit: math.MaxInt64, bytes: from.header(final|byte(wire.OpBinary), form, length...), want: []string{fail(1002)}})
		}
		for _, n := range []uint64{0, 1, 2, 100, 124, 125} {
			refused(text{"length %d in two bytes", "longitud %d en dos bytes"}.with(n), 126, binary.BigEndian.AppendUint16(nil, uint16(n)))
			refused(text{"length %d in eight bytes", "longitud %d en ocho bytes"}.with(n), 127, binary.BigEndian.AppendUint64(nil, n))
			refused(text{"length 2⁶³ + %d", "longitud 2⁶³ + %d"}.with(n), 127, binary.BigEndian.AppendUint64(nil, 1<<63|n))
		}
		for _, n := range []uint64{126, 127, 128, 255, 256, 65534, 65535} {
			refused(text{"length %d in eight bytes", "longitud %d en ocho bytes"}.with(n), 127, binary.BigEndian.AppendUint64(nil, n))
		}
		refused(text{"length 2⁶⁴ − 1", "longitud 2⁶⁴ − 1"}, 127, binary.BigEndian.AppendUint64(nil, math.MaxUint64))
	}
	decode(s, all...)
}

// A reserved bit that is set, or a reserved opcode, does not end in 1002 at once.
//
//wirelab:es Un bit reservado que está puesto, o un opcode reservado, no termina enseguida en 1002.
//wirelab:points 2
//wirelab:hint Take the first byte apart: one bit, three bits, four bits. What do you do with the three? The opcodes 3 to 7 and 11 to 15 mean nothing yet.
//wirelab:hint.es Desarma el primer byte: un bit, tres bits, cuatro bits. ¿Qué haces con los tres? Los opcodes 3 a 7 y 11 a 15 todavía no significan nada.
func TestReservedBits(t *testing.T) {
	s := start(t)
	var all []vector
	for _, from := range roles() {
		for first := range 256 {
			rsv, op := first>>4&7, wire.Opcode(first&0xF)
			if rsv == 0 && slices.Contains(opcodes(), op) {
				payload := probe.Bytes(5)
				if op == wire.OpClose {
					payload = nil
				}
				if first&final != 0 && op != wire.OpContinuation {
					all = append(all, vector{name: text{"an ordinary frame", "una trama normal"}, from: from, bytes: from.frame(true, op, payload), want: []string{ordinary(op, payload), "end"}})
				}
				continue
			}
			name := text{"first byte %#02x: reserved bits %03b, opcode %#x", "primer byte %#02x: bits reservados %03b, opcode %#x"}.with(first, rsv, byte(op))
			for _, form := range []byte{0, 5} { // with a payload that has not come yet
				header := from.header(byte(first), form)
				all = append(all, vector{name: name, from: from, bytes: header, want: []string{fail(1002)}})
				before := from.frame(false, wire.OpText, []byte("to be continued"))
				all = append(all, vector{name: name, from: from, bytes: slices.Concat(before, header), want: []string{fail(1002)}})
			}
		}
	}
	decode(s, all...)
}

// Fragments do not become the message that they are parts of: its frames in order, control frames between them
// delivered on the way, and 1002 for a continuation of nothing or a message within a message.
//
//wirelab:es Los fragmentos no se convierten en el mensaje del que son parte: sus tramas en orden, las de control que llegan en medio entregadas por el camino, y 1002 para una continuación de nada o un mensaje dentro de otro.
//wirelab:points 3
//wirelab:hint What must a Reader remember from one frame to the next? A ping in between must not change it, and a fragment may be empty.
//wirelab:hint.es ¿Qué debe recordar un Reader de una trama a la siguiente? Un ping en medio no debe cambiarlo, y un fragmento puede estar vacío.
func TestFragments(t *testing.T) {
	s := start(t)
	var all []vector
	for _, from := range roles() {
		for range 60 {
			sc := script{vector: vector{name: text{"messages in fragments", "mensajes en fragmentos"}, from: from}}
			for range 3 {
				sc.fragments(probe.Int(1, 6))
			}
			sc.add(nil, "end")
			all = append(all, sc.vector)
		}
		first := from.frame(false, wire.OpText, []byte("a"))
		last := from.frame(true, wire.OpContinuation, []byte("z"))
		ping := from.frame(true, wire.OpPing, nil)
		refuse := func(name text, want []string, parts ...[]byte) {
			all = append(all, vector{name: name, from: from, bytes: slices.Concat(parts...), want: append(want, fail(1002))})
		}
		for _, fin := range []byte{0, final} {
			continued := from.header(fin|byte(wire.OpContinuation), 9)
			refuse(text{"a continuation of nothing", "una continuación de nada"}, nil, continued)
			refuse(text{"a continuation of a message that is complete", "la continuación de un mensaje que ya está completo"}, []string{message(wire.OpText, []byte("az"))}, first, last, continued)
			for _, op := range []wire.Opcode{wire.OpText, wire.OpBinary} {
				header := from.header(fin|byte(op), 9)
				refuse(text{"a message that begins within another one", "un mensaje que empieza dentro de otro"}, nil, first, header)
				refuse(text{"a ping, then a message within a message", "un ping y después un mensaje dentro de otro"}, []string{"ping"}, first, ping, header)
				refuse(text{"a message within a message whose fragments are empty", "un mensaje dentro de otro cuyos fragmentos están vacíos"}, nil, from.frame(false, op, nil), from.frame(false, wire.OpContinuation, nil), header)
			}
		}
	}
	decode(s, all...)
}

// A control frame is refused that is fine, or accepted that is not: it has at most 125 bytes of payload and is never
// a fragment, anything else ends in 1002.
//
//wirelab:es Se rechaza una trama de control que está bien, o se acepta una que no: lleva como mucho 125 bytes de carga útil y nunca es un fragmento; cualquier otra cosa termina en 1002.
//wirelab:points 2
//wirelab:hint Which bit of the opcode makes a control frame? Its header alone tells whether it is allowed; do you look before you read the payload?
//wirelab:hint.es ¿Qué bit del opcode hace que una trama sea de control? La cabecera sola dice si está permitida; ¿la miras antes de leer la carga útil?
func TestControlFrames(t *testing.T) {
	s := start(t)
	var all []vector
	for _, from := range roles() {
		for _, op := range []wire.Opcode{wire.OpPing, wire.OpPong, wire.OpClose} {
			name := text{"a %s frame", "una trama %s"}.with(op)
			for n := 0; n <= 125 && op != wire.OpClose; n++ {
				payload := probe.Bytes(n)
				all = append(all, vector{name: name, from: from, limit: nothing, bytes: from.frame(true, op, payload), want: []string{message(op, payload), "end"}})
			}
			var wrong [][]byte
			for n := range byte(126) {
				wrong = append(wrong, from.header(byte(op), n))
			}
			for _, n := range []uint16{0, 125, 126, 127, 256, 65535} {
				wrong = append(wrong, from.header(final|byte(op), 126, binary.BigEndian.AppendUint16(nil, n)...))
			}
			for _, n := range []uint64{0, 125, 126, 65535, 65536, 1 << 40, 1<<63 - 1} {
				wrong = append(wrong, from.header(final|byte(op), 127, binary.BigEndian.AppendUint64(nil, n)...))
			}
			for _, header := range wrong {
				all = append(all,
					vector{name: name, from: from, bytes: header, want: []string{fail(1002)}},
					vector{name: name, from: from, bytes: slices.Concat(from.frame(false, wire.OpText, nil), header), want: []string{fail(1002)}})
			}
		}
	}
	decode(s, all...)
}

// A close frame is misread. It has no payload, or a code that may be sent and a reason in UTF-8; half a code or a
// wrong one ends in 1002, a wrong reason in 1007, and whatever follows a close frame is not read.
//
//wirelab:es Una trama de cierre se lee mal. No lleva carga útil, o lleva un código que se puede enviar y un motivo en UTF-8; medio código o uno que no vale termina en 1002, un motivo que no vale en 1007, y lo que sigue a una trama de cierre no se lee.
//wirelab:points 3
//wirelab:hint There are four cases: no byte, one byte, two bytes, more. The notes list the codes that may be sent; what does Next return after a Close?
//wirelab:hint.es Hay cuatro casos: ningún byte, uno, dos, más. Las notas dicen qué códigos se pueden enviar; ¿qué devuelve Next después de un Close?
func TestCloseFrames(t *testing.T) {
	s := start(t)
	var all []vector
	for _, from := range roles() {
		add := func(name text, payload []byte, want ...string) {
			all = append(all, vector{name: name, from: from, bytes: from.frame(true, wire.OpClose, payload), want: want})
		}
		add(text{"a close frame without a payload", "una trama de cierre sin carga útil"}, nil, closing(1005, ""), "end")
		for range 4 {
			add(text{"half a close code", "medio código de cierre"}, probe.Bytes(1), fail(1002))
		}
		for _, code := range closeCodes() {
			name := text{"close code %d", "código de cierre %d"}.with(code)
			payload := binary.BigEndian.AppendUint16(nil, uint16(code))
			if !mayBeSent(code) {
				add(name, payload, fail(1002))
				continue
			}
			reason := probe.Text(probe.Int(1, 123))
			add(name, payload, closing(code, ""), "end")
			add(name, append(payload, reason...), closing(code, reason), "end")
		}
		for _, wrong := range []string{"\xff", "caf\xe9", "\xc3", "🦊"[:3], "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", probe.Text(100) + "\x80"} {
			add(text{"a close reason that is not UTF-8", "un motivo que no es UTF-8"}, wire.ClosePayload(1000, wrong), fail(1007))
		}
		closed := from.frame(true, wire.OpClose, wire.ClosePayload(4000, "that was all"))
		for _, after := range [][]byte{from.frame(true, wire.OpText, []byte("one more thing")), closed, probe.Bytes(9), {0x81}} {
			name := text{"bytes after a close frame", "bytes después de una trama de cierre"}
			all = append(all,
				vector{name: name, from: from, bytes: slices.Concat(closed, after), want: []string{closing(4000, "that was all"), "end"}},
				vector{name: name, from: from, bytes: slices.Concat(from.frame(false, wire.OpText, nil), closed, after), want: []string{closing(4000, "that was all"), "end"}})
		}
	}
	decode(s, all...)
}

// What is decoded depends on how the bytes arrive: in one piece, cut somewhere, byte by byte, or with an end in the
// middle.
//
//wirelab:es Lo que se decodifica depende de cómo llegan los bytes: de una vez, cortados en algún punto, byte a byte, o con un final en medio.
//wirelab:points 3
//wirelab:hint Read may give you one byte, and io.EOF together with the last one. What reads exactly as many as you ask for, and which of its two errors means that something is missing?
//wirelab:hint.es Read puede darte un byte, y io.EOF junto con el último. ¿Qué lee exactamente los que pides, y cuál de sus dos errores significa que falta algo?
func TestSplitAtEveryByte(t *testing.T) {
	s := start(t)
	for _, from := range roles() {
		sc := script{vector: vector{name: text{"a stream of all kinds of frames", "un flujo con todo tipo de tramas"}, from: from}}
		sc.fragments(3)
		sc.data(true, wire.OpText, nil)
		sc.data(true, wire.OpBinary, probe.Bytes(probe.Int(126, 130)))
		sc.fragments(2)
		sc.control(wire.OpPong)
		decode(s, sc.split()...)
		decode(s, sc.ends()...)
	}
}

// A message may be as long as the limit, all its frames together, and not a byte longer: the header that announces
// the byte too many ends in 1009.
//
//wirelab:es Un mensaje puede medir lo que permite el límite, con todas sus tramas juntas, y ni un byte más: la cabecera que anuncia el byte de más termina en 1009.
//wirelab:points 3
//wirelab:hint What do you compare with the limit: the frame, or the message that it makes longer? And when: before its payload is read, or after?
//wirelab:hint.es ¿Qué comparas con el límite: la trama, o el mensaje que ella alarga? ¿Y cuándo: antes de leer su carga útil o después?
func TestLimit(t *testing.T) {
	s := start(t)
	var all []vector
	for _, from := range roles() {
		for _, limit := range []int{0, 1, 2, 125, 126, 127, 1000, probe.Int(200, 5000)} {
			all = append(all, atLimit(from, limit)...)
		}
	}
	decode(s, all...)
}

// A length in a header is believed before its bytes are there: memory for 2⁶² bytes, or a sum that overflows.
//
//wirelab:es Se le cree a la longitud de una cabecera antes de que lleguen sus bytes: memoria para 2⁶² bytes, o una suma que se desborda.
//wirelab:points 3
//wirelab:hint Anybody can announce 2⁶² bytes and send ten. What grows as bytes come in, without being told how many there will be? And what is 10 + (2⁶³ − 1) in an int64?
//wirelab:hint.es Cualquiera puede anunciar 2⁶² bytes y enviar diez. ¿Qué crece a medida que llegan los bytes, sin saber cuántos serán? ¿Y cuánto es 10 + (2⁶³ − 1) en un int64?
func TestClaimedLength(t *testing.T) {
	s := start(t)
	var all []vector
	for _, from := range roles() {
		claim := func(fin byte, op wire.Opcode, n uint64) []byte {
			return slices.Concat(from.header(fin|byte(op), 127, binary.BigEndian.AppendUint64(nil, n)...), probe.Bytes(10))
		}
		for _, n := range []uint64{1 << 49, 1 << 62, math.MaxInt64 - 1, math.MaxInt64} {
			name := text{"a frame that announces %d bytes", "una trama que anuncia %d bytes"}.with(n)
			first := from.frame(false, wire.OpText, []byte("ten bytes!"))
			some, most := vector{name: name, from: from, want: []string{fail(1009)}}, vector{name: name, from: from, limit: math.MaxInt64, want: []string{"cut"}}
			for _, v := range []vector{some, most} {
				v.bytes = claim(final, wire.OpBinary, n)
				all = append(all, v)
				v.bytes = claim(0, wire.OpBinary, n)
				all = append(all, v)
				v.bytes = slices.Concat(first, claim(final, wire.OpContinuation, n))
				if n > math.MaxInt64-10 {
					v.want = []string{fail(1009)} // with the first ten it is more than any limit
				}
				all = append(all, v)
			}
		}
	}
	decode(s, all...)
}

// A stream that a fuzzer has found, or one made of such streams at random, is not decoded as RFC 6455 has it.
//
//wirelab:es Un flujo que encontró un fuzzer, o uno hecho al azar con flujos así, no se decodifica como dice la RFC 6455.
//wirelab:points 2
//wirelab:hint The failure shows the bytes. Put them into FuzzDecode with f.Add, or into a test of your own, and step through your Reader; then let go test -fuzz look for more.
//wirelab:hint.es El fallo muestra los bytes. Ponlos en FuzzDecode con f.Add, o en una prueba tuya, y recorre tu Reader paso a paso; después deja que go test -fuzz busque más.
func TestFuzzCorpus(t *testing.T) {
	s := start(t)
	var all []vector
	inputs := corpus()
	for _, in := range inputs {
		for _, from := range roles() {
			all = append(all, in.vector(from))
		}
	}
	for range 1000 {
		in := mutate(inputs)
		all = append(all, in.vector(roles()[probe.Int(0, 1)]))
	}
	decode(s, all...)
}
