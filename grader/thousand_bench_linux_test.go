package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkThousand shows what a large class costs the grader itself: memory, and room on disk for reports. Every
// submission is that of a student who fails much of it, under another name, so that the first batch grades it once and
// the second one only reads verdicts and writes reports; the second is what is measured.
func BenchmarkThousand(b *testing.B) {
	for _, students := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("students=%d", students), func(b *testing.B) {
			class, out, cache := b.TempDir(), b.TempDir(), b.TempDir()
			for i := range students {
				require.NoError(b, os.CopyFS(filepath.Join(class, fmt.Sprintf("student-%04d", i)), os.DirFS(filepath.Join(classDir, "dubois-camille"))))
			}
			batchOf(b, class, out, cache)
			for b.Loop() {
				begin := time.Now()
				used := batchOf(b, class, out, cache)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(time.Since(begin).Seconds(), "s")
				b.ReportMetric(float64(used.Maxrss)/1024, "peak-MiB")
				b.ReportMetric(float64(sizeOf(b, out))/(1<<20), "reports-MiB")
			}
		})
	}
}

// batchOf runs the command in a process of its own and returns what that used.
func batchOf(b *testing.B, class, out, cache string) *syscall.Rusage {
	b.Helper()
	self, err := os.Executable()
	require.NoError(b, err)
	cmd := exec.CommandContext(b.Context(), self, "batch", class, "--out", out)
	cmd.Args[0] = "grader" // see TestMain
	cmd.Env = append(os.Environ(), "WIRELAB_CACHE="+cache)
	said, err := cmd.CombinedOutput()
	require.NoError(b, err, "%s", said)
	return cmd.ProcessState.SysUsage().(*syscall.Rusage)
}

// sizeOf is how many bytes the files below dir have.
func sizeOf(b *testing.B, dir string) (size int64) {
	b.Helper()
	require.NoError(b, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		size += info.Size()
		return err
	}))
	return size
}
