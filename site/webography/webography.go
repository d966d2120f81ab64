// Package webography is the course's reading list: every entry of the Spanish webography that the course grew from,
// with our own annotation in both languages, what is known of its link, its counterpart in Go and the lessons that
// teach it.
//
// The data are the YAML files in data, a section each. The pages render them; nothing here fetches anything.
package webography

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"

	"go.yaml.in/yaml/v3"

	"wirelab/lessons"
)

//go:embed data/*.yaml
var data embed.FS

// A List is the whole webography.
type List struct {
	Sections []Section
	Quick    []Quick // the quick reference
}

// A Section is a chapter of the list.
type Section struct {
	ID      string       `yaml:"id"`
	Title   lessons.Text `yaml:"title"`
	Entries []Entry      `yaml:"entries"`
}

// An Entry is something to read.
type Entry struct {
	ID      string       `yaml:"id"` // never changes: lessons name it, and it is the anchor on the page
	Title   lessons.Text `yaml:"title"`
	Address string       `yaml:"address"` // as in the original list, even where it no longer works
	Note    lessons.Text `yaml:"note"`    // what is wrong with the link; empty if nothing is known to be
	Text    lessons.Text `yaml:"text"`    // Markdown: what it is, and why a Go learner would read it
	Go      []Link       `yaml:"go"`
	Lessons []int        `yaml:"lessons"` // numbers
}

// A Link is a counterpart in Go; one without an address is explained by its name alone.
type Link struct {
	Name    lessons.Text `yaml:"name"` // Markdown
	Address string       `yaml:"address"`
}

// A Quick is a line of the quick reference.
type Quick struct {
	Entry string       `yaml:"entry"` // an Entry's ID
	Text  lessons.Text `yaml:"text"`
	Go    []Link       `yaml:"go"`
}

// Load reads the list. The error names the file that is wrong.
func Load() (List, error) {
	var l List
	names, err := fs.Glob(data, "data/[0-9]*.yaml") // in the order of their numbers
	if err != nil {
		return List{}, fmt.Errorf("webography: %w", err)
	}
	for _, name := range names {
		var s Section
		if err := decode(name, &s); err != nil {
			return List{}, err
		}
		l.Sections = append(l.Sections, s)
	}
	if err := decode("data/quick-reference.yaml", &l.Quick); err != nil {
		return List{}, err
	}
	for _, q := range l.Quick {
		if _, ok := l.Entry(q.Entry); !ok {
			return List{}, fmt.Errorf("quick-reference.yaml: no entry %q", q.Entry)
		}
	}
	return l, nil
}

func decode(name string, into any) error {
	src, err := data.ReadFile(name)
	if err != nil {
		return fmt.Errorf("webography: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("webography: %s: %w", path.Base(name), err)
	}
	return nil
}

// Entry finds an entry by its id.
func (l List) Entry(id string) (Entry, bool) {
	for _, s := range l.Sections {
		for _, e := range s.Entries {
			if e.ID == id {
				return e, true
			}
		}
	}
	return Entry{}, false
}
