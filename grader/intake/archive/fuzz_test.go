package archive

import (
	"bytes"
	"io"
	"io/fs"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"wirelab/grader/intake/listing"
)

// Whatever bytes come, reading them ends, and each name stays within the archive.
func FuzzZip(f *testing.F) {
	whole := pack(f, "16-hub/hub.go", "package hub\n", "../up", "x", "a", "1", "a", "2", "a/b", "3", `w\x`, "4", "Garc\xa1a/", "")
	for _, src := range [][]byte{nil, whole, whole[:len(whole)-9], whole[9:], pack(f), pack(f, "inner.zip", string(whole))} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := Read(bytes.NewReader(src), int64(len(src)), 50)
		if err != nil {
			return
		}
		if len(c.Files) > 50 {
			t.Fatalf("%d files", len(c.Files))
		}
		files := listing.New(c.Files)
		err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if !fs.ValidPath(name) {
				t.Fatalf("name %q", name)
			}
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			file, err := files.Open(name)
			if err != nil {
				return nil
			}
			defer file.Close()
			if _, err := io.Copy(io.Discard, iotest.OneByteReader(io.LimitReader(file, 1<<12))); err != nil {
				return nil
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Every name becomes text, the same when it is decoded again, and cleaning it never leads out.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"16-hub/hub.go", "Garc\xa1a", "Garc\xeda", "García", "Garci\u0301a", `..\x`, "/etc", "a/./b//", "C:x", "\x00", "\xff\xfe", "a\u202eb"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		name := Decode(raw)
		if !utf8.ValidString(name) || Decode(name) != name {
			t.Fatalf("%q becomes %q, then %q", raw, name, Decode(name))
		}
		clean, ok := listing.Clean(name)
		if !ok {
			return
		}
		if again, ok := listing.Clean(clean); !ok || again != clean {
			t.Fatalf("%q becomes %q, then %q", name, clean, again)
		}
		if !fs.ValidPath(clean) || clean == "." {
			t.Fatalf("%q is left of %q", clean, name)
		}
	})
}
