package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"wirelab/grader/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Main() // the inner stage of a sandbox is this same program
	testscript.Main(m, map[string]func(){
		"grader": func() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}
