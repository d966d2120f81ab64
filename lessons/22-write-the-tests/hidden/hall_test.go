package hidden

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"wirelab/grader/probe"
)

// hall is where the boards of a test stand, one after the other: all of them at the same address, so that no examiner
// knows them by that.
type hall struct {
	s    *probe.Subject
	peer *probe.Peer
	path string
	now  atomic.Pointer[board]
}

func newHall(s *probe.Subject) *hall {
	h := &hall{s: s, path: "/" + probe.Word()}
	h.peer = s.Serve(http.StripPrefix(h.path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.now.Load().ServeHTTP(w, r)
	})), probe.As("board"))
	return h
}

// judge has boards with these faults examined, and some without, in random order.
func judge(t *testing.T, faults ...fault) {
	t.Helper()
	h := newHall(probe.Start(t))
	boards := []*board{newBoard("")}
	for _, f := range faults {
		boards = append(boards, newBoard(f))
	}
	if len(boards) == 2 {
		boards = append(boards, newBoard(""))
	}
	h.expectAll(boards)
}

// expectAll expects the right verdict of each board, in random order.
func (h *hall) expectAll(boards []*board) {
	rand.Shuffle(len(boards), func(i, j int) { boards[i], boards[j] = boards[j], boards[i] })
	for _, b := range boards {
		h.expect(b)
	}
}

// expect expects the right verdict of the board.
func (h *hall) expect(b *board) {
	if b.fault == "" {
		h.expectRight(b)
	} else {
		h.expectWrong(b)
	}
}

// expectRight expects that Examine returns nil.
func (h *hall) expectRight(b *board) {
	switch v := h.examine(b); v.Verdict {
	case "right":
	case "wrong":
		h.s.Failf("expected  nil, since this board keeps the contract\ngot       the error %q",
			"se esperaba  nil, porque este tablero cumple el contrato\nllegó        el error %q", v.Error)
	default:
		h.failed(v)
	}
}

// expectWrong expects that Examine returns an error, and returns its text.
func (h *hall) expectWrong(b *board) string {
	switch v := h.examine(b); {
	case v.Verdict == "right":
		h.s.Failf("expected  an error, since this board breaks the contract\ngot       nil",
			"se esperaba  un error, porque este tablero incumple el contrato\nllegó        nil")
	case v.Verdict != "wrong":
		h.failed(v)
	case v.Error == "":
		h.s.Failf("expected  an error that says something\ngot       an empty one", "se esperaba  un error que diga algo\nllegó        uno vacío")
	default:
		return v.Error
	}
	return ""
}

// verdict is what the subject says of a board.
type verdict struct{ Verdict, Error string }

func (h *hall) failed(v verdict) {
	if v.Verdict == "panic" {
		h.s.Failf("expected  that Examine returns\ngot       a panic: %s", "se esperaba  que Examine termine\nllegó        un panic: %s", v.Error)
	}
	h.s.Failf("expected  that Examine returns when its context is done\ngot       nothing",
		"se esperaba  que Examine termine cuando termina su contexto\nllegó        nada")
}

// examine has the subject examine the board.
func (h *hall) examine(b *board) verdict {
	h.now.Store(b)
	// An examination that comes to nothing is ended by the subject itself, sooner than this.
	r := h.s.Within(70*time.Second).Do(http.MethodPost, "/examine?"+h.peer.Query(h.path), nil, probe.As("examiner"))
	r.ExpectStatus(http.StatusOK)
	var v verdict
	if err := json.Unmarshal([]byte(r.Body), &v); err != nil {
		h.s.Failf("expected  a verdict\ngot       %q", "se esperaba  un veredicto\nllegó        %q", r.Body)
	}
	return v
}
