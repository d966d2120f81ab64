package archive

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
)

// Open reads the archive in f, a file on a disk or one in an archive, of at most size bytes. It takes f over: the
// function that it returns closes it, and must be called when no more files are opened.
func Open(f fs.File, size int64, entries int) (*Contents, func() error, error) {
	c, err := openFile(f, size, entries)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return c, f.Close, nil
}

func openFile(f fs.File, size int64, entries int) (*Contents, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	tooLarge := fmt.Errorf("%w: more than %d bytes", ErrTooLarge, size)
	if r, ok := f.(io.ReaderAt); ok {
		if info.Size() > size {
			return nil, tooLarge
		}
		return Read(r, info.Size(), entries)
	}
	all, err := io.ReadAll(io.LimitReader(f, size+1))
	if err != nil {
		return nil, err
	}
	if int64(len(all)) > size {
		return nil, tooLarge
	}
	c, err := Read(bytes.NewReader(all), int64(len(all)), entries)
	if err != nil {
		return nil, err
	}
	c.Memory = int64(len(all))
	return c, nil
}
