// Package progress says how far each lesson has come, from the student's files alone: there is nothing to log into
// and nothing to tick off.
//
// A lesson whose files are as they were handed out is not started; one whose visible tests passed, with the files as
// they are now, is green; every other one is in work. That tests passed is remembered outside of the working copy,
// for the site's next start. The site's command feeds it; the pages ask.
package progress

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"wirelab/grader/course"
	"wirelab/grader/origin"
	"wirelab/lessons"
)

// A State is how far a lesson has come.
type State string

// The states of a lesson.
const (
	New     State = "new"
	Started State = "started"
	Green   State = "green"
)

// An Origin knows what was handed out.
type Origin interface {
	Changes(l course.Lesson) ([]origin.Change, error)
}

// A Tracker knows how far the lessons of one working copy have come; several goroutines may use one.
type Tracker struct {
	dir    string // the working copy's lessons
	file   string // what is remembered
	origin Origin

	mu     sync.Mutex
	passed map[string]string // by lesson, the fingerprint of the files with which its visible tests passed
}

// Open returns a Tracker of the lessons in dir. file is where it remembers; one that cannot be read, or is not there
// yet, is one that remembers nothing.
func Open(dir, file string, handedOut Origin) *Tracker {
	t := &Tracker{dir: dir, file: file, origin: handedOut, passed: map[string]string{}}
	if src, err := os.ReadFile(file); err == nil && json.Unmarshal(src, &t.passed) != nil {
		t.passed = map[string]string{}
	}
	return t
}

// File is where a Tracker of the lessons in dir remembers: in the user's cache, by the folder's name.
func File(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("progress: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("progress: %w", err)
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(cache, "wirelab", "progress-"+hex.EncodeToString(sum[:6])+".json"), nil
}

// States returns the state of each lesson by its ID.
func (t *Tracker) States(all []lessons.Lesson) map[string]State {
	states := map[string]State{}
	for _, l := range all {
		states[l.ID] = t.state(l)
	}
	return states
}

func (t *Tracker) state(l lessons.Lesson) State {
	changes, err := t.origin.Changes(course.Lesson{Lesson: l, Dir: filepath.Join(t.dir, l.ID)})
	written := func(c origin.Change) bool { return slices.Contains(l.Files, c.Name) }
	if err != nil || !slices.ContainsFunc(changes, written) {
		return New // also a lesson that is just being written: nothing was handed out
	}
	now, err := t.fingerprint(l)
	if err != nil {
		return Started
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.passed[l.ID] == now {
		return Green
	}
	return Started
}

// Tested notes how a run of all of a lesson's visible tests ended.
func (t *Tracker) Tested(l lessons.Lesson, passed bool) error {
	now, err := t.fingerprint(l)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	before := maps.Clone(t.passed)
	if passed {
		t.passed[l.ID] = now
	} else {
		delete(t.passed, l.ID)
	}
	if maps.Equal(before, t.passed) {
		return nil
	}
	src, err := json.Marshal(t.passed)
	if err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(t.file), 0o755); err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	if err := os.WriteFile(t.file, src, 0o600); err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	return nil
}

// fingerprint covers what the student writes.
func (t *Tracker) fingerprint(l lessons.Lesson) (string, error) {
	sum := sha256.New()
	for _, name := range l.Files {
		src, err := os.ReadFile(filepath.Join(t.dir, l.ID, name))
		if err != nil {
			return "", fmt.Errorf("progress: %w", err)
		}
		fmt.Fprintf(sum, "%s\x00%d\x00%s", name, len(src), src)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
