package linkcheck

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// How long what is known stays true.
const (
	goodFor = 7 * 24 * time.Hour
	badFor  = time.Hour
)

// A Cache remembers results from one check to the next. A nil Cache remembers nothing.
type Cache struct {
	file string
	now  func() time.Time

	mu    sync.Mutex
	known map[string]entry // by address
}

type entry struct {
	Verdict Verdict   `json:"verdict"`
	Leads   string    `json:"leads,omitempty"`
	Why     string    `json:"why,omitempty"`
	At      time.Time `json:"at"`
}

// OpenCache reads a cache; a file that is not there yet, or is none, is an empty one.
func OpenCache(file string, now func() time.Time) (*Cache, error) {
	c := &Cache{file: file, now: now, known: map[string]entry{}}
	src, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	if json.Unmarshal(src, &c.known) != nil {
		c.known = map[string]entry{}
	}
	return c, nil
}

// Save writes the cache back.
func (c *Cache) Save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for address, e := range c.known {
		if !c.fresh(e) {
			delete(c.known, address)
		}
	}
	src, err := json.MarshalIndent(c.known, "", "  ")
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(c.file), 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if err := os.WriteFile(c.file, src, 0o600); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}

func (c *Cache) fresh(e entry) bool {
	age := c.now().Sub(e.At)
	if e.Verdict == Good || e.Verdict == Moved {
		return age >= 0 && age < goodFor
	}
	return age >= 0 && age < badFor
}

func (c *Cache) find(address string) (entry, bool) {
	if c == nil {
		return entry{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.known[address]
	return e, ok && c.fresh(e)
}

func (c *Cache) keep(r Result) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[r.Address] = entry{r.Verdict, r.Leads, r.Why, c.now()}
}
