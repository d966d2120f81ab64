package scaleredis

import (
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"
)

// This file is given: it makes a service of your node, and the graded tests talk to two of those. Read it if you
// like, but don't change it: the grader puts the original back.

const (
	subjectMaxText = 64 << 10 // bytes of the longest message that is taken
	subjectQueue   = 1024     // messages that may wait for one member
)

// Subject returns one node of the service:
//
//	POST /broker  starts the node with the broker at ?url=, such as redis://127.0.0.1:6379, or at the Unix socket
//	              ?socket=; the response is an event stream of nothing, and the node works for as long as it is open
//	GET  /ws      a WebSocket; whoever opens it is a member of ?room= for as long as it lasts, and the handshake is
//	              answered once Join has returned
func Subject() http.Handler {
	s := &subject{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /broker", s.serveBroker)
	mux.HandleFunc("GET /ws", s.serveMember)
	return mux
}

type subject struct {
	starting sync.Mutex
	node     atomic.Pointer[Node]
}

func (s *subject) serveBroker(w http.ResponseWriter, r *http.Request) {
	if !s.starting.TryLock() {
		http.Error(w, "the node has a broker already", http.StatusConflict)
		return
	}
	defer s.starting.Unlock()
	options, err := subjectOptions(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	client := redis.NewClient(options)
	defer client.Close()
	s.node.Store(NewNode(r.Context(), client))
	defer s.node.Store(nil)
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, ": the node works for as long as this is open\n\n")
	_ = http.NewResponseController(w).Flush() // who has hung up ends the node by its context
	<-r.Context().Done()
}

// subjectOptions says how the node's client treats the broker.
func subjectOptions(query url.Values) (*redis.Options, error) {
	o := &redis.Options{
		Network: "unix", Addr: query.Get("socket"),
		Protocol:              2, // as it was spoken when pub/sub was new: easier to read in a transcript
		DisableIdentity:       true,
		ContextTimeoutEnabled: true,
		DialTimeout:           time.Second,
		ReadTimeout:           3 * time.Second,
		DialerRetries:         1,
		MaxRetries:            -1, // a PUBLISH that is tried again may be heard twice
	}
	if o.Addr == "" {
		u, err := url.Parse(query.Get("url"))
		if err != nil {
			return nil, err
		}
		o.Network, o.Addr = "tcp", u.Host
	}
	return o, nil
}

func (s *subject) serveMember(w http.ResponseWriter, r *http.Request) {
	node, room := s.node.Load(), r.FormValue("room")
	if node == nil {
		http.Error(w, "the node has no broker yet: POST /broker", http.StatusServiceUnavailable)
		return
	}
	if room == "" {
		http.Error(w, "which room? /ws?room=…", http.StatusBadRequest)
		return
	}
	m := &subjectMember{queue: make(chan []byte, subjectQueue), gone: make(chan struct{})}
	defer node.Join(room, m)()
	var upgrader websocket.Upgrader
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	conn.SetReadLimit(subjectMaxText)
	var writer sync.WaitGroup
	writer.Go(func() { m.write(conn) })
	for {
		kind, text, err := conn.ReadMessage()
		if err != nil {
			break
		}
		if kind == websocket.TextMessage {
			node.Say(room, text)
		}
	}
	m.leave()
	writer.Wait()
}

// subjectMember is a member with a queue and a writer, as in lesson 16.
type subjectMember struct {
	queue chan []byte
	gone  chan struct{} // closed when it has left, or is too far behind
	once  sync.Once
}

// Send puts text into the queue; a member whose queue is full is let go.
func (m *subjectMember) Send(text []byte) {
	select {
	case m.queue <- text:
	default:
		m.leave()
	}
}

func (m *subjectMember) leave() { m.once.Do(func() { close(m.gone) }) }

// write empties the queue into the connection, and closes it in the end.
func (m *subjectMember) write(conn *websocket.Conn) {
	defer conn.Close()
	for {
		select {
		case text := <-m.queue:
			if err := conn.WriteMessage(websocket.TextMessage, text); err != nil {
				return
			}
		case <-m.gone:
			return
		}
	}
}
