package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pack makes an archive of a submission, with something wrong in it, and puts it in the submission's place.
func (c *corpus) pack(t *testing.T, dir, wrong string) {
	t.Helper()
	const lesson = "01-first-sse/"
	own, err := os.ReadFile(filepath.Join(dir, lesson, "firstsse.go"))
	require.NoError(t, err)
	var all bytes.Buffer
	z := zip.NewWriter(&all)
	add := func(h zip.FileHeader, text []byte) {
		w, err := z.CreateHeader(&h)
		require.NoError(t, err)
		_, err = w.Write(text)
		require.NoError(t, err)
	}
	if wrong != "cut" && wrong != "password" {
		add(zip.FileHeader{Name: lesson + "firstsse.go", Method: zip.Deflate}, own)
	}
	switch wrong {
	case "..", "/": // names that lead out
		add(zip.FileHeader{Name: map[string]string{"..": "../../", "/": c.at.drop + "/"}[wrong] + "left-behind.go"}, own)
	case "link":
		h := zip.FileHeader{Name: lesson + "stolen.go"}
		h.SetMode(fs.ModeSymlink | 0o777)
		add(h, []byte(c.at.canary))
	case "zeros":
		addZeros(t, z, lesson+"zeros.go", 10<<10)
	case "1000000", "500000":
		n, err := strconv.Atoi(wrong)
		require.NoError(t, err)
		for i := range n {
			_, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%s%d.txt", lesson, i)})
			require.NoError(t, err)
		}
	case "password":
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: lesson + "firstsse.go", Flags: 1, CompressedSize64: uint64(len(own)), UncompressedSize64: uint64(len(own)),
		})
		require.NoError(t, err)
		_, err = w.Write(own)
		require.NoError(t, err)
	case "cut":
		add(zip.FileHeader{Name: lesson + "firstsse.go"}, bytes.Repeat(own, 4))
	case "names":
		for _, name := range []string{"ma\xa4ana.txt", "ma\xf1ana.txt", "\x1b[2Ja\nb.txt"} { // CP437, Latin-1, control characters
			add(zip.FileHeader{Name: lesson + name, NonUTF8: true}, nil)
		}
	case "long":
		add(zip.FileHeader{Name: lesson + strings.Repeat("a", 300) + ".go"}, []byte("package firstsse\n"))
	case "twice":
		add(zip.FileHeader{Name: lesson + "firstsse.go"}, []byte("package firstsse // the other one\n"))
	default:
		require.Fail(t, "nothing of this kind can be wrong with an archive", wrong)
	}
	require.NoError(t, z.Close())
	text := all.Bytes()
	if wrong == "cut" {
		text = text[:len(text)/2]
	}
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.WriteFile(dir+".zip", text, 0o644))
}

// addZeros adds a file of so many MiB of zeros, at the cost of one: what packs the first packs all others.
func addZeros(t *testing.T, z *zip.Writer, name string, mebibytes int) {
	t.Helper()
	var one bytes.Buffer
	f, err := flate.NewWriter(&one, flate.BestCompression)
	require.NoError(t, err)
	_, err = f.Write(make([]byte, 1<<20))
	require.NoError(t, err)
	require.NoError(t, f.Flush())
	packed := append(bytes.Repeat(one.Bytes(), mebibytes), 3, 0) // an empty block, which is the last
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(mebibytes) << 20,
	})
	require.NoError(t, err)
	_, err = w.Write(packed)
	require.NoError(t, err)
}
