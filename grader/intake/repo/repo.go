// Package repo reads one commit of a repository that a stranger made, with the git command. Package intake calls it;
// nothing is ever checked out.
//
// # What it trusts
//
// Nothing in the repository. Git runs in a repository of its own that is empty, with the stranger's objects as its
// object store: so no configuration, hook, attribute, graft or replacement of the stranger's is ever read. What the
// refs say is read here. Objects that lie elsewhere (alternates, symbolic links) are refused, since they may be
// another student's. Only plumbing runs, each for a bounded time; sizes are bounded by whoever opens a file.
//
// A commit's time is what the committer's clock said, or what the committer wanted it to say.
package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"wirelab/grader/intake/listing"
)

// What can be wrong with a repository. Errors wrap these.
var (
	ErrNoGit     = errors.New("git is not installed")
	ErrNone      = errors.New("there is no repository")
	ErrNoCommit  = errors.New("there is no commit")
	ErrElsewhere = errors.New("its objects lie elsewhere")
	ErrReftable  = errors.New("its refs are in the reftable format")
	ErrDamaged   = errors.New("the repository is damaged or incomplete")
	ErrTooMany   = errors.New("the commit has too many files")
	ErrTooLong   = errors.New("git took too long")
	ErrTooLarge  = errors.New("the repository is too large")
)

// patience is how long git may take for one repository on the disk.
const patience = time.Minute

// Git is the git command.
type Git struct{ path string }

// Look finds the git command. The error is ErrNoGit.
func Look() (*Git, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, ErrNoGit
	}
	return &Git{path}, nil
}

// Snapshot is what one commit holds.
type Snapshot struct {
	Branch  string // the default one; "" where HEAD names none
	Hash    string
	Time    time.Time
	Files   []listing.File
	Outside []string // names that lead out of the repository

	run *runner
}

// Close ends what reading files needs.
func (s *Snapshot) Close() error { return s.run.close() }

// Read reads the last commit on the default branch of the repository in dir, a clone or a bare one, that is not later
// than at; a zero at stands for the newest. The commit may have at most so many entries. The default branch is that of
// the remote it was cloned from, if there is one; of a merge, only the side that was merged into counts.
func (g *Git) Read(ctx context.Context, dir string, at time.Time, entries int) (*Snapshot, error) {
	gitDir := dir
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		gitDir = filepath.Join(dir, ".git")
	}
	root, err := openGitDir(gitDir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	tip, branch, err := defaultBranch(root)
	if err != nil {
		return nil, err
	}
	run, err := g.prepare(ctx, root, gitDir, tip)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{Branch: branch, run: run}
	if err := s.find(ctx, tip, at); err != nil {
		return nil, errors.Join(err, run.close())
	}
	if err := s.list(ctx, entries); err != nil {
		return nil, errors.Join(err, run.close())
	}
	return s, nil
}

// Is reports whether dir is a repository: a clone, or a bare one.
func Is(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil || IsBare(dir)
}

// IsBare reports whether dir is a repository without files beside it.
func IsBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// openGitDir opens the folder in which git keeps a repository, if all of it lies there.
func openGitDir(dir string) (*os.Root, error) {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() { // a worktree's file, or a link
		return nil, ErrElsewhere
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if err := ownObjects(root); err != nil {
		root.Close()
		return nil, err
	}
	return root, nil
}

// ownObjects is an error if the store of objects leads to another.
func ownObjects(root *os.Root) error {
	objects, err := root.Lstat("objects")
	if err != nil {
		return ErrNone
	}
	if !objects.IsDir() {
		return ErrElsewhere
	}
	if _, err := root.Lstat("objects/info/alternates"); err == nil {
		return ErrElsewhere
	}
	for _, dir := range []string{"objects", "objects/pack"} {
		entries, err := fs.ReadDir(root.FS(), dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range entries {
			if !e.IsDir() && !e.Type().IsRegular() {
				return ErrElsewhere
			}
		}
	}
	return nil
}

// prepare makes the empty repository that git runs in.
func (g *Git) prepare(ctx context.Context, root *os.Root, gitDir, tip string) (*runner, error) {
	objects, err := filepath.Abs(filepath.Join(gitDir, "objects"))
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", fmt.Sprintf("wirelab-%d-git-", os.Getpid())) // the pipeline removes those of the dead
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	r := &runner{git: g.path, scratch: scratch, objects: objects, cancel: cancel, ctx: ctx}
	config := "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
	if len(tip) > 40 {
		config += "[extensions]\n\tobjectformat = sha256\n"
	}
	files := map[string][]byte{"config": []byte(config), "HEAD": []byte("ref: refs/heads/none\n")}
	if shallow, err := readSmall(root, "shallow"); err == nil {
		files["shallow"] = shallow
	}
	for _, dir := range []string{"objects", "refs"} {
		err = errors.Join(err, os.Mkdir(filepath.Join(scratch, dir), 0o700))
	}
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(scratch, name), text, 0o600))
	}
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// find finds the commit.
func (s *Snapshot) find(ctx context.Context, tip string, at time.Time) error {
	args := []string{"rev-list", "--first-parent", "--max-count=1", "--timestamp"}
	if !at.IsZero() {
		args = append(args, fmt.Sprintf("--min-age=%d", at.Unix()))
	}
	out, err := s.run.output(ctx, append(args, tip, "--")...)
	if err != nil {
		return err
	}
	var seconds int64
	if len(bytes.TrimSpace(out)) == 0 {
		return ErrNoCommit
	}
	if _, err := fmt.Sscanf(string(out), "%d %s", &seconds, &s.Hash); err != nil || !isHash(s.Hash) {
		return fmt.Errorf("%w: git answered %q", ErrDamaged, strings.TrimSpace(string(out)))
	}
	s.Time = time.Unix(seconds, 0).UTC()
	return nil
}
