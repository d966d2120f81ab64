package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Bounds of what is fetched from another machine.
const (
	fetchPatience = 5 * time.Minute
	fetchSize     = 1 << 30 // bytes on the disk
)

var scpLike = regexp.MustCompile(`^[\w.-]+@[\w.-]+:[^:]`)

// IsRemote reports whether a repository is named by an address, not by a path.
func IsRemote(where string) bool { return strings.Contains(where, "://") || scpLike.MatchString(where) }

// Redact returns an address without the password or token that may be in it.
func Redact(where string) string {
	if u, err := url.Parse(where); err == nil && u.User != nil && u.Scheme != "" && u.Scheme != "ssh" {
		u.User = nil
		return u.String()
	}
	return where
}

// Fetch copies the default branch of a repository elsewhere into dir, as a bare repository. It uses the credentials
// that git has, and never asks for any.
func (g *Git) Fetch(ctx context.Context, from, dir string) error {
	fetching, cancel := context.WithTimeoutCause(ctx, fetchPatience, ErrTooLong)
	defer cancel()
	fetching, stop := context.WithCancelCause(fetching)
	defer stop(nil)
	cmd := exec.CommandContext(fetching, g.path, "-c", "core.hooksPath="+os.DevNull, "clone", "--bare", "--quiet",
		"--single-branch", "--no-tags", "--template=", "--", from, dir)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=https:http:ssh:git:file",
		"GIT_DEFAULT_REF_FORMAT=files") // whatever format this machine prefers: see ErrReftable
	if os.Getenv("GIT_SSH_COMMAND") == "" {
		cmd.Env = append(cmd.Env, "GIT_SSH_COMMAND=ssh -oBatchMode=yes")
	}
	cmd.WaitDelay = time.Second // what git started may outlive it
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go watchSize(dir, ended, func() { stop(ErrTooLarge) })
	err := cmd.Wait()
	close(ended)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case fetching.Err() != nil:
		return context.Cause(fetching)
	case err != nil:
		return fmt.Errorf("%w: %s", ErrNone, lastLine(stderr.String(), from))
	}
	return nil
}

// watchSize looks again and again how large dir is, until ended, and says so when it is too large.
func watchSize(dir string, ended <-chan struct{}, tooLarge func()) {
	every := time.NewTicker(time.Second / 2)
	defer every.Stop()
	for {
		select {
		case <-ended:
			return
		case <-every.C:
			if size(dir) > fetchSize {
				tooLarge()
				return
			}
		}
	}
}

func size(dir string) int64 {
	var n int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // git is at work there
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	return n
}

// lastLine is what git said last, without secrets.
func lastLine(said, from string) string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(said, from, Redact(from))), "\n")
	return strings.TrimPrefix(lines[len(lines)-1], "fatal: ")
}
