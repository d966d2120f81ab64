package hidden

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// text is said in English and Spanish; both have the same verbs.
type text struct{ en, es string }

func (t text) with(args ...any) text {
	return text{fmt.Sprintf(t.en, args...), fmt.Sprintf(t.es, args...)}
}

// role is the side that sends.
type role string

const (
	client role = "client"
	server role = "server"
)

func roles() []role { return []role{client, server} }

// es is the role's name in Spanish.
func (r role) es() string {
	return map[role]string{client: "cliente", server: "servidor"}[r]
}

// frame is a frame as that side must send it, unless the test has broken it: masked or not, the length in its
// shortest form.
func (r role) frame(fin bool, op wire.Opcode, payload []byte) []byte {
	return r.append(wire.Frame{Fin: fin, Opcode: op, Payload: payload})
}

func (r role) append(f wire.Frame) []byte {
	if f.Masked = r == client; f.Masked {
		f.Key = wire.NewKey()
	}
	return wire.AppendFrame(nil, f)
}

// header is one with a length that wire.AppendFrame would never write: form is 126, 127, or the length itself; the
// bytes of the length follow it.
func (r role) header(first, form byte, length ...byte) []byte {
	if r == server {
		return append([]byte{first, form}, length...)
	}
	key := wire.NewKey()
	return slices.Concat([]byte{first, masked | form}, length, key[:])
}

const (
	final   = 0x80 // FIN, in the first byte
	masked  = 0x80 // MASK, in the second
	kib     = 1 << 10
	nothing = -1 // as a limit: not a single byte
)

// start gives the test a fresh subject, and more time for an answer than usual: thousands of streams are work, and a
// machine may have other work to do.
func start(t *testing.T) *probe.Subject {
	return probe.Start(t).Within(3 * probe.Bound)
}

// vector is a stream to decode and what must come of it.
type vector struct {
	name   text   // what the stream has in it
	from   role   //
	limit  int64  // for a message; kib if 0
	bytes  []byte //
	cuts   []int  //
	eager  bool   //
	broken bool   //

	want []string // as subject.go writes it
	or   []string // is as good, if not nil
	by   []int    // where not nil: how many bytes may have been read by then, for each of want
}

// got is what the subject says of a vector.
type got struct {
	Got   []string `json:"got"`
	After []int    `json:"after"`
}

// decode has all vectors decoded, and fails at the first that gives something else than it should.
func decode(s *probe.Subject, vectors ...vector) {
	for i, g := range ask[got](s, "/decode", vectors) {
		vectors[i].judge(s, g)
	}
}

// MarshalJSON writes the vector as subject.go wants it.
func (v vector) MarshalJSON() ([]byte, error) {
	switch v.limit {
	case 0:
		v.limit = kib
	case nothing:
		v.limit = 0
	}
	fields := map[string]any{"from": v.from, "limit": v.limit, "bytes": hex.EncodeToString(v.bytes)}
	if v.cuts != nil {
		fields["cuts"] = v.cuts
	}
	if v.eager {
		fields["eager"] = true
	}
	if v.broken {
		fields["broken"] = true
	}
	return json.Marshal(fields)
}

// ask posts the questions, a line each, and returns an answer for each of them. It makes several requests of many
// questions, so that none takes long on a busy machine.
func ask[A, Q any](s *probe.Subject, path string, questions []Q) (answers []A) {
	const most = 50 << 10 // bytes of a request, where a single question is no longer
	var body bytes.Buffer
	asked := 0
	for i, q := range questions {
		line, _ := json.Marshal(q) // cannot fail
		body.Write(append(line, '\n'))
		if asked++; body.Len() < most && i < len(questions)-1 {
			continue
		}
		r := s.Do(http.MethodPost, path, body.Bytes())
		r.ExpectStatus(http.StatusOK)
		some, err := lines[A](r.Body)
		if err != nil || len(some) != asked {
			s.Failf("expected  %d lines of JSON from %s\ngot       %d, then %v",
				"se esperaba  %d líneas de JSON de %s\nllegó        %d, después %v", asked, path, len(some), err)
		}
		answers = append(answers, some...)
		body.Reset()
		asked = 0
	}
	return answers
}

// lines reads JSON values until their end.
func lines[A any](body string) (all []A, err error) {
	for dec := json.NewDecoder(strings.NewReader(body)); ; {
		var a A
		err := dec.Decode(&a)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, a)
	}
}

// judge fails unless the subject has decoded what it should have, and as soon as it could.
func (v vector) judge(s *probe.Subject, g got) {
	if !slices.Equal(g.Got, v.want) && (v.or == nil || !slices.Equal(g.Got, v.or)) {
		want := list(v.want)
		if v.or != nil {
			want += " | " + list(v.or)
		}
		s.Failf("expected  %[1]s\ngot       %[2]s\nfor       %[3]s, from a %[5]s\nbytes     %[7]s",
			"se esperaba  %[1]s\nllegó        %[2]s\npara         %[4]s, de un %[6]s\nbytes        %[7]s",
			want, list(g.Got), v.name.en, v.name.es, v.from, v.from.es(), v.shown())
	}
	for i, most := range v.by {
		if i < len(g.After) && g.After[i] > most {
			s.Failf("expected  %[1]s as soon as %[2]d bytes of the stream are there\ngot       it after %[3]d bytes\nfor       %[4]s, from a %[6]s\nbytes     %[8]s",
				"se esperaba  %[1]s en cuanto hay %[2]d bytes del flujo\nllegó        tras %[3]d bytes\npara         %[5]s, de un %[7]s\nbytes        %[8]s",
				short(v.want[i]), most, g.After[i], v.name.en, v.name.es, v.from, v.from.es(), v.shown())
		}
	}
}

// shown is the stream in hex, with a bar where it was cut.
func (v vector) shown() string {
	var b strings.Builder
	at := 0
	for _, cut := range append(slices.Clone(v.cuts), len(v.bytes)) {
		if b.Len() > 0 {
			b.WriteByte('|')
		}
		fmt.Fprintf(&b, "%x", v.bytes[at:cut])
		at = cut
	}
	return short(b.String())
}

// short keeps a long text readable.
func short(s string) string {
	const most = 160
	if len(s) <= most {
		return s
	}
	return fmt.Sprintf("%s… (%d)", s[:most], len(s))
}

func list(what []string) string {
	const most = 8
	var all []string
	for _, s := range what[:min(most, len(what))] {
		all = append(all, short(s))
	}
	if len(what) > most {
		all = append(all, fmt.Sprintf("… (%d)", len(what)))
	}
	return strings.Join(all, ", ")
}

// message is how subject.go writes a message.
func message(op wire.Opcode, payload []byte) string {
	return strings.TrimSpace(op.String() + " " + hex.EncodeToString(payload))
}

// closing is how subject.go writes a close frame.
func closing(code int, reason string) string {
	return strings.TrimSpace(fmt.Sprintf("close %d %x", code, reason))
}

func fail(code int) string { return fmt.Sprintf("fail %d", code) }
