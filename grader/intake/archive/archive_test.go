package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/intake/listing"
)

// pack makes a zip of entries, each a name and a text.
func pack(t testing.TB, entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(entries); i += 2 {
		w, err := z.Create(entries[i])
		require.NoError(t, err)
		_, err = io.WriteString(w, entries[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func read(t *testing.T, src []byte) *Contents {
	t.Helper()
	c, err := Read(bytes.NewReader(src), int64(len(src)), 100)
	require.NoError(t, err)
	return c
}

func TestRead(t *testing.T) {
	c := read(t, pack(t, "16-hub/", "", "16-hub/hub.go", "package hub\n", `10-echo\echo.go`, "package echo\n", "./", ""))
	assert.Empty(t, c.Outside)
	files := listing.New(c.Files)
	for name, want := range map[string]string{"16-hub/hub.go": "package hub\n", "10-echo/echo.go": "package echo\n"} {
		src, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		assert.Equal(t, want, string(src))
	}
}

func TestNamesThatLeadOut(t *testing.T) {
	c := read(t, pack(t, "../up", "x", "/etc/passwd", "x", `..\..\up`, "x", "ana/../luz/hub.go", "x", `C:\hub.go`, "x", "fine", "x"))
	assert.Equal(t, []string{"../up", "/etc/passwd", "../../up", "ana/../luz/hub.go", "C:/hub.go"}, c.Outside)
	require.Len(t, c.Files, 1)
	assert.Equal(t, "fine", c.Files[0].Name)
}

func TestKindsOfFiles(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, mode := range []fs.FileMode{fs.ModeSymlink, fs.ModeNamedPipe, fs.ModeSocket, fs.ModeDevice} {
		h := &zip.FileHeader{Name: mode.String()}
		h.SetMode(mode | 0o644)
		w, err := z.CreateHeader(h)
		require.NoError(t, err)
		_, err = w.Write([]byte("/etc/passwd"))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	c := read(t, b.Bytes())
	require.Len(t, c.Files, 4)
	for _, f := range c.Files {
		assert.False(t, f.Mode.IsRegular(), f.Name)
		_, err := listing.New(c.Files).Open(f.Name)
		assert.Error(t, err, f.Name)
	}
}

// change alters the fields of the one entry of src, in its own header and in the directory.
func change(src []byte, local, central int, value uint16) []byte {
	src = bytes.Clone(src)
	at := bytes.LastIndex(src, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint16(src[local:], value)
	binary.LittleEndian.PutUint16(src[at+central:], value)
	return src
}

func TestFilesThatDoNotOpen(t *testing.T) {
	whole := pack(t, "hub.go", strings.Repeat("package hub\n", 50))
	spoilt := bytes.Clone(whole)
	spoilt[len("PK\x03\x04")+40] ^= 0xff
	for name, tt := range map[string]struct {
		src  []byte
		want error
	}{
		"password":              {change(whole, 6, 8, 9), ErrPassword},
		"password, AES":         {change(whole, 8, 10, 99), ErrPassword},
		"compressed with LZMA":  {change(whole, 8, 10, 14), ErrMethod},
		"data that are not so":  {spoilt, ErrDamaged},
		"a wrong checksum":      {change(whole, 14, 16, 0x4711), ErrDamaged},
		"a size that is larger": {change(whole, 22, 24, 0x4711), ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fs.ReadFile(listing.New(read(t, tt.src).Files), "hub.go")
			require.ErrorIs(t, err, tt.want)
		})
	}
}

func TestArchivesThatDoNotOpen(t *testing.T) {
	whole := pack(t, "a", "1", "b", "2", "c", "3")
	for name, tt := range map[string]struct {
		src     []byte
		entries int
		want    error
	}{
		"nothing":           {nil, 100, ErrDamaged},
		"no zip":            {[]byte("PK, and then something else"), 100, ErrDamaged},
		"cut off":           {whole[:len(whole)-30], 100, ErrDamaged},
		"cut in the middle": {whole[:len(whole)/2], 100, ErrDamaged},
		"too many entries":  {whole, 2, ErrTooMany},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(tt.src), int64(len(tt.src)), tt.entries)
			require.ErrorIs(t, err, tt.want)
		})
	}
}

// A million entries are too many, whatever the archive says about their number, and are not all read to find out.
func TestMillionEntries(t *testing.T) {
	var b bytes.Buffer
	header := append([]byte("PK\x01\x02"), make([]byte, 42)...)
	binary.LittleEndian.PutUint16(header[28:], 1)
	for range 1_000_000 {
		b.Write(header)
		b.WriteByte('x')
	}
	size := b.Len()
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	binary.LittleEndian.PutUint16(end[10:], 1)
	binary.LittleEndian.PutUint32(end[12:], uint32(size))
	b.Write(end)
	counted := &counter{r: bytes.NewReader(b.Bytes())}
	_, err := Read(counted, int64(b.Len()), 20_000)
	require.ErrorIs(t, err, ErrTooMany)
	assert.Less(t, counted.n, 20_000*entryBytes+1<<20)
}

type counter struct {
	r io.ReaderAt
	n int
}

func (c *counter) ReadAt(p []byte, at int64) (int, error) {
	c.n += len(p)
	return c.r.ReadAt(p, at)
}

// endless is a file of zeros without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Ten GiB of zeros take ten MiB in the archive, and here what is read of them.
func TestZeros(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("hub.go")
	require.NoError(t, err)
	_, err = io.CopyN(w, endless{}, 256<<20) // the rest is no different
	require.NoError(t, err)
	require.NoError(t, z.Close())
	f, err := listing.New(read(t, b.Bytes()).Files).Open("hub.go")
	require.NoError(t, err)
	defer f.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(f, 1000))
	require.NoError(t, err)
	assert.EqualValues(t, 1000, n)

	_, _, err = Open(nested{f}, 64<<20, 100)
	require.ErrorIs(t, err, ErrTooLarge)
}

// nested hides that a file could be read at any place, as one within an archive cannot.
type nested struct{ fs.File }

func TestOpen(t *testing.T) {
	src := pack(t, "16-hub/hub.go", "package hub\n")
	at := filepath.Join(t.TempDir(), "ana.zip")
	require.NoError(t, os.WriteFile(at, src, 0o644))
	for name, wrap := range map[string]func(fs.File) fs.File{
		"on the disk":       func(f fs.File) fs.File { return f },
		"within an archive": func(f fs.File) fs.File { return nested{f} },
	} {
		t.Run(name, func(t *testing.T) {
			f := reopen(t, at)
			c, done, err := Open(wrap(f), 1<<20, 100)
			require.NoError(t, err)
			got, err := fs.ReadFile(listing.New(c.Files), "16-hub/hub.go")
			require.NoError(t, err)
			assert.Equal(t, "package hub\n", string(got))
			_, _, err = Open(wrap(reopen(t, at)), int64(len(src)-1), 100)
			require.ErrorIs(t, err, ErrTooLarge)
			require.NoError(t, done())
			_, err = f.Stat()
			require.ErrorIs(t, err, fs.ErrClosed)
		})
	}
}

func TestDecode(t *testing.T) {
	for raw, want := range map[string]string{
		"hub.go": "hub.go", "Ana García": "Ana García", "Ana Garci\u0301a": "Ana García",
		"Ana Garc\xa1a": "Ana García", "Ana Garc\xeda": "Ana García", // DOS, Latin-1
		"Mu\xa4oz": "Muñoz", "Mu\xf1oz": "Muñoz", "MU\xa5OZ": "MUÑOZ", "MU\xd1OZ": "MUÑOZ",
		"\xb5ngel": "Ángel", "\xc1ngel": "Ángel", "J\x94rg": "Jörg", "J\xf6rg": "Jörg", "Fran\x87ois": "François",
		"日本": "日本",
	} {
		assert.Equal(t, want, Decode(raw), "%q", raw)
	}
}

func ExampleDecode() {
	fmt.Println(Decode("Jos\x82"), Decode("Jos\xe9"))
	// Output: José José
}

func reopen(t *testing.T, at string) fs.File {
	f, err := os.Open(at)
	require.NoError(t, err)
	return f
}
