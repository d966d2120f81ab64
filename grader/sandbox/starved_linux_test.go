package sandbox

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Two threads that want the same core are starved for as long as one of them computes.
func TestStarved(t *testing.T) {
	if _, err := os.Stat("/proc/self/schedstat"); err != nil {
		t.Skip("this kernel does not count how long threads wait for a core")
	}
	const enough = 50 * time.Millisecond
	before := Starved(os.Getpid())
	done := make(chan struct{})
	for range 2 {
		go func() {
			runtime.LockOSThread() // never unlocked: the thread ends with this goroutine, and with it its affinity
			var one unix.CPUSet
			one.Set(0)
			if unix.SchedSetaffinity(0, &one) != nil {
				return
			}
			for {
				select {
				case <-done:
					return
				default:
				}
			}
		}()
	}
	require.Eventually(t, func() bool { return Starved(os.Getpid())-before > enough }, 20*time.Second, 20*time.Millisecond)
	close(done)
	require.Zero(t, Starved(-1))
}
