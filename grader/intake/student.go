package intake

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/unicode/norm"

	"wirelab/grader/course"
	"wirelab/grader/intake/archive"
	"wirelab/grader/intake/listing"
	"wirelab/grader/intake/repo"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// reading is the reading of one class.
type reading struct {
	from   string
	known  *catalog
	at     time.Time      // of repositories: what was there then; zero for the newest
	listed bool           // from is a list of repositories
	haste  time.Duration  // see the constant
	opened []func() error // close folders and archives whose items are in use
	notes  []lessons.Text
}

func (r *reading) close() {
	for _, closeIt := range r.opened {
		_ = closeIt() // it was only read
	}
}

func (r *reading) note(en, es string) { r.notes = append(r.notes, lessons.Text{EN: en, ES: es}) }

// student is what a class has of one.
type student struct {
	id    string
	where string // path or address of a repository, for who handed in one
	lms   *verdict.LMS
	items []item       // a folder or an archive; of a platform's download all folders
	files []attachment // of a platform's download
	other []string     // names of what holds no files
}

// class reads every student's part of what lies side by side.
func (r *reading) class(ctx context.Context, all []item) (Class, error) {
	if at := slices.IndexFunc(all, func(it item) bool { return r.known.isLesson(it.name) || r.known.isLessons(it) }); at >= 0 {
		return Class{}, &course.Error{
			Text: fmt.Sprintf("%q looks like one submission, not like a class: there is %q in it", r.from, all[at].name),
			Tip:  "name the folder above it, the one that holds a folder for each student",
			ES:   course.Spanish{Text: fmt.Sprintf("%q parece una sola entrega y no una clase: contiene %q", r.from, all[at].name), Tip: "nombra la carpeta de encima, la que tiene una carpeta por estudiante"},
		}
	}
	below, at, beside, err := r.unwrap(ctx, all)
	if err != nil {
		return Class{}, err
	}
	if at != "" {
		r.note("the submissions are those in "+place(at), "las entregas son las de "+place(at))
		all = below
	}
	found, ignored := r.students(all)
	if at == "" {
		r.wrapsOne(found)
	}
	ignored = append(ignored, beside...)
	if len(ignored) > 0 {
		en, es := enumerate(ignored)
		r.note("ignored beside the submissions: "+en, "ignorado junto a las entregas: "+es)
	}
	return r.each(ctx, found)
}

// each reads what every student handed in: repositories side by side, files one after the other.
func (r *reading) each(ctx context.Context, found []*student) (Class, error) {
	if err := r.withoutGit(); err != nil {
		return Class{}, err
	}
	if len(found) == 0 {
		return Class{}, r.nothing()
	}
	class := Class{Submissions: make([]Submission, len(found)), known: r.known}
	var err error
	var group errgroup.Group
	group.SetLimit(maxSlow)
	places := make(chan struct{}, reposAtOnce)
	for i, st := range found {
		if st.where == "" {
			if class.Submissions[i], err = r.read(ctx, st); err != nil {
				break
			}
			continue
		}
		places <- struct{}{}
		leave := sync.OnceFunc(func() { <-places })
		slow := time.AfterFunc(r.haste, leave)
		group.Go(func() (err error) {
			defer leave()
			defer slow.Stop()
			class.Submissions[i], err = r.read(ctx, st)
			return err
		})
	}
	if err := cmp.Or(err, group.Wait(), ctx.Err()); err != nil {
		return Class{}, err
	}
	Order(class.Submissions)
	class.Notes = r.notes
	return class, nil
}

// students puts together what belongs to each, and names what belongs to nobody.
func (r *reading) students(all []item) (found []*student, ignored []string) {
	by := make(map[verdict.LMS]*student)
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
	for _, st := range found {
		if len(st.items) == 0 || !r.isRepository(st.items[0]) {
			continue
		}
		st.where = st.items[0].dir
		if st.lms == nil {
			st.id = strings.TrimSuffix(st.id, ".git")
		}
	}
	return found, ignored
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
	s.Clone = st.where == "" && len(st.items) > 0 && st.items[0].dir != "" && repo.Is(st.items[0].dir)
	if len(st.other) > 0 {
		en, es := enumerate(st.other)
		s.note("ignored, being no files that were handed in: "+en, "ignorado por no ser archivos entregados: "+es)
	}
	return s, err
}

func (r *reading) open(ctx context.Context, st *student) (Submission, error) {
	switch {
	case st.where != "":
		return r.commit(ctx, st.where)
	case len(st.items) == 0 && (len(st.files) == 0 || r.at.IsZero()):
		return r.attached(ctx, st)
	case len(st.items) > 0 && st.items[0].mode&fs.ModeSymlink != 0:
		return spoiled("the folder is a symbolic link, and those are not followed; put the folder itself here",
			"la carpeta es un enlace simbólico, y esos no se siguen; pon aquí la carpeta misma"), nil
	case !r.at.IsZero():
		return spoiled("only a repository knows what was there at a date, and this is none; put a clone here, or grade without --at",
			"solo un repositorio sabe qué había en una fecha, y esto no es ninguno; pon aquí un clon, o califica sin --at"), nil
	}
	files, how, done, problem := r.files(st.items[0])
	if problem != nil {
		return Submission{Problem: problem}, nil
	}
	defer done()
	return collect(ctx, files, r.known, how)
}

// attached reads files that a platform put side by side.
func (r *reading) attached(ctx context.Context, st *student) (Submission, error) {
	files, older := attachments(st.files, r.known)
	s, err := collect(ctx, files, r.known, manner{})
	for _, name := range older {
		s.note(fmt.Sprintf("an older %s is ignored", place(name)), fmt.Sprintf("se ignora %s, que es más antiguo", place(name)))
	}
	return s, err
}

// files opens a folder or an archive. The function closes it.
func (r *reading) files(it item) (files fs.FS, how manner, done func() error, problem *Problem) {
	wrong := func(en, es string, why lessons.Text) (fs.FS, manner, func() error, *Problem) {
		return nil, manner{}, nil, &Problem{lessons.Text{EN: en + why.EN, ES: es + why.ES}}
	}
	switch {
	case !it.mode.IsDir() && !it.mode.IsRegular():
		return wrong("the submission cannot be read: ", "la entrega no se puede leer: ", cause(kindOf(it.mode)))
	case it.outside != "":
		return wrong("the archive cannot be used: ", "el archivo comprimido no sirve: ", leadsOut(it.outside))
	case it.mode.IsDir():
		files, done, err := it.tree()
		if err != nil {
			return wrong("the folder cannot be read: ", "la carpeta no se puede leer: ", cause(err))
		}
		return files, manner{}, done, nil
	case !it.isZip():
		return wrong("it is an archive of another kind than zip; unpack it here, or ask for a zip",
			"es un archivo comprimido que no es zip; descomprímelo aquí o pide un zip", lessons.Text{})
	}
	f, err := it.open()
	if err != nil {
		return wrong("the archive cannot be read: ", "el archivo comprimido no se puede leer: ", cause(err))
	}
	contents, done, err := archive.Open(f, MaxArchive, MaxEntries)
	if err != nil {
		return wrong("the archive cannot be read: ", "el archivo comprimido no se puede leer: ", cause(err))
	}
	if len(contents.Outside) > 0 {
		_ = done() // it was only read
		return wrong("the archive cannot be used: ", "el archivo comprimido no sirve: ", leadsOut(contents.Outside[0]))
	}
	return listing.New(contents.Files), manner{packed: true}, done, nil
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
