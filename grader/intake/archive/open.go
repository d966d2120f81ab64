package archive

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
)

// Open reads the archive in f, a file that may be an archive's itself. It takes f over: the function that it returns
// closes it, and must be called when no more files are opened.
func Open(f fs.File, entries int) (*Contents, func() error, error) {
	c, err := openFile(f, entries)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return c, f.Close, nil
}

func openFile(f fs.File, entries int) (*Contents, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if r, ok := f.(io.ReaderAt); ok {
		if info.Size() > MaxFile {
			return nil, fmt.Errorf("%w: more than %d MiB", ErrTooLarge, MaxFile>>20)
		}
		return Read(r, info.Size(), entries)
	}
	all, err := io.ReadAll(io.LimitReader(f, MaxNested+1))
	if err != nil {
		return nil, err
	}
	if len(all) > MaxNested {
		return nil, fmt.Errorf("%w: more than %d MiB within another archive", ErrTooLarge, MaxNested>>20)
	}
	return Read(bytes.NewReader(all), int64(len(all)), entries)
}
