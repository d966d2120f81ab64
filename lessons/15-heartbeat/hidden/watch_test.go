package hidden

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// The rhythms of these tests. A machine that is busy with something else may hold a test or the subject up: a peer
// that is to live has nearly all of wait for every sign of life, and a peer that is to be cut off may take as long as
// the probe's bound.
const (
	interval = 100 * time.Millisecond
	wait     = 3 * time.Second
	short    = time.Second // a wait for who is dead from the start
	patient  = time.Minute // a wait that nobody in these tests runs into
)

// path is that of a WebSocket that is served with these durations.
func path(interval, wait time.Duration) string {
	return fmt.Sprintf("/ws?interval=%s&wait=%s", interval, wait)
}

// outlive gives a sign of life with every ping, the n-th from 0, until a peer that gave none would long have been
// cut off. The subject's pings are the clock: nothing here waits for time to pass.
func outlive(c *probe.Conn, sign func(n int)) {
	end := time.Now().Add(wait + time.Second)
	for n := 0; time.Now().Before(end); n++ {
		c.ExpectPing()
		sign(n)
	}
}

// expectEcho says something and waits until it comes back.
func expectEcho(c *probe.Conn) {
	word := probe.Word()
	c.SendText(word)
	c.ExpectText(word)
}

func sendPong(c *probe.Conn, payload []byte) {
	c.SendFrame(wire.Frame{Fin: true, Opcode: wire.OpPong, Masked: true, Payload: payload})
}

// expectPatience fails if less than wait has passed since a peer was last heard of, and it has been cut off.
func expectPatience(s *probe.Subject, who string, last time.Time, wait time.Duration) {
	if silent := time.Since(last); silent < wait {
		s.Failf("expected  %s not to be taken for dead before %s of silence\ngot       the end after %s",
			"se esperaba  que a %s no se la diera por muerta antes de %s de silencio\nllegó        el final tras %s",
			who, wait, silent.Round(time.Millisecond))
	}
}

// expectAlive waits until Serve is busy with so many connections, and the subject holds no others. Only a new answer
// is put into the transcript.
func expectAlive(s *probe.Subject, want int) {
	client := s.Client()
	client.Timeout = s.Bound()
	shown := ""
	s.Eventually(fmt.Sprintf("GET /alive to answer %d, and no other connection to be open", want),
		fmt.Sprintf("que GET /alive responda %d y que no haya otra conexión abierta", want), func() bool {
			if now := ask(client, s.URL("/alive")); now != shown {
				shown = s.Get("/alive").Body
			}
			return shown == fmt.Sprint(want) && s.OpenConns() == want
		})
}

// ask is a request that is not in the transcript, which would hold little else.
func ask(client *http.Client, url string) string {
	resp, err := client.Get(url)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64))
	if err != nil {
		return err.Error()
	}
	return string(body)
}
