package run

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"wirelab/grader/sandbox"
	"wirelab/grader/subject"
	"wirelab/grader/verdict"
)

// The first subject of a test takes a slot, further ones take none, and the last gives it back.
func TestSlots(t *testing.T) {
	r := New(nil, Options{Subjects: 1, Dir: t.TempDir()})
	a, b := newSession(r), newSession(r)
	require.NoError(t, a.acquire(t.Context(), "TestA"))
	require.NoError(t, a.acquire(t.Context(), "TestA"))

	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, b.acquire(gone, "TestA"), context.Canceled, "the same test of another lesson is another test")
	require.ErrorIs(t, a.acquire(gone, "TestB"), context.Canceled)

	got := make(chan error)
	go func() { got <- b.acquire(t.Context(), "TestA") }()
	a.release("TestA")
	require.False(t, allFree(r))
	select {
	case <-got:
		require.Fail(t, "the slot is still taken")
	default:
	}
	a.release("TestA")
	require.NoError(t, <-got)
	b.release("TestA")
	require.True(t, allFree(r))
	require.NoError(t, a.acquire(t.Context(), "TestB"), "who gave up waiting left nothing behind")
	a.release("TestB")
	require.True(t, allFree(r))
}

// A test that had a slot gives it back, even if those that run now have theirs already.
func TestSlotOfAnEarlierRun(t *testing.T) {
	s := newSession(New(nil, Options{Subjects: 2, Dir: t.TempDir()}))
	require.NoError(t, s.acquire(t.Context(), "TestA"))
	s.book(false)
	require.NoError(t, s.acquire(t.Context(), "TestB"))
	s.release("TestA")
	require.True(t, allFree(s.r), "a booked slot is not the test's")
	s.release("TestB")
	require.True(t, allFree(s.r))
}

// Which failures count, which run again, and which say nothing.
func TestWhatAFailureCounts(t *testing.T) {
	for name, c := range map[string]struct {
		result  subject.Result
		unclear bool // how its subject ended
		alone   bool
		missing bool
		suspect bool
	}{
		"a failure":                              {},
		"in a shared process, heard of too late": {result: subject.Result{Shared: true}, missing: true},
		"what passed in a shared process":        {result: subject.Result{Shared: true, Passed: true}},
		"its subject was killed":                 {unclear: true, suspect: true},
		"and killed once more, alone":            {unclear: true, alone: true},
		"it passed all the same":                 {result: subject.Result{Passed: true}, unclear: true},
		"a bound, with cores to spare":           {result: subject.Result{Bound: true}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(New(nil, Options{}))
			s.lesson.Tests = []verdict.Test{{Name: "TestA"}}
			s.alone = c.alone
			s.of("TestA").unclear = c.unclear
			c.result.Test = "TestA"
			body, err := json.Marshal(c.result)
			require.NoError(t, err)
			s.handleResult(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/results", bytes.NewReader(body)))
			require.Equal(t, c.missing, len(s.missing()) == 1)
			require.Equal(t, c.suspect, len(s.suspects()) == 1)
		})
	}
}

func TestMayBeOthers(t *testing.T) {
	require.True(t, mayBeOthers(sandbox.Exit{Signal: "SIGKILL"}))
	require.False(t, mayBeOthers(sandbox.Exit{Signal: "SIGKILL", Stopped: true}))
	require.False(t, mayBeOthers(sandbox.Exit{Signal: "SIGKILL", Limit: sandbox.LimitWall}))
	require.False(t, mayBeOthers(sandbox.Exit{Code: panicExit}))
}

func newSession(r *Runner) *session {
	return &session{r: r, active: map[string]int{}, slotted: map[string]bool{}, results: map[string]*report{}}
}

func allFree(r *Runner) bool {
	if !r.slots.TryAcquire(r.most) {
		return false
	}
	r.slots.Release(r.most)
	return true
}
