package export

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"wirelab/grader/course"
)

// maxTable bounds a file that is filled, in bytes: a worksheet with whole essays in it stays far below.
const maxTable = 64 << 20

// A table is a CSV file whose every byte is kept, so that it can be changed in some cells and in nothing else.
type table struct {
	name  string // of the file, for errors
	mark  string // byte order mark, or ""
	comma byte
	latin bool // in Windows-1252, which Excel still writes, not in UTF-8
	rows  []record
}

// A record is a line of a table; some of its cells may have several lines.
type record struct {
	cells []cell
	end   string // "\n", "\r\n", "\r" or, in the last line, ""
}

// A cell is what stands between two commas.
type cell struct {
	raw  string // as in the file
	text string // what it means
}

// readTable reads a CSV file. The separator is the one that the first line has most of: comma, semicolon or tab. Every
// line must have as many cells as the first, but for empty ones. The error is a [*course.Error] where there is
// something to do about it.
func readTable(name string) (*table, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, &course.Error{
			Text: err.Error(),
			Tip:  "name the file that you downloaded",
			ES:   course.Spanish{Text: err.Error(), Tip: "nombra el archivo que descargaste"},
		}
	}
	if info.Size() > maxTable {
		return nil, &course.Error{
			Text: fmt.Sprintf("%s has %d bytes, more than the %d of any gradebook", name, info.Size(), maxTable),
			Tip:  "name the file that you downloaded",
			ES: course.Spanish{
				Text: fmt.Sprintf("%s tiene %d bytes, más que los %d de cualquier libro de calificaciones", name, info.Size(), maxTable),
				Tip:  "nombra el archivo que descargaste",
			},
		}
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parseTable(name, raw)
}

func parseTable(name string, raw []byte) (*table, error) {
	if bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff}) || bytes.IndexByte(raw, 0) >= 0 {
		return nil, &course.Error{
			Text: fmt.Sprintf("%s is no CSV file in UTF-8", name),
			Tip:  `give the file as it was downloaded, or save it as "CSV UTF-8"`,
			ES:   course.Spanish{Text: fmt.Sprintf("%s no es un archivo CSV en UTF-8", name), Tip: `da el archivo tal como se descargó, o guárdalo como "CSV UTF-8"`},
		}
	}
	t := &table{name: name, latin: !utf8.Valid(raw)}
	text, marked := strings.CutPrefix(string(raw), "\ufeff")
	if marked {
		t.mark = "\ufeff"
	}
	t.comma = separator(text)
	// PHP, in which Moodle is written, leaves a quote alone that stands after a backslash. Which of the two ways a file
	// is written in shows in how many cells its lines have.
	var wrong error
	for _, backslash := range []bool{false, true} {
		t.rows = t.split(text, backslash)
		if wrong = t.rectangular(); wrong == nil {
			return t, nil
		}
	}
	return nil, wrong
}

// separator is the candidate that the first line has most of, outside of quotes.
func separator(text string) byte {
	count, quoted := map[byte]int{}, false
	for i := 0; i < len(text) && (quoted || text[i] != '\n' && text[i] != '\r'); i++ {
		if text[i] == '"' {
			quoted = !quoted
		} else if !quoted {
			count[text[i]]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// split takes text apart; the parts put together are text again.
func (t *table) split(text string, backslash bool) []record {
	var all []record
	var now record
	for text != "" {
		n := t.cellEnd(text, backslash)
		now.cells = append(now.cells, cell{raw: text[:n], text: t.meaning(text[:n])})
		text = text[n:]
		if text != "" && text[0] == t.comma {
			text = text[1:]
			if text == "" { // the file ends in a comma
				now.cells = append(now.cells, cell{})
			}
			continue
		}
		now.end = text[:min(1, len(text))]
		if strings.HasPrefix(text, "\r\n") {
			now.end = "\r\n"
		}
		text = text[len(now.end):]
		all, now = append(all, now), record{}
	}
	if now.cells != nil {
		all = append(all, now)
	}
	return all
}

// cellEnd is where the cell that text begins with ends.
func (t *table) cellEnd(text string, backslash bool) int {
	quoted := strings.HasPrefix(text, `"`)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' && i > 0 && quoted:
			if i+1 < len(text) && text[i+1] == '"' {
				i++
			} else if !backslash || text[i-1] != '\\' {
				quoted = false
			}
		case !quoted && (c == t.comma || c == '\n' || c == '\r'):
			return i
		}
	}
	return len(text)
}

func (t *table) meaning(raw string) string {
	if t.latin {
		if text, err := charmap.Windows1252.NewDecoder().String(raw); err == nil {
			raw = text
		}
	}
	if inner, ok := strings.CutPrefix(raw, `"`); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `""`, `"`)
	}
	return raw
}

// rectangular makes sure that nothing was taken for a separator that is none.
func (t *table) rectangular() error {
	if len(t.rows) == 0 {
		return &course.Error{
			Text: t.name + " is empty",
			Tip:  "give the file as it was downloaded",
			ES:   course.Spanish{Text: t.name + " está vacío", Tip: "da el archivo tal como se descargó"},
		}
	}
	line := 1
	for _, r := range t.rows {
		if !r.empty() && len(r.cells) != len(t.rows[0].cells) {
			return &course.Error{
				Text: fmt.Sprintf("%s:%d has %d cells, and the first line %d", t.name, line, len(r.cells), len(t.rows[0].cells)),
				Tip:  "give the file as it was downloaded; what it was edited with may have changed its quotes",
				ES: course.Spanish{
					Text: fmt.Sprintf("%s:%d tiene %d celdas, y la primera línea %d", t.name, line, len(r.cells), len(t.rows[0].cells)),
					Tip:  "da el archivo tal como se descargó; el programa con que se editó puede haber cambiado sus comillas",
				},
			}
		}
		line++
		for _, c := range r.cells {
			line += strings.Count(c.raw, "\n")
		}
	}
	return nil
}

func (r record) empty() bool { return len(r.cells) == 1 && strings.TrimSpace(r.cells[0].raw) == "" }

// header returns the texts of the first line.
func (t *table) header() []string {
	var all []string
	for _, c := range t.rows[0].cells {
		all = append(all, strings.TrimSpace(c.text))
	}
	return all
}

// set fills a cell. It keeps its quotes if it had any, and gets them where it needs them.
func (t *table) set(row, column int, text string) {
	c := &t.rows[row].cells[column]
	if c.text == text {
		return
	}
	raw := text
	if strings.HasPrefix(c.raw, `"`) || strings.ContainsAny(text, "\"\r\n"+string(t.comma)) {
		raw = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	if t.latin {
		// The encoder makes a number in HTML of what it has no byte for, so it cannot fail; what is filled in is HTML.
		raw, _ = encoding.HTMLEscapeUnsupported(charmap.Windows1252.NewEncoder()).String(raw)
	}
	*c = cell{raw: raw, text: text}
}

func (t *table) bytes() []byte {
	var b bytes.Buffer
	b.WriteString(t.mark)
	for _, r := range t.rows {
		for i, c := range r.cells {
			if i > 0 {
				b.WriteByte(t.comma)
			}
			b.WriteString(c.raw)
		}
		b.WriteString(r.end)
	}
	return b.Bytes()
}
