// Package cache keeps files that can be made again, so that the next start of the grader need not: compiled hidden
// tests, verdicts of work that has not changed. They lie below the user's own cache folder, where no submission can
// reach them; deleting any of it costs time alone.
//
// A file's name is the fingerprint of all that it was made from, so a file is never out of date, only unused.
package cache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Dir is a folder of the cache. Any number of graders may use it at once.
type Dir struct{ path string }

// What a folder may hold. Files that were used in the last hour stay, whatever their size.
const (
	maxAge  = 30 * 24 * time.Hour // since it was last used
	maxSize = 1 << 30             // bytes
	inUse   = time.Hour
)

// Open returns the folder of the cache for one kind of file, and removes from it what has not been used for 30 days,
// and the longest unused while it is larger than 1 GiB. WIRELAB_CACHE names another place than the user's cache
// folder.
func Open(kind string) (Dir, error) {
	base := os.Getenv("WIRELAB_CACHE")
	if base == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return Dir{}, fmt.Errorf("cache: %w", err)
		}
		base = filepath.Join(user, "wirelab")
	}
	d := Dir{filepath.Join(base, kind)}
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return Dir{}, fmt.Errorf("cache: %w", err)
	}
	return d, d.evict(time.Now())
}

// Path is the folder itself, for who keeps files in it under names of their own; cache then only evicts them.
func (d Dir) Path() string { return d.path }

// File returns the path of the file with this name. If there is none, build makes it at the path that it is given.
func (d Dir) File(name string, build func(path string) error) (string, error) {
	path := filepath.Join(d.path, name)
	now := time.Now()
	if os.Chtimes(path, now, now) == nil { // for evict: it was used
		return path, nil
	}
	tmp, err := os.MkdirTemp(d.path, "new-")
	if err != nil {
		return "", fmt.Errorf("cache: %w", err)
	}
	defer os.RemoveAll(tmp)
	fresh := filepath.Join(tmp, name)
	if err := build(fresh); err != nil {
		return "", err
	}
	flush(fresh)
	if err := os.Rename(fresh, path); err != nil {
		return "", fmt.Errorf("cache: %w", err)
	}
	return path, nil
}

// flush sees to it that a file has reached the disk before it has its name: nobody looks again whether it is whole.
func flush(path string) {
	f, err := os.Open(path)
	if err != nil {
		return // whoever needs it will see
	}
	defer f.Close()
	_ = f.Sync() // some systems refuse that to who only reads
}

// evict removes what was not used for long.
func (d Dir) evict(now time.Time) error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	var files []fs.FileInfo
	var size int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // another grader has removed it
		}
		files = append(files, info)
		size += info.Size()
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		age := now.Sub(f.ModTime())
		if age < -inUse { // the clock has jumped back: the file is as old as if it were used now
			_ = os.Chtimes(filepath.Join(d.path, f.Name()), now, now)
		}
		if age <= inUse || age <= maxAge && size <= maxSize {
			continue
		}
		// A folder is what an interrupted build has left.
		if err := os.RemoveAll(filepath.Join(d.path, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cache: %w", err)
		}
		size -= f.Size()
	}
	return nil
}
