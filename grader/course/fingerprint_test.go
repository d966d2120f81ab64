package course

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFingerprint(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	write("go.mod", "module wirelab\n")
	write("go.sum", "")
	write("hidden/hidden_test.go", "package hidden\n\nimport _ \"wirelab/probe\"\n")
	write("probe/probe.go", "package probe\n\nimport (\n\t_ \"net/http\"\n\t_ \"wirelab/wire\"\n)\n")
	write("probe/probe_test.go", "package probe\n")
	write("probe/notes.md", "# Notes\n")
	write("wire/wire.go", "package wire\n")
	write("site/site.go", "package site\n")
	fingerprint := func() string {
		sum, err := (&Course{Root: root}).Fingerprint(true, "wirelab/hidden")
		require.NoError(t, err)
		return sum
	}
	first := fingerprint()
	for _, c := range []struct {
		name, text string
		counts     bool
	}{
		{"hidden/hidden_test.go", "package hidden\n\nimport _ \"wirelab/probe\"\n\n// Changed.\n", true},
		{"hidden/more_test.go", "package hidden\n", true},
		{"probe/probe.go", "package probe\n\nimport _ \"wirelab/wire\"\n", true},
		{"wire/wire.go", "package wire\n\n// Changed.\n", true},
		{"wire/more.go", "package wire\n", true},
		{"go.sum", "a module\n", true},
		{"probe/probe_test.go", "package probe\n\n// Changed.\n", false},
		{"probe/notes.md", "# Changed\n", false},
		{"probe/_old.go", "not Go\n", false},
		{"probe/.#probe.go", "not Go\n", false},
		{"site/site.go", "package site\n\n// Changed.\n", false},
	} {
		before := fingerprint()
		require.Equal(t, before, fingerprint())
		write(c.name, c.text)
		require.Equal(t, c.counts, before != fingerprint(), c.name)
	}
	require.NotEqual(t, first, fingerprint())
	with, without := fingerprint(), ""
	for _, text := range []string{"package hidden\n", "package hidden\n\n// Changed.\n"} {
		write("hidden/more_test.go", text)
		sum, err := (&Course{Root: root}).Fingerprint(false, "wirelab/hidden")
		require.NoError(t, err)
		require.NotEqual(t, with, sum)
		require.Contains(t, []string{"", sum}, without, "without tests")
		without = sum
	}

	elsewhere := t.TempDir()
	require.NoError(t, os.CopyFS(elsewhere, os.DirFS(root)))
	sum, err := (&Course{Root: elsewhere}).Fingerprint(true, "wirelab/hidden")
	require.NoError(t, err)
	require.Equal(t, fingerprint(), sum, "where the course lies does not matter")

	write("wire/wire.go", "not Go")
	_, err = (&Course{Root: root}).Fingerprint(true, "wirelab/hidden")
	require.ErrorContains(t, err, "wire.go:1:1")
}
