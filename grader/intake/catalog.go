package intake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wirelab/grader/course"
)

// catalog is what the course itself consists of, so that a student's copy of it can be told from work.
type catalog struct {
	lessons map[string]*original // by ID
	module  []byte               // go.mod
	top     []string             // names of what lies beside the folder lessons
	shelf   []string             // names of what lies in it
}

// original is a lesson as it was handed out.
type original struct {
	starter map[string][]byte
	given   map[string][]byte // subject.go and the like
	others  map[string][]byte // all else in the folder, tests and notes; contents of tests only
}

func learn(c *course.Course) (*catalog, error) {
	module, err := os.ReadFile(filepath.Join(c.Root, "go.mod"))
	if err != nil {
		return nil, err
	}
	known := &catalog{lessons: make(map[string]*original), module: course.Plain(module)}
	if known.top, err = names(c.Root); err != nil {
		return nil, err
	}
	if known.shelf, err = names(filepath.Join(c.Root, "lessons")); err != nil {
		return nil, err
	}
	for _, l := range c.Lessons {
		var o original
		if o.starter, err = l.Starter(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err // a course without its starter can still grade
		}
		if o.given, err = l.Given(); err != nil {
			return nil, err
		}
		if o.others, err = otherFiles(l.Dir, o); err != nil {
			return nil, fmt.Errorf("lesson %s: %w", l.ID, err)
		}
		known.lessons[l.ID] = &o
	}
	return known, nil
}

// full returns the lesson whose ID a name is, up to separators, case and what a copy's name ends with: "16_hub (1)". It is
// exact with none of that but the case.
func (k *catalog) full(name string) (id string, exact bool) {
	name = strings.ToLower(name)
	if k.lessons[name] != nil {
		return name, true
	}
	for _, like := range []string{name, copied.ReplaceAllString(name, "")} {
		if id := strings.Join(strings.FieldsFunc(like, func(r rune) bool { return strings.ContainsRune(" _-", r) }), "-"); k.lessons[id] != nil {
			return id, false
		}
	}
	return "", false
}

// named returns the lesson whose folder this is by its name and what is in it, and whether the name is all of the
// lesson's ID. A folder called "hub" or "16" is that of 16-hub if a file that students write there is in it.
func (k *catalog) named(name string, entries []fs.DirEntry) (id string, exact bool) {
	if id, exact := k.full(name); id != "" && slices.ContainsFunc(entries, isSource) {
		return id, exact
	}
	name = strings.ToLower(copied.ReplaceAllString(name, ""))
	for full, o := range k.lessons {
		number, slug, _ := strings.Cut(full, "-")
		if name != slug && name != number || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
			return !e.IsDir() && o.starter[e.Name()] != nil
		}) {
			continue
		}
		if id != "" {
			return "", false // two lessons of one slug
		}
		id = full
	}
	return id, false
}

func otherFiles(dir string, o original) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	others := make(map[string][]byte)
	for _, e := range entries {
		name := e.Name()
		if o.starter[name] != nil || o.given[name] != nil {
			continue
		}
		others[name] = nil
		if isTest(name) && e.Type().IsRegular() {
			src, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return nil, err
			}
			others[name] = course.Plain(src)
		}
	}
	return others, nil
}

func names(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all, nil
}
