// These are the visible tests. Make them pass from top to bottom: first what AppendFrame writes, then what a Reader
// reads. A codec needs no server and no network: bytes go in, bytes come out, and a table says which.
//
// The last one is another kind of test. FuzzDecode does not know what comes out: it says what must hold for any
// bytes whatsoever. As part of go test it tries the inputs that it is given here and those in testdata/fuzz; with
//
//	go test -fuzz=FuzzDecode ./lessons/09-frames
//
// it goes looking for new ones, until it finds one that breaks your code or you stop it with Ctrl-C. What it finds
// it writes into testdata/fuzz, and from then on every go test tries that one too.
package frames_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"wirelab/grader/wiretest"
	frames "wirelab/lessons/09-frames"
)

// The examples of RFC 6455 §5.7, as far as a server would send them.
//
//wirelab:es Los ejemplos de la RFC 6455 §5.7 se codifican como ahí están.
//wirelab:hint The first byte is FIN in its highest bit plus the opcode, the second is the length. Then the payload, as it is.
//wirelab:hint.es El primer byte es FIN en su bit más alto más el opcode; el segundo, la longitud. Después, la carga útil tal como es.
//wirelab:notes A frame, byte by byte
func TestEncodesTheExamplesOfTheRFC(t *testing.T) {
	wiretest.Notes(t)
	for _, tt := range []struct {
		name  string
		frame frames.Frame
		want  string // in hex
	}{
		{"text", frames.Frame{Fin: true, Opcode: frames.Text, Payload: []byte("Hello")}, "81 05 48656c6c6f"},
		{"a first fragment", frames.Frame{Opcode: frames.Text, Payload: []byte("Hel")}, "01 03 48656c"},
		{"a last fragment", frames.Frame{Fin: true, Opcode: frames.Continuation, Payload: []byte("lo")}, "80 02 6c6f"},
		{"a ping", frames.Frame{Fin: true, Opcode: frames.Ping, Payload: []byte("Hello")}, "89 05 48656c6c6f"},
		{"nothing", frames.Frame{Fin: true, Opcode: frames.Binary}, "82 00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := frames.AppendFrame(nil, frames.Server, tt.frame)
			require.NoError(t, err, "begin with AppendFrame, in frames.go")
			require.Equal(t, unhex(tt.want), got)
		})
	}
}

// The length takes one byte, three or nine, whichever is the shortest that fits.
//
//wirelab:es La longitud ocupa un byte, tres o nueve: lo más corto en que quepa.
//wirelab:hint Up to 125 the second byte is the length itself. 126 and 127 stand there for "two bytes follow" and "eight bytes follow".
//wirelab:hint.es Hasta 125, el segundo byte es la longitud misma. 126 y 127 dicen ahí "siguen dos bytes" y "siguen ocho bytes".
//wirelab:notes A frame, byte by byte
func TestEncodesLengths(t *testing.T) {
	wiretest.Notes(t)
	for length, header := range map[int]string{
		125:   "82 7d",
		126:   "82 7e 007e",
		256:   "82 7e 0100", // as in §5.7
		65535: "82 7e ffff",
		65536: "82 7f 0000000000010000", // as in §5.7
	} {
		got := encode(t, frames.Server, frames.Frame{Fin: true, Opcode: frames.Binary, Payload: make([]byte, length)})
		// Not Equal on all of it: nobody wants to read 65536 bytes.
		require.Equalf(t, unhex(header), got[:len(got)-length], "the header of %d bytes of payload", length)
	}
}

// A client masks its payload, and leaves the bytes of its caller alone.
//
//wirelab:es Un cliente enmascara su carga útil y no toca los bytes de quien lo llama.
//wirelab:hint Append the payload to dst first, and mask it there: byte i with key[i%4]. The bit for the mask is the highest of the second byte.
//wirelab:hint.es Primero agrega la carga útil a dst y enmascárala ahí: el byte i con key[i%4]. El bit de la máscara es el más alto del segundo byte.
//wirelab:notes A frame, byte by byte
func TestClientsMask(t *testing.T) {
	wiretest.Notes(t)
	payload := []byte("Hello")
	got := encode(t, frames.Client, frames.Frame{Fin: true, Opcode: frames.Text, Payload: payload})

	require.Len(t, got, 2+4+5, "two bytes, the key, the payload")
	require.Equal(t, unhex("81 85"), got[:2])
	key, masked := got[2:6], got[6:]
	for i := range masked {
		masked[i] ^= key[i%4]
	}
	require.Equal(t, "Hello", string(masked), "with the key %x taken off again", key)
	require.Equal(t, "Hello", string(payload), "the caller's bytes are the caller's")
}

// A frame that nobody may send is not encoded.
//
//wirelab:es Una trama que nadie puede enviar no se codifica.
//wirelab:hint Check before you append anything: which opcodes are known, and what a control frame may not be.
//wirelab:hint.es Comprueba antes de agregar nada: qué opcodes se conocen y qué no puede ser una trama de control.
//wirelab:notes The API
func TestRefusesToEncode(t *testing.T) {
	wiretest.Notes(t)
	encode(t, frames.Server, frames.Frame{Fin: true, Opcode: frames.Ping, Payload: make([]byte, 125)}) // just short enough
	for name, wrong := range map[string]frames.Frame{
		"a long ping":       {Fin: true, Opcode: frames.Ping, Payload: make([]byte, 126)},
		"a fragmented ping": {Opcode: frames.Ping},
		"a reserved opcode": {Fin: true, Opcode: 3},
	} {
		_, err := frames.AppendFrame(nil, frames.Server, wrong)
		require.Error(t, err, name)
	}
}

// What a peer sends is taken apart as in RFC 6455 §5.7.
//
//wirelab:es Lo que envía el otro lado se interpreta como en la RFC 6455 §5.7.
//wirelab:hint Read two bytes with io.ReadFull; they say how many more belong to the header. Only then read the payload.
//wirelab:hint.es Lee dos bytes con io.ReadFull: dicen cuántos más son de la cabecera. Solo entonces lee la carga útil.
//wirelab:notes A frame, byte by byte
func TestDecodesTheExamplesOfTheRFC(t *testing.T) {
	wiretest.Notes(t)
	for _, tt := range []struct {
		name  string
		from  frames.Role
		bytes string
		want  frames.Message
	}{
		{"text from a server", frames.Server, "81 05 48656c6c6f", text("Hello")},
		{"text from a client", frames.Client, "81 85 37fa213d 7f9f4d5158", text("Hello")},
		{"fragments", frames.Server, "01 03 48656c  80 02 6c6f", text("Hello")},
		{"a pong from a client", frames.Client, "8a 85 37fa213d 7f9f4d5158", frames.Message{Opcode: frames.Pong, Payload: []byte("Hello")}},
		{"a close frame", frames.Server, "88 05 03e8 627965", frames.Message{Opcode: frames.Close, Code: 1000, Payload: []byte("bye")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(bytes.NewReader(unhex(tt.bytes)), tt.from, 1024)
			require.ErrorIs(t, err, io.EOF, "NewReader and Next, in frames.go, are next")
			require.Equal(t, []frames.Message{tt.want}, got)
		})
	}
}

// All three forms of a length are understood.
//
//wirelab:es Se entienden las tres formas de una longitud.
//wirelab:hint binary.BigEndian has Uint16 and Uint64 for the longer forms. A length of zero is a message like any other.
//wirelab:hint.es binary.BigEndian tiene Uint16 y Uint64 para las formas largas. Una longitud de cero es un mensaje como cualquier otro.
//wirelab:notes A frame, byte by byte
func TestDecodesLengths(t *testing.T) {
	wiretest.Notes(t)
	for _, length := range []int{0, 1, 125, 126, 127, 65535, 65536} {
		payload := bytes.Repeat([]byte("x"), length)
		stream := encode(t, frames.Client, frames.Frame{Fin: true, Opcode: frames.Binary, Payload: payload})
		got, err := decode(bytes.NewReader(stream), frames.Client, 65536)
		require.ErrorIs(t, err, io.EOF)
		require.Len(t, got, 1, "%d bytes of payload", length)
		require.True(t, bytes.Equal(payload, got[0].Payload), "%d bytes of payload", length)
	}
}

// A control frame between two fragments comes out at once, and disturbs nothing.
//
//wirelab:es Una trama de control entre dos fragmentos sale de inmediato y no estorba.
//wirelab:hint Keep the message under way in the Reader itself: its opcode, and its bytes so far. Control frames never look at them.
//wirelab:hint.es Guarda en el propio Reader el mensaje en curso: su opcode y sus bytes hasta ahora. Las tramas de control no los miran.
//wirelab:notes The idea
func TestControlFramesBetweenFragments(t *testing.T) {
	wiretest.Notes(t)
	stream := unhex("01 03 6f6e65" + "89 01 21" + "00 00" + "8a 00" + "80 03 74776f") // "one", ping "!", "", pong, "two"
	want := []frames.Message{{Opcode: frames.Ping, Payload: []byte("!")}, {Opcode: frames.Pong}, text("onetwo")}

	got, err := decode(bytes.NewReader(stream), frames.Server, 1024)
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, want, got)

	// A network delivers as it likes. iotest has readers for that: this one gives a single byte each time.
	got, err = decode(iotest.OneByteReader(bytes.NewReader(stream)), frames.Server, 1024)
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, want, got)
}

// What a server sends here is wrong, each time in another way. Its payload never comes: nobody should wait for it.
//
//wirelab:es Lo que rompe una regla de la RFC 6455 termina la lectura, con el código que dice qué tipo de regla era.
//wirelab:hint The table of the API has a line for each of these. Almost all can be told from the first two bytes and the length.
//wirelab:hint.es La tabla de la API tiene una línea para cada caso. Casi todos se notan en los dos primeros bytes y en la longitud.
//wirelab:notes The API
func TestFailsWith(t *testing.T) {
	wiretest.Notes(t)
	for _, tt := range []struct {
		name  string
		bytes string
		code  int
	}{
		{"a mask", "81 85 37fa213d", frames.CodeProtocolError},
		{"a reserved bit", "c1 05", frames.CodeProtocolError},
		{"a reserved opcode", "83 05", frames.CodeProtocolError},
		{"125 in two bytes", "82 7e 007d", frames.CodeProtocolError},
		{"65535 in eight bytes", "82 7f 000000000000ffff", frames.CodeProtocolError},
		{"2⁶³", "82 7f 8000000000000000", frames.CodeProtocolError},
		{"a fragmented ping", "09 05", frames.CodeProtocolError},
		{"a long ping", "89 7e 007e", frames.CodeProtocolError},
		{"a continuation of nothing", "80 05", frames.CodeProtocolError},
		{"a message within a message", "01 00  81 05", frames.CodeProtocolError},
		{"half a close code", "88 01 03", frames.CodeProtocolError},
		{"a close code that nobody sends", "88 02 03ed", frames.CodeProtocolError},
		{"a reason that is not UTF-8", "88 03 03e8 ff", frames.CodeInvalidData},
		{"a byte more than the limit", "82 7e 0401", frames.CodeTooBig},
		{"a byte more, in fragments", "02 7d" + strings.Repeat("00", 125) + "80 7e 0384", frames.CodeTooBig},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(bytes.NewReader(unhex(tt.bytes)), frames.Server, 1024)
			require.Empty(t, got)
			var refused *frames.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tt.code, refused.Code, refused.Reason)
		})
	}
}

// The end between two messages is another one than the end within a message.
//
//wirelab:es El final entre dos mensajes no es el mismo que el final dentro de un mensaje.
//wirelab:hint io.ReadFull tells "nothing came" from "too little came". In the middle of a message, nothing is too little as well.
//wirelab:hint.es io.ReadFull distingue "no llegó nada" de "llegó poco". En medio de un mensaje, nada también es poco.
//wirelab:notes The API
func TestTellsAnEndFromACut(t *testing.T) {
	wiretest.Notes(t)
	stream := unhex("01 03 6f6e65  80 03 74776f")
	for length := range len(stream) + 1 {
		_, err := decode(bytes.NewReader(stream[:length]), frames.Server, 1024)
		want := io.ErrUnexpectedEOF
		if length == 0 || length == len(stream) {
			want = io.EOF
		}
		require.Equal(t, want, err, "after %d bytes of %d", length, len(stream))
	}
}

// A header that announces 2⁶² bytes costs no memory.
//
//wirelab:es Una cabecera que anuncia 2⁶² bytes no cuesta memoria.
//wirelab:hint make([]byte, length) believes the header. io.CopyN into a bytes.Buffer takes what comes.
//wirelab:hint.es make([]byte, length) le cree a la cabecera. io.CopyN hacia un bytes.Buffer toma lo que llega.
//wirelab:notes The idea
func TestBelievesNoLength(t *testing.T) {
	wiretest.Notes(t)
	const announced = 1 << 62
	header := binary.BigEndian.AppendUint64(unhex("82 7f"), announced)

	_, err := decode(bytes.NewReader(append(header, "ten bytes!"...)), frames.Server, math.MaxInt64)
	require.Equal(t, io.ErrUnexpectedEOF, err, "the limit allows it, but only ten bytes came")
}

// Whatever the bytes, the Reader comes to an end that it promises, and what it has read can be sent again.
//
//wirelab:es Sean cuales sean los bytes, el Reader llega a un final prometido, y lo que leyó se puede enviar otra vez.
//wirelab:hint Run go test -run with the name of the input that fails: the bytes are in testdata/fuzz. Then walk through Next with them, by hand.
//wirelab:hint.es Ejecuta go test -run con el nombre de la entrada que falla: los bytes están en testdata/fuzz. Después recorre Next con ellos, a mano.
//wirelab:notes Your task
func FuzzDecode(f *testing.F) {
	for _, seed := range []struct {
		masked bool
		stream string
	}{
		{false, "81 05 48656c6c6f"},
		{false, "01 03 48656c  89 00  80 02 6c6f"},
		{false, "82 7e 007e" + strings.Repeat("00", 126)},
		{false, "88 05 03e8 627965"},
		{true, "81 85 37fa213d 7f9f4d5158"},
		{true, "01 83 37fa213d 7f9f4d  89 80 37fa213d  80 82 37fa213d 5b95"},
		{true, "82 fe 007e 37fa213d" + strings.Repeat("00", 126)},
		{true, "88 85 37fa213d 34125854 52"},
	} {
		f.Add(unhex(seed.stream), seed.masked, uint16(1024)) // the arguments of the function below
	}

	f.Fuzz(func(t *testing.T, stream []byte, masked bool, limit uint16) {
		from := frames.Server
		if masked {
			from = frames.Client
		}
		got, end := decode(bytes.NewReader(stream), from, int64(limit))

		// It has come to an end that Next promises.
		var refused *frames.Error
		require.True(t, end == io.EOF || end == io.ErrUnexpectedEOF || errors.As(end, &refused), "Next returned %v", end)

		// It is the same however the bytes arrive.
		slowly, slowEnd := decode(iotest.OneByteReader(bytes.NewReader(stream)), from, int64(limit))
		require.Equal(t, got, slowly)
		require.Equal(t, end, slowEnd)

		// No message is longer than allowed, and each survives the way back: encoded and decoded once more.
		var again []byte
		for _, m := range got {
			if m.Opcode == frames.Text || m.Opcode == frames.Binary {
				require.LessOrEqual(t, len(m.Payload), int(limit))
			}
			again = append(again, encode(t, from, frames.Frame{Fin: true, Opcode: m.Opcode, Payload: payload(m)})...)
		}
		twice, end := decode(bytes.NewReader(again), from, int64(limit))
		require.Equal(t, got, twice)
		require.ErrorIs(t, end, io.EOF)
	})
}

// decode returns everything that can be read, and the error that ended it.
func decode(r io.Reader, from frames.Role, limit int64) (all []frames.Message, end error) {
	in := frames.NewReader(r, from, limit)
	for range 1 << 20 { // a Reader that never comes to an end must not hang the test
		m, err := in.Next()
		if err != nil {
			return all, err
		}
		if len(m.Payload) == 0 {
			m.Payload = nil // empty is empty: for Equal they would differ
		}
		all = append(all, m)
	}
	return nil, errors.New("a million messages, and no end")
}

func encode(t *testing.T, from frames.Role, f frames.Frame) []byte {
	t.Helper()
	b, err := frames.AppendFrame(nil, from, f)
	require.NoError(t, err)
	return b
}

// payload is that of the frame in which m came.
func payload(m frames.Message) []byte {
	if m.Opcode != frames.Close || m.Code == frames.CodeNoStatus {
		return m.Payload
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(m.Code)), m.Payload...)
}

func text(s string) frames.Message { return frames.Message{Opcode: frames.Text, Payload: []byte(s)} }

// unhex makes bytes of hex digits, and panics if they are none. Spaces are for the reader.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}
