// Package listing makes a file system of a list of files that lie in no folder: those of an archive, of a commit, of
// a set of attachments. Package intake reads it like any other; nothing here touches a disk.
//
// The names are hostile: see [Clean]. Two files of one name, or a file where another needs a folder, open with
// [ErrTwice]: which of them was meant is not for a program to guess.
package listing

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ErrTwice is what opening a name gives that stands for two files.
var ErrTwice = errors.New("two entries have this name")

// File is one file of a list.
type File struct {
	Name string      // relative, with slashes and without "." or ".."; as Clean returns it
	Mode fs.FileMode // what kind of file it is; only regular ones are opened
	Size int64       // in bytes, as somebody says; what Open returns may be another length
	Open func() (io.ReadCloser, error)
}

// drive is what a path of Windows begins with: "C:\x" and "C:x", but neither "1: notes.md" nor "Q: why.md" is one.
var drive = regexp.MustCompile(`^[A-Za-z]:([^ ]|$)`)

// Clean turns the name of an entry into one that a [File] may have. It is false for a name that leads out of where it
// is: an absolute path, one with a drive letter, one with ".." in it. A backslash separates like a slash, since some
// programs for Windows write archives so.
func Clean(name string) (string, bool) {
	name = strings.ReplaceAll(name, `\`, "/")
	clean := path.Clean(name)
	switch {
	case strings.HasPrefix(name, "/"), drive.MatchString(clean), strings.ContainsRune(name, 0):
		return "", false
	case slices.Contains(strings.Split(name, "/"), ".."):
		return "", false
	}
	return clean, clean != "." && fs.ValidPath(clean)
}

// FS is a list of files as a file system.
type FS struct{ nodes map[string]*node }

// node is a file or a folder. It is its own fs.FileInfo and fs.DirEntry.
type node struct {
	file     File
	children []fs.DirEntry // of a folder, by name
	twice    bool
}

// New makes a file system of files, with the folders that their names speak of. A file whose mode is that of a
// folder is an empty folder.
func New(files []File) *FS {
	f := &FS{nodes: map[string]*node{".": {file: File{Name: ".", Mode: fs.ModeDir}}}}
	for _, file := range files {
		if file.Mode.IsDir() {
			f.folder(file.Name)
			continue
		}
		if at := f.nodes[file.Name]; at != nil {
			at.twice = true
			continue
		}
		f.nodes[file.Name] = &node{file: file}
		f.adopt(file.Name)
	}
	for _, n := range f.nodes {
		slices.SortFunc(n.children, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	}
	return f
}

// folder makes the folder name, and those above it, where they are missing.
func (f *FS) folder(name string) *node {
	if at := f.nodes[name]; at != nil {
		at.twice = at.twice || !at.IsDir()
		return at
	}
	made := &node{file: File{Name: name, Mode: fs.ModeDir}}
	f.nodes[name] = made
	f.adopt(name)
	return made
}

// adopt puts a new node into its folder.
func (f *FS) adopt(name string) {
	above := f.folder(path.Dir(name))
	above.children = append(above.children, f.nodes[name])
}

// Open opens a folder or a regular file.
func (f *FS) Open(name string) (fs.File, error) {
	n := f.nodes[name]
	switch {
	case n == nil || !fs.ValidPath(name):
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	case n.twice:
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrTwice}
	case n.IsDir():
		return &folder{node: n}, nil
	case !n.file.Mode.IsRegular():
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	r, err := n.file.Open()
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{n, r}, nil
}

func (n *node) Name() string               { return path.Base(n.file.Name) }
func (n *node) IsDir() bool                { return n.file.Mode.IsDir() }
func (n *node) Type() fs.FileMode          { return n.file.Mode.Type() }
func (n *node) Mode() fs.FileMode          { return n.file.Mode }
func (n *node) Size() int64                { return n.file.Size }
func (n *node) ModTime() time.Time         { return time.Time{} } // nobody vouches for one
func (n *node) Sys() any                   { return nil }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }

type file struct {
	*node
	io.ReadCloser
}

func (f *file) Stat() (fs.FileInfo, error) { return f.node, nil }

type folder struct {
	*node
	read int
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.file.Name, Err: fs.ErrInvalid}
}

// ReadDir is that of [fs.ReadDirFile].
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := f.children[f.read:]
	if n > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if n > 0 {
		rest = rest[:min(n, len(rest))]
	}
	f.read += len(rest)
	return slices.Clone(rest), nil
}
