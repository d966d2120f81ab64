package local

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMainFile(t *testing.T) {
	require.Equal(t, `package main

import (
	"net/http"

	"wirelab/grader/harness"
	l0 "wirelab/lessons/10-echo"
	l1 "wirelab/lessons/16-hub"
)

func main() {
	harness.Main(map[string]func() http.Handler{
		"10-echo": l0.Subject,
		"16-hub": l1.Subject,
	})
}
`, string(MainFile("10-echo", "16-hub")))
}

// Where the go command would refuse -race, an exercise is served without it.
func TestHasRace(t *testing.T) {
	has := HasRace(t.Context())
	require.Equal(t, has, exec.CommandContext(t.Context(), "go", "build", "-race", "-o", os.DevNull, "wirelab/lessons/10-echo").Run() == nil)
	for name, env := range map[string][]string{
		"no cgo":           {"CGO_ENABLED=0", "GOOS=linux"},
		"a system without": {"CGO_ENABLED=1", "GOOS=linux", "GOARCH=386"},
		"no C compiler":    {"CGO_ENABLED=1", "GOOS=linux", "GOARCH=amd64", "CC=no-such-compiler"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, setting := range env {
				name, value, _ := strings.Cut(setting, "=")
				t.Setenv(name, value)
			}
			require.False(t, HasRace(t.Context()))
		})
	}
}
