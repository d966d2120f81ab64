package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"wirelab/grader/local"
	"wirelab/site/exercise"
	"wirelab/site/pages"
	"wirelab/site/server"
	"wirelab/site/stream"
	"wirelab/site/tap"
	"wirelab/site/watch"
)

func serveCommand() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "site",
		Short: "Read the course in a browser",
		Long: "Serve the course on this machine: lessons, webography and glossary, in English and Spanish.\n" +
			"If the port is taken, another one is used and named. Ctrl-C ends it.",
		Example: "  go run ./site\n  go run ./site --addr 127.0.0.1:9000",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return failed(serve(cmd, addr))
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8013", "loopback address to serve on")
	return cmd
}

// settled is how long the notes must have been left alone before they are rendered again: an editor that saves
// makes several changes within a few milliseconds, and a writer shall not have to wait.
const settled = 20 * time.Millisecond

func serve(cmd *cobra.Command, addr string) error {
	ctx := cmd.Context()
	renderer, err := pages.New()
	if err != nil {
		return err
	}
	notes, onDisk := source()
	site, err := render(cmd, renderer, notes)
	if err != nil {
		return err
	}
	ln, taken, err := server.Listen(ctx, addr)
	if err != nil {
		return err
	}
	handler := server.New(site)
	hub := stream.New(ctx)
	handler.Handle("GET /api/stream", hub)
	tap.New(ctx, hub.Publish).Routes(handler.Handle)
	lessonsDone, err := follow(ctx, notes, onDisk, hub.Publish)
	if err != nil {
		cmd.PrintErrf("note: %v; the pages do not say how far each lesson has come\n", err)
	}
	defer func() { _ = lessonsDone.close() }() // a folder of temporary files
	handler.Handle("GET /api/progress", lessonsDone)
	exercises := exercise.New(ctx, exercise.Options{Root: root(onDisk), Race: local.HasRace(ctx), Publish: lessonsDone.hear})
	exercises.Routes(handler.Handle)
	hub.First("exercise", exercises.Now)
	defer exercises.Wait()
	if onDisk {
		err := watch.Folder(ctx, notesDir, settled, func() {
			next, err := render(cmd, renderer, notes)
			if err != nil {
				cmd.PrintErrf("error: %v\nhint: the pages stay as they were until this is mended\n", err)
				return
			}
			handler.Replace(next)
			if changed := next.Since(site); len(changed) > 0 {
				hub.Publish("pages", changed)
			}
			site = next
			lessonsDone.look()
		})
		if err != nil {
			cmd.PrintErrf("note: %v; changed notes show after a restart\n", err)
		}
	}
	if taken {
		cmd.Printf("%s is taken, so this is another port\n", addr)
	}
	cmd.Printf("Wirelab: http://%s/\n", ln.Addr())
	return listen(ctx, ln, handler)
}

// root is the working copy whose exercises can be run.
func root(onDisk bool) string {
	if onDisk {
		return "."
	}
	return ""
}

// render renders the site and says how long it took.
func render(cmd *cobra.Command, renderer *pages.Renderer, notes fs.FS) (pages.Site, error) {
	begun := time.Now()
	site, err := renderer.Render(notes)
	if err != nil {
		return nil, err
	}
	cmd.Printf("%d pages rendered in %s\n", site.Pages(), time.Since(begun).Round(time.Millisecond))
	return site, nil
}

// listen serves until ctx ends, then lets requests in progress finish for a moment.
func listen(ctx context.Context, ln net.Listener, handler http.Handler) error {
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }, // streams end when the site does
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if srv.Shutdown(last) != nil {
			_ = srv.Close() // whoever still holds a connection has had their moment
		}
	})
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve: %w", err)
	}
	<-ended
	return nil
}
