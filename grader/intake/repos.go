package intake

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/unicode/norm"

	"wirelab/grader/course"
	"wirelab/grader/intake/listing"
	"wirelab/grader/intake/repo"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

// Repositories are read side by side, for most of the time is spent waiting; a list may be so long.
const (
	reposAtOnce = 4
	maxList     = 4 << 20 // bytes
)

// repository is one student's.
type repository struct {
	where string // path or address
	name  string // of the student
}

// isList reports whether a file is text, and no archive.
func isList(from string) (bool, error) {
	f, err := os.Open(from)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	head = head[:n]
	for i := 0; i < utf8.UTFMax && n == 512 && !utf8.Valid(head); i++ {
		head = head[:len(head)-1] // a character was cut
	}
	return n > 0 && utf8.Valid(head) && bytes.IndexByte(head, 0) < 0 && !hasEnding(from, ".zip") &&
		!bytes.HasPrefix(head, []byte("PK\x03\x04")), nil
}

// readList reads a list of repositories: a line for each, with its path or address, then, if it is not to be called
// by that, the student's name. A path with spaces stands in quotes; "#" begins a remark. Paths start from the list.
func readList(from string) ([]repository, error) {
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxList))
	if err != nil {
		return nil, err
	}
	var all []repository
	lines := bufio.NewScanner(bytes.NewReader(course.Plain(text)))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		where, name, ok := cutPath(line)
		if !ok {
			return nil, &course.Error{
				Text: fmt.Sprintf("%s:%d: a quote is not closed", from, n),
				Tip:  `a line is: "path with spaces" Name of the student`,
			}
		}
		if !repo.IsRemote(where) && !filepath.IsAbs(where) {
			where = filepath.Join(filepath.Dir(from), filepath.FromSlash(where))
		}
		if name == "" {
			name = nameOf(where)
		}
		all = append(all, repository{where, name})
	}
	if len(all) > 0 && !slices.ContainsFunc(all, repository.isThere) {
		return nil, &course.Error{
			Text: fmt.Sprintf("no line of %q names a repository", from),
			Tip:  "a list has the path or address of a repository in each line; a roster goes with --roster",
		}
	}
	return all, lines.Err()
}

// isThere reports whether there is something to look at, here or perhaps elsewhere.
func (r repository) isThere() bool {
	if repo.IsRemote(r.where) {
		return true
	}
	_, err := os.Stat(r.where)
	return err == nil
}

// cutPath cuts a line of a list into the repository and the student.
func cutPath(line string) (where, name string, ok bool) {
	if quoted, isQuoted := strings.CutPrefix(line, `"`); isQuoted {
		where, name, ok = strings.Cut(quoted, `"`)
		return where, strings.Trim(name, " \t,;"), ok
	}
	end := strings.IndexAny(line, " \t,;")
	if end < 0 {
		return line, "", true
	}
	return line[:end], strings.Trim(line[end:], " \t,;\""), true
}

// nameOf is what a repository is called where nobody says whose it is.
func nameOf(where string) string {
	last := path.Base(filepath.ToSlash(where))
	if u, err := url.Parse(where); err == nil && repo.IsRemote(where) && u.Path != "" {
		last = path.Base(u.Path)
	}
	return strings.TrimSuffix(last, ".git")
}

// repositories reads a commit of each. A folder among them that is none says so.
func (r *reading) repositories(ctx context.Context, all []repository) (Class, error) {
	git, err := repo.Look()
	if err != nil {
		return Class{}, &course.Error{
			Text: "git is not installed, and there are repositories to read",
			Tip:  "install git, or name a folder or a zip of the students' files",
		}
	}
	if len(all) == 0 {
		return Class{}, &course.Error{
			Text: fmt.Sprintf("no repositories in %q", r.from),
			Tip:  "it must hold a clone for each student, or be a list with the path or address of one in each line",
		}
	}
	class := Class{Submissions: make([]Submission, len(all)), Notes: r.notes, known: r.known}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(reposAtOnce)
	for i, one := range all {
		group.Go(func() error {
			s, err := r.commit(ctx, git, one)
			s.ID = printable(norm.NFC.String(one.name))
			class.Submissions[i] = s
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return Class{}, err
	}
	Order(class.Submissions)
	return class, nil
}

// commit reads the commit of one repository that is graded. The error is ctx's alone.
func (r *reading) commit(ctx context.Context, git *repo.Git, one repository) (Submission, error) {
	dir := one.where
	if repo.IsRemote(dir) {
		scratch, err := os.MkdirTemp("", "wirelab-fetch-")
		if err != nil {
			return unreadable(err), nil
		}
		defer os.RemoveAll(scratch)
		dir = filepath.Join(scratch, "copy.git")
		if err := git.Fetch(ctx, one.where, dir); err != nil {
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
		Repository: repo.Redact(one.where), Branch: snapshot.Branch, Hash: snapshot.Hash, Time: when,
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
		{repo.ErrNone, "there is no repository, or it cannot be reached", "no hay ningún repositorio o no se puede llegar a él"},
		{repo.ErrElsewhere, "its files lie in another repository (a worktree, alternates or a link); clone it anew", "sus archivos están en otro repositorio (un worktree, alternates o un enlace); clónalo de nuevo"},
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

// clones returns the repositories in a folder, if it is to be read as one of them: when somebody asks for the state at
// a date, or where they are bare and there is nothing else to read.
func (r *reading) clones(all []item) []repository {
	var found []repository
	bare := false
	for _, it := range all {
		if !it.mode.IsDir() || isHidden(it.name) {
			continue
		}
		dir := filepath.Join(r.from, it.name)
		bare = bare || repo.IsBare(dir)
		found = append(found, repository{dir, strings.TrimSuffix(it.name, ".git")})
	}
	if r.at.IsZero() && !bare {
		return nil
	}
	return found
}

// notThere is the error about a class of which there is nothing.
func notThere(from string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &course.Error{
			Text: fmt.Sprintf("no folder %q", from),
			Tip:  "name the folder that holds one folder for each student",
		}
	}
	return fmt.Errorf("intake: %w", err)
}
