package hidden

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"wirelab/grader/probe"
)

// fault is the one point in which a board breaks the contract; "" if it keeps it.
type fault string

const (
	pinStatus   fault = "a pin is answered with another status" // board.status
	answersID   fault = "the answer to a pin has the ID of no notice"
	noID        fault = "events have no ID"
	idsFall     fault = "each ID is smaller than the one before"
	idsRepeat   fault = "all notices have the same ID"
	takesEmpty  fault = "an empty notice is pinned, with 201"
	pinsEmpty   fault = "an empty notice is refused, and pinned"
	takesLong   fault = "1001 bytes are pinned"
	refusesLong fault = "1000 bytes are refused"

	contentType fault = "a stream has another content type" // board.contentType
	cacheable   fault = "a stream may be cached"
	lateHeaders fault = "the headers of a stream wait for the first notice"
	oneLate     fault = "each notice waits for the next one"
	missesFirst fault = "a stream misses its first notice"
	losesSecond fault = "a stream loses its second notice"
	endsEarly   fault = "a stream ends after its first notice"
	twice       fault = "from the second on, notices come twice"

	firstLine fault = "a text ends with its first line"
	trims     fault = "a text loses the space around it"
	escapes   fault = "a text is escaped for HTML"
	ascii     fault = "what is not ASCII becomes a question mark"
	otherText fault = "every notice has the same text" // board.text
	recalls   fault = "texts are those of an earlier examination"

	history       fault = "a newcomer gets what was pinned before"
	resumeNothing fault = "Last-Event-ID is ignored"
	resumeAgain   fault = "Last-Event-ID is sent again"
	resumeSkips   fault = "the notice after Last-Event-ID is skipped"
	resumeLast    fault = "of what was missed, only the last comes"
	resumeEnds    fault = "a stream ends after what was missed"
	resumeDeaf    fault = "after what was missed, nothing comes"

	inTurn     fault = "streams get notices in turn"
	newestOnly fault = "only the newest stream gets notices"
	leaks      fault = "notices go to all topics"
	leaksOld   fault = "what was missed comes from all topics"

	servesAll fault = "any method is served"
	unknown   fault = "other methods are answered with 404"
	noAllow   fault = "405 does not say what is allowed"

	absent fault = "there is no board"
	fails  fault = "everything is answered with 500"
	silent fault = "nothing is answered"
	stuck  fault = "an event never ends"
)

const longest = 1000 // bytes of a notice

// board is a notice board that keeps the contract, but for its fault.
type board struct {
	fault       fault
	look        look
	status      int    // for pinStatus
	contentType string // for contentType
	text        string // for otherText

	mu     sync.Mutex
	id     int64 // of the last notice
	topics map[string]*topic
	open   int // streams

	neighbors map[string]bool // topics that somebody else uses, and pins on whenever a stream opens
	memory    []string        // for recalls
	pinned    []string        // texts, in their order
}

type topic struct {
	notices []notice
	streams []*stream
}

type notice struct {
	id   int64
	text string
}

// stream is one that is open. Its queue is longer than any examination.
type stream struct {
	queue chan notice
	heard int     // notices that came to its turn, live
	held  *notice // for oneLate
}

func newBoard(f fault) *board {
	b := &board{
		fault: f, look: newLook(), topics: map[string]*topic{},
		status:      []int{200, 202, 203, 206, 226, 418, 451, 500, 503, 507}[probe.Int(0, 9)],
		contentType: "text/" + probe.Word(),
		text:        probe.Word(),
	}
	b.id = b.look.firstID
	for range probe.Int(0, 5) { // the board has been in use
		b.pin(probe.Word(), probe.Word())
	}
	return b
}

func (b *board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, "/topics/")
	b.look.wait(r.Context(), b.look.pause)
	b.look.dress(w.Header())
	switch {
	case b.fault == silent:
		<-r.Context().Done()
	case b.fault == fails:
		http.Error(w, "out of order", http.StatusInternalServerError)
	case b.fault == absent || !ok || name == "" || strings.Contains(name, "/"):
		http.NotFound(w, r)
	case r.Method == http.MethodPost:
		b.servePin(w, r, name)
	case r.Method == http.MethodGet:
		b.serveStream(w, r, name)
	case r.Method == http.MethodHead, r.Method == http.MethodOptions, b.fault == servesAll:
		w.WriteHeader(http.StatusOK)
	case b.fault == unknown:
		http.NotFound(w, r)
	default:
		if b.fault != noAllow {
			w.Header().Set("Allow", b.look.allow)
		}
		http.Error(w, "not here", http.StatusMethodNotAllowed)
	}
}

func (b *board) servePin(w http.ResponseWriter, r *http.Request, name string) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // whoever pinned it has gone
	}
	limit := longest
	switch b.fault {
	case takesLong:
		limit++
	case refusesLong:
		limit--
	}
	switch {
	case len(text) == 0 && b.fault != takesEmpty:
		if b.fault == pinsEmpty {
			b.pin(name, "")
		}
		http.Error(w, "empty", http.StatusBadRequest)
		return
	case len(text) > limit:
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	id := b.pin(name, string(text))
	b.look.wait(r.Context(), b.look.pause)
	if b.fault == answersID {
		id += int64(probe.Int(1, 9))
	}
	status := http.StatusCreated
	if b.fault == pinStatus {
		status = b.status
	}
	w.WriteHeader(status)
	fmt.Fprint(w, id)
}

// pin adds a notice and passes it on.
func (b *board) pin(name, text string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := notice{b.nextID(), text}
	b.pinned = append(b.pinned, text)
	t := b.topic(name)
	t.notices = append(t.notices, n)
	for i, st := range t.streams {
		last := len(t.streams) - 1
		if b.fault == inTurn && i != len(t.notices)%(last+1) || b.fault == newestOnly && i != last {
			continue
		}
		st.queue <- n
	}
	for other, t := range b.topics {
		for _, st := range t.streams {
			if b.fault == leaks && other != name {
				st.queue <- n
			}
		}
	}
	return n.id
}

func (b *board) nextID() int64 {
	switch step := int64(probe.Int(1, b.look.step)); b.fault {
	case idsFall:
		b.id -= step
	case idsRepeat:
	default:
		b.id += step
	}
	return b.id
}

func (b *board) topic(name string) *topic {
	if b.topics[name] == nil {
		b.topics[name] = &topic{}
	}
	return b.topics[name]
}

func (b *board) serveStream(w http.ResponseWriter, r *http.Request, name string) {
	st, missed := b.enter(name, r.Header.Get("Last-Event-ID"))
	defer b.leave(name, st)
	h := w.Header()
	h.Set("Content-Type", b.look.contentType)
	h.Set("Cache-Control", b.look.cacheControl)
	switch b.fault {
	case contentType:
		h.Set("Content-Type", b.contentType)
	case cacheable:
		h.Del("Cache-Control")
	}
	if b.fault != lateHeaders {
		w.WriteHeader(http.StatusOK)
		flush(w)
		if b.look.comments {
			b.write(w, ": welcome\n\nretry: 5000\n\n")
		}
	}
	for _, n := range missed {
		b.send(w, n)
	}
	if b.fault == resumeEnds && missed != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case n := <-st.queue:
			if st.heard++; st.heard == 1 {
				b.look.wait(r.Context(), b.look.slow)
			}
			for _, n := range b.due(st, n) {
				b.send(w, n)
			}
			if b.fault == endsEarly {
				return
			}
		}
	}
}

// due is what is to be sent when a notice comes to its turn.
func (b *board) due(st *stream, n notice) []notice {
	switch {
	case b.fault == missesFirst && st.heard == 1, b.fault == losesSecond && st.heard == 2:
		return nil
	case b.fault == twice && st.heard > 1:
		return []notice{n, n}
	case b.fault == oneLate && st.held == nil:
		st.held = &n
		return nil
	case b.fault == oneLate:
		before := *st.held
		st.held = &n
		return []notice{before}
	}
	return []notice{n}
}

// enter opens a stream and returns it with what it has missed. missed is nil if it asks for nothing.
func (b *board) enter(name, lastEventID string) (st *stream, missed []notice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	st = &stream{queue: make(chan notice, 10_000)}
	t := b.topic(name)
	missed = b.missed(t, lastEventID)
	b.open++
	if b.fault != resumeDeaf || missed == nil {
		t.streams = append(t.streams, st)
	}
	if b.neighbors[name] {
		n := notice{b.nextID(), probe.Word()}
		t.notices = append(t.notices, n)
		st.queue <- n
	}
	return st, missed
}

func (b *board) leave(name string, st *stream) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open--
	t := b.topic(name)
	t.streams = slices.DeleteFunc(t.streams, func(s *stream) bool { return s == st })
}

// missed is what comes before anything live.
func (b *board) missed(t *topic, lastEventID string) []notice {
	last, err := strconv.ParseInt(lastEventID, 10, 64)
	if err != nil {
		if b.fault == history {
			return slices.Clone(t.notices)
		}
		return nil
	}
	all := t.notices
	if b.fault == leaksOld {
		all = nil
		for _, t := range b.topics {
			all = append(all, t.notices...)
		}
		slices.SortFunc(all, func(a, b notice) int { return cmp.Compare(a.id, b.id) })
	}
	from := len(all)
	switch b.fault {
	case idsFall, idsRepeat, noID: // by place
		from = 1 + slices.IndexFunc(all, func(n notice) bool { return n.id == last })
	default:
		if i := slices.IndexFunc(all, func(n notice) bool { return n.id > last }); i >= 0 {
			from = i
		}
	}
	switch b.fault {
	case resumeNothing:
		return nil
	case resumeAgain:
		from = max(from-1, 0)
	case resumeSkips:
		from = min(from+1, len(all))
	case resumeLast:
		from = max(from, len(all)-1)
	}
	return append([]notice{}, all[from:]...)
}

// send writes a notice as an event.
func (b *board) send(w http.ResponseWriter, n notice) {
	var e strings.Builder
	id := fmt.Sprintf("id:%s%d\n", b.look.space, n.id)
	if b.fault == noID {
		id = ""
	}
	if b.look.idFirst {
		e.WriteString(id)
	}
	for line := range strings.SplitSeq(b.show(n.text), "\n") {
		space := b.look.space
		if strings.HasPrefix(line, " ") {
			space = " " // one is taken away
		}
		e.WriteString("data:" + space + line + "\n")
	}
	if !b.look.idFirst {
		e.WriteString(id)
	}
	if b.look.comments {
		e.WriteString(": data: " + probe.Word() + "\n")
	}
	if b.fault != stuck {
		e.WriteString("\n")
	}
	b.write(w, e.String())
}

// show is how a text comes out.
func (b *board) show(text string) string {
	switch b.fault {
	case firstLine:
		text, _, _ = strings.Cut(text, "\n")
	case trims:
		text = strings.TrimSpace(text)
	case escapes:
		text = html.EscapeString(text)
	case ascii:
		text = strings.Map(func(r rune) rune {
			if r > 127 {
				return '?'
			}
			return r
		}, text)
	case otherText:
		text = b.text
	case recalls:
		b.mu.Lock()
		defer b.mu.Unlock()
		if i := slices.Index(b.pinned, text); i < len(b.memory) {
			return b.memory[i]
		}
	}
	return text
}

func (b *board) write(w http.ResponseWriter, text string) {
	if b.look.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	fmt.Fprint(w, text)
	flush(w)
}

// streams is how many are open.
func (b *board) streams() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open
}

// used returns the topics and the texts of an examination.
func (b *board) used() (topics map[string]bool, texts []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	topics = map[string]bool{}
	for name := range b.topics {
		topics[name] = true
	}
	return topics, slices.Clone(b.pinned)
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() } // the examiner sees what did not come

// look is what the contract says nothing about. Boards of all kinds have looks of all kinds.
type look struct {
	header       http.Header // as it goes over the wire
	contentType  string
	cacheControl string
	allow        string
	space        string // after a field's colon
	crlf         bool
	idFirst      bool
	comments     bool
	firstID      int64
	step         int           // the most between two IDs
	pause        time.Duration // before and after a request is looked at
	slow         time.Duration // before a stream's first notice
}

func newLook() look {
	l := look{
		header:       http.Header{},
		contentType:  oneOf("text/event-stream", "text/event-stream; charset=utf-8", "text/event-stream;charset=UTF-8"),
		cacheControl: oneOf("no-cache", "no-cache, no-transform", "no-transform,no-cache"),
		allow:        oneOf("GET, POST", "POST,GET", "GET, HEAD, POST", "OPTIONS, GET, HEAD, POST"),
		space:        oneOf(" ", ""),
		crlf:         probe.Int(0, 3) == 0,
		idFirst:      probe.Int(0, 1) == 0,
		comments:     probe.Int(0, 3) == 0,
		firstID:      int64(probe.Int(100_000, 1_000_000)), // far enough from 0 for IDs that fall
		step:         oneOf(1, 1, 7, 1000),
		pause:        time.Duration(oneOf(0, 0, 2)) * time.Millisecond,
	}
	for range probe.Int(0, 3) {
		key := oneOf("Server", "server", "SERVER", "X-Powered-By", "x-board", "Via", "X-Request-ID", "Vary")
		l.header[key] = []string{oneOf("board", "nginx", "tablero", "gunicorn") + "/" + probe.Word()}
	}
	return l
}

func oneOf[T any](all ...T) T { return all[probe.Int(0, len(all)-1)] }

func (l *look) dress(h http.Header) {
	for key, values := range l.header {
		h[key] = values
	}
}

// wait lets time pass as a network does. What is slow is right all the same.
func (l *look) wait(ctx context.Context, d time.Duration) {
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
