package pipeline

import (
	"bufio"
	"fmt"
	"os"
)

// subjectMemory is what a subject is counted with, in bytes: most use a fifth of it, and few reach their limit, which
// is twice as high.
const subjectMemory = 128 << 20

// roomFor is how many subjects the free memory of the machine has room for; at least two, and very many where the
// system does not tell.
func roomFor() int {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 1 << 10
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var free int64 // in kB
		if n, _ := fmt.Sscanf(lines.Text(), "MemAvailable: %d kB", &free); n == 1 {
			return max(int(free<<10/2/subjectMemory), 2)
		}
	}
	return 1 << 10
}
