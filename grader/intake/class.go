package intake

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
	within  func() []item                       // of a folder in an archive: what lies side by side in it
	outside string                              // of such a folder: a name in it that leads out, if there is one
}

func (it item) isZip() bool { return it.mode.IsRegular() && hasEnding(it.name, ".zip") }

// folderItems lists a class that is a folder on the disk.
func folderItems(class *os.Root) ([]item, error) {
	entries, err := fs.ReadDir(class.FS(), ".")
	if err != nil {
		return nil, err
	}
	var all []item
	for _, e := range entries {
		name := e.Name()
		all = append(all, item{
			name: name, mode: e.Type(),
			open: func() (fs.File, error) { return tree{class}.Open(name) },
			tree: func() (fs.FS, func() error, error) {
				files, err := openTree(class, name)
				return files, files.Close, err
			},
		})
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
			within: func() []item { return zipItems(files, nil) },
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

// unwrap returns what lies in the one folder of an archive that holds the whole class, as archives made of a folder
// do, and the folder's name. It must not mistake a class of one student for that.
func unwrap(all []item, known *catalog) ([]item, string) {
	var folders []item
	for _, it := range all {
		switch {
		case isHidden(it.name):
		case it.mode.IsDir() && it.outside == "":
			folders = append(folders, it)
		default:
			return all, ""
		}
	}
	if len(folders) != 1 {
		return all, ""
	}
	if _, isOne := parseLMS(folders[0].name, true); isOne {
		return all, ""
	}
	students := 0
	below := folders[0].within()
	for _, it := range below {
		_, fromLMS := parseLMS(it.name, it.mode.IsDir())
		switch {
		case known.isLesson(it.name), it.name == "lessons":
			return all, ""
		case fromLMS, it.isZip():
			students++
		case it.mode.IsDir() && slices.ContainsFunc(it.within(), func(in item) bool {
			return in.isZip() || in.mode.IsDir() && (known.isLesson(in.name) || in.name == "lessons")
		}):
			students++
		}
	}
	if students < 2 {
		return all, ""
	}
	return below, folders[0].name
}

// isHidden reports whether something beside the students' folders is passed over in silence.
func isHidden(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }

// isLesson reports whether a name is that of a lesson, or of an archive of one.
func (k *catalog) isLesson(name string) bool { return k.lessons[trimZip(name)] != nil }

// trimZip returns the name of an archive without its ending.
func trimZip(name string) string {
	if hasEnding(name, ".zip") {
		return name[:len(name)-len(".zip")]
	}
	return name
}

func hasEnding(name, ending string) bool { return strings.HasSuffix(strings.ToLower(name), ending) }
