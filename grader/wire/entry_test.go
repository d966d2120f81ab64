package wire

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestSetData(t *testing.T) {
	ascii := strings.Repeat("x", 2*MaxData)
	for _, c := range []struct {
		name     string
		payload  string
		data     string
		encoding string
		cut      bool
	}{
		{"nothing", "", "", "", false},
		{"text", "¡hola! 🦊", "¡hola! 🦊", "", false},
		{"lines and tabs", "a\r\n\tb", "a\r\n\tb", "", false},
		{"as much as fits", ascii[:MaxData], ascii[:MaxData], "", false},
		{"one byte more", ascii[:MaxData+1], ascii[:MaxData], "", true},
		{"a rune of two bytes at the border", ascii[:MaxData-1] + "ñ", ascii[:MaxData-1], "", true},
		{"a rune of three bytes at the border", ascii[:MaxData-2] + "日", ascii[:MaxData-2], "", true},
		{"a rune of four bytes at the border", ascii[:MaxData-3] + "🦊", ascii[:MaxData-3], "", true},
		{"a rune that just fits", ascii[:MaxData-4] + "🦊 and more", ascii[:MaxData-4] + "🦊", "", true},
		{"a control character", "a\x1b[2J", "611b5b324a", "hex", false},
		{"NUL", "\x00", "00", "hex", false},
		{"not UTF-8", "a\xff", "61ff", "hex", false},
		{"half a rune", "\xc3", "c3", "hex", false},
		{"a surrogate", "\xed\xa0\x80", "eda080", "hex", false},
		{"U+FFFD itself is text", "\uFFFD", "\uFFFD", "", false},
		{"text that turns out binary at its end", ascii + "\x00", strings.Repeat("78", MaxData/2), "hex", true},
		{"as much hex as fits", strings.Repeat("\x00", MaxData/2), strings.Repeat("00", MaxData/2), "hex", false},
		{"one byte more than hex", strings.Repeat("\x00", MaxData/2+1), strings.Repeat("00", MaxData/2), "hex", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e Entry
			e.SetData([]byte(c.payload))
			require.Equal(t, Entry{Length: len(c.payload), Data: c.data, Encoding: c.encoding, Cut: c.cut}, e)
		})
	}
}

func TestLine(t *testing.T) {
	no, yes := false, true
	for _, c := range []struct {
		name  string
		entry Entry
		want  string
	}{
		{
			"a text frame",
			Entry{At: 0.0123, Conn: "ana", Dir: Send, Kind: KindText, Length: 4, Data: "¡oh!"},
			`   0.012s  ana      ↑ text              4  "¡oh!"`,
		},
		{
			"binary, cut",
			Entry{At: 12.5, Conn: "ws1", Dir: Receive, Kind: KindBinary, Length: 5000, Data: "00ff", Encoding: "hex", Cut: true},
			`  12.500s  ws1      ↓ binary         5000  0x00ff…`,
		},
		{
			"a fragment",
			Entry{Conn: "ws1", Dir: Receive, Kind: KindText, Length: 1, Data: "a", Fin: &no},
			`   0.000s  ws1      ↓ text              1  "a" (FIN 0)`,
		},
		{
			"a last fragment",
			Entry{Conn: "ws1", Dir: Receive, Kind: KindContinuation, Length: 1, Data: "b", Fin: &yes},
			`   0.000s  ws1      ↓ continuation      1  "b"`,
		},
		{
			"the wrong one",
			Entry{Conn: "ws1", Dir: Receive, Kind: KindClose, Length: 9, Code: 1009, Data: "too big", Wrong: true},
			`   0.000s  ws1      ↓ close 1009        9  "too big"   ◀`,
		},
		{
			"an event",
			Entry{Conn: "s", Dir: Receive, Kind: KindEvent, Length: 1, Event: "message", EventID: "7", Data: "x"},
			`   0.000s  s        ↓ event             1  "x" id="7"`,
		},
		{
			"an event with a type",
			Entry{Conn: "s", Dir: Receive, Kind: KindEvent, Length: 1, Event: "join", Data: "x"},
			`   0.000s  s        ↓ event join        1  "x"`,
		},
		{
			"a request",
			Entry{Conn: "http1", Dir: Send, Kind: KindRequest, Data: "GET /ws\nUpgrade: websocket"},
			`   0.000s  http1    ↑ request           0  GET /ws ⏎ Upgrade: websocket`,
		},
		{
			"a note",
			Entry{Conn: "ana", Kind: KindNote, Data: "stops reading"},
			`   0.000s  ana      · note              0  stops reading`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, c.entry.Line())
		})
	}
}

// What a subject sends stays on its line, and reaches no terminal as a control sequence.
func TestLineIsOneLineOfPlainText(t *testing.T) {
	const nasty = "a\x1b[2J\rb\u009bc\u202ed\nPASS\x00\xff"
	for _, kind := range []Kind{
		KindOpen, KindRequest, KindResponse, KindText, KindBinary, KindContinuation, KindPing, KindPong, KindClose,
		KindEvent, KindComment, KindRetry, KindBytes, KindEnd, KindNote, Kind(nasty),
	} {
		e := Entry{Conn: "ws1", Dir: Receive, Kind: kind, Code: 1000, Data: nasty, Event: nasty, EventID: nasty}
		plain(t, e.Line())
	}
}

func plain(t *testing.T, line string) {
	t.Helper()
	require.True(t, utf8.ValidString(line), "%q", line)
	require.NotContains(t, line, "\u202e")
	for _, r := range line {
		require.True(t, unicode.IsGraphic(r), "%q in %q", r, line)
	}
}

// Whatever the payload: what is kept is within bounds, and is the payload's beginning.
func FuzzSetData(f *testing.F) {
	f.Add([]byte("¡hola! 🦊"))
	f.Add(bytes.Repeat([]byte("日"), MaxData))
	f.Add(append(bytes.Repeat([]byte("x"), MaxData-1), "🦊\x00"...))
	f.Fuzz(func(t *testing.T, p []byte) {
		var e Entry
		e.SetData(p)
		kept := []byte(e.Data)
		if e.Encoding == "hex" {
			var err error
			kept, err = hex.DecodeString(e.Data)
			require.NoError(t, err)
		}
		require.LessOrEqual(t, len(e.Data), MaxData)
		require.True(t, utf8.ValidString(e.Data))
		require.True(t, bytes.HasPrefix(p, kept))
		require.Equal(t, len(p), e.Length)
		require.Equal(t, len(kept) < len(p), e.Cut)
		e.Kind, e.Dir = KindText, Receive
		plain(t, e.Line())
	})
}
