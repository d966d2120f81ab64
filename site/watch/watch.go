// Package watch says when something below a folder has changed, once for a burst of changes: an editor that saves
// a file causes several events, a checkout hundreds.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Folder calls changed after changes below dir, once it has been quiet for the given time, until ctx ends. It
// returns when it watches, or with the reason why it cannot; changed is never called twice at once.
func Folder(ctx context.Context, dir string, quiet time.Duration, changed func()) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	if err := addAll(watcher, dir); err != nil {
		return fmt.Errorf("watch %s: %w", dir, errors.Join(err, watcher.Close()))
	}
	go loop(ctx, watcher, quiet, changed)
	return nil
}

func loop(ctx context.Context, watcher *fsnotify.Watcher, quiet time.Duration, changed func()) {
	defer func() { _ = watcher.Close() }() // nothing is left to do about it
	timer := time.NewTimer(quiet)
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event, ok := <-watcher.Events:
			if !ok {
				return
			}
			if event.Has(fsnotify.Create) {
				_ = addAll(watcher, event.Name) // gone again already: its parent's events tell
			}
			if event.Op != fsnotify.Chmod && !editors(event.Name) { // not times and permissions, which are no contents
				timer.Reset(quiet)
			}
		case _, ok := <-watcher.Errors: // lost events: look at everything again
			if !ok {
				return
			}
			timer.Reset(quiet)
		case <-timer.C:
			changed()
		}
	}
}

// editors reports whether a file is one that an editor keeps beside the one that somebody writes, and changes while they
// type: .hub.go.swp, .#hub.go, #hub.go#, hub.go~.
func editors(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~")
}

// addAll watches dir and every folder below it; files are watched through their folders.
func addAll(watcher *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		return watcher.Add(path)
	})
}
