package probe_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/probe"
	"wirelab/grader/subject"
	"wirelab/grader/wire"
)

// calls is a subject that asks whom it is told to: GET of the query's "url", through its "socket" if there is one.
func calls(w http.ResponseWriter, r *http.Request) {
	transport := &http.Transport{DisableKeepAlives: true}
	if socket := r.FormValue("socket"); socket != "" {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}
	}
	client := http.Client{Transport: transport}
	resp, err := client.Get(r.FormValue("url"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Fprintf(w, "%s says %s", resp.Status, body)
}

func TestServe(t *testing.T) {
	s := probe.Start(t)
	word := probe.Word()
	p := s.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, word+" at "+r.URL.Path)
	}))
	require.Equal(t, "418 I'm a teapot says "+word+" at /here", s.Get("/call?"+p.Query("/here")).Body)
}

func TestListen(t *testing.T) {
	s := probe.Start(t)
	p := s.Listen()
	s.Together(2, func(i int) {
		if i == 0 {
			require.Equal(t, "200 OK says by hand", s.Get("/call?"+p.Query("/")).Body)
			return
		}
		c, err := p.Accept()
		if err != nil {
			s.Failf("a connection: %v", "una conexión: %v", err)
		}
		defer c.Close()
		buf := make([]byte, 4)
		_, _ = io.ReadFull(c, buf) // what is not there fails below
		require.Equal(t, "GET ", string(buf))
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nby hand")
	})
	require.NoError(t, p.Close())
	s.Get("/call?" + p.Query("/")).ExpectStatus(http.StatusBadGateway)
}

func TestAnother(t *testing.T) {
	s := probe.Start(t)
	other := s.Another()
	a, b := s.WebSocket("/ws"), other.WebSocket("/ws")
	s.Stop()
	a.ExpectEnd()
	b.SendText("still here")
	b.ExpectText("still here")
	require.Equal(t, 1, other.OpenConns())
}

// What a peer sees and says is in the transcript, beside what the test's own client does.
func TestPeerInTheTranscript(t *testing.T) {
	t.Parallel()
	g := newFakeGrader(t, subject.State{})
	log, err := g.run(t, "peer")
	require.Error(t, err)
	var seen []string
	for _, e := range g.result(t, log).Transcript {
		if e.Conn == "shop" && e.Dir != "" {
			seen = append(seen, fmt.Sprintf("%s %s %s", e.Dir, e.Kind, e.Data))
		}
	}
	require.Equal(t, []string{
		fmt.Sprintf("%s %s GET /price", wire.Receive, wire.KindRequest),
		fmt.Sprintf("%s %s 200 OK", wire.Send, wire.KindResponse),
		fmt.Sprintf("%s %s 42", wire.Send, wire.KindBytes),
	}, seen)
}
