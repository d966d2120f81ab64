// Package exercise runs a lesson of the working copy beside the site: it builds the exercise, serves it on loopback,
// builds it again at every save, and runs the lesson's visible tests.
//
// It is the student's own code on the student's own machine, so there is no sandbox around it. What happens is told
// as it happens, by [State]s that replace each other, and can be asked for at any time.
package exercise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"wirelab/lessons"
)

// The phases of an exercise.
const (
	Off      = "off"
	Building = "building" // the program of before, if any, still runs
	Running  = "running"
	Broken   = "broken" // it does not compile; the program of before, if any, still runs
	Ended    = "ended"  // by itself
)

// State is what is known of a lesson's exercise.
type State struct {
	Lesson  string  `json:"lesson"`
	Phase   string  `json:"phase"`
	Address string  `json:"address"` // where a program listens; "" if none runs
	Command string  `json:"command"` // what is done, as one could type it
	Folder  string  `json:"folder"`  // whose files are built and watched
	Race    bool    `json:"race"`    // the race detector is in the program
	Builds  int     `json:"builds"`  // how often it has been built
	Errors  []Place `json:"errors"`  // why it does not compile
	Words   string  `json:"words"`   // what else the go command said, or how the program ended
	Races   []Race  `json:"races"`   // data races of the program, oldest first
	Paths   []Path  `json:"paths"`   // what the exercise serves
	Log     []Line  `json:"log"`     // the last lines that the program wrote; left out of what is published
	Tests   Tests   `json:"tests"`
}

// A Place is a line of a file and what is said of it.
type Place struct {
	File   string `json:"file"` // relative to the working copy
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"`
	Text   string `json:"text"`
}

// Runner runs the exercises of one working copy, each on its own.
type Runner struct {
	ctx     context.Context
	root    string
	race    bool
	publish func(topic string, data any)
	mu      sync.Mutex
	running map[string]*runner
	closed  bool
	group   sync.WaitGroup
}

// Options are what a Runner needs.
type Options struct {
	Root    string                       // the working copy: the folder with go.mod; "" if there is none here
	Race    bool                         // build with the race detector
	Publish func(topic string, data any) // of each lesson "exercise/16-hub", a State, and "log/16-hub", a Lines
}

// New returns a Runner whose programs end with ctx.
func New(ctx context.Context, o Options) *Runner {
	return &Runner{ctx: ctx, root: o.Root, race: o.Race, publish: o.Publish, running: map[string]*runner{}}
}

// Wait returns when every program has ended, after the Runner's context has.
func (r *Runner) Wait() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.group.Wait()
}

// Routes hands the requests that the Runner answers to handle, as patterns of http.ServeMux.
func (r *Runner) Routes(handle func(pattern string, h http.Handler)) {
	handle("GET /api/exercise/{lesson}", http.HandlerFunc(r.serveState))
	handle("POST /api/exercise/{lesson}", http.HandlerFunc(r.serveSwitch))
	handle("GET /api/exercise/{lesson}/transcripts/{test}", http.HandlerFunc(r.serveTranscript))
}

var errNoCopy = errors.New("there is no working copy of the course here: start the site in its folder with go run ./site")

// of returns what runs the lesson, made at the first time.
func (r *Runner) of(id string) (*runner, error) {
	if r.root == "" {
		return nil, errNoCopy
	}
	dir := filepath.Join(r.root, "lessons", id)
	if !lessons.IsID(id) {
		return nil, fmt.Errorf("lesson %q: no such lesson", id)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("lesson %q: no such lesson", id)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.ctx.Err() != nil {
		return nil, errors.New("the site is ending")
	}
	x := r.running[id]
	if x == nil {
		x = newRunner(r, id, dir)
		r.running[id] = x
		r.group.Go(x.loop)
	}
	return x, nil
}

// Now is the State of a lesson, nil if there is no such lesson here: what a page hears first.
func (r *Runner) Now(id string) any {
	x, err := r.of(id)
	if err != nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.snapshot(false)
}

func (r *Runner) serveState(w http.ResponseWriter, req *http.Request) {
	x, err := r.of(req.PathValue("lesson"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	reply(w, x.snapshot(true))
}

// serveSwitch turns running and testing on and off: {"run": true}, {"tests": false}. A switch that is on already and
// is switched on again builds, or tests, again. {"once": true} tests now and leaves that switch as it is.
func (r *Runner) serveSwitch(w http.ResponseWriter, req *http.Request) {
	x, err := r.of(req.PathValue("lesson"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	var wish wish
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<10)).Decode(&wish); err != nil {
		http.Error(w, fmt.Sprintf("want {\"run\": true}: %v", err), http.StatusBadRequest)
		return
	}
	x.turn(wish)
	x.mu.Lock()
	defer x.mu.Unlock()
	reply(w, x.snapshot(true))
}

func (r *Runner) serveTranscript(w http.ResponseWriter, req *http.Request) {
	x, err := r.of(req.PathValue("lesson"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	rows, ok := x.transcript(req.PathValue("test"))
	if !ok {
		http.Error(w, "nothing of that test is known", http.StatusNotFound)
		return
	}
	reply(w, rows)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the page has gone
}
