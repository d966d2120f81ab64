package sandbox

import (
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
)

func TestOutput(t *testing.T) {
	long := strings.Repeat("0123456789", 100_000)
	for _, tt := range []struct {
		name, in, want string
		keep           int
		limit          int64
		over           bool
	}{
		{"nothing", "", "", 10, 10, false},
		{"fits", "hello", "hello", 10, 10, false},
		{"fits exactly", "0123456789", "0123456789", 10, 10, false},
		{"one too many", "0123456789a", "01234\n[...]\n6789a", 10, 10, true},
		{"cut though within the limit", "0123456789abcdef", "0123\n[...]\ncdef", 8, 100, false},
		{"long", long, "012\n[...]\n789", 6, 999_999, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, read := range map[string]*output{"at once": newOutput(tt.keep, tt.limit), "byte by byte": newOutput(tt.keep, tt.limit)} {
				calls := 0
				r := strings.NewReader(tt.in)
				if name == "at once" {
					read.readAll(r, func() { calls++ })
				} else {
					read.readAll(iotest.OneByteReader(r), func() { calls++ })
				}
				assert.Equal(t, tt.want, string(read.bytes()), name)
				assert.Equal(t, strings.Contains(tt.want, "[...]"), read.cut(), name)
				assert.Equal(t, tt.over, calls == 1, "%s: %d calls", name, calls)
			}
		})
	}
}
