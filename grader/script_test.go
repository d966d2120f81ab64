package main

import (
	"archive/zip"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// The scripts show how the commands are used, and what they say to wrong use. In them $COURSE is the working copy, and
//
//	ends 2 grader …
//
// runs a program that must end with this status, and
//
//	zip class.zip dir
//
// packs what is in a folder.
func TestScripts(t *testing.T) {
	course, err := filepath.Abs("..")
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE", "GOMODCACHE").Output()
	require.NoError(t, err)
	caches := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, caches, 2)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("COURSE", course)
			env.Setenv("LANG", "C")
			for i, name := range []string{"GOCACHE", "GOMODCACHE"} { // HOME is none in scripts
				env.Setenv(name, caches[i])
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"ends": ends, "zip": zipFolder, "follow": follow, "until": until},
	})
}

func ends(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ends STATUS program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("ended with status %d, not %d", got, want)
	}
}

func zipFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: zip FILE.zip DIR")
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	z := zip.NewWriter(f)
	ts.Check(z.AddFS(os.DirFS(ts.MkAbs(args[1]))))
	ts.Check(z.Close())
	ts.Check(f.Close())
}
