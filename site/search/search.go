// Package search makes the index by which the site's pages search themselves: every word of the notes, the
// webography and the glossary, without accents, with the sections that have it and how much it says there.
//
// The index is made whenever the pages are, and is a file beside them, so that a copy on any web server can be
// searched; ui/search reads it. Nothing here knows where the texts come from.
package search

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A Section is a place that a search can lead to.
type Section struct {
	Page   string // within its language: "lessons/16-hub.html"
	Anchor string // on that page; empty for its top
	Title  string // what the place is called
	Trail  string // what it is a part of: "16 · A hub"
	Kind   string // "lesson", "webography" or "glossary"
	Weight int    // of a word in the title, where one in the text has 1 to 5
	Text   string // without markup
}

// An index is what the pages read. Its names are short because there are many of them.
type index struct {
	Sections [][6]string      `json:"sections"` // page, anchor, title, trail, kind, text
	Words    map[string][]int `json:"words"`    // section, weight, section, weight, …
}

// most is how often a word in a section's text counts.
const most = 5

// Index makes the index of sections, as JSON. Sections that come first win where nothing else decides.
func Index(sections []Section) ([]byte, error) {
	ix := index{Words: map[string][]int{}}
	for i, s := range sections {
		ix.Sections = append(ix.Sections, [6]string{s.Page, s.Anchor, s.Title, s.Trail, s.Kind, s.Text})
		weights := map[string]int{}
		for w := range words(s.Text) {
			weights[w] = min(weights[w]+1, most)
		}
		for w := range words(s.Trail) {
			weights[w]++
		}
		titled := map[string]bool{}
		for w := range words(s.Title) {
			if !titled[w] {
				weights[w] += s.Weight
				titled[w] = true
			}
		}
		for w, weight := range weights {
			ix.Words[w] = append(ix.Words[w], i, weight)
		}
	}
	out, err := json.Marshal(ix)
	if err != nil {
		return nil, fmt.Errorf("search index: %w", err)
	}
	return out, nil
}

// words yields the words of a text, folded; a name in the manner of Go as a whole and in its parts:
// "ResponseController" is also "response" and "controller".
func words(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for field := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if !yield(Fold(field)) {
				return
			}
			parts := humps(field)
			if len(parts) < 2 {
				continue
			}
			for _, part := range parts {
				if !yield(Fold(part)) {
					return
				}
			}
		}
	}
}

// humps splits a name where a capital follows a small letter.
func humps(name string) []string {
	var parts []string
	begin, before := 0, rune(0)
	for i, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			parts = append(parts, name[begin:i])
			begin = i
		}
		before = r
	}
	return append(parts, name[begin:])
}

// Fold makes words equal that people type for the same thing: small letters, no accents. The script that searches
// does the same to what is typed.
func Fold(s string) string {
	if !slices.ContainsFunc([]byte(s), func(b byte) bool { return b >= 0x80 || 'A' <= b && b <= 'Z' }) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		r = unicode.ToLower(r)
		if i := strings.IndexRune(accented, r); i >= 0 {
			return rune(plain[len([]rune(accented[:i]))])
		}
		return r
	}, s)
}

// The letters of Spanish and its neighbours, each above its plain one.
const (
	accented = "áàâäãåéèêëíìîïóòôöõúùûüñçýÿ"
	plain    = "aaaaaaeeeeiiiiooooouuuuncyy"
)
