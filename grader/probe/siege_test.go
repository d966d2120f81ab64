package probe_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"wirelab/grader/probe"
	"wirelab/grader/subject"
	"wirelab/grader/wire"
)

// maxPeak bounds the whole process of the tests while it is attacked, in bytes: 64 MiB that wait, the 16 MiB of a message
// or a body in their making, all that twice for the garbage collector, and the program.
const maxPeak = 320 << 20

// short waits are for attacks that would last for ever; long ones are for those that have to end by themselves.
const (
	brief   = 500 * time.Millisecond
	patient = 2 * time.Minute
)

// TestBesieged is what runs in the other process: the victim, and then, on time, a test of an honest subject.
func TestBesieged(t *testing.T) {
	v, ok := sieges()[os.Getenv(victimEnv)]
	if !ok {
		t.Skip("for a process of its own: see TestUnderSiege")
	}
	for _, then := range []func(*probe.Subject){
		v.test,
		func(s *probe.Subject) { s.Get("/honest").ExpectStatus(http.StatusNoContent) },
	} {
		t.Run("then", func(t *testing.T) { // which ends when the parallel test in it does
			t.Run("", func(t *testing.T) { then(probe.Start(t)) })
		})
	}
}

// A hostile subject, in a process that is not the checker's, does what it can to it. Memory and time stay within their
// bounds, the failure says what came, and the next test runs.
func TestUnderSiege(t *testing.T) {
	for name, v := range sieges() {
		t.Run(name, func(t *testing.T) {
			g := newFakeGrader(t, subject.State{})
			mux := http.NewServeMux()
			mux.HandleFunc("/honest", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
			mux.HandleFunc("/", v.subject)
			serve(t, g.subject, mux)
			peak, log := g.besiege(t, name)

			g.mu.Lock()
			defer g.mu.Unlock()
			require.Len(t, g.results, 2, "%s", log)
			got, next := g.results[0], g.results[1]
			require.False(t, got.Passed)
			require.Contains(t, got.Message.EN, v.en)
			require.Contains(t, got.Message.ES, v.es)
			require.Equal(t, v.bound, got.Bound, got.Message.EN)
			if v.bound {
				require.Less(t, got.Seconds, 5.0)
			}
			require.True(t, next.Passed, next.Message.EN)
			require.Less(t, next.Seconds, 5.0, "the next test waits for what the last one met")
			require.Less(t, reportSize(got), 1<<20, "what is told the grader")
			require.Less(t, peak, int64(maxPeak))
			t.Logf("%d MiB, %.2f s", peak>>20, got.Seconds)
		})
	}
}

// besiege runs the victim and the test after it, one by one, and returns the most memory that they took.
func (g *fakeGrader) besiege(t *testing.T, name string) (peak int64, log string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "-test.run=^TestBesieged$", "-test.timeout=3m")
	cmd.Env = append(os.Environ(), victimEnv+"="+name, gradedEnv+"=1", subject.Env+"="+g.socket)
	in, err := cmd.StdinPipe() // the probe ends when the grader closes it
	require.NoError(t, err)
	defer in.Close()
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "it passed:\n%s", out)
	return maxRSS(cmd.ProcessState), string(out)
}

func reportSize(r subject.Result) (n int) {
	n = len(r.Message.EN) + len(r.Message.ES) + len(r.Ended.EN) + len(r.Ended.ES)
	for _, e := range r.Transcript {
		n += len(e.Data) + len(e.Event) + len(e.EventID) + len(e.Conn)
	}
	return n
}

// raw is a subject that says start, then part again and again, with a pause in between, until its client is gone.
func raw(start, part string, pause time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		p := hijack(w)
		defer p.Close()
		repeat(p, start, part, pause)
	}
}

func repeat(p *peer, start, part string, pause time.Duration) {
	tick := time.NewTicker(max(pause, time.Nanosecond))
	defer tick.Stop()
	for _, err := p.Write([]byte(start)); err == nil; {
		if pause > 0 {
			<-tick.C
		}
		if part == "" {
			p.wait()
			return
		}
		_, err = p.Write([]byte(part))
	}
}

// frames is a subject that answers the handshake and sends one part after the other, as fast as it can.
func frames(start, part string, pause time.Duration) http.HandlerFunc {
	return upgrade(func(p *peer) { repeat(p, start, part, pause) })
}

// bomb is 64 MiB of zeros, twice compressed to less than a KiB.
func bomb() string {
	var once, twice bytes.Buffer
	z := gzip.NewWriter(&once)
	for range 64 {
		_, _ = z.Write(make([]byte, 1<<20)) // a buffer takes everything
	}
	_ = z.Close()
	z = gzip.NewWriter(&twice)
	_, _ = z.Write(once.Bytes())
	_ = z.Close()
	return twice.String()
}

func sieges() map[string]victim {
	const ok, no, events = "HTTP/1.1 200 OK\r\n", "HTTP/1.1 403 Forbidden\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
	const upTo, hasta = "a header of more than 1 MiB", "un encabezado de más de 1 MiB"
	const nothing, nada = "nothing within 500ms", "nada en 500ms"
	const held, retenido = "more than 64 MiB that nobody had asked for", "más de 64 MiB que nadie había pedido"
	const over, demás = "more than the checker takes", "más de lo que acepta quien comprueba"
	const trailers, campos = "a trailer that does not end", "campos finales que no se acaban"
	const lastChunk = "Transfer-Encoding: chunked\r\n\r\n8\r\ndata: x\n\r\n0\r\n"
	packed := sync.OnceValue(bomb)
	many := func(part string) string { return strings.Repeat(part, max(1, 64<<10/len(part))) }
	header := many("X-More: " + strings.Repeat("x", 1000) + "\r\n")
	get := func(d time.Duration) func(*probe.Subject) {
		return func(s *probe.Subject) { s.Within(d).Get("/") }
	}
	socket := func(d time.Duration) func(*probe.Subject) {
		return func(s *probe.Subject) { s.Within(d).WebSocket("/").ExpectPong([]byte("never")) }
	}
	stream := func(d time.Duration) func(*probe.Subject) {
		return func(s *probe.Subject) { s.Within(d).EventStream("/").ExpectEnd() }
	}
	gorilla := toGorilla(patient)
	long := func(frame wire.Frame) string { return string(wire.AppendFrame(nil, frame)) }
	hostile := func(subject http.HandlerFunc, test func(*probe.Subject), en, es string) victim {
		return victim{subject: subject, test: test, en: en, es: es, bound: en == nothing || en == "i/o timeout"}
	}
	all := map[string]victim{
		"headers without end, to a request":         hostile(raw(ok, header, 0), get(patient), upTo, hasta),
		"headers without end, to a handshake":       hostile(raw(ok, header, 0), socket(patient), upTo, hasta),
		"headers without end, to a stream":          hostile(raw(ok, header, 0), stream(patient), upTo, hasta),
		"headers without end, to gorilla":           hostile(raw("HTTP/1.1 101 Switching Protocols\r\n", header, 0), gorilla, upTo, hasta),
		"headers without end, to coder":             hostile(raw(ok, header, 0), func(s *probe.Subject) { s.Within(patient).Coder("/") }, upTo, hasta),
		"a header line without end":                 hostile(raw(ok+"X: ", many("x"), 0), get(patient), upTo, hasta),
		"a status line without end":                 hostile(raw("HTTP/1.1 200 ", many("x"), 0), socket(patient), upTo, hasta),
		"a storm of 103s":                           hostile(raw("", many("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"), 0), get(patient), upTo, hasta),
		"a storm of 103s, to a handshake":           hostile(raw("", many("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"), 0), socket(patient), "103 Early Hints", "103 Early Hints"),
		"chunks without end":                        hostile(raw(ok+"Transfer-Encoding: chunked\r\n\r\n", "10000\r\n"+strings.Repeat("x", 1<<16)+"\r\n", 0), get(patient), "a body of more than 16 MiB", "un cuerpo de más de 16 MiB"),
		"chunks of one byte":                        hostile(raw(ok+"Transfer-Encoding: chunked\r\n\r\n", many("1\r\nx\r\n"), 0), get(brief), nothing, nada),
		"a chunk of 2^64 bytes":                     hostile(raw(ok+"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx", "", 0), get(brief), nothing, nada),
		"a body that claims 2^63-1 bytes":           hostile(raw(ok+"Content-Length: 9223372036854775807\r\n\r\nx", "", 0), get(brief), nothing, nada),
		"trailers without end":                      hostile(raw(ok+lastChunk, header, 0), get(patient), trailers, campos),
		"a trailer line without end":                hostile(raw(ok+lastChunk+"X: ", many("x"), 0), get(patient), trailers, campos),
		"a trailer byte by byte":                    hostile(raw(ok+lastChunk+"X: ", "x", 10*time.Millisecond), get(brief), nothing, nada),
		"trailers without end, to a handshake":      hostile(raw(no+lastChunk, header, 0), socket(patient), "403 Forbidden", "403 Forbidden"),
		"trailers without end, to gorilla":          hostile(raw(no+lastChunk, header, 0), gorilla, "403 Forbidden", "403 Forbidden"),
		"trailers without end, to coder":            hostile(raw(no+lastChunk, header, 0), func(s *probe.Subject) { s.Within(patient).Coder("/") }, "403 Forbidden", "403 Forbidden"),
		"trailers without end, to a stream":         hostile(raw(strings.TrimSuffix(events, "\r\n")+lastChunk, header, 0), func(s *probe.Subject) { s.Within(patient).EventStream("/").Next() }, trailers, campos),
		"no answer":                                 hostile(raw("", "", 0), get(brief), nothing, nada),
		"no answer to a handshake":                  hostile(raw("", "", 0), socket(brief), nothing, nada),
		"half an answer":                            hostile(raw("HTTP/1.1 2", "", 0), get(brief), nothing, nada),
		"a header byte by byte":                     hostile(raw(ok+"X: ", "x", 10*time.Millisecond), get(brief), nothing, nada),
		"a body byte by byte":                       hostile(raw(ok+"\r\n", "x", 10*time.Millisecond), get(brief), nothing, nada),
		"a handshake byte by byte":                  hostile(raw(ok+"X: ", "x", 10*time.Millisecond), socket(brief), nothing, nada),
		"a frame byte by byte":                      hostile(frames("\x82\x7e\xff\xff", "x", 10*time.Millisecond), socket(brief), nothing, nada),
		"an event byte by byte":                     hostile(raw(events+"data: ", "x", 10*time.Millisecond), stream(brief), nothing, nada),
		"a frame of 2^63 bytes":                     hostile(frames("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", "x", time.Millisecond), socket(patient), over, demás),
		"a frame that claims 16 MiB and brings 1":   hostile(frames("\x82\x7f\x00\x00\x00\x00\x01\x00\x00\x00"+strings.Repeat("x", 1<<20), "", 0), socket(brief), nothing, nada),
		"a million empty messages":                  hostile(frames("", many("\x81\x00"), 0), socket(patient), held, retenido),
		"a million pings":                           hostile(frames("", many("\x89\x00"), 0), socket(brief), nothing, nada),
		"a million empty fragments":                 hostile(frames("\x01\x00", many("\x00\x00"), 0), socket(brief), nothing, nada),
		"messages of 1 MiB":                         hostile(frames("", long(frame(wire.OpBinary, strings.Repeat("x", 1<<20))), 0), socket(patient), held, retenido),
		"a message of fragments without end":        hostile(frames("\x02\x00", long(wire.Frame{Payload: make([]byte, 1<<20)}), 0), socket(patient), over, demás),
		"a message without end, to gorilla":         hostile(frames("\x02\x00", long(wire.Frame{Payload: make([]byte, 1<<20)}), 0), gorilla, "read limit exceeded", "read limit exceeded"),
		"a bomb in a frame that nobody agreed upon": hostile(upgradeWith(probe.Accept, "Sec-WebSocket-Extensions: permessage-deflate\r\n", func(p *peer) { p.send(wire.Frame{Fin: true, RSV: 4, Opcode: wire.OpText, Payload: []byte(packed())}) }), socket(patient), "has reserved bits set", "tiene bits reservados encendidos"),
		"an event-stream line without end":          hostile(raw(events, many("x"), 0), stream(patient), over, demás),
		"an event of lines without end":             hostile(raw(events, many("data: "+strings.Repeat("x", 1000)+"\n"), 0), stream(patient), over, demás),
		"events without end":                        hostile(raw(events, many("data: x\n\n"), 0), func(s *probe.Subject) { s.Within(patient).EventStream("/").ExpectComment() }, held, retenido),
		"comments without end":                      hostile(raw(events, many(":\n"), 0), stream(patient), held, retenido),
		"raw bytes without the mark": hostile(raw("", many("x"), 0), func(s *probe.Subject) {
			r := s.Within(patient).Raw()
			r.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
			r.ReadUntil("never")
		}, "more than 16 MiB of something else", "más de 16 MiB de otra cosa"),
		"a transcript of long names": hostile(raw(events, "event: "+strings.Repeat("n", 3<<20)+"\nid: "+strings.Repeat("i", 3<<20)+"\ndata: x\n\n", 0), func(s *probe.Subject) {
			for st := s.Within(patient).EventStream("/"); ; {
				for range 20 {
					st.Next()
				}
				s.Failf("twenty of them", "veinte")
			}
		}, "twenty of them", "veinte"),
	}
	maps.Copy(all, halfSieges(hostile))
	all["a bomb as a body"] = hostile(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		fmt.Fprint(w, packed())
	}, func(s *probe.Subject) {
		s.Failf("%v", "%v", len(s.Get("/", probe.Header("Accept-Encoding", "gzip")).Body) < 1<<20)
	}, "true", "true")
	return all
}
