// Package local is what it takes to build an exercise on the machine of whoever writes it, with the go command and no
// sandbox: the commands that students have use it, and grader/build shares its idea of a program.
package local

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// MainFile is the source of a program that serves the lessons with these IDs: see grader/harness.
func MainFile(ids ...string) []byte {
	var imports, table bytes.Buffer
	for i, id := range ids {
		fmt.Fprintf(&imports, "\tl%d %q\n", i, "wirelab/lessons/"+id)
		fmt.Fprintf(&table, "\t\t%q: l%d.Subject,\n", id, i)
	}
	return fmt.Appendf(nil, `package main

import (
	"net/http"

	"wirelab/grader/harness"
%s)

func main() {
	harness.Main(map[string]func() http.Handler{
%s	})
}
`, imports.String(), table.String())
}

// HasRace reports whether the go command can build with the race detector here: on this system, with cgo as it is set,
// and with a C compiler, which macOS alone does without.
func HasRace(ctx context.Context) bool {
	if exec.CommandContext(ctx, "go", "list", "-race", "unsafe").Run() != nil { // what it cannot do it says before it begins
		return false
	}
	target, err := exec.CommandContext(ctx, "go", "env", "GOOS").Output()
	return err == nil && strings.TrimSpace(string(target)) == "darwin" || CompilerC(ctx) != ""
}

// CompilerC is the path of the C compiler that the go command would use, or "".
func CompilerC(ctx context.Context) string {
	cc, err := exec.CommandContext(ctx, "go", "env", "CC").Output()
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(cc))
	if len(fields) == 0 {
		return ""
	}
	path, err := exec.LookPath(fields[0])
	if err != nil {
		return ""
	}
	return path
}
