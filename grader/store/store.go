// Package store keeps verdicts on disk as they come, so that a batch that was stopped, by whatever, goes on where it
// stopped, and work that has not changed is not graded again. A verdict is filed under the fingerprint of all that
// it depends on: the submitted files, the hidden tests, the toolchain, the grader.
//
// The store is append-only: each process that opens it writes to a journal of its own and reads those of all that came
// before. Journals are numbered, and of two verdicts under one key that of the higher number counts: the order in which
// they were found must not hang on a clock, which may jump back. A record is one line that carries its own checksum, so that a journal is good up to the byte at which its
// writer died; whatever is torn is passed over and graded again. Records are read when they are asked for: what is
// held in memory is where they lie.
package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Key names a verdict: the fingerprint of all that it depends on.
type Key [16]byte

// NewKey makes the key of what depends on these parts, in this order.
func NewKey(parts ...[]byte) Key {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p))
		h.Write(p)
	}
	return Key(h.Sum(nil)[:len(Key{})])
}

// Store is an open store. It is safe for use by many goroutines.
type Store struct {
	dir string

	mu      sync.Mutex
	records map[Key]record
	files   map[string]*os.File // journals that records have been read from
	number  int                 // of the journal that this process writes
	journal *os.File            // nil until it writes
	size    int64               // of journal, in bytes
}

// record says where a verdict lies.
type record struct {
	journal string
	at      int64 // of the JSON, in bytes from the start
	length  int
}

// A journal's name is its number, so that names sort as numbers do, and what tells it from one that another process has
// begun at the same time.
const (
	numbered = "%08d-"
	suffix   = ".journal"
)

// A line is KEY CRC JSON: the key in hexadecimal digits, then the checksum (Castagnoli's) of key and JSON, in eight.
const header = 2*len(Key{}) + 1 + 8 + 1

// Open reads where the verdicts in the folder lie; the folder must exist.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir, records: map[Key]record{}, files: map[string]*os.File{}}
	journals, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	for _, path := range journals { // in the order of their names
		var n int
		if _, err := fmt.Sscanf(filepath.Base(path), numbered, &n); err == nil {
			s.number = max(s.number, n)
		}
		if err := s.index(path); err != nil && !errors.Is(err, os.ErrNotExist) { // another process has evicted it
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	s.number++
	return s, nil
}

// index notes the whole records of a journal.
func (s *Store) index(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	for at := int64(0); ; {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			return nil // what has no end is torn
		}
		if err != nil {
			return err
		}
		if key, ok := parse(line); ok {
			s.records[key] = record{journal: path, at: at + int64(header), length: len(line) - header - 1}
		}
		at += int64(len(line))
	}
}

// parse returns the key of a line, if the line is as it was written.
func parse(line []byte) (Key, bool) {
	var key Key
	var sum [4]byte
	if len(line) <= header {
		return key, false
	}
	_, err1 := hex.Decode(key[:], line[:2*len(key)])
	_, err2 := hex.Decode(sum[:], line[2*len(key)+1:header-1])
	whole := err1 == nil && err2 == nil && bytes.Equal(sum[:], checksum(key, bytes.TrimSuffix(line[header:], []byte("\n"))))
	return key, whole
}

func checksum(key Key, text []byte) []byte {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(crc32.Checksum(key[:], table), table, text)
	return []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}
}

// Has reports whether there is a verdict under this key.
func (s *Store) Has(key Key) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.records[key]
	return ok
}

// Get reads the verdict under this key into v, and reports whether there is one.
func (s *Store) Get(key Key, v any) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[key]
	if !ok {
		return false, nil
	}
	f := s.files[r.journal]
	if f == nil {
		var err error
		if f, err = os.Open(r.journal); err != nil {
			return false, fmt.Errorf("store: %w", err)
		}
		s.files[r.journal] = f
		now := time.Now()
		_ = os.Chtimes(r.journal, now, now) // it was used: the cache keeps it longer. If not, it is made again
	}
	text := make([]byte, r.length)
	if _, err := f.ReadAt(text, r.at); err != nil {
		return false, fmt.Errorf("store: %s: %w", r.journal, err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return false, fmt.Errorf("store: %s: %w", r.journal, err)
	}
	return true, nil
}

// Put files a verdict. When it returns the verdict is in the system's hands: the death of this process does not lose
// it. If it cannot be written whole, what was written before is untouched.
func (s *Store) Put(key Key, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	line := fmt.Appendf(nil, "%x %x %s\n", key, checksum(key, text), text)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		if s.journal, err = os.CreateTemp(s.dir, fmt.Sprintf(numbered, s.number)+"*"+suffix); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	n, err := s.journal.WriteAt(line, s.size)
	if err != nil {
		if n > 0 {
			err = errors.Join(err, s.journal.Truncate(s.size))
		}
		return fmt.Errorf("store: %w", err)
	}
	s.records[key] = record{journal: s.journal.Name(), at: s.size + int64(header), length: len(text)}
	s.size += int64(len(line))
	return nil
}

// Close hands what was written to the disk and closes every journal.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	if s.journal != nil {
		errs = append(errs, s.journal.Sync(), s.journal.Close())
	}
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
