package pages_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"wirelab/lessons"
	"wirelab/site/pages"
)

// One page of notes among 50 changes, as while someone writes it.
func BenchmarkOnePageAmong50(b *testing.B) {
	src, err := lessons.FS.ReadFile("22-write-the-tests/README.md")
	if err != nil {
		b.Fatal(err)
	}
	picture, err := lessons.FS.ReadFile("22-write-the-tests/apart.svg")
	if err != nil {
		b.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for i := range 25 {
		id := fmt.Sprintf("%02d-lesson-%d", 1+i%24, i)
		fsys[id+"/README.md"] = &fstest.MapFile{Data: src}
		fsys[id+"/README.es.md"] = &fstest.MapFile{Data: src}
		fsys[id+"/apart.svg"] = &fstest.MapFile{Data: picture}
	}
	// The Spanish notes have a front matter of their own.
	const title = "---\ntitle: T\nsummary: S\n---\n## Idea\n\ntexto\n"
	for name, file := range fsys {
		if len(name) > 5 && name[len(name)-5:] == "es.md" {
			file.Data = []byte(title)
		}
	}
	r, err := pages.New()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := r.Render(fsys); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		fsys["07-lesson-6/README.md"] = &fstest.MapFile{Data: fmt.Appendf(src[:len(src):len(src)], "\n%d\n", n)}
		if _, err := r.Render(fsys); err != nil {
			b.Fatal(err)
		}
	}
}
