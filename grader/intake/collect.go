package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// collector goes through one submission.
type collector struct {
	files     fs.FS
	known     *catalog
	manner    manner
	seen      int                 // entries so far
	unpacking bool                // the walk is in an archive
	visible   bool                // one of them is more than a hidden file of some tool
	found     map[string][]folder // lesson folders by lesson ID
	ignored   []string            // paths of what is not part of any lesson
	loose     []folder            // folders of no lesson with Go files in them
	links     []string            // paths of symbolic links
	zips      []string            // paths of archives that may hold the work
	closed    []closedFolder      // what could not be opened
	spent     int                 // bytes of files so far
	out       Submission
}

// manner is how a submission was handed in.
type manner struct {
	packed bool // as an archive: those in it are not opened
}

// folder is a lesson's folder in a submission.
type folder struct {
	path    string
	entries []fs.DirEntry
	exact   bool // its name is the lesson's ID
	packed  bool // it lies in an archive that lies in the submission
}

type closedFolder struct {
	path string
	why  lessons.Text
}

// errTooMuch ends the reading of a submission at one of its bounds.
var errTooMuch = errors.New("too much to read")

func newCollector(files fs.FS, known *catalog, how manner) *collector {
	return &collector{files: files, known: known, manner: how, found: make(map[string][]folder)}
}

// search finds the lesson folders, then those in archives, then files without their folders, for lessons that are still
// missing. The function, never nil, closes the archives. The error is errTooMuch or ctx's.
func (c *collector) search(ctx context.Context) (done func(), err error) {
	done = func() {}
	err = c.walk(ctx, ".", 0)
	if err == nil && len(c.zips) > 0 && !c.manner.packed {
		done, err = c.unpack(ctx)
	}
	if err == nil {
		c.sort()
	}
	return done, err
}

// collect reads a submission that lies at the root of files. The error is ctx's alone; what is wrong with the
// submission is in it.
func collect(ctx context.Context, files fs.FS, known *catalog, how manner) (Submission, error) {
	c := newCollector(files, known, how)
	done, err := c.search(ctx)
	defer done()
	if ctx.Err() != nil {
		return Submission{}, ctx.Err()
	}
	switch {
	case errors.Is(err, errTooMuch):
		c.problem(fmt.Sprintf("there are more than %d files and folders in it, or they lie more than %d deep; "+
			"hand in the lesson folders alone", MaxEntries, MaxDepth),
			fmt.Sprintf("contiene más de %d archivos y carpetas, o están a más de %d niveles; "+
				"entrega solo las carpetas de las lecciones", MaxEntries, MaxDepth))
	case len(c.found) == 0 && len(c.closed) > 0:
		first := c.closed[0]
		c.problem(fmt.Sprintf("no lesson was found, and %s cannot be read: %s", place(first.path), first.why.EN),
			fmt.Sprintf("no se encontró ninguna lección, y %s no se puede leer: %s", place(first.path), first.why.ES))
	case len(c.found) == 0 && !c.visible:
		c.out.Decided = c.known.absent("the folder is empty", "la carpeta está vacía").Decided
	case len(c.found) == 0 && c.archive() != "":
		at := place(c.archive())
		c.problem(fmt.Sprintf("no lesson was found outside of %s, which is not opened: only a zip is, and none within a zip; "+
			"hand in one zip of the lesson folders", at),
			fmt.Sprintf("no se encontró ninguna lección fuera de %s, que no se abre: solo se abre un zip, y ninguno dentro de otro; "+
				"entrega un zip con las carpetas de las lecciones", at))
	case len(c.found) == 0:
		c.problem(`no lesson was found: no folder has the name of one, such as "16-hub", and Go files in it`,
			`no se encontró ninguna lección: ninguna carpeta se llama como una, por ejemplo "16-hub", y contiene archivos Go`)
	default:
		c.lessons()
	}
	c.notes()
	return c.out, nil
}

func (c *collector) problem(en, es string) { c.out.Problem = &Problem{lessons.Text{EN: en, ES: es}} }

func (c *collector) note(en, es string) {
	c.out.Notes = append(c.out.Notes, lessons.Text{EN: en, ES: es})
}

// walk looks for lesson folders in dir and below. The error is errTooMuch or ctx's.
func (c *collector) walk(ctx context.Context, dir string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := c.list(dir)
	if errors.Is(err, errTooMuch) || depth > MaxDepth {
		return errTooMuch
	}
	if err != nil {
		c.closed = append(c.closed, closedFolder{dir, cause(err)})
		return nil
	}
	if id, exact := c.known.named(trimZip(path.Base(dir)), entries); id != "" {
		c.found[id] = append(c.found[id], folder{dir, entries, exact, c.unpacking})
		return nil
	}
	if slices.ContainsFunc(entries, isSource) {
		c.loose = append(c.loose, folder{path: dir, entries: entries, packed: c.unpacking})
	}
	for _, e := range entries {
		at := path.Join(dir, e.Name())
		c.visible = c.visible || !strings.HasPrefix(e.Name(), ".")
		switch {
		case e.IsDir() && isNoise(e.Name()), !e.IsDir() && strings.HasPrefix(e.Name(), "."), c.isCourse(at, e, entries):
		case e.IsDir() && (e.Name() == "vendor" || e.Name() == "node_modules"):
			c.ignored = append(c.ignored, at+"/")
		case e.IsDir():
			if err := c.walk(ctx, at, depth+1); err != nil {
				return err
			}
		case e.Type()&fs.ModeSymlink != 0:
			c.links = append(c.links, at)
		case e.Type().IsRegular() && hasEnding(at, ".zip") && len(c.zips) < maxZips:
			c.zips = append(c.zips, at)
		default:
			c.ignored = append(c.ignored, at)
		}
	}
	return nil
}

// isCourse reports whether something that lies outside lesson folders is there because the whole course was handed
// in. Its go.mod is so only as long as it was not changed.
func (c *collector) isCourse(at string, e fs.DirEntry, beside []fs.DirEntry) bool {
	isLessons := func(e fs.DirEntry) bool { return e.IsDir() && e.Name() == "lessons" }
	switch {
	case path.Base(path.Dir(at)) == "lessons":
		return !e.IsDir() && slices.Contains(c.known.shelf, e.Name())
	case isLessons(e) || !slices.ContainsFunc(beside, isLessons) || !slices.Contains(c.known.top, e.Name()):
		return false
	}
	return e.Name() != "go.mod" || c.same(at, c.known.module)
}

// list returns the entries of a folder by name, and counts them.
func (c *collector) list(dir string) ([]fs.DirEntry, error) {
	f, err := c.files.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: dir, Err: errChanged}
	}
	entries, err := d.ReadDir(MaxEntries - c.seen + 1)
	if c.seen += len(entries); c.seen > MaxEntries {
		return nil, errTooMuch
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// isSource reports whether e makes its folder that of a lesson: a Go file that is not a test.
func isSource(e fs.DirEntry) bool {
	return !e.IsDir() && strings.HasSuffix(e.Name(), ".go") && !isTest(e.Name())
}

func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// isNoise reports whether a folder is passed over in silence: tools make it, or it is the course's own.
func isNoise(name string) bool {
	return strings.HasPrefix(name, ".") ||
		slices.Contains([]string{"solutions", "hidden", "testdata", "__MACOSX"}, name)
}

// lessons reads each lesson that was found, once: from a folder outside of archives if there is one, of those with its
// full name if there are any, from the one that lies highest; but from one that holds nothing of the student's only if
// all do.
func (c *collector) lessons() {
	c.out.Lessons = make(map[string]Files)
	c.out.Decided = make(map[string]verdict.LessonResult)
	for _, id := range slices.SortedFunc(maps.Keys(c.found), natural) {
		folders := c.found[id]
		slices.SortFunc(folders, func(a, b folder) int {
			first := func(a, b bool) int { return cmp.Compare(map[bool]int{false: 1}[a], map[bool]int{false: 1}[b]) }
			return cmp.Or(first(!a.packed, !b.packed), first(a.exact, b.exact), higher(a.path, b.path))
		})
		at := c.firstWithWork(id, folders)
		taken := folders[at]
		c.lesson(id, taken)
		if !taken.exact && taken.path != "." {
			c.note(fmt.Sprintf("%s is taken as %s", place(taken.path), id), fmt.Sprintf("%s se toma como %s", place(taken.path), id))
		}
		for _, other := range slices.Delete(folders, at, at+1) {
			c.note(fmt.Sprintf("%s is there twice: %s is graded, %s is ignored", id, place(taken.path), place(other.path)),
				fmt.Sprintf("%s está dos veces: se califica %s y se ignora %s", id, place(taken.path), place(other.path)))
		}
	}
	for _, f := range c.closed {
		id := trimZip(path.Base(f.path))
		if c.known.lessons[id] != nil && c.found[id] == nil {
			c.decide(id, verdict.NotGradable, fmt.Sprintf("%s cannot be read: %s", place(f.path), f.why.EN),
				fmt.Sprintf("%s no se puede leer: %s", place(f.path), f.why.ES))
			continue
		}
		c.note(fmt.Sprintf("%s cannot be read: %s; what is in it was not graded", place(f.path), f.why.EN),
			fmt.Sprintf("%s no se puede leer: %s; lo que contiene no se calificó", place(f.path), f.why.ES))
	}
}

// firstWithWork returns the position of the first of a lesson's folders that holds work of the student's, or 0.
func (c *collector) firstWithWork(id string, folders []folder) int {
	if len(folders) == 1 {
		return 0
	}
	for i, f := range folders {
		look := &collector{files: c.files, known: c.known, manner: c.manner}
		look.out.Lessons, look.out.Decided = make(map[string]Files), make(map[string]verdict.LessonResult)
		look.lesson(id, f)
		if look.out.Decided[id].Status != verdict.NotSubmitted {
			return i
		}
	}
	return 0
}

// higher compares paths by how deep they lie.
func higher(a, b string) int {
	return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), natural(a, b))
}

func (c *collector) decide(id string, status verdict.Status, en, es string) {
	c.out.Decided[id] = verdict.LessonResult{ID: id, Status: status, Message: lessons.Text{EN: en, ES: es}}
}

// maxNamed is how many files a note names; of more, only the number is told.
const maxNamed = 8

// notes sums up what was ignored.
func (c *collector) notes() {
	c.ignored = append(c.ignored, c.zips...)
	if len(c.ignored) > 0 {
		en, es := enumerate(c.ignored)
		c.note("ignored, being no part of a lesson: "+en, "ignorado por no ser parte de una lección: "+es)
	}
	if len(c.links) > 0 {
		en, es := enumerate(c.links)
		c.note("symbolic links, which are not followed: "+en, "enlaces simbólicos, que no se siguen: "+es)
	}
}

// enumerate lists paths in both languages.
func enumerate(paths []string) (en, es string) {
	slices.SortFunc(paths, natural)
	var names []string
	for _, p := range paths[:min(maxNamed, len(paths))] {
		names = append(names, place(p))
	}
	list := strings.Join(names, ", ")
	if more := len(paths) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", list, more), fmt.Sprintf("%s y %d más", list, more)
	}
	return list, list
}
