package intake

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wirelab/grader/course"
	"wirelab/grader/intake/archive"
	"wirelab/grader/intake/listing"
)

// item is one of the things that lie side by side in a class, be that a folder or an archive.
type item struct {
	name    string
	mode    fs.FileMode
	open    func() (fs.File, error)             // of a regular file
	tree    func() (fs.FS, func() error, error) // of a folder; the function closes it
	within  func() ([]item, error)              // of a folder, or an archive on the disk: what lies side by side in it
	outside string                              // of a folder in an archive: a name in it that leads out, if there is one
	dir     string                              // of a folder on the disk: its path
}

func (it item) isZip() bool { return it.mode.IsRegular() && hasEnding(it.name, ".zip") }

// folderItems lists a folder on the disk, and is done with it when the reading is.
func (r *reading) folderItems(folder *os.Root) ([]item, error) {
	r.opened = append(r.opened, folder.Close)
	entries, err := fs.ReadDir(folder.FS(), ".")
	if err != nil {
		return nil, err
	}
	var all []item
	for _, e := range entries {
		name := e.Name()
		it := item{
			name: name, mode: e.Type(),
			open: func() (fs.File, error) { return tree{folder}.Open(name) },
			tree: func() (fs.FS, func() error, error) {
				files, err := openTree(folder, name)
				return files, files.Close, err
			},
		}
		if e.IsDir() {
			it.dir = filepath.Join(folder.Name(), name)
			it.within = func() ([]item, error) {
				files, err := openTree(folder, name)
				if err != nil {
					return nil, err
				}
				return r.folderItems(files.Root)
			}
		}
		if it.isZip() {
			it.within = func() ([]item, error) { return r.zipWithin(it) }
		}
		all = append(all, it)
	}
	return all, nil
}

// openClass opens a class that is an archive. The function closes it.
func openClass(from string) ([]item, *archive.Contents, func() error, error) {
	f, err := os.Open(from)
	if err != nil {
		return nil, nil, nil, err
	}
	contents, err := readContents(f)
	if err != nil {
		f.Close()
	}
	switch {
	case errors.Is(err, archive.ErrDamaged):
		return nil, nil, nil, &course.Error{
			Text: fmt.Sprintf("%q is no zip, or it is damaged or cut off: %v", from, err),
			Tip:  "download it again; if it stays so, unpack what can be unpacked and name the folder",
			ES:   course.Spanish{Text: fmt.Sprintf("%q no es un zip, o está dañado o cortado: %v", from, err), Tip: "descárgalo de nuevo; si sigue así, descomprime lo que se pueda y nombra la carpeta"},
		}
	case errors.Is(err, archive.ErrTooMany):
		return nil, nil, nil, &course.Error{
			Text: fmt.Sprintf("%q holds more than %d files and folders", from, maxClassEntries),
			Tip:  "unpack it and name the folder",
			ES:   course.Spanish{Text: fmt.Sprintf("%q contiene más de %d archivos y carpetas", from, maxClassEntries), Tip: "descomprímelo y nombra la carpeta"},
		}
	case err != nil:
		return nil, nil, nil, err
	}
	return zipItems(contents.Files, contents.Outside), contents, f.Close, nil
}

func readContents(f *os.File) (*archive.Contents, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return archive.Read(f, info.Size(), maxClassEntries)
}

// zipItems lists a class that is an archive, or a folder in one.
func zipItems(files []listing.File, outside []string) []item {
	folders := make(map[string][]listing.File)
	var all []item
	for _, f := range files {
		top, rest, below := strings.Cut(f.Name, "/")
		switch {
		case below:
			f.Name = rest
			folders[top] = append(folders[top], f)
		case f.Mode.IsDir():
			folders[top] = append(folders[top], []listing.File{}...)
		default:
			all = append(all, item{name: top, mode: f.Mode.Type(), open: func() (fs.File, error) {
				return listing.New([]listing.File{f}).Open(f.Name)
			}})
		}
	}
	for top, files := range folders {
		all = append(all, item{
			name: top, mode: fs.ModeDir, outside: leadingOut(top, outside),
			tree:   func() (fs.FS, func() error, error) { return listing.New(files), nothingToClose, nil },
			within: func() ([]item, error) { return zipItems(files, nil), nil },
		})
	}
	slices.SortStableFunc(all, func(a, b item) int { return cmp.Compare(a.name, b.name) })
	return all
}

func nothingToClose() error { return nil }

// leadingOut returns the first of names that begins in the folder top.
func leadingOut(top string, names []string) string {
	for _, name := range names {
		if strings.HasPrefix(name, top+"/") {
			return name
		}
	}
	return ""
}

// isHidden reports whether something beside the students' folders is passed over in silence.
func isHidden(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }

// isLesson reports whether a name is just that of a lesson, or of an archive of one.
func (k *catalog) isLesson(name string) bool {
	return k.lessons[strings.ToLower(trimZip(name))] != nil
}

// trimZip returns the name of an archive without its ending.
func trimZip(name string) string {
	if hasEnding(name, ".zip") {
		return name[:len(name)-len(".zip")]
	}
	return name
}

func hasEnding(name, ending string) bool { return strings.HasSuffix(strings.ToLower(name), ending) }
