package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"wirelab/grader/intake/archive"
	"wirelab/grader/intake/listing"
	"wirelab/lessons"
)

// maxZips is how many archives of one submission are opened.
const maxZips = 32

// mounts shows archives as if each were a folder of its name.
type mounts struct {
	fs.FS
	at map[string]fs.FS
}

func (m mounts) Open(name string) (fs.File, error) {
	for at, files := range m.at {
		if rest, ok := strings.CutPrefix(name, at); ok && (rest == "" || rest[0] == '/') {
			return files.Open(path.Join(".", rest))
		}
	}
	return m.FS.Open(name)
}

// unpack looks for lesson folders in the archives of a submission. The function, never nil, closes them. The error is
// that of walk; but where there are lessons outside of the archives, too much in these is only noted.
func (c *collector) unpack(ctx context.Context) (func(), error) {
	all := mounts{c.files, make(map[string]fs.FS)}
	var opened []func() error
	done := func() {
		for _, closeIt := range opened {
			_ = closeIt() // they were only read
		}
	}
	zips := c.zips
	c.zips, c.manner.packed = nil, true
	room := int64(MaxArchive)
	for _, at := range zips {
		f, err := c.files.Open(at)
		if err != nil {
			c.closed = append(c.closed, closedFolder{at, cause(err)})
			continue
		}
		contents, closeIt, err := archive.Open(f, room, MaxEntries)
		if err != nil {
			c.closed = append(c.closed, closedFolder{at, cause(err)})
			continue
		}
		opened = append(opened, closeIt)
		room -= contents.Memory
		if len(contents.Outside) > 0 {
			c.closed = append(c.closed, closedFolder{at, leadsOut(contents.Outside[0])})
			continue
		}
		all.at[at] = listing.New(contents.Files)
	}
	c.files, c.unpacking = all, true
	outside := len(c.found) > 0
	for _, at := range slices.Sorted(maps.Keys(all.at)) {
		before, ignored, loose := len(c.found), len(c.ignored), len(c.loose)
		folders := maps.Clone(c.found)
		err := c.walk(ctx, at, 1)
		if errors.Is(err, errTooMuch) && outside {
			c.found, c.ignored, c.loose = folders, c.ignored[:ignored], c.loose[:loose]
			c.note(fmt.Sprintf("%s holds too much to look through; hand in the lesson folders alone", place(at)),
				fmt.Sprintf("%s contiene demasiado para revisarlo; entrega solo las carpetas de las lecciones", place(at)))
			continue
		}
		switch {
		case err != nil:
			return done, err
		case len(c.found) > before:
			c.note(fmt.Sprintf("taken from the archive %s", place(at)), fmt.Sprintf("tomado del archivo comprimido %s", place(at)))
		case outside && len(c.loose) == loose && maps.EqualFunc(c.found, folders, func(a, b []folder) bool { return len(a) == len(b) }):
			c.ignored = append(c.ignored[:ignored], at)
		}
	}
	return done, nil
}

// archive returns an archive that was not opened, if there is one.
func (c *collector) archive() string {
	for _, at := range slices.Concat(c.zips, c.ignored) {
		if isArchive(at) {
			return at
		}
	}
	return ""
}

// leadsOut says what is wrong with an archive that names a path outside of itself.
func leadsOut(name string) lessons.Text {
	return lessons.Text{
		EN: fmt.Sprintf("it names %q, which leads out of it; pack the lesson folders from within the folder that holds them", place(name)),
		ES: fmt.Sprintf("nombra %q, que lleva fuera de él; comprime las carpetas de las lecciones desde la carpeta que las contiene", place(name)),
	}
}

// sort puts Go files that lie in no lesson's folder into the lesson in which students write a file of that name, if
// it is the only one and nowhere else. Others go along where all of them belong to one lesson. What lies outside of
// archives comes first, then what lies highest.
func (c *collector) sort() {
	slices.SortFunc(c.loose, func(a, b folder) int {
		if a.packed != b.packed {
			return map[bool]int{false: -1, true: 1}[a.packed]
		}
		return higher(a.path, b.path)
	})
	taken := make(map[string]bool) // IDs of lessons
	for _, f := range c.loose {
		c.sortFolder(f, taken)
	}
}

func (c *collector) sortFolder(from folder, taken map[string]bool) {
	known := make(map[string][]fs.DirEntry)
	var others []fs.DirEntry
	for _, e := range from.entries {
		if !e.Type().IsRegular() || path.Ext(e.Name()) != ".go" || !slices.Contains(c.ignored, path.Join(from.path, e.Name())) {
			continue
		}
		if id := c.known.lessonOf(e.Name(), from.entries); id != "" {
			known[id] = append(known[id], e)
		} else if isPlain(e.Name()) {
			others = append(others, e)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(known), natural) {
		files := known[id]
		if c.found[id] != nil && !taken[id] {
			continue
		}
		if len(known) == 1 {
			files = append(files, others...)
		}
		var names []string
		for _, e := range files {
			names = append(names, path.Join(from.path, e.Name()))
		}
		c.ignored = slices.DeleteFunc(c.ignored, func(at string) bool { return slices.Contains(names, at) })
		en, es := enumerate(names)
		if taken[id] {
			c.note(fmt.Sprintf("%s is there twice: %s is ignored", id, en), fmt.Sprintf("%s está dos veces: se ignora %s", id, es))
			continue
		}
		taken[id] = true
		c.found[id] = []folder{{path: from.path, entries: files, exact: true, packed: from.packed}}
		c.note(fmt.Sprintf("taken as %s by name: %s", id, en), fmt.Sprintf("tomado como %s por su nombre: %s", id, es))
	}
}

// lessonOf returns the lesson in which students write a file of this name, if it is the only one. A copy's name counts
// where the file itself is not beside it.
func (k *catalog) lessonOf(name string, beside []fs.DirEntry) string {
	ids := k.starterOf(name)
	if plain := originalName(name); len(ids) == 0 && !slices.ContainsFunc(beside, func(e fs.DirEntry) bool { return e.Name() == plain }) {
		ids = k.starterOf(plain)
	}
	if len(ids) != 1 {
		return ""
	}
	return ids[0]
}
