package intake

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"wirelab/grader/course"
	"wirelab/grader/intake/archive"
	"wirelab/grader/intake/listing"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// reading is the reading of one class.
type reading struct {
	from  string
	known *catalog
	at    time.Time // of repositories: what was there then; zero for the newest
	notes []lessons.Text
}

func (r *reading) note(en, es string) { r.notes = append(r.notes, lessons.Text{EN: en, ES: es}) }

// student is what a class has of one.
type student struct {
	id    string
	lms   *verdict.LMS
	items []item       // a folder or an archive; of a platform's download all folders
	files []attachment // of a platform's download
	other []string     // names of what holds no files
}

// class reads every student's part of a class.
func (r *reading) class(ctx context.Context, all []item) (Class, error) {
	for _, it := range all {
		if r.known.isLesson(it.name) || it.mode.IsDir() && it.name == "lessons" {
			return Class{}, &course.Error{
				Text: fmt.Sprintf("%q looks like one submission, not like a class: there is %q in it", r.from, it.name),
				Tip:  "name the folder above it, the one that holds a folder for each student",
				ES:   course.Spanish{Text: fmt.Sprintf("%q parece una sola entrega y no una clase: contiene %q", r.from, it.name), Tip: "nombra la carpeta de encima, la que tiene una carpeta por estudiante"},
			}
		}
	}
	class := Class{known: r.known}
	for _, st := range r.students(all) {
		if err := ctx.Err(); err != nil {
			return Class{}, err
		}
		s, err := r.read(ctx, st)
		if err != nil {
			return Class{}, err
		}
		class.Submissions = append(class.Submissions, s)
	}
	if len(class.Submissions) == 0 {
		return Class{}, &course.Error{
			Text: fmt.Sprintf("no submissions in %q", r.from),
			Tip:  "it must hold one folder for each student",
			ES:   course.Spanish{Text: fmt.Sprintf("no hay entregas en %q", r.from), Tip: "debe contener una carpeta por estudiante"},
		}
	}
	Order(class.Submissions)
	class.Notes = r.notes
	return class, nil
}

// students puts together what belongs to each.
func (r *reading) students(all []item) []*student {
	var found []*student
	by := make(map[verdict.LMS]*student)
	var ignored []string
	for _, it := range all {
		h, fromLMS := parseLMS(it.name, it.mode.IsDir())
		switch {
		case isHidden(it.name):
		case fromLMS:
			st := by[h.LMS]
			if st == nil {
				lms := h.LMS
				st = &student{id: idOf(lms), lms: &lms}
				by[h.LMS] = st
				found = append(found, st)
			}
			st.lms.Late = st.lms.Late || h.late
			switch {
			case h.other != "":
				st.other = append(st.other, it.name)
			case it.mode.IsDir():
				st.items = append(st.items, it)
			default:
				st.files = append(st.files, attachment{it, h})
			}
		case it.isZip() && slices.ContainsFunc(all, func(beside item) bool {
			return beside.mode.IsDir() && beside.name == trimZip(it.name)
		}):
			ignored = append(ignored, it.name) // it was unpacked
		case it.isZip():
			found = append(found, &student{id: trimZip(it.name), items: []item{it}})
		case it.mode.IsDir(), it.mode&fs.ModeSymlink != 0, isArchive(it.name):
			found = append(found, &student{id: it.name, items: []item{it}})
		default:
			ignored = append(ignored, it.name)
		}
	}
	if len(ignored) > 0 {
		en, es := enumerate(ignored)
		r.note("ignored beside the submissions: "+en, "ignorado junto a las entregas: "+es)
	}
	return found
}

// strays notes what belongs to nobody, since it leads out of a class's archive.
func (r *reading) strays(all []item, outside []string) {
	var names []string
	for _, name := range outside {
		top, _, _ := strings.Cut(name, "/")
		if !slices.ContainsFunc(all, func(it item) bool { return it.mode.IsDir() && it.name == top }) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		en, es := enumerate(names)
		r.note("ignored, since it leads out of the archive: "+en, "ignorado porque lleva fuera del archivo comprimido: "+es)
	}
}

// read reads one student's part. The error is ctx's alone.
func (r *reading) read(ctx context.Context, st *student) (Submission, error) {
	s, err := r.open(ctx, st)
	s.ID = printable(norm.NFC.String(st.id))
	s.Origin.LMS = st.lms
	if len(st.other) > 0 {
		en, es := enumerate(st.other)
		s.Notes = append(s.Notes, lessons.Text{
			EN: "ignored, being no files that were handed in: " + en,
			ES: "ignorado por no ser archivos entregados: " + es,
		})
	}
	return s, err
}

func (r *reading) open(ctx context.Context, st *student) (Submission, error) {
	how := manner{loose: st.lms != nil}
	if len(st.items) == 0 {
		files, older := attachments(st.files, r.known)
		s, err := collect(ctx, files, r.known, how)
		for _, name := range older {
			s.Notes = append(s.Notes, lessons.Text{
				EN: fmt.Sprintf("an older %s is ignored", place(name)),
				ES: fmt.Sprintf("se ignora %s, que es más antiguo", place(name)),
			})
		}
		return s, err
	}
	it := st.items[0]
	switch {
	case it.mode&fs.ModeSymlink != 0:
		return spoiled("the folder is a symbolic link, and those are not followed; put the folder itself here",
			"la carpeta es un enlace simbólico, y esos no se siguen; pon aquí la carpeta misma"), nil
	case !it.mode.IsDir() && !it.mode.IsRegular():
		why := cause(kindOf(it.mode))
		return spoiled("the submission cannot be read: "+why.EN, "la entrega no se puede leer: "+why.ES), nil
	case it.outside != "":
		why := leadsOut(it.outside)
		return spoiled("the archive cannot be used: "+why.EN, "el archivo comprimido no sirve: "+why.ES), nil
	case it.mode.IsDir():
		return r.folder(ctx, it, how)
	case it.isZip():
		return r.packed(ctx, it)
	}
	return spoiled("it is an archive of another kind than zip; unpack it here, or ask for a zip",
		"es un archivo comprimido que no es zip; descomprímelo aquí o pide un zip"), nil
}

func (r *reading) folder(ctx context.Context, it item, how manner) (Submission, error) {
	files, done, err := it.tree()
	if err != nil {
		why := cause(err)
		return spoiled("the folder cannot be read: "+why.EN, "la carpeta no se puede leer: "+why.ES), nil
	}
	defer done()
	return collect(ctx, files, r.known, how)
}

// packed reads an archive that is one student's.
func (r *reading) packed(ctx context.Context, it item) (Submission, error) {
	f, err := it.open()
	var contents *archive.Contents
	var done func() error
	if err == nil {
		contents, done, err = archive.Open(f, MaxArchive, MaxEntries)
	}
	if err != nil {
		why := cause(err)
		return spoiled("the archive cannot be read: "+why.EN, "el archivo comprimido no se puede leer: "+why.ES), nil
	}
	defer done()
	if len(contents.Outside) > 0 {
		why := leadsOut(contents.Outside[0])
		return spoiled("the archive cannot be used: "+why.EN, "el archivo comprimido no sirve: "+why.ES), nil
	}
	return collect(ctx, listing.New(contents.Files), r.known, manner{packed: true})
}

// spoiled is a submission of which nothing can be graded.
func spoiled(en, es string) Submission {
	return Submission{Problem: &Problem{lessons.Text{EN: en, ES: es}}}
}

// reader opens a regular file as a listing wants it.
func reader(it item) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return it.open() }
}

// isArchive recognizes files that people hand in instead of a folder.
func isArchive(name string) bool {
	return slices.ContainsFunc([]string{".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"},
		func(ending string) bool { return hasEnding(name, ending) })
}
