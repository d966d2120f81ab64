//go:build unix

package run

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Programs under test have sessions of their own; tests that share one would get a single program's part of the cores.
func TestTestsHaveASessionOfTheirOwn(t *testing.T) {
	cmd := new(Runner).command(t.Context(), &session{dir: t.TempDir()}, "tests", []string{"TestA"})
	require.NotNil(t, cmd.SysProcAttr)
	require.True(t, cmd.SysProcAttr.Setsid)
}
