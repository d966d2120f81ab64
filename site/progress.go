package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"sync"

	"wirelab/grader/course"
	"wirelab/grader/origin"
	"wirelab/lessons"
	"wirelab/site/exercise"
	"wirelab/site/progress"
)

// A follower keeps the pages told of how far each lesson has come.
type follower struct {
	notes   fs.FS
	tracker *progress.Tracker // nil if there is no working copy, or nothing says what was handed out
	publish func(topic string, v any)
	done    func() error

	mu     sync.Mutex
	last   map[string]progress.State
	phases map[string]string // of each lesson's visible tests
}

// follow begins to follow the lessons in notes, which publish tells the pages of. Close it in the end.
func follow(ctx context.Context, notes fs.FS, onDisk bool, publish func(topic string, v any)) (*follower, error) {
	f := &follower{notes: notes, publish: publish, done: func() error { return nil }, phases: map[string]string{}}
	if !onDisk {
		return f, nil
	}
	handedOut, err := origin.Open(ctx, &course.Course{Root: "."})
	if err != nil {
		return f, err
	}
	f.done = handedOut.Close
	file, err := progress.File(notesDir)
	if err != nil {
		return f, err
	}
	f.tracker = progress.Open(notesDir, file, handedOut)
	f.look()
	return f, nil
}

func (f *follower) close() error { return f.done() }

// look finds out how far the lessons have come, and tells the pages if that has changed.
func (f *follower) look() {
	if f.tracker == nil {
		return
	}
	all, err := lessons.Load(f.notes)
	if err != nil {
		return // whoever renders the notes says so
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.tracker.States(all)
	if !maps.Equal(now, f.last) {
		f.last = now
		f.publish("progress", now)
	}
}

// hear passes on what an exercise publishes, and notes it when visible tests have come to their end.
func (f *follower) hear(topic string, v any) {
	f.publish(topic, v)
	s, ok := v.(exercise.State)
	if !ok || f.tracker == nil {
		return
	}
	f.mu.Lock()
	before := f.phases[s.Lesson]
	f.phases[s.Lesson] = s.Tests.Phase
	f.mu.Unlock()
	if before != exercise.Running || s.Tests.Phase == exercise.Running || s.Tests.Phase == exercise.Off {
		return
	}
	if f.noteTests(s) == nil { // else only the next start of the site knows less
		f.look()
	}
}

func (f *follower) noteTests(s exercise.State) error {
	all, err := lessons.Load(f.notes)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(l lessons.Lesson) bool { return l.ID == s.Lesson })
	if i < 0 {
		return nil
	}
	failed := slices.ContainsFunc(s.Tests.Tests, func(t exercise.Test) bool { return t.Status != "pass" && t.Status != "skip" })
	passed := s.Tests.Phase == exercise.Ended && len(s.Tests.Tests) > 0 && !failed
	return f.tracker.Tested(all[i], passed)
}

// ServeHTTP answers with the state of each lesson by its ID.
func (f *follower) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	states := maps.Clone(f.last)
	f.mu.Unlock()
	if states == nil {
		states = map[string]progress.State{}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(states) // the page has gone
}
