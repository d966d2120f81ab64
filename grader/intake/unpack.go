package intake

import (
	"context"
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

// unpack looks for lesson folders in the archives of a submission that has none outside of them. The function, never
// nil, closes them. The error is that of walk.
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
	c.files = all
	for _, at := range slices.Sorted(maps.Keys(all.at)) {
		before := len(c.found)
		if err := c.walk(ctx, at, 1); err != nil {
			return done, err
		}
		if len(c.found) == before {
			continue
		}
		c.note(fmt.Sprintf("taken from the archive %s", place(at)), fmt.Sprintf("tomado del archivo comprimido %s", place(at)))
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
// it is the only one. Others go along where all of them belong to one lesson.
func (c *collector) sort() {
	roots := []string{"."}
	if m, ok := c.files.(mounts); ok {
		roots = append(roots, slices.Sorted(maps.Keys(m.at))...)
	}
	for _, root := range roots {
		entries, err := fs.ReadDir(c.files, root) // walk has read it before, within its bounds
		if err == nil {
			c.sortFolder(root, entries)
		}
	}
}

func (c *collector) sortFolder(root string, entries []fs.DirEntry) {
	known := make(map[string][]fs.DirEntry)
	var others []fs.DirEntry
	for _, e := range entries {
		if !e.Type().IsRegular() || path.Ext(e.Name()) != ".go" {
			continue
		}
		if ids := c.known.starterOf(e.Name()); len(ids) == 1 {
			known[ids[0]] = append(known[ids[0]], e)
		} else {
			others = append(others, e)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(known), natural) {
		files := known[id]
		if len(known) == 1 {
			files = append(files, others...)
		}
		c.found[id] = append(c.found[id], folder{root, files, true})
		var names []string
		for _, e := range files {
			names = append(names, path.Join(root, e.Name()))
		}
		c.ignored = slices.DeleteFunc(c.ignored, func(at string) bool { return slices.Contains(names, at) })
		en, es := enumerate(names)
		c.note(fmt.Sprintf("taken as %s by name: %s", id, en), fmt.Sprintf("tomado como %s por su nombre: %s", id, es))
	}
}
