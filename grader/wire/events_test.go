package wire

import (
	"bytes"
	"errors"
	"io"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

const testLimit = 1 << 10

// blocks reads a stream to its end. Sizes are left out; [TestBlockSizes] is about them.
func blocks(r io.Reader, limit int) ([]Block, error) {
	er := NewEventReader(r, limit)
	var list []Block
	for {
		b, err := er.Next()
		if err != nil {
			return list, err
		}
		b.Size = 0
		list = append(list, b)
	}
}

func event(typ, data, id string) Block {
	return Block{Kind: KindEvent, Event: Event{Type: typ, Data: data, ID: id}}
}

func message(data string) Block { return event("message", data, "") }
func comment(text string) Block { return Block{Kind: KindComment, Text: text} }
func retry(text string) Block   { return Block{Kind: KindRetry, Text: text} }

func TestEventStream(t *testing.T) {
	for _, c := range []struct {
		name   string
		stream string
		want   []Block
	}{
		{"nothing", "", nil},
		{"one event", "data: hello\n\n", []Block{message("hello")}},
		{"one space after the colon goes, no more", "data:  hello \n\n", []Block{message(" hello ")}},
		{"no space", "data:hello\n\n", []Block{message("hello")}},
		{"a colon in the value", "data: a: b\n\n", []Block{message("a: b")}},
		{"lines of data are joined", "data: a\ndata\ndata: b\n\n", []Block{message("a\n\nb")}},
		{"empty data is data", "data\n\ndata:\n\n", []Block{message(""), message("")}},
		{"two empty lines of data", "data\ndata\n\n", []Block{message("\n")}},
		{"an event without data is none", "event: join\nid: 3\n\ndata: x\n\n", []Block{event("message", "x", "3")}},
		{"a type holds for one event", "event: join\ndata: a\n\ndata: b\n\n", []Block{event("join", "a", ""), message("b")}},
		{"an id stays", "id: 1\ndata: a\n\ndata: b\n\n", []Block{event("message", "a", "1"), event("message", "b", "1")}},
		{"an empty id resets it", "id: 1\ndata: a\n\nid\ndata: b\n\n", []Block{event("message", "a", "1"), message("b")}},
		{"an id with NUL is ignored", "id: 1\nid: 2\x00\ndata: a\n\n", []Block{event("message", "a", "1")}},
		{"the last of a field counts", "event: a\nevent: b\nid: 1\nid: 2\ndata: x\n\n", []Block{event("b", "x", "2")}},
		{"names are exact", "Data: a\n data: b\ndata : c\nevents: d\n\ndata: x\n\n", []Block{message("x")}},
		{"a comment by itself", ": ping\n\n", []Block{comment("ping")}},
		{"a comment within an event", "data: a\n:\ndata: b\n\n", []Block{comment(""), message("a\nb")}},
		{"retry", "retry: 2500\n\n", []Block{retry("2500")}},
		{"retry that is no number", "retry: 2.5\nretry: -1\nretry: +1\nretry: 1s\nretry:  1\n\n", nil},
		{"what no empty line ends is dropped", "data: a\n\ndata: b\n", []Block{message("a")}},
		{"a line that does not end", "data: a\n\ndata: b", []Block{message("a")}},
		{"CR LF", "data: a\r\ndata: b\r\n\r\n", []Block{message("a\nb")}},
		{"CR", "data: a\rdata: b\r\r", []Block{message("a\nb")}},
		{"LF CR are two ends", "data: a\n\rdata: b\n\r", []Block{message("a"), message("b")}},
		{"mixed ends", "data: a\rdata: b\ndata: c\r\n\n", []Block{message("a\nb\nc")}},
		{"a byte order mark", "\uFEFFdata: a\n\n", []Block{message("a")}},
		{"a second byte order mark is a name", "\uFEFF\uFEFFdata: a\n\n", nil},
		{"a byte order mark later on", "data: a\n\n\uFEFFdata: b\n\n", []Block{message("a")}},
		{"a byte order mark before an empty line", "\uFEFF\ndata: a\n\n", []Block{message("a")}},
		{"an empty name is a comment even with a value", ":data: a\n\n", []Block{comment("data: a")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := blocks(strings.NewReader(c.stream), testLimit)
			require.Equal(t, io.EOF, err)
			require.Equal(t, c.want, got)
			require.Equal(t, c.want, reference(c.stream), "the reference itself")
			splitEverywhere(t, c.stream, c.want)
		})
	}
}

// splitEverywhere feeds the stream in two pieces, cut at every place, and byte by byte.
func splitEverywhere(t *testing.T, stream string, want []Block) {
	t.Helper()
	for i := range len(stream) + 1 {
		got, err := blocks(io.MultiReader(strings.NewReader(stream[:i]), strings.NewReader(stream[i:])), testLimit)
		require.Equal(t, io.EOF, err)
		require.Equal(t, want, got, "cut after %q", stream[:i])
	}
	got, err := blocks(iotest.OneByteReader(strings.NewReader(stream)), testLimit)
	require.Equal(t, io.EOF, err)
	require.Equal(t, want, got, "byte by byte")
}

// An event is there with the CR of its empty line: nobody waits for an LF that may never come.
func TestEventAtCR(t *testing.T) {
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	er := NewEventReader(r, testLimit)
	for _, part := range []string{"data: a\r\r", "\ndata: b\r\n\r", "\n: c\r"} {
		go func() { _, _ = io.WriteString(w, part) }() // the pipe is closed in the end
		b, err := er.Next()
		require.NoError(t, err)
		require.NotEmpty(t, b.Kind)
	}
}

func TestBlockSizes(t *testing.T) {
	er := NewEventReader(strings.NewReader("data: a\n\n: ping\n\nid: 7\nretry: 1\ndata: b\n\n"), testLimit)
	var sizes []int
	for {
		b, err := er.Next()
		if err != nil {
			break
		}
		sizes = append(sizes, b.Size)
	}
	require.Equal(t, []int{len("data: a\n\n"), len(": ping\n"), len("\nid: 7\nretry: 1\n"), len("data: b\n\n")}, sizes)
}

func TestEventStreamLimit(t *testing.T) {
	const limit = 64
	line := strings.Repeat("x", limit-len("data:"))
	for _, c := range []struct {
		name   string
		stream io.Reader
		want   error
	}{
		{"a line at the limit", strings.NewReader("data:" + line + "\n\n"), io.EOF},
		{"a line over the limit", strings.NewReader("data:" + line + "x\n\n"), ErrTooLong},
		{"a line that never ends", iotest.OneByteReader(endless("x")), ErrTooLong},
		{"an event that never ends", endless("data: again and again\n"), ErrTooLong},
		{"an event of empty lines that never ends", endless("data\n"), ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := blocks(c.stream, limit)
			require.Equal(t, c.want, err)
		})
	}
}

// endless repeats itself.
type endless string

func (e endless) Read(p []byte) (int, error) { return copy(p, e), nil }

func TestEventReaderPassesErrorsOn(t *testing.T) {
	broken := errors.New("cable pulled")
	got, err := blocks(io.MultiReader(strings.NewReader("data: a\n\ndata: b\n"), iotest.ErrReader(broken)), testLimit)
	require.ErrorIs(t, err, broken)
	require.Equal(t, []Block{message("a")}, got)
}

// reference reads a whole stream with the words of WHATWG HTML §9.2.6, one after the other.
func reference(stream string) []Block {
	stream = strings.TrimPrefix(stream, "\uFEFF")
	stream = regexp.MustCompile("\r\n|\r").ReplaceAllString(stream, "\n")
	lines := strings.Split(stream, "\n")
	var list []Block
	var data, typ, id string
	for _, line := range lines[:len(lines)-1] { // the last one has no end
		field, value, colon := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if data != "" {
				if typ == "" {
					typ = "message"
				}
				list = append(list, event(typ, data[:len(data)-1], id))
			}
			data, typ = "", ""
		case colon && field == "":
			list = append(list, comment(value))
		case field == "event":
			typ = value
		case field == "data":
			data += value + "\n"
		case field == "id" && !strings.Contains(value, "\x00"):
			id = value
		case field == "retry" && regexp.MustCompile(`^[0-9]+$`).MatchString(value):
			if n, ok := new(big.Int).SetString(value, 10); ok && n.IsInt64() { // more years than there are is no time
				list = append(list, retry(value))
			}
		}
	}
	return list
}

// The reader and the reference agree on every stream, however it is cut.
func FuzzEventReader(f *testing.F) {
	for _, seed := range []string{
		"data: hello\n\n", "event: a\r\ndata\r\rid: 1\n\r: c\nretry: 1\n\n", "\uFEFFdata:\x00\n\nid: \x00\ndata\n\n",
		"\uFEFF\uFEFFdata: x\n\n", ":\n:\r\n:\r", "\xEF\xBB", "\r\n\uFEFFdata: a\n\n", "retry: 000000000000000000001\nretry: 9223372036854775808\nretry: 9223372036854775807\n",
	} {
		f.Add([]byte(seed), uint(len(seed)/2))
	}
	f.Fuzz(func(t *testing.T, stream []byte, at uint) {
		if len(stream) > testLimit {
			return // limits have their own test
		}
		cut := int(at % uint(len(stream)+1))
		got, err := blocks(io.MultiReader(bytes.NewReader(stream[:cut]), bytes.NewReader(stream[cut:])), testLimit)
		require.Equal(t, io.EOF, err)
		require.Equal(t, reference(string(stream)), got)
	})
}
