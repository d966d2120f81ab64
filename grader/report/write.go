package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"wirelab/grader/verdict"
)

// Ready makes dir if it must and proves that files can be written into it: whoever grades a class for an hour wants to
// know before.
func Ready(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	f, err := os.CreateTemp(dir, halves)
	if err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	return nil
}

// Write writes every report on c into dir, which it makes if it must, in lang ("en" or "es"). A file that is
// there already is replaced in one step, so a crash leaves the old or the new one and never half of it; files
// of students who are no longer in the class stay. The pages come before index.html, which links to them, and
// report.json comes last. What one of an earlier batch of the class said is compared with. The error names the file that
// could not be written.
func Write(dir string, c verdict.Class, lang string) error {
	if lang != "en" && lang != "es" {
		return fmt.Errorf("write report: no words for language %q", lang)
	}
	r := New(c, lang)
	r.Before = before(dir, r, c.Regraded)
	if err := os.MkdirAll(filepath.Join(dir, "students"), 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := sweep(dir, filepath.Join(dir, "students")); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	pages, err := newPages(lang)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	names := FileNames(r.Students)
	for i, s := range r.Students {
		name := filepath.Join(dir, "students", names[i])
		if err := WriteFile(name+".html", false, func(w io.Writer) error { return pages.student(w, r, s) }); err != nil {
			return err
		}
		if err := WriteFile(name+".md", false, func(w io.Writer) error { return writeMarkdown(w, r, s) }); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"index.html", func(w io.Writer) error { return pages.index(w, r, names) }},
		{"gradebook.csv", func(w io.Writer) error { return WriteCSV(w, r) }},
		{"report.json", func(w io.Writer) error { return writeJSON(w, r) }},
	} {
		if err := WriteFile(filepath.Join(dir, f.name), true, f.write); err != nil {
			return err
		}
	}
	return nil
}

// halves is what files are called until they are whole.
const halves = ".tmp-*"

// sweep removes what a grader that was killed has left of files in these folders.
func sweep(dirs ...string) error {
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if half, _ := filepath.Match(halves, e.Name()); !half {
				continue
			}
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// WriteFile makes a file whole under another name in the same folder, then renames it. A durable one is on the
// disk before it has its name, so that even a power cut leaves no empty file; that takes milliseconds, too many
// for two files for each student, which the next run writes again anyway.
func WriteFile(name string, durable bool, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), halves)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			f.Close() // closed already if Close is what failed; the first error counts
			os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", name, err)
		}
	}()
	b := bufio.NewWriter(f)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil { // CreateTemp keeps others out; a web server may have to read these
		return err
	}
	if durable {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
