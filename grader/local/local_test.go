package local

import (
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
