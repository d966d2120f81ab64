package sandbox

import (
	"os"
	"runtime"
	"sync/atomic"
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
	var done atomic.Bool
	for range 2 {
		go func() {
			runtime.LockOSThread() // never unlocked: the thread ends with this goroutine, and with it its affinity
			var one unix.CPUSet
			one.Set(0)
			if unix.SchedSetaffinity(0, &one) != nil {
				return
			}
			for !done.Load() {
				continue
			}
		}()
	}
	require.Eventually(t, func() bool { return Starved(os.Getpid())-before > enough }, 20*time.Second, 20*time.Millisecond)
	done.Store(true)
	require.Zero(t, Starved(-1))
}
