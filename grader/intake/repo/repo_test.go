package repo

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/intake/listing"
)

// due is when the test's work is due.
var due = time.Date(2026, 11, 20, 23, 59, 0, 0, time.FixedZone("", -5*3600))

func look(t *testing.T) *Git {
	t.Helper()
	g, err := Look()
	if err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "git is not installed: %v", err)
		t.Skip("git is not installed")
	}
	return g
}

// git runs a git command in dir, at a time so long after the due date.
func git(t *testing.T, dir string, after time.Duration, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	when := due.Add(after).Format(time.RFC3339)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b", "GIT_AUTHOR_DATE="+when, "GIT_COMMITTER_DATE="+when)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// commit writes a file and commits it.
func commit(t *testing.T, dir, name, src string, after time.Duration) string {
	t.Helper()
	at := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(t, os.WriteFile(at, []byte(src), 0o644))
	git(t, dir, after, "add", "-A")
	git(t, dir, after, "commit", "-q", "-m", "x")
	return git(t, dir, after, "rev-parse", "HEAD")
}

// repository makes one with a commit an hour before the due date and one an hour after it.
func repository(t *testing.T, options ...string) (dir, before, after string) {
	t.Helper()
	look(t)
	dir = t.TempDir()
	git(t, dir, 0, append([]string{"init", "-q", "-b", "main"}, options...)...)
	before = commit(t, dir, "16-hub/hub.go", "package hub // in time\n", -time.Hour)
	after = commit(t, dir, "16-hub/hub.go", "package hub // late\n", time.Hour)
	return dir, before, after
}

// contents reads what one commit has of a file.
func contents(t *testing.T, dir string, at time.Time, name string) (*Snapshot, string) {
	t.Helper()
	s, err := look(t).Read(t.Context(), dir, at, 100)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	src, err := fs.ReadFile(listing.New(s.Files), name)
	require.NoError(t, err)
	return s, string(src)
}

// link makes a symbolic link, which not everybody may do everywhere.
func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil && runtime.GOOS == "windows" {
		t.Skip(err)
	} else {
		require.NoError(t, err)
	}
}

func TestAtADate(t *testing.T) {
	for name, options := range map[string][]string{"SHA-1": nil, "SHA-256": {"--object-format=sha256"}} {
		t.Run(name, func(t *testing.T) {
			dir, before, after := repository(t, options...)
			s, src := contents(t, dir, due, "16-hub/hub.go")
			assert.Equal(t, "package hub // in time\n", src)
			assert.Equal(t, before, s.Hash)
			assert.Equal(t, "main", s.Branch)
			assert.True(t, s.Time.Equal(due.Add(-time.Hour)), s.Time)

			s, src = contents(t, dir, time.Time{}, "16-hub/hub.go")
			assert.Equal(t, "package hub // late\n", src)
			assert.Equal(t, after, s.Hash)

			s, _ = contents(t, dir, due.Add(time.Hour), "16-hub/hub.go")
			assert.Equal(t, after, s.Hash, "a commit at that very second counts")

			_, err := look(t).Read(t.Context(), dir, due.Add(-2*time.Hour), 100)
			require.ErrorIs(t, err, ErrNoCommit)
		})
	}
}

func TestShapesOfRepositories(t *testing.T) {
	dir, before, _ := repository(t)
	clone := func(t *testing.T, options ...string) string {
		to := filepath.Join(t.TempDir(), "clone")
		git(t, ".", 0, append(append([]string{"clone", "-q"}, options...), "file://"+filepath.ToSlash(dir), to)...)
		return to
	}
	t.Run("bare", func(t *testing.T) {
		to := clone(t, "--bare")
		assert.True(t, Is(to))
		s, _ := contents(t, to, due, "16-hub/hub.go")
		assert.Equal(t, before, s.Hash)
	})
	t.Run("clone", func(t *testing.T) {
		to := clone(t)
		assert.True(t, Is(to))
		assert.False(t, IsBare(to))
		s, _ := contents(t, to, due, "16-hub/hub.go")
		assert.Equal(t, before, s.Hash)
	})
	t.Run("clone on another branch", func(t *testing.T) {
		to := clone(t)
		git(t, to, 0, "checkout", "-q", "-b", "mine")
		commit(t, to, "16-hub/hub.go", "package hub // not handed in\n", -time.Minute)
		s, _ := contents(t, to, due, "16-hub/hub.go")
		assert.Equal(t, before, s.Hash)
		assert.Equal(t, "main", s.Branch)
	})
	t.Run("packed", func(t *testing.T) {
		to := clone(t, "--bare")
		git(t, to, 0, "gc", "-q", "--aggressive")
		s, src := contents(t, to, due, "16-hub/hub.go")
		assert.Equal(t, before, s.Hash)
		assert.Equal(t, "package hub // in time\n", src)
	})
	t.Run("shallow", func(t *testing.T) {
		to := clone(t, "--depth=1")
		_, src := contents(t, to, time.Time{}, "16-hub/hub.go")
		assert.Equal(t, "package hub // late\n", src)
		_, err := look(t).Read(t.Context(), to, due, 100)
		require.ErrorIs(t, err, ErrNoCommit)
	})
	t.Run("no commit yet", func(t *testing.T) {
		empty := t.TempDir()
		git(t, empty, 0, "init", "-q")
		_, err := look(t).Read(t.Context(), empty, due, 100)
		require.ErrorIs(t, err, ErrNoCommit)
	})
	t.Run("none", func(t *testing.T) {
		assert.False(t, Is(t.TempDir()))
		_, err := look(t).Read(t.Context(), t.TempDir(), due, 100)
		require.ErrorIs(t, err, ErrNone)
	})
}

// What was done on a branch counts from when it was merged, not from when it was done.
func TestMerge(t *testing.T) {
	dir, before, _ := repository(t)
	git(t, dir, 0, "reset", "-q", "--hard", before)
	git(t, dir, 0, "checkout", "-q", "-b", "feature")
	commit(t, dir, "16-hub/hub.go", "package hub // on a branch\n", -time.Minute)
	git(t, dir, 0, "checkout", "-q", "main")
	git(t, dir, time.Minute, "merge", "-q", "--no-ff", "feature")
	_, src := contents(t, dir, due, "16-hub/hub.go")
	assert.Equal(t, "package hub // in time\n", src)
	_, src = contents(t, dir, due.Add(time.Hour), "16-hub/hub.go")
	assert.Equal(t, "package hub // on a branch\n", src)
}

func TestKindsOfEntries(t *testing.T) {
	dir, _, _ := repository(t)
	commit(t, dir, "large", strings.Repeat("x", small+1), 2*time.Hour)
	link(t, "/etc/passwd", filepath.Join(dir, "16-hub", "room.go"))
	git(t, dir, 0, "add", "-A")
	git(t, dir, 0, "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",vendor/other")
	git(t, dir, 3*time.Hour, "commit", "-q", "-m", "x")
	s, src := contents(t, dir, time.Time{}, "large")
	assert.Len(t, src, small+1)
	files := listing.New(s.Files)
	modes := map[string]fs.FileMode{}
	for _, f := range s.Files {
		modes[f.Name] = f.Mode
	}
	assert.Equal(t, map[string]fs.FileMode{"16-hub/hub.go": 0, "16-hub/room.go": fs.ModeSymlink, "vendor/other": fs.ModeIrregular, "large": 0}, modes)
	f, err := files.Open("large") // and read only a little of it
	require.NoError(t, err)
	_, err = io.CopyN(io.Discard, f, 10)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = files.Open("16-hub/room.go")
	require.Error(t, err)

	_, err = look(t).Read(t.Context(), dir, time.Time{}, 2)
	require.ErrorIs(t, err, ErrTooMany)
}

// Nothing that a repository says is run, or leads to another's objects.
func TestHostileRepositories(t *testing.T) {
	trap := "touch " + filepath.Join(t.TempDir(), "ran")
	_, name, _ := strings.Cut(trap, " ")
	dir, before, _ := repository(t)
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.alternateRefsCommand", "core.sshCommand", "core.askPass", "uploadpack.packObjectsHook",
		"filter.x.smudge", "diff.external",
	} {
		git(t, dir, 0, "config", key, trap)
	}
	git(t, dir, 0, "config", "core.hooksPath", ".git/hooks")
	for _, hook := range []string{"post-checkout", "pre-auto-gc", "reference-transaction", "post-index-change"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, ".git", "hooks"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".git", "hooks", hook), []byte("#!/bin/sh\n"+trap+"\n"), 0o755))
	}
	t.Run("its configuration and hooks", func(t *testing.T) {
		s, _ := contents(t, dir, due, "16-hub/hub.go")
		assert.Equal(t, before, s.Hash)
		assert.NoFileExists(t, name)
	})
	for what, tt := range map[string]struct {
		do   func(t *testing.T, gitDir string)
		want error
	}{
		"alternates": {func(t *testing.T, gitDir string) {
			at := filepath.Join(gitDir, "objects", "info")
			require.NoError(t, os.MkdirAll(at, 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(at, "alternates"), []byte(filepath.Join(dir, ".git", "objects")), 0o644))
		}, ErrElsewhere},
		"objects are a link": {func(t *testing.T, gitDir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(gitDir, "objects")))
			link(t, filepath.Join(dir, ".git", "objects"), filepath.Join(gitDir, "objects"))
		}, ErrElsewhere},
		"some objects are a link": {func(t *testing.T, gitDir string) {
			link(t, filepath.Join(dir, ".git", "objects", "aa"), filepath.Join(gitDir, "objects", "aa"))
		}, ErrElsewhere},
		"HEAD leads out": {func(t *testing.T, gitDir string) {
			require.NoError(t, os.WriteFile(filepath.Join(gitDir, "HEAD"), []byte("ref: refs/../../../x\n"), 0o644))
		}, ErrDamaged},
		"HEAD leads to itself": {func(t *testing.T, gitDir string) {
			require.NoError(t, os.WriteFile(filepath.Join(gitDir, "HEAD"), []byte("ref: refs/heads/a\n"), 0o644))
			require.NoError(t, os.WriteFile(filepath.Join(gitDir, "refs", "heads", "a"), []byte("ref: refs/heads/a\n"), 0o644))
		}, ErrDamaged},
		"a ref is an option": {func(t *testing.T, gitDir string) {
			require.NoError(t, os.WriteFile(filepath.Join(gitDir, "HEAD"), []byte("--output=/tmp/x\n"), 0o644))
		}, ErrDamaged},
		"a commit that is not there": {func(t *testing.T, gitDir string) {
			require.NoError(t, os.WriteFile(filepath.Join(gitDir, "HEAD"), []byte(before+"\n"), 0o644))
		}, ErrDamaged},
	} {
		t.Run(what, func(t *testing.T) {
			mine := t.TempDir()
			git(t, mine, 0, "init", "-q", "-b", "main")
			commit(t, mine, "x", "mine", 0)
			tt.do(t, filepath.Join(mine, ".git"))
			_, err := look(t).Read(t.Context(), mine, time.Time{}, 100)
			require.ErrorIs(t, err, tt.want)
		})
	}
	t.Run("a file in place of its folder", func(t *testing.T) {
		mine := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(mine, ".git"), []byte("gitdir: "+filepath.Join(dir, ".git")), 0o644))
		_, err := look(t).Read(t.Context(), mine, time.Time{}, 100)
		require.ErrorIs(t, err, ErrElsewhere)
	})
}

func TestFetch(t *testing.T) {
	dir, before, _ := repository(t)
	to := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, look(t).Fetch(t.Context(), "file://"+filepath.ToSlash(dir), to))
	s, _ := contents(t, to, due, "16-hub/hub.go")
	assert.Equal(t, before, s.Hash)

	err := look(t).Fetch(t.Context(), "file:///nowhere/at/all", filepath.Join(t.TempDir(), "copy"))
	require.ErrorIs(t, err, ErrNone)
	require.Error(t, look(t).Fetch(t.Context(), "ext::sh -c true", filepath.Join(t.TempDir(), "copy")))
	require.Error(t, look(t).Fetch(t.Context(), "--upload-pack=true", filepath.Join(t.TempDir(), "copy")))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, look(t).Fetch(ctx, "file://"+filepath.ToSlash(dir), filepath.Join(t.TempDir(), "copy")), context.Canceled)
}

// Where this machine makes repositories in another format, those that are fetched can be read nevertheless.
func TestFetchWithReftablesPreferred(t *testing.T) {
	dir, before, _ := repository(t)
	t.Setenv("GIT_DEFAULT_REF_FORMAT", "reftable")
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "init.defaultRefFormat")
	t.Setenv("GIT_CONFIG_VALUE_0", "reftable")
	probe := t.TempDir()
	git(t, probe, 0, "init", "-q")
	if _, err := os.Stat(filepath.Join(probe, ".git", "reftable")); err != nil {
		t.Skip("this git has one format only")
	}
	_, err := look(t).Read(t.Context(), probe, due, 100)
	require.ErrorIs(t, err, ErrReftable)
	to := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, look(t).Fetch(t.Context(), "file://"+filepath.ToSlash(dir), to))
	s, _ := contents(t, to, due, "16-hub/hub.go")
	assert.Equal(t, before, s.Hash)
}

// What a grader that was killed leaves behind says by its name whose it was: package pipeline removes it.
func TestScratchSaysWhose(t *testing.T) {
	dir, _, _ := repository(t)
	temp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP"} {
		t.Setenv(name, temp)
	}
	s, _ := contents(t, dir, due, "16-hub/hub.go")
	left, err := filepath.Glob(filepath.Join(temp, fmt.Sprintf("wirelab-%d-*", os.Getpid())))
	require.NoError(t, err)
	assert.Equal(t, []string{s.run.scratch}, left)
}

func TestAddresses(t *testing.T) {
	for where, want := range map[string]bool{
		"https://example.org/ana.git": true, "git@example.org:class/ana.git": true, "ssh://git@example.org/ana": true,
		"../ana": false, "/home/ana": false, "ana": false, `C:\ana`: false, "ext::sh -c x": false,
	} {
		assert.Equal(t, want, IsRemote(where), where)
	}
	assert.Equal(t, "https://example.org/ana.git", Redact("https://ana:secret@example.org/ana.git"))
	assert.Equal(t, "git@example.org:ana.git", Redact("git@example.org:ana.git"))
}

func TestWithoutGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Look()
	require.ErrorIs(t, err, ErrNoGit)
}
