package probe_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/probe"
	"wirelab/grader/wire"
)

// converse echoes messages and pings. Some texts are orders.
func converse(p *peer) {
	for {
		f, ok := p.next()
		if !ok {
			return
		}
		f.Masked = false
		switch {
		case f.Opcode == wire.OpClose:
			p.send(f)
			return
		case f.Opcode == wire.OpPing:
			p.send(frame(wire.OpPong, string(f.Payload)))
		case f.Opcode == wire.OpPong:
			p.text("pong " + string(f.Payload))
		case string(f.Payload) == "fragments":
			p.send(wire.Frame{Opcode: wire.OpText, Payload: []byte("fra")})
			p.send(frame(wire.OpPing, "between"))
			p.send(wire.Frame{Opcode: wire.OpContinuation, Payload: []byte("gmen")})
			p.send(frame(wire.OpContinuation, "ts"))
		case string(f.Payload) == "cut":
			p.text("last words")
			return
		case string(f.Payload) == "bye":
			p.text("last words")
			p.close(4001, "enough")
			for ok && f.Opcode != wire.OpClose {
				f, ok = p.next()
			}
			return
		default:
			p.send(f)
		}
	}
}

func TestWebSocket(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	require.Equal(t, "websocket", c.Header.Get("Upgrade"))
	require.Empty(t, c.Subprotocol)
	for _, text := range []string{probe.Text(125), probe.Text(126), "", probe.Text(70_000)} {
		c.SendText(text)
		c.ExpectText(text)
		c.SendBinary([]byte(text))
		c.ExpectBinary([]byte(text))
	}
	c.SendPing([]byte("?"))
	c.SendText("after the ping")
	c.ExpectText("after the ping") // messages and control frames wait in queues of their own
	c.ExpectPong([]byte("?"))
	c.SendFrame(wire.Frame{Fin: true, Opcode: wire.OpText, Masked: true, Key: [4]byte{1, 2, 3, 4}, Payload: []byte("key")})
	require.Equal(t, probe.Message{Opcode: wire.OpText, Data: "key"}, c.Next())
	c.SendBytes(wire.AppendFrame(nil, frame(wire.OpText, "not masked")))
	c.ExpectText("not masked")
	c.Close()
	c.ExpectEnd()
	s.Eventually("nothing open", "nada abierto", func() bool { return s.OpenConns() == 0 })
}

func TestFragmentsAndPings(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	c.SendText("fragments")
	c.ExpectText("fragments")
	require.Equal(t, "between", string(c.ExpectPing()))
	c.ExpectText("pong between") // it was answered by itself

	quiet := s.WebSocket("/ws", probe.AutoPong(false))
	quiet.SendText("fragments")
	quiet.ExpectText("fragments")
	quiet.ExpectPing()
	quiet.SendText("next")
	quiet.ExpectText("next")
}

func TestEndings(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	c.SendText("bye")
	c.ExpectText("last words")
	code, reason := c.ExpectClose(1000, 4001)
	require.Equal(t, 4001, code)
	require.Equal(t, "enough", reason)

	c = s.WebSocket("/ws")
	c.SendText("bye")
	messages, code := c.Drain()
	require.Equal(t, []probe.Message{{Opcode: wire.OpText, Data: "last words"}}, messages)
	require.Equal(t, 4001, code)
	c.ExpectEnd() // the close frame was answered

	c = s.WebSocket("/ws")
	c.SendText("cut")
	messages, code = c.Drain()
	require.Len(t, messages, 1)
	require.Equal(t, 1006, code)

	c = s.WebSocket("/ws", probe.AutoClose(false))
	c.SendText("bye")
	c.ExpectText("last words")
	c.ExpectClose()
	c.SendPing(nil) // it can: nothing was answered
	c.SendClose(0, "")
	c.Drop()
	c.ExpectEnd()
}

// A connection that stalls takes nothing, and loses nothing.
func TestStall(t *testing.T) {
	s := probe.Start(t)
	c := s.WebSocket("/ws")
	const n = 200
	text := strings.Repeat("x", 32<<10)
	c.SendText("first")
	c.ExpectText("first")
	c.Stall()
	c.Stall() // twice is once
	s.Together(2, func(i int) {
		if i == 0 {
			for range n { // more than all buffers hold: the subject's writes block, and then ours
				c.SendText(text)
			}
			return
		}
		other := s.WebSocket("/ws")
		other.SendText("still there")
		other.ExpectText("still there")
		c.Resume()
		c.Resume()
	})
	for range n {
		c.ExpectText(text)
	}
}

func TestHandshake(t *testing.T) {
	s := probe.Start(t)
	r := s.Handshake("/chat", probe.Subprotocol("chat.v1", "chat.v2"))
	r.ExpectStatus(http.StatusSwitchingProtocols)
	r.ExpectHeader("Sec-WebSocket-Protocol", "chat.v2")
	r = s.Handshake("/mirror", probe.Origin("http://a.example"))
	r.ExpectHeader("X-Asked", "GET  http://a.example")
	require.Equal(t, "chat.v2", s.WebSocket("/chat").Subprotocol)
	require.Equal(t, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", probe.Accept("dGhlIHNhbXBsZSBub25jZQ=="), "RFC 6455 §1.3")
}

func TestIndependentClients(t *testing.T) {
	s := probe.Start(t)
	g := s.Gorilla("/ws")
	defer g.Close()
	word := probe.Word()
	require.NoError(t, g.WriteMessage(1, []byte(word)))
	_, got, err := g.ReadMessage()
	require.NoError(t, err)
	require.Equal(t, word, string(got))

	c := s.Coder("/ws")
	require.NoError(t, c.Write(t.Context(), 1, []byte(word)))
	_, got, err = c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, word, string(got))
}
