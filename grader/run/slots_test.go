package run

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// The first subject of a test takes a slot, further ones take none, and the last gives it back.
func TestSlots(t *testing.T) {
	r := New(nil, Options{Subjects: 1, Dir: t.TempDir()})
	a := &session{r: r, active: map[string]int{}, results: map[string]*report{}}
	b := &session{r: r, active: map[string]int{}, results: map[string]*report{}}
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

func allFree(r *Runner) bool {
	if !r.slots.TryAcquire(r.most) {
		return false
	}
	r.slots.Release(r.most)
	return true
}
