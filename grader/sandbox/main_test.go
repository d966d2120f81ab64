package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	Main()
	os.Exit(withSubject(m.Run))
}

// subjectEnv names the built program of testdata/subject. It is set already where the tests run again as another user.
const subjectEnv = "WIRELAB_TEST_SUBJECT"

// withSubject builds the subject, static, where any user can execute it.
func withSubject(run func() int) int {
	if os.Getenv(subjectEnv) != "" {
		return run()
	}
	dir, err := os.MkdirTemp("", "wirelab-test-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = os.Chmod(dir, 0o755)
	}
	if err == nil {
		program := filepath.Join(dir, "subject.exe") // one system wants the ending
		cmd := exec.Command("go", "build", "-o", program, "./testdata/subject")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		err = cmd.Run()
		os.Setenv(subjectEnv, program)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the subject:", err)
		return 2
	}
	return run()
}

func subject() string { return os.Getenv(subjectEnv) }

// publicDir returns a directory that everybody can write to, on a path that everybody can walk.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wirelab-test-")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o777))
	return dir
}
