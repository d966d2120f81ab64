//go:build !handout

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"wirelab/grader/check"
	"wirelab/grader/pipeline"
	"wirelab/grader/process"
)

type checkFlags struct {
	repeat  int
	load    bool
	json    bool
	sandbox string
}

func newCheck() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [LESSON...]",
		Short: "Prove that the course's tests can be trusted",
		Long: `Check proves each lesson: the starter compiles and fails every hidden test; the
reference passes visible and hidden tests, without a race, and leaves no goroutine
and no connection behind; each mutant compiles and is killed by the test that its
patch names; notes have the same headings in both languages; front matter is whole,
and every hidden test has text, points and a hint in both languages. It does so in
one process, and again through the sandbox.`,
		Example: `  go run ./grader check
  go run ./grader check 16-hub
  go run ./grader check --repeat 200 --load`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return checkCourse(cmd, args, f) },
	}
	cmd.Flags().IntVar(&f.repeat, "repeat", 1, "gradings of the reference in the sandbox; each mutant gets a tenth, at least one")
	cmd.Flags().BoolVar(&f.load, "load", false, "keep every core busy with something else meanwhile")
	cmd.Flags().BoolVar(&f.json, "json", false, "print the proofs as JSON")
	sandboxFlag(cmd, &f.sandbox)
	return cmd
}

func checkCourse(cmd *cobra.Command, names []string, f checkFlags) error {
	if f.repeat < 1 {
		return usageError{fmt.Errorf("--repeat %d: at least 1", f.repeat)}
	}
	if err := checkSandbox(f.sandbox); err != nil {
		return err
	}
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	c, err := find()
	if err != nil {
		return err
	}
	chosen, err := choose(c, names...)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "wirelab-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := pipeline.Open(ctx, c, chosen, pipeline.Options{NoSandbox: f.sandbox == "off", Busy: f.load, Step: steps(stderr)})
	if err != nil {
		return interruptible(ctx, err)
	}
	defer p.Close()
	if f.load {
		stop, err := load(ctx)
		if err != nil {
			return err
		}
		defer stop()
	}
	var proofs []check.Proof
	for _, l := range chosen {
		proof, err := check.Lesson(ctx, c, l, p, dir, check.Options{Repeat: f.repeat, Step: steps(stderr)})
		if err != nil {
			return interruptible(ctx, err)
		}
		proofs = append(proofs, proof)
		if !f.json {
			printProof(cmd.OutOrStdout(), proof)
		}
	}
	if f.json {
		enc := json.NewEncoder(cmd.OutOrStdout())
		enc.SetIndent("", "  ")
		if err := enc.Encode(proofs); err != nil {
			return err
		}
	}
	for _, proof := range proofs {
		if len(proof.Problems) > 0 {
			return errFailed
		}
	}
	return nil
}

func printProof(w io.Writer, p check.Proof) {
	mark := "✔"
	if len(p.Problems) > 0 {
		mark = "✘"
	}
	fmt.Fprintf(w, "%s %-20s %2d tests, %3d points   %2d mutants   reference graded %d times   %.1f s\n",
		mark, p.Lesson, p.Tests, p.Points, p.Mutants, p.Gradings, p.Seconds)
	for _, problem := range p.Problems {
		fmt.Fprintln(w, "    "+strings.ReplaceAll(problem, "\n", "\n    "))
	}
}

// burnEnv makes this program spin until its standard input ends.
const burnEnv = "WIRELAB_BURN"

// load keeps every core busy with processes that end with this one.
func load(ctx context.Context) (stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var procs []*exec.Cmd
	stop = func() {
		cancel()
		for _, p := range procs {
			_ = p.Wait() // killed, as it should be
		}
	}
	for range runtime.NumCPU() {
		cmd := exec.CommandContext(ctx, self)
		cmd.Env = []string{burnEnv + "=1", "GOMAXPROCS=1"}
		process.Apart(cmd) // as somebody else's work is

		if _, err := cmd.StdinPipe(); err != nil { // it closes with us, however we end
			stop()
			return nil, err
		}
		if err := cmd.Start(); err != nil {
			stop()
			return nil, err
		}
		procs = append(procs, cmd)
	}
	return stop, nil
}

// burn spins until standard input ends.
func burn() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for n := 0; ; n++ { //nolint:staticcheck // this is the load
	}
}
