package course

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Select returns the lessons that ids name, in course order, each once; all of them where ids is empty. An id is
// what people type: "16", "16-hub", "hub", or a path whose last part is the lesson's folder. The error for an
// unknown one is an [*Error] whose hint is the closest there is, or all of them where none is close.
func (c *Course) Select(ids ...string) ([]Lesson, error) {
	if len(ids) == 0 {
		return slices.Clone(c.Lessons), nil
	}
	want := make(map[string]bool)
	for _, id := range ids {
		l, err := c.named(id)
		if err != nil {
			return nil, err
		}
		want[l.ID] = true
	}
	var picked []Lesson
	for _, l := range c.Lessons {
		if want[l.ID] {
			picked = append(picked, l)
		}
	}
	return picked, nil
}

func (c *Course) named(id string) (Lesson, error) {
	name := baseName(id)
	number, err := strconv.Atoi(name)
	isNumber := err == nil
	for _, l := range c.Lessons {
		if l.ID == name || l.Slug() == name || isNumber && l.Number == number {
			return l, nil
		}
	}
	unknown := &Error{
		Text: fmt.Sprintf("unknown lesson %q", id),
		Tip:  "the course has no lessons",
		ES:   Spanish{Text: fmt.Sprintf("lección desconocida: %q", id), Tip: "el curso no tiene lecciones"},
	}
	best := len(name)*2/3 + 1 // what is farther is another word
	var all []string
	for _, l := range c.Lessons {
		all = append(all, l.ID)
		for _, known := range []string{l.ID, l.Slug()} {
			d := distance(name, known)
			if strings.Contains(known, name) {
				d = 0 // one word of several
			}
			if !isNumber && d < best {
				best = d
				unknown.Tip, unknown.ES.Tip = fmt.Sprintf("did you mean %q?", l.ID), fmt.Sprintf("¿quisiste decir %q?", l.ID)
			}
		}
	}
	if best > len(name)*2/3 && len(all) > 0 {
		list := strings.Join(all, ", ")
		unknown.Tip, unknown.ES.Tip = "the lessons are "+list, "las lecciones son "+list
	}
	return Lesson{}, unknown
}

// baseName is the last part of a path, with either kind of slash; "." is the folder that one is in.
func baseName(id string) string {
	p := filepath.FromSlash(strings.ReplaceAll(id, `\`, "/"))
	if filepath.Clean(p) == "." {
		if abs, err := filepath.Abs(p); err == nil {
			p = abs
		}
	}
	return strings.ToLower(filepath.Base(p))
}

// distance is how many letters must be added, removed or replaced to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
