package frames

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// This file is given: it shows your codec to the world, and the graded tests talk to what it builds. Read it if you
// like, but don't change it: the grader puts the original back.

// Subject shows the codec over HTTP. Requests and responses are lines of JSON, one line out for each line in; bytes
// are written in hex, with spaces wherever you like them:
//
//	POST /encode  {"from":"server","fin":true,"opcode":1,"payload":"48656c6c6f"}
//	              {"bytes":"810548656c6c6f"}
//	POST /decode  {"from":"client","limit":1024,"bytes":"8185 37fa213d 7f9f4d5158"}
//	              {"got":["text 48656c6c6f","end"],"after":[11,11]}
//
// [subjectFrame] and [subjectStream] say what else a line may ask for.
func Subject() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /encode", subjectLines(subjectFrame.encode))
	mux.HandleFunc("POST /decode", subjectLines(subjectStream.decode))
	return mux
}

// subjectMaxBody is the longest request, in bytes.
const subjectMaxBody = 16 << 20

// subjectLines answers each JSON value of a request with what answer makes of it.
func subjectLines[Q, A any](answer func(Q) A) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var out bytes.Buffer
		lines := json.NewEncoder(&out)
		for dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, subjectMaxBody)); ; {
			var question Q
			err := dec.Decode(&question)
			if err == io.EOF {
				break
			}
			if err == nil {
				err = lines.Encode(answer(question))
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
		w.Header().Set("Content-Type", "application/jsonl")
		_, _ = out.WriteTo(w) // the client may be gone
	}
}

// subjectFrame is a frame to encode.
type subjectFrame struct {
	From    subjectRole `json:"from"` // "client" or "server"
	Fin     bool        `json:"fin"`
	Opcode  Opcode      `json:"opcode"`
	Payload subjectHex  `json:"payload"`
	Prefix  subjectHex  `json:"prefix"` // what dst holds already
}

// subjectEncoded is what AppendFrame made of it.
type subjectEncoded struct {
	Bytes subjectHex `json:"bytes,omitempty"`
	Error string     `json:"error,omitempty"` // AppendFrame's error, or that it panicked or changed the payload
}

func (f subjectFrame) encode() (out subjectEncoded) {
	defer func() {
		if v := recover(); v != nil {
			out = subjectEncoded{Error: fmt.Sprint("panic: ", v)}
		}
	}()
	payload := bytes.Clone(f.Payload)
	encoded, err := AppendFrame(f.Prefix, Role(f.From), Frame{Fin: f.Fin, Opcode: f.Opcode, Payload: payload})
	switch {
	case err != nil:
		return subjectEncoded{Error: err.Error()}
	case !bytes.Equal(payload, f.Payload):
		return subjectEncoded{Error: "AppendFrame changed the payload that it was given"}
	}
	return subjectEncoded{Bytes: encoded}
}

// subjectStream is what a peer sends, and how it arrives.
type subjectStream struct {
	From   subjectRole `json:"from"`   // "client" or "server"
	Limit  int64       `json:"limit"`  // for NewReader
	Bytes  subjectHex  `json:"bytes"`  //
	Cuts   []int       `json:"cuts"`   // a Read goes no further than these positions in bytes, which ascend
	Eager  bool        `json:"eager"`  // the Read that gives the last byte says io.EOF as well, as io.Reader may
	Broken bool        `json:"broken"` // at its end the stream fails with an error of its own, not io.EOF
}

// subjectDecoded is what Next returned, call by call, until its first error and once more.
type subjectDecoded struct {
	// Got has "text", "binary", "ping" or "pong" and the payload; "close", the code and the reason; and in the end
	// "fail" and the code of an *Error, "end" for io.EOF, "cut" for io.ErrUnexpectedEOF, "broken" for the stream's
	// own error, or "error:" and the text of any other. The call after that is only shown if it returned something
	// else.
	Got []string `json:"got"`

	// After says how many bytes of the stream had been read by then.
	After []int `json:"after"`
}

func (s subjectStream) decode() (out subjectDecoded) {
	in := &subjectReader{subjectStream: s}
	var messages []Message
	add := func(what string) {
		out.Got, out.After = append(out.Got, what), append(out.After, in.at)
	}
	defer func() {
		if v := recover(); v != nil {
			add(fmt.Sprint("panic: ", v))
		}
		for i, m := range messages { // only now: none of them may have changed since
			out.Got[i] = subjectMessage(m)
		}
	}()
	r := NewReader(in, Role(s.From), s.Limit)
	for {
		m, err := r.Next()
		if err != nil {
			add(subjectEnd(err))
			break
		}
		messages = append(messages, m)
		add("")
		if len(messages) > len(s.Bytes) {
			add("error: more messages than bytes")
			return out
		}
	}
	last := out.Got[len(out.Got)-1]
	switch m, err := r.Next(); {
	case err == nil:
		add("and then " + subjectMessage(m))
	case subjectEnd(err) != last:
		add("and then " + subjectEnd(err))
	}
	return out
}

func subjectMessage(m Message) string {
	name, ok := map[Opcode]string{Text: "text", Binary: "binary", Close: "close", Ping: "ping", Pong: "pong"}[m.Opcode]
	if !ok {
		name = fmt.Sprintf("opcode %d", m.Opcode)
	}
	if m.Opcode == Close || m.Code != 0 {
		name += fmt.Sprintf(" %d", m.Code)
	}
	return strings.TrimSpace(name + " " + hex.EncodeToString(m.Payload))
}

var errSubject = errors.New("the stream broke")

func subjectEnd(err error) string {
	var refused *Error
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("fail %d", refused.Code)
	case errors.Is(err, errSubject):
		return "broken"
	case err == io.EOF:
		return "end"
	case err == io.ErrUnexpectedEOF:
		return "cut"
	}
	return "error: " + err.Error()
}

// subjectReader reads the stream piece by piece, as a network would hand it over.
type subjectReader struct {
	subjectStream
	at int // how many bytes have been read
}

// Read implements io.Reader.
func (r *subjectReader) Read(p []byte) (int, error) {
	end := io.EOF
	if r.Broken {
		end = errSubject
	}
	if r.at == len(r.Bytes) {
		return 0, end
	}
	for len(r.Cuts) > 0 && r.Cuts[0] <= r.at {
		r.Cuts = r.Cuts[1:]
	}
	piece := r.Bytes[r.at:]
	if len(r.Cuts) > 0 {
		piece = r.Bytes[r.at:min(r.Cuts[0], len(r.Bytes))]
	}
	n := copy(p, piece)
	r.at += n
	if r.Eager && r.at == len(r.Bytes) {
		return n, end
	}
	return n, nil
}

// subjectRole is a role by its name.
type subjectRole Role

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *subjectRole) UnmarshalText(text []byte) error {
	switch string(text) {
	case "client":
		*r = subjectRole(Client)
	case "server":
		*r = subjectRole(Server)
	default:
		return fmt.Errorf("from %q: want client or server", text)
	}
	return nil
}

// subjectHex are bytes that JSON shows in hex.
type subjectHex []byte

// MarshalText implements encoding.TextMarshaler.
func (b subjectHex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it passes over spaces.
func (b *subjectHex) UnmarshalText(text []byte) (err error) {
	*b, err = hex.AppendDecode(nil, bytes.ReplaceAll(text, []byte(" "), nil))
	return err
}
