package sandbox

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// doomedEnv makes TestDoomedGrader a grader that waits to be killed; its value is the name of the setting.
const doomedEnv = "WIRELAB_TEST_DOOMED"

// TestDoomedGrader is the child of TestNothingSurvivesTheGrader: it starts a program and never stops it.
func TestDoomedGrader(t *testing.T) {
	setting := os.Getenv(doomedEnv)
	if setting == "" {
		t.Skip("only as the child of another test")
	}
	b := openFor(t, settings()[setting])
	f, path := listen(t)
	_, err := b.Start(t.Context(), Command{Path: subject(), Args: []string{"serve"}, Listeners: []*os.File{f}, Limits: Limits{Wall: time.Hour}})
	require.NoError(t, err)
	f.Close()
	fmt.Println(path)
	if b.fence.tree != nil {
		fmt.Println(b.fence.tree.roots["memory"])
	}
	select {}
}

func TestNothingSurvivesTheGrader(t *testing.T) {
	for setting, f := range settings() {
		t.Run(setting, func(t *testing.T) {
			openFor(t, f) // or skip
			grader := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDoomedGrader$")
			grader.Env = append(os.Environ(), doomedEnv+"="+setting)
			grader.Stderr = os.Stderr
			stdout, err := grader.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, grader.Start())
			lines := bufio.NewScanner(stdout)
			require.True(t, lines.Scan(), "the grader started nothing")
			path := lines.Text()
			t.Cleanup(func() { os.RemoveAll(filepath.Dir(path)) })

			c, err := net.Dial("unix", path)
			require.NoError(t, err)
			defer c.Close()
			fmt.Fprint(c, "GET /hello HTTP/1.1\r\nHost: subject\r\n\r\n")
			_, err = bufio.NewReader(c).ReadString('\n')
			require.NoError(t, err, "the program serves")

			require.NoError(t, grader.Process.Signal(syscall.SIGKILL))
			assert.Error(t, grader.Wait())
			require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
			_, err = io.Copy(io.Discard, c) // ends when the program does
			assert.NotErrorIs(t, err, os.ErrDeadlineExceeded, "the program outlived its grader")
			_, err = net.Dial("unix", path)
			assert.ErrorIs(t, err, syscall.ECONNREFUSED)
		})
	}
}

// What a killed grader leaves of its control groups the next one removes.
func TestStaleControlGroupsAreRemoved(t *testing.T) {
	tree, err := newTree()
	if err != nil {
		t.Skipf("no control groups for this user: %v", err)
	}
	g, err := tree.newGroup(0)
	require.NoError(t, err)
	dir := g.memory
	for _, l := range tree.locks {
		l.Close() // as the end of the process would
	}
	next, err := newTree()
	require.NoError(t, err)
	assert.NoDirExists(t, dir)
	third, err := newTree()
	require.NoError(t, err)
	assert.DirExists(t, next.roots["memory"], "that one is in use")
	require.NoError(t, third.close())
	require.NoError(t, next.close())
}

// The same tests as a user without any privilege.
func TestAsOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("this is an ordinary user already")
	}
	if testing.Short() {
		t.Skip("it doubles the time")
	}
	t.Parallel()
	out, err := asOrdinaryUser(t, 65534, archives(t), "-test.skip=^TestWallsByThemselves$") // TestWallsAsOrdinaryUser runs it
	assert.NoError(t, err)
	t.Logf("%s", out)
	assert.Contains(t, out, "--- PASS: TestAttacks/serve/user_namespace/read")
}
