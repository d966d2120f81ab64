package tap

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	"wirelab/grader/wire"
)

const (
	maxSessions = 64                    // of pages; the one that was used longest ago goes
	maxKept     = 2 << 20               // bytes of rows that a session keeps, for pages that have missed some
	maxBatch    = 500                   // rows in one event
	maxPending  = 20_000                // rows that may wait to be published
	settle      = 25 * time.Millisecond // between two batches
)

// Batch is what a page hears on its own topic, "frames/SESSION".
type Batch struct {
	Epoch int64 `json:"epoch"` // when the session began, microseconds since 1970: in a later one, numbers begin again
	Rows  []Row `json:"rows"`
	Lost  int   `json:"lost,omitempty"` // rows before these that came too quickly to be shown
}

// A Tap relays for the consoles of open pages. Each page has a session, whose name the page has made up.
type Tap struct {
	ctx      context.Context
	publish  func(name string, data any)
	mu       sync.Mutex
	sessions map[string]*session
}

// New returns a Tap whose connections end with ctx. Rows are published to "frames/SESSION", a [Batch] each.
func New(ctx context.Context, publish func(topic string, data any)) *Tap {
	return &Tap{ctx: ctx, publish: publish, sessions: map[string]*session{}}
}

// Routes hands the requests that the Tap answers to handle, as patterns of http.ServeMux.
func (t *Tap) Routes(handle func(pattern string, h http.Handler)) {
	handle("GET /api/tap/{session}/ws", http.HandlerFunc(t.serveWebSocket))
	handle("/api/tap/{session}/http", http.HandlerFunc(t.serveHTTP))
	handle("GET /api/tap/{session}/rows", http.HandlerFunc(t.serveRows))
	handle("POST /api/tap/{session}/faults", http.HandlerFunc(t.serveFaults))
	handle("POST /api/tap/{session}/connections/{conn}", http.HandlerFunc(t.serveAct))
	handle("POST /api/tap/{session}/explain", http.HandlerFunc(t.serveExplain))
}

// session is what the tap knows of one page.
type session struct {
	name    string
	begun   time.Time
	publish func(topic string, data any)

	mu      sync.Mutex
	used    time.Time
	faults  Faults
	conns   map[string]*relay
	number  uint64 // connections so far
	rows    int    // so far
	kept    []Row
	size    int // of kept, about
	pending []Row
	lost    int
	planned bool
}

var sessionName = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

func (t *Tap) session(r *http.Request) (*session, error) {
	name := r.PathValue("session")
	if !sessionName.MatchString(name) {
		return nil, fmt.Errorf("session %q: want 8 to 64 letters and digits", name)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.sessions[name]
	if s == nil {
		t.makeRoom()
		s = &session{name: name, begun: time.Now(), publish: t.publish, conns: map[string]*relay{}}
		t.sessions[name] = s
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = time.Now()
	return s, nil
}

// makeRoom forgets the session that was used longest ago. It is called with mu held.
func (t *Tap) makeRoom() {
	if len(t.sessions) < maxSessions {
		return
	}
	var oldest *session
	for _, s := range t.sessions {
		if oldest == nil || s.lastUse().Before(oldest.lastUse()) {
			oldest = s
		}
	}
	delete(t.sessions, oldest.name)
}

func (s *session) lastUse() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// add numbers a row, keeps it and plans to publish it.
func (s *session) add(r Row) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows++
	r.N, r.Time, r.At = s.rows, milliseconds(now), now.Sub(s.begun).Seconds()
	s.kept = append(s.kept, r)
	s.size += cost(r)
	for s.size > maxKept {
		s.size -= cost(s.kept[0])
		s.kept = s.kept[1:]
	}
	if len(s.pending) >= maxPending {
		s.lost += len(s.pending)
		s.pending = nil
	}
	s.pending = append(s.pending, r)
	if !s.planned {
		s.planned = true
		time.AfterFunc(settle, s.flush)
	}
}

func cost(r Row) int { return 256 + len(r.Data) + len(r.Head) }

func (s *session) flush() {
	s.mu.Lock()
	n := min(len(s.pending), maxBatch)
	batch := Batch{Epoch: s.begun.UnixMicro(), Rows: s.pending[:n:n], Lost: s.lost}
	s.pending, s.lost = s.pending[n:], 0
	if s.planned = len(s.pending) > 0; s.planned {
		time.AfterFunc(settle, s.flush)
	}
	s.mu.Unlock()
	s.publish("frames/"+s.name, batch)
}

func (s *session) currentFaults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// serveRows answers with the rows after a number, for a page that has missed some.
func (t *Tap) serveRows(w http.ResponseWriter, r *http.Request) {
	s, err := t.session(r)
	if err != nil {
		refuse(w, r, err, http.StatusBadRequest)
		return
	}
	after, _ := strconv.Atoi(r.FormValue("after")) // none: all
	s.mu.Lock()
	rows := make([]Row, 0, len(s.kept))
	for _, row := range s.kept {
		if row.N > after {
			rows = append(rows, row)
		}
	}
	s.mu.Unlock()
	reply(w, Batch{Epoch: s.begun.UnixMicro(), Rows: rows})
}

func (t *Tap) serveFaults(w http.ResponseWriter, r *http.Request) {
	s, err := t.session(r)
	var f Faults
	if err == nil {
		if err = json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&f); err == nil {
			err = f.check()
		}
	}
	if err != nil {
		refuse(w, r, err, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.faults = f
	s.mu.Unlock()
	reply(w, f)
}

// serveAct does something to a connection: {"do": "drop"}, or "half" to close the direction to the server, or
// "frame" with an opcode and a payload, or for a close frame a code and a reason, that the tap sends on its own.
func (t *Tap) serveAct(w http.ResponseWriter, r *http.Request) {
	s, err := t.session(r)
	if err != nil {
		refuse(w, r, err, http.StatusBadRequest)
		return
	}
	var wish act
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<20)).Decode(&wish); err != nil {
		refuse(w, r, err, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	c := s.conns[r.PathValue("conn")]
	s.mu.Unlock()
	if c == nil {
		refuse(w, r, complain("connection %q is not open", "la conexión %q no está abierta", r.PathValue("conn")), http.StatusNotFound)
		return
	}
	if err := c.act(wish); err != nil {
		refuse(w, r, err, http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// act is what a page may ask of a connection.
type act struct {
	Do      string      `json:"do"`
	Opcode  wire.Opcode `json:"opcode"`
	Payload []byte      `json:"payload"` // base64 in JSON
	Code    int         `json:"code"`
	Reason  string      `json:"reason"`
	Unended bool        `json:"unended"` // FIN is not set
}

// enter gives a connection its number and makes it known by its name.
func (s *session) enter(name string, c *relay) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) >= 512 {
		return 0, complain("512 connections are open already", "ya hay 512 conexiones abiertas")
	}
	s.number++
	s.conns[name] = c
	return s.number, nil
}

func (s *session) leave(name string, c *relay) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns[name] == c {
		delete(s.conns, name)
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the page has gone
}
