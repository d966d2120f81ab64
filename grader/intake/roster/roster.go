// Package roster reads who is in a class from a CSV file, and tells whose a submission is. Package intake calls it, so
// that whoever handed in nothing appears as well. It decides by what is written alone: two people whom it cannot tell
// apart are nobody's match.
//
// # The file
//
// A header, then a line for each student: what platforms export as participants, gradebook or grading worksheet, or
// what somebody typed. Columns are known by their usual names in English and Spanish; commas, semicolons or tabs
// separate them. UTF-8 with or without a mark, UTF-16 and Windows-1252 are read, since spreadsheets write them.
package roster

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// maxSize bounds a roster, in bytes.
const maxSize = 8 << 20

// Roster is who is in a class.
type Roster struct {
	People []verdict.Person // in the file's order
	ids    [][]string       // what is in each one's columns of IDs
	logins [][]string       // what each goes by: IDs, logins, e-mail
	shared []string         // words that all IDs of a column begin with
	Notes  []lessons.Text   // what was not taken as it is written
}

// Read reads a roster. The error is a [*course.Error] where there is something to do about it.
func Read(name string) (*Roster, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, &course.Error{
			Text: fmt.Sprintf("roster: %v", err),
			Tip:  "name a CSV file with a line for each student",
			ES:   course.Spanish{Text: fmt.Sprintf("lista de estudiantes: %v", err), Tip: "nombra un archivo CSV con una línea por estudiante"},
		}
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	if len(raw) > maxSize {
		return nil, &course.Error{
			Text: fmt.Sprintf("roster %q is larger than %d MiB", name, maxSize>>20),
			Tip:  "name a CSV file with a line for each student",
			ES: course.Spanish{
				Text: fmt.Sprintf("la lista de estudiantes %q ocupa más de %d MiB", name, maxSize>>20),
				Tip:  "nombra un archivo CSV con una línea por estudiante",
			},
		}
	}
	r, err := parse(raw)
	var known *course.Error
	if errors.As(err, &known) {
		return nil, &course.Error{
			Text: fmt.Sprintf("roster %q: %s", name, known.Text),
			Tip:  known.Tip,
			ES:   course.Spanish{Text: fmt.Sprintf("lista de estudiantes %q: %s", name, known.ES.Text), Tip: known.ES.Tip},
		}
	}
	if err != nil {
		return nil, &course.Error{
			Text: fmt.Sprintf("roster %q: %v", name, err),
			Tip:  "export it again as CSV",
			ES:   course.Spanish{Text: fmt.Sprintf("lista de estudiantes %q: %v", name, err), Tip: "expórtala de nuevo como CSV"},
		}
	}
	return r, nil
}

func parse(raw []byte) (*Roster, error) {
	text := decode(raw)
	lines := csv.NewReader(strings.NewReader(text))
	lines.Comma = separator(text)
	lines.FieldsPerRecord = -1
	lines.LazyQuotes = true
	rows, err := lines.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, noColumns(nil)
	}
	columns := headers(rows[0])
	if !slices.ContainsFunc(columns, func(c column) bool { return c != other }) {
		return nil, noColumns(rows[0])
	}
	r := &Roster{}
	var twice []string
	for _, row := range rows[1:] {
		if again := r.add(columns, row); again != "" {
			twice = append(twice, again)
		}
	}
	if len(twice) > 0 {
		slices.Sort(twice)
		names := strings.Join(slices.Compact(twice), ", ")
		r.Notes = append(r.Notes, lessons.Text{
			EN: fmt.Sprintf("On more than one line of the roster, and counted once: %s.", names),
			ES: fmt.Sprintf("En más de una línea de la lista, y se cuentan una vez: %s.", names),
		})
	}
	r.shared = sharedWords(columns, rows[1:])
	if len(r.People) == 0 {
		return nil, &course.Error{
			Text: "there is nobody in it",
			Tip:  "it must have a line for each student below its header",
			ES:   course.Spanish{Text: "no hay nadie en ella", Tip: "debajo de la cabecera debe tener una línea por estudiante"},
		}
	}
	return r, nil
}

func noColumns(header []string) error {
	return &course.Error{
		Text: fmt.Sprintf("no column of %q is that of a name, an ID or an e-mail address", header),
		Tip:  `the first line must name the columns, such as "name,id,email"`,
		ES: course.Spanish{
			Text: fmt.Sprintf("ninguna columna de %q es la de un nombre, un número o un correo", header),
			Tip:  `la primera línea debe nombrar las columnas, por ejemplo "nombre,id,correo"`,
		},
	}
}

// sharedWords returns, of each column of IDs, what comes before the number in all of them.
func sharedWords(columns []column, rows [][]string) []string {
	var all []string
	for i, c := range columns {
		words := make(map[string]bool)
		for _, row := range rows {
			if i < len(row) && clean(row[i]) != "" {
				who, _ := Participant(clean(row[i]))
				words[who] = true
			}
		}
		if c == id && len(words) == 1 {
			all = slices.AppendSeq(all, maps.Keys(words))
		}
	}
	return all
}

// add adds a line, unless it is nobody's. One more line of somebody, who may be in two groups, adds what they go by; it
// returns their name.
func (r *Roster) add(columns []column, row []string) (again string) {
	var p verdict.Person
	var first, last string
	var ids, logins []string
	for i, cell := range row {
		cell = clean(cell)
		if i >= len(columns) || cell == "" {
			continue
		}
		switch columns[i] {
		case name:
			p.Name = cell
		case firstName:
			first = cell
		case lastName:
			last = cell
		case id:
			if p.ID == "" {
				p.ID = cell
			}
			ids = append(ids, cell)
			logins = append(logins, cell)
		case email:
			p.Email = cell
			logins = append(logins, cell)
		case login:
			logins = append(logins, cell)
		case other:
		}
	}
	if p.Name == "" {
		p.Name = strings.TrimSpace(first + " " + last)
	}
	if strings.EqualFold(p.Name, "points possible") || p.Name == "Student, Test" { // Canvas' own lines of its gradebook
		return ""
	}
	if p.Name == "" && len(logins) > 0 {
		p.Name = logins[0]
	}
	if p.Name == "" {
		return ""
	}
	for i, known := range r.People {
		if samePerson(known, p) {
			r.People[i] = verdict.Person{Name: known.Name, ID: cmp.Or(known.ID, p.ID), Email: cmp.Or(known.Email, p.Email)}
			r.ids[i] = append(r.ids[i], ids...)
			r.logins[i] = append(r.logins[i], logins...)
			return known.Name
		}
	}
	r.People = append(r.People, p)
	r.ids = append(r.ids, ids)
	r.logins = append(r.logins, logins)
	return ""
}

// samePerson reports whether two lines are about one person: of one name, with one ID or address.
func samePerson(a, b verdict.Person) bool {
	return (a.ID != "" && strings.EqualFold(a.ID, b.ID) && plain(a.ID, false) != "" ||
		strings.Contains(a.Email, "@") && strings.EqualFold(a.Email, b.Email)) && sameName(a.Name, b.Name)
}

// clean takes a cell as it was meant: without the mark against formulas, with accents composed.
func clean(cell string) string {
	cell = strings.TrimSpace(norm.NFC.String(cell))
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@", rune(cell[1])) {
		return cell[1:]
	}
	return strings.Join(strings.Fields(cell), " ")
}

// decode returns text in UTF-8, without a mark.
func decode(raw []byte) string {
	if bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")) {
		if text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw); err == nil {
			return string(text)
		}
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		if text, err := charmap.Windows1252.NewDecoder().Bytes(raw); err == nil {
			return string(text)
		}
	}
	return string(raw)
}

// separator is what separates the header's columns.
func separator(text string) rune {
	header, _, _ := strings.Cut(text, "\n")
	best, most := ',', strings.Count(header, ",")
	for _, c := range ";\t" {
		if n := strings.Count(header, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}
