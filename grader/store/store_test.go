package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type verdict struct {
	Score int
	Text  string
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func key(n int) Key { return NewKey(fmt.Append(nil, n)) }

func get(t *testing.T, s *Store, k Key) (verdict, bool) {
	t.Helper()
	var v verdict
	ok, err := s.Get(k, &v)
	require.NoError(t, err)
	require.Equal(t, ok, s.Has(k))
	return v, ok
}

func TestWhatOneProcessFilesTheNextFinds(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	_, ok := get(t, a, key(1))
	require.False(t, ok)
	require.NoError(t, a.Put(key(1), verdict{7, "line\nbreaks and ünïcode"}))
	require.NoError(t, a.Put(key(2), verdict{0, strings.Repeat("long ", 1<<20)}))
	require.NoError(t, a.Put(key(1), verdict{8, "graded again"}))
	for _, s := range []*Store{a, open(t, dir)} { // before the first is closed: it may be killed
		v, ok := get(t, s, key(1))
		require.True(t, ok)
		require.Equal(t, verdict{8, "graded again"}, v)
		v, ok = get(t, s, key(2))
		require.True(t, ok)
		require.Len(t, v.Text, 5<<20)
		_, ok = get(t, s, key(3))
		require.False(t, ok)
	}
}

// Whichever process graded last is right, whatever a clock has said meanwhile.
func TestOfTwoVerdictsTheLaterCounts(t *testing.T) {
	dir := t.TempDir()
	for n := range 12 {
		s, err := Open(dir)
		require.NoError(t, err)
		require.NoError(t, s.Put(key(1), verdict{n, "graded again"}))
		require.NoError(t, s.Close())
		jumped := time.Now().Add(-time.Duration(n) * 24 * time.Hour)
		require.NoError(t, os.Chtimes(s.journal.Name(), jumped, jumped))
		v, ok := get(t, open(t, dir), key(1))
		require.True(t, ok)
		require.Equal(t, n, v.Score)
	}
}

func TestReadingAloneWritesNothing(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir)
	var wg sync.WaitGroup
	for n := range 100 {
		wg.Go(func() {
			require.NoError(t, []*Store{a, b}[n%2].Put(key(n), verdict{n, "text"}))
		})
	}
	wg.Wait()
	s := open(t, dir)
	for n := range 100 {
		v, ok := get(t, s, key(n))
		require.True(t, ok)
		require.Equal(t, n, v.Score)
	}
}

// A journal may end at any byte: what was whole before it is found, what was torn is not, and nothing else is lost.
func TestAJournalCutAtAnyByte(t *testing.T) {
	whole := t.TempDir()
	s := open(t, whole)
	var ends []int
	for n := range 5 {
		require.NoError(t, s.Put(key(n), verdict{n, "text"}))
		ends = append(ends, int(s.size))
	}
	text, err := os.ReadFile(s.journal.Name())
	require.NoError(t, err)
	for cut := range text {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "1"+suffix), text[:cut], 0o600))
		s, err := Open(dir)
		require.NoError(t, err)
		for n := range 5 {
			_, ok := get(t, s, key(n))
			require.Equal(t, ends[n] <= cut, ok, "record %d, cut at byte %d", n, cut)
		}
		require.NoError(t, s.Put(key(9), verdict{9, "after the cut"}))
		require.NoError(t, s.Close())
		_, ok := get(t, open(t, dir), key(9))
		require.True(t, ok)
	}
}

func TestAJournalChangedAtAnyByte(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	require.NoError(t, s.Put(key(1), verdict{1, "text"}))
	require.NoError(t, s.Put(key(2), verdict{2, "text"}))
	end := bytes.IndexByte(mustRead(t, s.journal.Name()), '\n')
	for at := range end {
		text := mustRead(t, s.journal.Name())
		text[at] ^= 1
		changed := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(changed, "1"+suffix), text, 0o600))
		s := open(t, changed)
		_, ok := get(t, s, key(1))
		if at != 2*len(Key{}) && at != header-1 { // the two spaces
			require.False(t, ok, "byte %d", at)
		}
		_, ok = get(t, s, key(2))
		require.True(t, ok, "byte %d", at)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return text
}

func TestKeysDependOnEachPart(t *testing.T) {
	a := NewKey([]byte("one"), []byte("two"))
	require.Equal(t, a, NewKey([]byte("one"), []byte("two")))
	require.NotEqual(t, a, NewKey([]byte("two"), []byte("one")))
	require.NotEqual(t, a, NewKey([]byte("onet"), []byte("wo")))
	require.NotEqual(t, a, NewKey([]byte("onetwo")))
}
