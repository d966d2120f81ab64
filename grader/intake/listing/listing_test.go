package listing

import (
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func text(name, src string) File {
	return File{Name: name, Size: int64(len(src)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(src)), nil
	}}
}

func TestIsAFileSystem(t *testing.T) {
	f := New([]File{
		text("16-hub/hub.go", "package hub\n"), text("a/b/c/d", "x"), text("top", ""),
		{Name: "empty", Mode: fs.ModeDir},
		{Name: "16-hub", Mode: fs.ModeDir},
	})
	require.NoError(t, fstest.TestFS(f, "16-hub/hub.go", "a/b/c/d", "top", "empty"))
}

func TestTwoOfOneName(t *testing.T) {
	for name, files := range map[string][]File{
		"files":                        {text("a/x", "1"), text("a/x", "2")},
		"a file where a folder is":     {text("a/x/y", "1"), text("a/x", "2")},
		"a folder where a file is":     {text("a/x", "1"), text("a/x/y", "2")},
		"an empty folder, then a file": {{Name: "a/x", Mode: fs.ModeDir}, text("a/x", "2")},
	} {
		t.Run(name, func(t *testing.T) {
			f := New(append(files, text("a/fine", "3")))
			_, err := f.Open("a/x")
			require.ErrorIs(t, err, ErrTwice)
			src, err := fs.ReadFile(f, "a/fine")
			require.NoError(t, err)
			assert.Equal(t, "3", string(src))
		})
	}
}

func TestOnlyRegularFilesOpen(t *testing.T) {
	f := New([]File{{Name: "link", Mode: fs.ModeSymlink}})
	_, err := f.Open("link")
	require.Error(t, err)
	entries, err := fs.ReadDir(f, ".")
	require.NoError(t, err)
	assert.Equal(t, fs.ModeSymlink, entries[0].Type())
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"16-hub/hub.go": "16-hub/hub.go", "./a//b/": "a/b", `16-hub\hub.go`: "16-hub/hub.go", "a..b/...": "a..b/...",
		"../x": "", "a/../../x": "", "a/..": "", `..\x`: "", "/etc/passwd": "", `\\host\share`: "", `C:\x`: "", "c:x": "", "./c:x": "", "c:": "", "c:/x": "", "c:\n": "",
		"1: notes.md": "1: notes.md", "Q: why.md": "Q: why.md", "ñ:x": "ñ:x", "a/c:x": "a/c:x",
		"": "", ".": "", "a\x00b": "",
	} {
		got, ok := Clean(in)
		assert.Equal(t, want != "", ok, "%q", in)
		if ok {
			assert.Equal(t, want, got, "%q", in)
		}
	}
}
