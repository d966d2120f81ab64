// Package glossary is the course's vocabulary in both languages: the field's own terms, and the course's.
//
// The data are the YAML files in data, one for each field; the pages show them as one alphabetical list.
package glossary

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"wirelab/lessons"
)

//go:embed data/*.yaml
var data embed.FS

// A Term is a word and what it means here.
type Term struct {
	ID   string       `yaml:"id"` // the anchor on the page, the same in both languages
	Term lessons.Text `yaml:"term"`
	Text lessons.Text `yaml:"text"` // Markdown
	See  []string     `yaml:"see"`  // ids of related terms
	// Everyday words have another meaning too, so they are explained only where the notes link to them.
	Everyday bool   `yaml:"everyday"`
	Field    string `yaml:"-"` // the file that holds it: "websocket", "sse", "http", "architecture" or "course"
}

// Load reads every term. The error names the file that is wrong, or the reference that leads nowhere.
func Load() ([]Term, error) {
	names, err := fs.Glob(data, "data/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("glossary: %w", err)
	}
	var all []Term
	known := map[string]bool{}
	for _, name := range names {
		src, err := data.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("glossary: %w", err)
		}
		var terms []Term
		dec := yaml.NewDecoder(bytes.NewReader(src))
		dec.KnownFields(true)
		if err := dec.Decode(&terms); err != nil {
			return nil, fmt.Errorf("glossary: %s: %w", path.Base(name), err)
		}
		for _, t := range terms {
			if known[t.ID] {
				return nil, fmt.Errorf("glossary: %s: term %q stands twice", path.Base(name), t.ID)
			}
			known[t.ID] = true
			t.Field = strings.TrimSuffix(path.Base(name), ".yaml")
			all = append(all, t)
		}
	}
	for _, t := range all {
		for _, id := range t.See {
			if !known[id] {
				return nil, fmt.Errorf("glossary: term %q: see %q: no such term", t.ID, id)
			}
		}
	}
	return all, nil
}

// Names returns what the term is called in lang, as it may stand in a text: "trama (frame)" is a name for "trama"
// and for "frame".
func (t Term) Names(lang string) []string {
	name, short, _ := strings.Cut(strings.TrimSuffix(t.Term.In(lang), ")"), " (")
	if short == "" {
		return []string{name}
	}
	return []string{name, short}
}

// Sorted returns the terms in the alphabetical order of lang.
func Sorted(terms []Term, lang string) []Term {
	sorted := slices.Clone(terms)
	slices.SortStableFunc(sorted, func(a, b Term) int {
		return strings.Compare(fold(a.Term.In(lang)), fold(b.Term.In(lang)))
	})
	return sorted
}

// Initial is the letter of lang's alphabet under which a term stands.
func Initial(t Term, lang string) string {
	return string(unicode.ToUpper([]rune(fold(t.Term.In(lang)))[0]))
}

// fold takes accents off, since no dictionary sorts by them; ñ is none of its concern: it comes after n, as in one.
func fold(s string) string {
	return strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n\uffff").
		Replace(strings.ToLower(s))
}
