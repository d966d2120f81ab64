package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// follow lets a program run beside a script, with a file for its output, until it is interrupted at the script's end:
//
//	follow FILE grader …
func follow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: follow FILE program [args...]")
	}
	out, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	cmd := exec.Command(args[1], args[2:]...)
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path, err := exec.LookPath(filepath.Join(dir, args[1])); err == nil {
			cmd.Path, cmd.Err = path, nil
			break
		}
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), out, out
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "GOCACHE", "GOMODCACHE"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	ts.Defer(func() {
		if cmd.Process.Signal(os.Interrupt) != nil { // a system without
			_ = cmd.Process.Kill()
		}
		_ = cmd.Wait()
		out.Close()
	})
}

// until waits for what such a program prints:
//
//	until FILE REGEXP
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: until FILE REGEXP")
	}
	want, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(2 * time.Minute); ; <-look.C {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		ts.Check(err)
		switch {
		case want.Match(text):
			return
		case time.Now().After(end):
			ts.Fatalf("%q never came:\n%s", args[1], text)
		}
	}
}
