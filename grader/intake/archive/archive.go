// Package archive reads zip files that strangers made, as file systems. Package intake calls it for what students and
// learning platforms pack; it never writes to a disk, and so no name in an archive can lead anywhere.
//
// # What bounds it
//
// A zip's own words about its sizes are not believed. The directory of an archive is read up to a number of bytes, and
// counts up to a number of entries; nothing is unpacked before somebody opens a file, and whoever does, reads no more
// of it than wanted. So 10 GiB of zeros cost what is read of them, and a ratio needs no bound of its own. An archive
// within an archive is unpacked into memory, up to the size that [Open] is given.
package archive

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"wirelab/grader/intake/listing"
)

// entryBytes is how much of an archive's directory is read for each entry that it may have. An entry takes 46 bytes and
// its name.
const entryBytes = 512

// What can be wrong with an archive, or with one of its files. Errors wrap these.
var (
	ErrDamaged  = errors.New("the archive is damaged or cut off")
	ErrPassword = errors.New("it is locked with a password")
	ErrMethod   = errors.New("it is compressed in a way that only few programs read")
	ErrTooMany  = errors.New("the archive has too many entries")
	ErrTooLarge = errors.New("the archive is too large")
)

// Contents is what an archive holds.
type Contents struct {
	Files   []listing.File // in the archive's own order, names clean
	Outside []string       // names that lead out of the archive, as they are written there, with slashes
	Memory  int64          // bytes that it takes up in memory for as long as it is open
}

// Read reads the directory of a zip of size bytes, which may have at most entries. Files open as long as r does.
func Read(r io.ReaderAt, size int64, entries int) (*Contents, error) {
	bound := &bounded{r: r, left: int64(entries) * entryBytes}
	z, err := zip.NewReader(bound, size)
	if bound.left < 0 {
		return nil, ErrTooMany
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(z.File) > entries {
		return nil, ErrTooMany
	}
	bound.left = -1
	bound.open = true
	c := &Contents{}
	for _, f := range z.File {
		name := Decode(f.Name)
		clean, ok := listing.Clean(name)
		if !ok {
			if n := strings.Trim(name, `/\.`); n != "" { // "./" is in some archives, and means nothing
				c.Outside = append(c.Outside, strings.ReplaceAll(name, `\`, "/"))
			}
			continue
		}
		mode := f.Mode()
		if strings.HasSuffix(name, "/") || strings.HasSuffix(name, `\`) {
			mode = fs.ModeDir
		}
		c.Files = append(c.Files, listing.File{
			Name: clean, Mode: mode, Size: int64(min(f.UncompressedSize64, 1<<62)),
			Open: func() (io.ReadCloser, error) { return open(f) },
		})
	}
	return c, nil
}

// open opens one file of an archive.
func open(f *zip.File) (io.ReadCloser, error) {
	const locked, aes = 1, 99
	if f.Flags&locked != 0 || f.Method == aes {
		return nil, ErrPassword
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, fmt.Errorf("%w: method %d", ErrMethod, f.Method)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return entry{r}, nil
}

// entry says of every failure while unpacking that the archive is damaged: that is what a wrong checksum, an end that
// comes early, and data that no compressor wrote have in common.
type entry struct{ io.ReadCloser }

func (e entry) Read(p []byte) (int, error) {
	n, err := e.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}

// bounded lets only so much be read until it is open.
type bounded struct {
	r    io.ReaderAt
	left int64
	open bool
}

func (b *bounded) ReadAt(p []byte, at int64) (int, error) {
	if !b.open {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, ErrTooMany
		}
	}
	return b.r.ReadAt(p, at)
}
