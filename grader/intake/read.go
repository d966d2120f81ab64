package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"wirelab/grader/course"
	"wirelab/grader/intake/archive"
	"wirelab/grader/intake/listing"
	"wirelab/lessons"
)

// unfit is why a file cannot be taken, in words for the student.
type unfit lessons.Text

func (u *unfit) Error() string { return u.EN }

// source returns a Go file as it goes on: UTF-8, with Unix line ends.
func (c *collector) source(e fs.DirEntry, at string) ([]byte, error) {
	if kind := kindOf(e.Type()); kind != nil {
		return nil, kind
	}
	src, err := c.read(at)
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(src, []byte("\xff\xfe")), bytes.HasPrefix(src, []byte("\xfe\xff")):
		return nil, &unfit{"it is in UTF-16; save it as UTF-8", "está en UTF-16; guárdalo como UTF-8"}
	case bytes.IndexByte(src, 0) >= 0:
		return nil, &unfit{
			"there are NUL bytes in it, as in a binary file or in UTF-16; save it as UTF-8 text",
			"contiene bytes NUL, como un archivo binario o en UTF-16; guárdalo como texto UTF-8",
		}
	}
	return course.Plain(src), nil
}

// read returns the contents of a regular file of at most MaxSource bytes.
func (c *collector) read(at string) ([]byte, error) {
	if c.spent > MaxTotal {
		return nil, &unfit{
			fmt.Sprintf("more than %d MiB of the submission were read before it", MaxTotal>>20),
			fmt.Sprintf("antes de él ya se leyeron más de %d MiB de la entrega", MaxTotal>>20),
		}
	}
	f, err := c.files.Open(at)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: at, Err: errKind}
	}
	src, err := io.ReadAll(io.LimitReader(f, MaxSource+1))
	c.spent += len(src)
	if err != nil {
		return nil, err
	}
	if len(src) > MaxSource {
		return nil, &unfit{
			fmt.Sprintf("it is larger than %d KiB", MaxSource>>10),
			fmt.Sprintf("ocupa más de %d KiB", MaxSource>>10),
		}
	}
	after, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return nil, errChanged
	}
	return src, nil
}

// same reports whether the file at is what the course has there; one that cannot be read is not.
func (c *collector) same(at string, want []byte) bool {
	if want == nil {
		return false
	}
	src, err := c.read(at)
	return err == nil && bytes.Equal(course.Plain(src), want)
}

// kindOf says what a directory entry is that is no regular file; nil for a regular file.
func kindOf(mode fs.FileMode) error {
	switch {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		return &unfit{
			"it is a symbolic link, and those are not followed; hand in the file itself",
			"es un enlace simbólico, y esos no se siguen; entrega el archivo mismo",
		}
	case mode&fs.ModeNamedPipe != 0:
		return &unfit{"it is a named pipe, not a file", "es una tubería con nombre, no un archivo"}
	case mode&fs.ModeSocket != 0:
		return &unfit{"it is a socket, not a file", "es un socket, no un archivo"}
	case mode&fs.ModeDevice != 0:
		return &unfit{"it is a device, not a file", "es un dispositivo, no un archivo"}
	}
	return &unfit{"it is not a file", "no es un archivo"}
}

// cause says why something could not be read, without the path.
func cause(err error) lessons.Text {
	var u *unfit
	var p *fs.PathError
	switch {
	case errors.As(err, &u):
		return lessons.Text(*u)
	case errors.Is(err, fs.ErrPermission):
		return lessons.Text{EN: "permission denied", ES: "permiso denegado"}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errChanged), errors.Is(err, errKind):
		return lessons.Text{EN: errChanged.Error(), ES: "cambió mientras se leía"}
	}
	for _, known := range archiveErrors() {
		if errors.Is(err, known.is) {
			return known.text
		}
	}
	if errors.As(err, &p) {
		err = p.Err
	}
	return lessons.Text{EN: err.Error(), ES: err.Error()}
}

// archiveError is what can be wrong with an archive, in words for the student.
type archiveError struct {
	is   error
	text lessons.Text
}

func archiveErrors() []archiveError {
	return []archiveError{
		{archive.ErrPassword, lessons.Text{
			EN: "it is locked with a password; pack it without one",
			ES: "está protegido con contraseña; comprímelo sin ella",
		}},
		{archive.ErrMethod, lessons.Text{
			EN: "it is compressed in a way that few programs read; pack it as an ordinary zip",
			ES: "está comprimido de una forma que pocos programas leen; comprímelo como un zip común",
		}},
		{archive.ErrTooMany, lessons.Text{
			EN: fmt.Sprintf("there are more than %d files and folders in it; hand in the lesson folders alone", MaxEntries),
			ES: fmt.Sprintf("contiene más de %d archivos y carpetas; entrega solo las carpetas de las lecciones", MaxEntries),
		}},
		{archive.ErrTooLarge, lessons.Text{
			EN: fmt.Sprintf("it is larger than %d MiB; hand in the lesson folders alone", MaxArchive>>20),
			ES: fmt.Sprintf("ocupa más de %d MiB; entrega solo las carpetas de las lecciones", MaxArchive>>20),
		}},
		{archive.ErrDamaged, lessons.Text{
			EN: "the archive is damaged or cut off; pack it and hand it in again",
			ES: "el archivo comprimido está dañado o incompleto; comprime y entrega de nuevo",
		}},
		{listing.ErrTwice, lessons.Text{
			EN: "two entries of the archive have this name, and which of them was meant is unclear; pack it again",
			ES: "dos entradas del archivo comprimido tienen este nombre y no está claro cuál vale; comprime de nuevo",
		}},
	}
}

// place is a path within a submission as it is shown, each part printable.
func place(p string) string {
	parts := strings.Split(p, "/")
	for i := range parts {
		parts[i] = printable(parts[i])
	}
	return strings.Join(parts, "/")
}
