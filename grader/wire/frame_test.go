package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// The examples of RFC 6455 §5.7, and the lengths at which the form of the header changes (§5.2).
func TestFrameOnTheWire(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	long := func(n int) []byte { return bytes.Repeat([]byte{'x'}, n) }
	for _, c := range []struct {
		name  string
		frame Frame
		head  []byte // the wire's first bytes; all of them where the payload is short
	}{
		{"text", Frame{Fin: true, Opcode: OpText, Payload: []byte("Hello")}, []byte("\x81\x05Hello")},
		{
			"masked text",
			Frame{Fin: true, Opcode: OpText, Masked: true, Key: key, Payload: []byte("Hello")},
			[]byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58},
		},
		{"first fragment", Frame{Opcode: OpText, Payload: []byte("Hel")}, []byte("\x01\x03Hel")},
		{"last fragment", Frame{Fin: true, Opcode: OpContinuation, Payload: []byte("lo")}, []byte("\x80\x02lo")},
		{"ping", Frame{Fin: true, Opcode: OpPing, Payload: []byte("Hello")}, []byte("\x89\x05Hello")},
		{"empty close", Frame{Fin: true, Opcode: OpClose}, []byte("\x88\x00")},
		{"reserved bits and opcode", Frame{RSV: 5, Opcode: 0xF, Payload: []byte("?")}, []byte("\x5f\x01?")},
		{"125 bytes", Frame{Fin: true, Opcode: OpBinary, Payload: long(125)}, []byte("\x82\x7dx")},
		{"126 bytes", Frame{Fin: true, Opcode: OpBinary, Payload: long(126)}, []byte("\x82\x7e\x00\x7ex")},
		{"256 bytes", Frame{Fin: true, Opcode: OpBinary, Payload: long(256)}, []byte("\x82\x7e\x01\x00x")},
		{"65535 bytes", Frame{Fin: true, Opcode: OpBinary, Payload: long(65535)}, []byte("\x82\x7e\xff\xffx")},
		{"65536 bytes", Frame{Fin: true, Opcode: OpBinary, Payload: long(65536)}, []byte("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00x")},
	} {
		t.Run(c.name, func(t *testing.T) {
			payload := bytes.Clone(c.frame.Payload)
			wire := AppendFrame([]byte("before"), c.frame)
			require.Equal(t, payload, c.frame.Payload, "the caller's payload is left alone")
			require.True(t, bytes.HasPrefix(wire, append([]byte("before"), c.head...)), "% x", wire[:min(len(wire), 30)])

			r := bytes.NewReader(append(wire[len("before"):], "after"...))
			got, err := ReadFrame(iotest.OneByteReader(r), int64(len(payload)))
			require.NoError(t, err)
			require.Equal(t, c.frame, got)
			require.Equal(t, len("after"), r.Len(), "not a byte more is read than the frame has")
		})
	}
}

func TestReadFrameThatIsCutOff(t *testing.T) {
	whole := AppendFrame(nil, Frame{Fin: true, Opcode: OpText, Masked: true, Key: NewKey(), Payload: bytes.Repeat([]byte("x"), 300)})
	_, err := ReadFrame(bytes.NewReader(nil), 1000)
	require.Equal(t, io.EOF, err, "between frames the end is orderly")
	for n := 1; n < len(whole); n++ {
		_, err := ReadFrame(bytes.NewReader(whole[:n]), 1000)
		require.Equal(t, io.ErrUnexpectedEOF, err, "after %d bytes", n)
	}
	broken := errors.New("cable pulled")
	_, err = ReadFrame(io.MultiReader(bytes.NewReader(whole[:40]), iotest.ErrReader(broken)), 1000)
	require.ErrorIs(t, err, broken)
}

func TestReadFrameThatClaimsTooMuch(t *testing.T) {
	for _, c := range []struct {
		name  string
		wire  string
		limit int64
	}{
		{"one more than the limit", "\x82\x05", 4},
		{"anything over a limit of nothing", "\x82\x01", 0},
		{"a negative limit is none at all", "\x82\x01", -1},
		{"2^63 bytes", "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 1 << 40},
		{"2^64-1 bytes, masked", "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xffkey.", 1 << 62},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := ReadFrame(strings.NewReader(c.wire+strings.Repeat("x", 100)), c.limit)
			require.ErrorIs(t, err, ErrTooLong)
			require.Equal(t, OpBinary, f.Opcode, "the header tells whose fault it is")
			require.Nil(t, f.Payload)
		})
	}
}

// A header that claims a gigabyte, within the limit, costs what has come of it.
func TestReadFrameAllocatesWhatCame(t *testing.T) {
	const claimed = 1 << 30
	head := binary.BigEndian.AppendUint64([]byte{0x82, 127}, claimed)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ReadFrame(io.MultiReader(bytes.NewReader(head), strings.NewReader("only this")), 2*claimed)
	runtime.ReadMemStats(&after)
	require.Equal(t, io.ErrUnexpectedEOF, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func TestOpcodes(t *testing.T) {
	names := map[Opcode]string{
		OpContinuation: "continuation", OpText: "text", OpBinary: "binary", OpClose: "close", OpPing: "ping", OpPong: "pong",
		0x3: "opcode 0x3", 0xB: "opcode 0xb",
	}
	for op, name := range names {
		require.Equal(t, name, op.String())
		require.Equal(t, op >= 8, op.IsControl(), name)
	}
}

func TestClosePayload(t *testing.T) {
	for _, c := range []struct {
		name   string
		wire   string
		code   int
		reason string
		ok     bool
	}{
		{"no status", "", 1005, "", true},
		{"one byte", "\x03", 0, "", false},
		{"a code", "\x03\xe8", 1000, "", true},
		{"a code and a reason", "\x03\xf1too big", 1009, "too big", true},
		{"a code that nobody may use", "\xff\xff", 65535, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, reason, ok := ParseClose([]byte(c.wire))
			require.Equal(t, c.code, code)
			require.Equal(t, c.reason, reason)
			require.Equal(t, c.ok, ok)
			if ok && code != 1005 {
				require.Equal(t, c.wire, string(ClosePayload(code, reason)))
			}
		})
	}
	require.Empty(t, ClosePayload(0, ""))
}

// Whatever arrives, ReadFrame ends, and a frame that it accepts is the same when it is written and read again.
func FuzzReadFrame(f *testing.F) {
	f.Add([]byte("\x81\x05Hello"), int64(100))
	f.Add([]byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), int64(5))
	f.Add([]byte("\x82\x7e\x00\x05short in a long form"), int64(1000))
	f.Add([]byte("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), int64(1<<62))
	f.Add([]byte("\x82\x7f\x00\x00\x00\x00\x40\x00\x00\x00a gigabyte?"), int64(1<<40))
	f.Add([]byte("\x88\x01\x03"), int64(-1))
	f.Add([]byte{}, int64(0))
	f.Fuzz(func(t *testing.T, wire []byte, limit int64) {
		r := bytes.NewReader(wire)
		got, err := ReadFrame(r, limit)
		if cap(got.Payload) > 2*len(wire)+chunk {
			t.Fatalf("%d bytes were allocated for %d that came", cap(got.Payload), len(wire))
		}
		if err != nil {
			return
		}
		if int64(len(got.Payload)) > max(limit, 0) {
			t.Fatalf("%d bytes of payload, limit %d", len(got.Payload), limit)
		}
		size, ok := FrameSize(wire)
		require.True(t, ok)
		require.Equal(t, uint64(len(wire)-r.Len()), size)
		written := AppendFrame(nil, got)
		if used := len(wire) - r.Len(); len(written) > used {
			t.Fatalf("written in %d bytes, read in %d: not the shortest form", len(written), used)
		}
		again, err := ReadFrame(bytes.NewReader(written), limit)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

// Every frame that can be written is read back.
func FuzzAppendFrame(f *testing.F) {
	f.Add(true, byte(0), byte(OpText), false, uint32(0), []byte("Hello"))
	f.Add(false, byte(7), byte(0xF), true, uint32(0x37fa213d), bytes.Repeat([]byte{0xff}, 126))
	f.Add(true, byte(0), byte(OpBinary), true, uint32(1), make([]byte, 65536))
	f.Fuzz(func(t *testing.T, fin bool, rsv, opcode byte, masked bool, key uint32, payload []byte) {
		want := Frame{Fin: fin, RSV: rsv & 7, Opcode: Opcode(opcode & 0xF), Masked: masked, Payload: payload}
		if masked {
			binary.BigEndian.PutUint32(want.Key[:], key)
		}
		got, err := ReadFrame(bytes.NewReader(AppendFrame(nil, want)), int64(len(payload)))
		require.NoError(t, err)
		require.True(t, bytes.Equal(payload, got.Payload))
		want.Payload, got.Payload = nil, nil
		require.Equal(t, want, got)
	})
}

// A header tells the size of its frame as soon as its length is there, and not before.
func TestFrameSize(t *testing.T) {
	for n, head := range map[int]int{0: 2, 125: 2, 126: 4, 65535: 4, 65536: 10} {
		for _, masked := range []bool{false, true} {
			wire := AppendFrame(nil, Frame{Opcode: OpBinary, Masked: masked, Payload: make([]byte, n)})
			_, ok := FrameSize(wire[:head-1])
			require.False(t, ok, "%d bytes of a header of %d", head-1, head)
			size, ok := FrameSize(wire[:head])
			require.True(t, ok)
			require.Equal(t, uint64(len(wire)), size)
		}
	}
	size, ok := FrameSize([]byte("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	require.True(t, ok)
	require.Equal(t, uint64(1<<64-1), size, "more than there is, and no overflow")
}
