//go:build unix

package process

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestApart(t *testing.T) {
	own, err := unix.Getsid(0)
	require.NoError(t, err)
	for _, apart := range []bool{false, true} {
		cmd := exec.CommandContext(t.Context(), "cat") // reads its standard input to the end
		hold, err := cmd.StdinPipe()
		require.NoError(t, err)
		if apart {
			Apart(cmd)
		}
		require.NoError(t, cmd.Start())
		session, err := unix.Getsid(cmd.Process.Pid)
		require.NoError(t, err)
		if apart {
			assert.Equal(t, cmd.Process.Pid, session)
		} else {
			assert.Equal(t, own, session)
		}
		require.NoError(t, hold.Close())
		require.NoError(t, cmd.Wait())
	}
}
