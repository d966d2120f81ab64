package intake

import (
	"context"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"

	"wirelab/grader/intake/archive"
	"wirelab/grader/verdict"
)

// Autograded is the name, in a class of one, of what an autograder grades: Gradescope's, PrairieLearn's or Classroom
// 50's. All that is in it is one student's.
const Autograded = "autograder-submission"

// maxWraps is how many folders around a class are looked into.
const maxWraps = 3

// unwrap returns what lies in the one folder that holds the whole class, as when a folder was packed, or a download
// put or unpacked into a folder of its own; where that is; and what lies beside it on the way. What the folders are
// called says nothing.
func (r *reading) unwrap(ctx context.Context, all []item) (below []item, at string, beside []string, err error) {
	for range maxWraps {
		found, ignored := r.students(all)
		if len(found) != 1 || found[0].lms != nil || found[0].id == Autograded {
			break
		}
		it := found[0].items[0]
		if it.within == nil || it.outside != "" || r.holdsRepository(it) {
			break
		}
		for _, name := range ignored {
			beside = append(beside, path.Join(at, name))
		}
		at = path.Join(at, it.name)
		all, err = it.within()
		if err != nil || slices.ContainsFunc(all, r.known.isPart) {
			break // what is wrong with it, whoever reads it will say
		}
		several, err := r.several(ctx, all)
		if several || err != nil {
			return all, at, beside, err
		}
	}
	return nil, "", nil, nil
}

// wrapsOne notes that the only student's folder holds nothing but a folder, which may be a class of one.
func (r *reading) wrapsOne(found []*student) {
	if len(found) != 1 || found[0].lms != nil || found[0].where != "" || found[0].id == Autograded {
		return
	}
	it := found[0].items[0]
	if !it.mode.IsDir() || it.within == nil || it.outside != "" {
		return
	}
	all, err := it.within()
	all = slices.DeleteFunc(all, func(it item) bool { return isHidden(it.name) })
	if err != nil || len(all) != 1 || !all[0].mode.IsDir() || r.known.isPart(all[0]) {
		return
	}
	who, one := place(it.name), place(all[0].name)
	r.note(fmt.Sprintf("graded as one student, %s; if this is a class of which %s is the only student, grade %s itself, unpacked", who, one, who),
		fmt.Sprintf("calificado como un solo estudiante, %s; si es una clase cuyo único estudiante es %s, califica %s por sí misma, descomprimida", who, one, who))
}

// several reports whether what lies side by side is the work of several students: a platform called it after them, or
// two folders or archives hold the same lesson, or a repository each.
func (r *reading) several(ctx context.Context, all []item) (bool, error) {
	found, _ := r.students(all)
	held := make(map[string]bool)
	for _, st := range found {
		var ids []string
		var err error
		switch {
		case st.lms == nil:
			ids, err = r.holds(ctx, st.items[0])
		case st.lms.System == verdict.Moodle:
			return true, nil
		default:
			ids = []string{"files of Canvas'"} // one alone may be anything
		}
		if err != nil {
			return false, err
		}
		for _, id := range ids {
			if held[id] {
				return true, nil
			}
			held[id] = true
		}
	}
	return false, nil
}

// holds returns the lessons that a folder or an archive holds, at any depth; at a date only repositories count. The
// error is ctx's alone.
func (r *reading) holds(ctx context.Context, it item) ([]string, error) {
	if r.holdsRepository(it) {
		return []string{"a repository"}, nil
	}
	if !r.at.IsZero() {
		return nil, nil
	}
	files, how, done, problem := r.files(it)
	if problem != nil {
		return nil, nil
	}
	defer done()
	c := newCollector(files, r.known, how)
	closeZips, _ := c.search(ctx) // what was found until there was too much counts
	defer closeZips()
	return slices.Collect(maps.Keys(c.found)), ctx.Err()
}

// isPart reports whether something is a lesson, or a copy of one, or the folder of them, and so lies in one student's work.
func (k *catalog) isPart(it item) bool {
	id, _ := k.full(trimZip(it.name))
	return id != "" || k.isLessons(it)
}

// isLessons reports whether something is the folder of the lessons.
func (k *catalog) isLessons(it item) bool { return it.mode.IsDir() && it.name == "lessons" }

// zipWithin lists a class that is an archive in a folder, and is done with it when the reading is. One that names
// paths outside of itself has nothing in it.
func (r *reading) zipWithin(it item) ([]item, error) {
	f, err := it.open()
	if err != nil {
		return nil, err
	}
	contents, done, err := archive.Open(f, math.MaxInt64, maxClassEntries)
	if err != nil {
		return nil, err
	}
	r.opened = append(r.opened, done)
	if len(contents.Outside) > 0 {
		return nil, nil
	}
	return zipItems(contents.Files, nil), nil
}
