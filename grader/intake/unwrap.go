package intake

import (
	"context"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wirelab/grader/verdict"
)

// maxWraps is how many folders around a class are looked into.
const maxWraps = 3

// unwrap returns what lies in the one folder that holds the whole class, as when a folder was packed, or a download
// unpacked into a folder of its own; where that is; and what lies beside it on the way. It must not mistake a class of
// one student for that.
func (r *reading) unwrap(ctx context.Context, all []item) (below []item, at string, beside []string, err error) {
	for range maxWraps {
		found, ignored := r.students(all)
		if len(found) != 1 || found[0].lms != nil || found[0].isHandedOver() {
			break
		}
		it := found[0].items[0]
		if !it.mode.IsDir() || it.outside != "" || r.holdsRepository(it) {
			break
		}
		for _, name := range ignored {
			beside = append(beside, path.Join(at, name))
		}
		at = path.Join(at, it.name)
		if all, err = it.within(); err != nil {
			break // whoever reads it will say so
		}
		several, err := r.several(ctx, it.name, all)
		if several || err != nil {
			return all, at, beside, err
		}
	}
	return nil, "", nil, nil
}

// several reports whether what lies side by side in a folder of this name is the work of several students: a platform
// called it after them, or two folders that are called after people hold the same lesson; any lesson, where the name of
// the folder around them is nobody's.
func (r *reading) several(ctx context.Context, around string, all []item) (bool, error) {
	if slices.ContainsFunc(all, r.known.isPart) {
		return false, nil
	}
	found, _ := r.students(all)
	canvas := 0
	for _, st := range found {
		if st.lms != nil && st.lms.System == verdict.Moodle {
			return true, nil
		}
		if st.lms != nil {
			canvas++
		}
	}
	if canvas > 1 {
		return true, nil
	}
	owners := make(map[string]string) // by lesson
	for _, st := range found {
		owner := r.known.owner(st.id)
		if owner == "" || st.lms != nil {
			continue
		}
		ids, err := r.within(ctx, st.items[0])
		if err != nil {
			return false, err
		}
		for _, id := range ids {
			if r.known.owner(around) == "" {
				id = "any"
			}
			if was := owners[id]; was != "" && was != owner {
				return true, nil
			}
			owners[id] = owner
		}
	}
	return false, nil
}

// within returns the lessons that a folder or an archive holds, at any depth. The error is ctx's alone.
func (r *reading) within(ctx context.Context, it item) ([]string, error) {
	if r.holdsRepository(it) {
		return []string{"a repository"}, nil
	}
	files, how, done, problem := r.files(it)
	if problem != nil {
		return nil, nil
	}
	defer done()
	c := newCollector(files, r.known, how)
	closeZips, _ := c.search(ctx) // what was found until there was too much counts
	defer closeZips()
	var ids []string
	for id := range c.found {
		ids = append(ids, id)
	}
	return ids, ctx.Err()
}

// isPart reports whether something is a lesson, or the folder of them, and so lies in one student's work.
func (k *catalog) isPart(it item) bool {
	return k.isLesson(it.name) || it.mode.IsDir() && it.name == "lessons"
}

// ofTwo returns a lesson that is in the folders of two people, and these; nil where there is none.
func (c *collector) ofTwo() []string {
	var two []string
	for _, id := range slices.SortedFunc(maps.Keys(c.found), natural) {
		first := ""
		for _, f := range c.found[id] {
			top, _, below := strings.Cut(f.path, "/")
			if !below || top == "lessons" {
				return nil // what else there is are copies
			}
			switch owner := c.known.owner(trimZip(top)); {
			case owner == "" || two != nil:
			case first == "":
				first = top
			case owner != c.known.owner(trimZip(first)):
				two = []string{id, first, top}
			}
		}
	}
	return two
}

// isHandedOver reports whether a folder has the name that one has for the work of the one student whom an autograder
// grades: Gradescope's or PrairieLearn's. What is in it is the student's alone.
func (st *student) isHandedOver() bool { return st.id == "submission" || st.id == "student" }

var (
	// copied is what systems put behind the name of a copy.
	copied = regexp.MustCompile(` ?\(\d+\)$`)

	// workWord is a word that people call folders of work, versions and parts by, and nobody is called.
	workWord = regexp.MustCompile(`^(?:` +
		`a|again|all|archive|assignments?|attempt|back|backups?|bak|class|code|copy|course|current|day|done|` +
		`downloads?|draft|edited|exercises?|extra|final|finished|first|fix|fixed|for|go|golang|hand|handed|hidden|` +
		`homework|in|labs?|last|late|latest|lessons?|main|master|modules|my|new|newest|of|old|older|original|` +
		`other|part|previous|projects?|redo|repo|repository|result|rev|revised|second|solutions?|src|step|` +
		`students|submissions?|submit|submitted|tasks?|temp|testdata|tests?|the|third|tmp|to|try|tutorial|unit|` +
		`untitled|up|upload|v|vendor|version|web|websockets?|week|wip|with|work|working|workspace|ws|zip|` +
		`actividad|alumnos|anterior|archivo|borrador|bueno|carpeta|clase|codigo|copia|corregido|curso|código|de|` +
		`definitiv[ao]|del|descargas?|dia|día|ejercicios?|el|entregas?|estudiantes|intento|la|leccion|lecciones|` +
		`lección|listo|mis?|nuev[ao]|otr[ao]|para|parte|practicas?|primer[ao]|proyectos?|pruebas?|prácticas?|` +
		`respaldo|segund[ao]|semana|solucion|solución|tareas?|tercer[ao]|todos|trabajos?|ultim[ao]|unidad|versión|` +
		`viej[ao]|últim[ao]` +
		`)$`)
)

// owner is what is left of a folder's name without what says which work is in it, or which copy: of "ana_old (2)" that
// is "ana", of "week 3" and "hub-final" nothing. The names of people and groups keep their numbers.
func (k *catalog) owner(name string) string {
	var left []string
	ofWork := true // the word before
	for _, word := range words(copied.ReplaceAllString(norm.NFC.String(name), "")) {
		if digits(word) < len(word) {
			ofWork = workWord.MatchString(word) || k.words[word]
		} else if len(word) > 4 { // as no version has, but a student
			ofWork = false
		}
		if !ofWork {
			left = append(left, word)
		}
	}
	return strings.Join(left, " ")
}

// words cuts a name into words and numbers, in small letters.
func words(name string) []string {
	var all []string
	kind := func(r rune) int {
		switch {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsUpper(r):
			return 2
		case unicode.IsLetter(r), unicode.IsMark(r):
			return 3
		}
		return 0
	}
	last := 0
	for _, r := range name {
		is := kind(r)
		switch {
		case is == 0:
		case is != last && !(last == 2 && is == 3):
			all = append(all, string(unicode.ToLower(r)))
		default:
			all[len(all)-1] += string(unicode.ToLower(r))
		}
		last = is
	}
	return all
}
