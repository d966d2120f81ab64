package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wirelab/grader/course"
	"wirelab/grader/intake/listing"
	"wirelab/grader/intake/repo"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// How repositories are read side by side, for most of the time is spent waiting.
const (
	reposAtOnce = 4
	haste       = 10 * time.Second // what takes longer, as a server that hangs does, goes on beside the others
	maxSlow     = 64               // repositories that are being read in all
)

// commit reads the commit of one repository that is graded. The error is ctx's alone.
func (r *reading) commit(ctx context.Context, where string) (Submission, error) {
	git, err := repo.Look()
	if err != nil {
		return unreadable(err), nil
	}
	dir := where
	if repo.IsRemote(where) {
		scratch, err := os.MkdirTemp("", fmt.Sprintf("wirelab-%d-fetch-", os.Getpid())) // the pipeline removes those of the dead
		if err != nil {
			return unreadable(err), nil
		}
		defer os.RemoveAll(scratch)
		dir = filepath.Join(scratch, "copy.git")
		if err := git.Fetch(ctx, where, dir); err != nil {
			return unreadable(err), ctx.Err()
		}
	}
	snapshot, err := git.Read(ctx, dir, r.at, MaxEntries)
	switch {
	case ctx.Err() != nil:
		return Submission{}, ctx.Err()
	case errors.Is(err, repo.ErrNoCommit):
		return r.noCommit(), nil
	case err != nil:
		return unreadable(err), nil
	}
	defer snapshot.Close()
	if len(snapshot.Outside) > 0 {
		why := leadsOut(snapshot.Outside[0])
		return spoiled("the repository cannot be used: "+why.EN, "el repositorio no sirve: "+why.ES), nil
	}
	s, err := collect(ctx, listing.New(snapshot.Files), r.known, manner{})
	when := snapshot.Time.In(r.at.Location())
	if r.at.IsZero() {
		when = snapshot.Time.Local()
	}
	s.Origin.Commit = &verdict.Commit{
		Repository: repo.Redact(where), Branch: snapshot.Branch, Hash: snapshot.Hash, Time: when,
	}
	on := lessons.Text{EN: " on " + place(snapshot.Branch), ES: " en " + place(snapshot.Branch)}
	if snapshot.Branch == "" {
		on = lessons.Text{}
	}
	s.Notes = append([]lessons.Text{{
		EN: fmt.Sprintf("graded: commit %.10s of %s%s", snapshot.Hash, stamp(when), on.EN),
		ES: fmt.Sprintf("calificado: commit %.10s del %s%s", snapshot.Hash, stamp(when), on.ES),
	}}, s.Notes...)
	return s, err
}

// noCommit is what somebody handed in who committed nothing in time.
func (r *reading) noCommit() Submission {
	en, es := "there is no commit on the default branch", "no hay ningún commit en la rama principal"
	if !r.at.IsZero() {
		en += " until " + stamp(r.at)
		es += " hasta el " + stamp(r.at)
	}
	return r.known.absent(en, es)
}

// absent is the submission of somebody who handed in nothing.
func (k *catalog) absent(en, es string) Submission {
	s := Submission{Decided: make(map[string]verdict.LessonResult)}
	for id := range k.lessons {
		s.Decided[id] = verdict.LessonResult{ID: id, Status: verdict.NotSubmitted, Message: lessons.Text{EN: en, ES: es}}
	}
	return s
}

// unreadable is a repository of which nothing can be graded.
func unreadable(err error) Submission {
	en, es := err.Error(), err.Error()
	for _, known := range []struct {
		is     error
		en, es string
	}{
		{repo.ErrNoGit, "git is not installed here", "git no está instalado aquí"},
		{repo.ErrNone, "there is no repository, or it cannot be reached", "no hay ningún repositorio o no se puede llegar a él"},
		{repo.ErrElsewhere, "its files lie in another repository (a worktree, alternates or a link); clone it anew", "sus archivos están en otro repositorio (un worktree, alternates o un enlace); clónalo de nuevo"},
		{repo.ErrReftable, "its branches are in git's reftable format, which is not read here; run git refs migrate --ref-format=files in it", "sus ramas están en el formato reftable de git, que aquí no se lee; ejecuta en él git refs migrate --ref-format=files"},
		{repo.ErrTooMany, fmt.Sprintf("its commit has more than %d files", MaxEntries), fmt.Sprintf("su commit tiene más de %d archivos", MaxEntries)},
		{repo.ErrTooLong, "git did not finish in time", "git no terminó a tiempo"},
		{repo.ErrTooLarge, "it is too large", "es demasiado grande"},
		{repo.ErrDamaged, "it is damaged or incomplete", "está dañado o incompleto"},
	} {
		if errors.Is(err, known.is) {
			en, es = known.en, known.es
			if _, detail, ok := strings.Cut(err.Error(), known.is.Error()+": "); ok {
				en, es = en+": "+printable(detail), es+": "+printable(detail)
			}
			break
		}
	}
	return spoiled("the repository cannot be read: "+en, "el repositorio no se puede leer: "+es)
}

// stamp writes a time for people, always with its zone.
func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05 -07:00") }

// isRepository reports whether a folder is read as a repository: every one when somebody asks for the state at a date,
// and otherwise those that are bare, in which there is nothing else to read.
func (r *reading) isRepository(it item) bool {
	return it.dir != "" && (!r.at.IsZero() || repo.IsBare(it.dir))
}

// holdsRepository reports whether there is a repository in a folder that is read as one.
func (r *reading) holdsRepository(it item) bool {
	return r.isRepository(it) && repo.Is(it.dir)
}

// nothing is the error about a class in which there is nobody.
func (r *reading) nothing() error {
	if r.listed || !r.at.IsZero() {
		return &course.Error{
			Text: fmt.Sprintf("no repositories in %q", r.from),
			Tip:  "it must hold a clone for each student, or be a list with the path or address of one in each line",
			ES:   course.Spanish{Text: fmt.Sprintf("no hay repositorios en %q", r.from), Tip: "debe contener un clon por estudiante, o ser una lista con una ruta o una dirección en cada línea"},
		}
	}
	return &course.Error{
		Text: fmt.Sprintf("no submissions in %q", r.from),
		Tip:  "it must hold one folder for each student",
		ES:   course.Spanish{Text: fmt.Sprintf("no hay entregas en %q", r.from), Tip: "debe contener una carpeta por estudiante"},
	}
}

// withoutGit is the error about a class of nothing but repositories where nothing reads them; otherwise nil.
func (r *reading) withoutGit() error {
	if _, err := repo.Look(); err == nil || !r.listed && r.at.IsZero() {
		return nil
	}
	return &course.Error{
		Text: "git is not installed, and there are repositories to read",
		Tip:  "install git, or name a folder or a zip of the students' files",
		ES:   course.Spanish{Text: "git no está instalado y hay repositorios que leer", Tip: "instala git, o nombra una carpeta o un zip con los archivos de los estudiantes"},
	}
}

// notThere is the error about a class of which there is nothing.
func notThere(from string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &course.Error{
			Text: fmt.Sprintf("no folder %q", from),
			Tip:  "name the folder that holds one folder for each student",
			ES:   course.Spanish{Text: fmt.Sprintf("no existe la carpeta %q", from), Tip: "nombra la carpeta que tiene una carpeta por estudiante"},
		}
	}
	return fmt.Errorf("intake: %w", err)
}
