package intake

import (
	"errors"
	"io/fs"
	"os"
)

// tree shows the folders and regular files below a root as an fs.FS, and nothing else that lies there.
type tree struct{ *os.Root }

var (
	errChanged = errors.New("it changed while it was being read")
	errKind    = errors.New("neither a file nor a folder")
)

// openTree opens the folder name of class, and not what a symbolic link of that name leads to.
func openTree(class *os.Root, name string) (tree, error) {
	before, err := class.Lstat(name)
	if err != nil {
		return tree{}, err
	}
	root, err := class.OpenRoot(name)
	if err != nil {
		return tree{}, err
	}
	after, err := root.Stat(".")
	if err == nil && !os.SameFile(before, after) {
		err = errChanged
	}
	if err != nil {
		root.Close()
		return tree{}, err
	}
	return tree{root}, nil
}

// Open opens a folder or a regular file. It looks before it opens, since opening alone can block (a FIFO) or do
// something (a device), and again afterwards, since the name may lead elsewhere by then.
func (t tree) Open(name string) (fs.File, error) {
	before, err := t.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !before.IsDir() && !before.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errKind}
	}
	f, err := t.OpenFile(name, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	after, err := f.Stat()
	if err == nil && !os.SameFile(before, after) {
		err = &fs.PathError{Op: "open", Path: name, Err: errChanged}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
