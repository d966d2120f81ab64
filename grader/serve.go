package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"wirelab/grader/course"
	"wirelab/grader/guard"
	"wirelab/grader/harness"
	"wirelab/grader/local"
	"wirelab/lessons"
)

func newServe() *cobra.Command {
	var addr, lang string
	var solution bool
	cmd := &cobra.Command{
		Use:   "serve LESSON",
		Short: "Run an exercise as a server, for a browser or any other client",
		Long: `Serve builds the exercise of your working copy, with the race detector where there is
one, and serves it until Ctrl-C. It is your own code: there is no sandbox around it.

On loopback it answers under the names of loopback alone. At an address that others reach
it takes the token that is printed with it: open that address once in a browser, and add
?wirelab=TOKEN to what other clients ask for.`,
		Example: `  go run ./grader serve 10-echo
  go run ./grader serve 01 --addr 127.0.0.1:9000
  go run ./grader serve 16 --addr 0.0.0.0:8080`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return serve(cmd, args[0], addr, lang, solution) },
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address to listen on")
	solutionFlag(cmd, &solution)
	langFlag(cmd, &lang)
	return cmd
}

func serve(cmd *cobra.Command, name, addr, lang string, solution bool) error {
	if err := checkLang(lang); err != nil {
		return err
	}
	ctx := cmd.Context()
	c, err := find()
	if err != nil {
		return err
	}
	chosen, err := choose(c, name)
	if err != nil {
		return err
	}
	l := chosen[0]
	door, addr, err := free(addr)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "wirelab-serve-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	whose := lessons.Text{EN: "your working copy", ES: "tu copia de trabajo"}
	overlay := map[string]string{}
	if solution {
		whose = lessons.Text{EN: "the reference", ES: "la solución de referencia"}
		if overlay, err = referenceOverlay(l, dir); err != nil {
			return err
		}
	}
	bin, err := buildServer(ctx, c, l, dir, overlay, lang, cmd)
	if err != nil {
		return interruptible(ctx, err)
	}
	server := exec.CommandContext(ctx, bin, l.ID)
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) }
	server.WaitDelay = 2 * time.Second
	server.Env = append(os.Environ(), harness.ListenEnv+"=tcp:"+addr, harness.TokenEnv+"="+door.Token)
	server.Stdout, server.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
	on := lessons.Text{EN: "%s (%s) on %s — Ctrl-C ends it\n", ES: "%s (%s) en %s — Ctrl-C lo termina\n"}
	fmt.Fprintf(cmd.OutOrStdout(), on.In(lang), l.ID, whose.In(lang), door.URL)
	if door.Token != "" {
		asks := lessons.Text{
			EN: "other machines reach it: open that address once in a browser; other clients add ?%s to what they ask for\n",
			ES: "otras máquinas pueden llegar a ella: abre esa dirección una vez en el navegador; los demás clientes añaden ?%s a lo que piden\n",
		}
		fmt.Fprintf(cmd.OutOrStdout(), asks.In(lang), guard.Param+"="+door.Token)
	}
	if err := server.Run(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("the exercise ended: %w", err)
	}
	return nil
}

// free makes sure that the address can be listened on, and says which one that is: a name may lead elsewhere the next
// time, and port 0 is another one each time.
func free(addr string) (door *guard.Door, is string, err error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, "", &course.Error{
			Text: fmt.Sprintf("cannot listen on %q: %v", addr, err),
			Tip:  "choose another address with --addr 127.0.0.1:PORT",
			ES: course.Spanish{
				Text: fmt.Sprintf("no se puede escuchar en %q: %v", addr, err),
				Tip:  "elige otra dirección con --addr 127.0.0.1:PUERTO",
			},
		}
	}
	door, err = guard.New(ln.Addr(), guard.NewToken())
	return door, ln.Addr().String(), errors.Join(err, ln.Close())
}

func referenceOverlay(l course.Lesson, dir string) (map[string]string, error) {
	files, err := l.Reference()
	if err != nil {
		return nil, err
	}
	overlay := map[string]string{}
	for name, text := range files {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, text, 0o600); err != nil {
			return nil, err
		}
		overlay[filepath.Join(l.Dir, name)] = at
	}
	return overlay, nil
}

// buildServer compiles the exercise the way the go command does, so that its errors are the ones students know.
func buildServer(ctx context.Context, c *course.Course, l course.Lesson, dir string, replace map[string]string, lang string, cmd *cobra.Command) (string, error) {
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	main := filepath.Join(dir, "main.go")
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600),
		os.WriteFile(main, local.MainFile(l.ID), 0o600),
	); err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "server.exe") // the name that Windows needs does no harm elsewhere
	args := []string{"build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", bin}
	if local.HasRace(ctx) {
		args = append(args, "-race")
	}
	goBuild := exec.CommandContext(ctx, "go", append(args, main)...)
	goBuild.Dir = c.Root
	goBuild.Stdout, goBuild.Stderr = cmd.ErrOrStderr(), cmd.ErrOrStderr()
	if err := goBuild.Run(); err != nil {
		return "", errors.New(l.ID + lessons.Text{EN: " does not compile", ES: " no compila"}.In(lang))
	}
	return bin, nil
}
