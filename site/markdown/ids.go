package markdown

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// headingIDs makes the anchors of headings. goldmark's own drop every letter that is not ASCII, which turns
// "Qué pasará" into "qu-pasar"; these keep letters, digits and accents as they are.
type headingIDs struct{ used map[string]bool }

// Generate implements parser.IDs: "¿Qué pasa con `Flush`?" becomes "qué-pasa-con-flush", a second one
// "qué-pasa-con-flush-1".
func (h headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	id := anchor(string(value))
	unique := id
	for n := 1; h.used[unique]; n++ {
		unique = id + "-" + strconv.Itoa(n)
	}
	h.used[unique] = true
	return []byte(unique)
}

// Put implements parser.IDs.
func (h headingIDs) Put(value []byte) { h.used[string(value)] = true }

func anchor(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(heading)) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '-', r == '_':
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte('-')
		}
	}
	if id := strings.Trim(b.String(), "-"); id != "" {
		return id
	}
	return "section"
}
