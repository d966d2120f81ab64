package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/live"
)

// What is said of the page is in the batch's language.
func TestLiveInSpanish(t *testing.T) {
	ctx, done := context.WithCancel(t.Context())
	done()
	var said strings.Builder
	view, err := openLive(t.Context(), &said, batchFlags{live: "127.0.0.1:0", lang: "es"})
	require.NoError(t, err)
	defer view.server.Close()
	view.board = live.NewBoard(nil, nil, view.lang)
	view.stay(ctx, &said)
	assert.Equal(t, fmt.Sprintf("· en vivo en %s\n· la página sigue abierta hasta Ctrl-C: %[1]s\n", view.server.URL), said.String())
}

// A batch while five look on: one never reads, one breaks its connection and comes back. The batch ends, whoever reads
// has been told everything, once and in order, and the reports are those of any batch.
func TestLiveBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("grades two students")
	}
	needsGrader(t)
	b := newResumed(t, "garcia-lopez-ana", "castillo-vega-mariana")
	cmd := b.batch(t.Context(), t, "--live=127.0.0.1:0")
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := bufio.NewScanner(stderr)
	page := regexp.MustCompile(`http://\S+`).FindString(lineWith(t, said, "· live on "))

	u, err := url.Parse(page)
	require.NoError(t, err)
	idle, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	require.NoError(t, err)
	defer idle.Close()
	_, err = fmt.Fprintf(idle, "GET /events HTTP/1.1\r\nHost: %s\r\n\r\n", u.Host)
	require.NoError(t, err)
	var viewers []*viewer
	for range 4 {
		viewers = append(viewers, &viewer{page: page})
		viewers[len(viewers)-1].look(t)
	}
	back := viewers[0]
	for back.count.Tests == 0 {
		require.NotEqual(t, "done", back.next(t))
	}
	back.look(t)
	require.NotEqual(t, "snapshot", back.next(t), "it goes on where it was")
	for _, v := range viewers {
		for v.next(t) != "done" {
		}
	}
	lineWith(t, said, "the page stays until Ctrl-C: "+page)

	r := readReport(t, b.out)
	require.Len(t, r.Students, 2)
	rows := map[string]int{}
	for _, s := range r.Students {
		rows[s.ID] = s.Score
		for _, l := range s.Lessons {
			assert.Equal(t, inBook(t, s.ID, l.ID), l.Score, "%s %s", s.ID, l.ID)
		}
	}
	tests := 0
	for _, l := range r.Lessons {
		tests += 2 * len(l.Tests)
	}
	for _, v := range viewers {
		assert.Equal(t, rows, v.rows)
		assert.Equal(t, live.Count{Students: 2, Of: 2, Tests: tests, OfTests: tests}, v.count)
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	_, err = io.Copy(io.Discard, stderr)
	require.NoError(t, err)
	require.NoError(t, cmd.Wait())
}

// lineWith reads lines up to one that has this in it.
func lineWith(t *testing.T, lines *bufio.Scanner, part string) string {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), part) {
			return lines.Text()
		}
	}
	require.Fail(t, "it ended", "without %q", part)
	return ""
}

// viewer is a program that looks at a batch.
type viewer struct {
	page  string
	body  io.Closer
	lines *bufio.Scanner
	id    string // of the last event
	count live.Count
	rows  map[string]int // scores of the students who are done
}

// look connects, and again after that which was heard last.
func (v *viewer) look(t *testing.T) {
	t.Helper()
	if v.body != nil {
		require.NoError(t, v.body.Close())
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.page+"events", nil)
	require.NoError(t, err)
	if v.id != "" {
		r.Header.Set("Last-Event-ID", v.id)
	}
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	v.body, v.lines = res.Body, bufio.NewScanner(res.Body)
	v.lines.Buffer(nil, 1<<20)
}

// next takes in the next event and returns its type. But for a snapshot, it must be the one after the last.
func (v *viewer) next(t *testing.T) (kind string) {
	t.Helper()
	id := ""
	for v.lines.Scan() {
		switch name, value, _ := strings.Cut(v.lines.Text(), ": "); name {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			v.take(t, kind, []byte(value))
			if kind != "snapshot" {
				assert.Equal(t, eventNumber(t, v.id)+1, eventNumber(t, id), "nothing is missing, and nothing comes twice")
			}
			v.id = id
			return kind
		}
	}
	require.NoError(t, v.lines.Err())
	require.Fail(t, "the stream ended")
	return ""
}

func (v *viewer) take(t *testing.T, kind string, data []byte) {
	t.Helper()
	var all live.Snapshot
	switch kind {
	case "snapshot":
		require.NoError(t, json.Unmarshal(data, &all))
		v.count, v.rows = all.Count, map[string]int{}
	case "progress":
		require.NoError(t, json.Unmarshal(data, &v.count))
	case "student":
		all.Rows = make([]live.Row, 1)
		require.NoError(t, json.Unmarshal(data, &all.Rows[0]))
	}
	for _, row := range all.Rows {
		if len(row.Cells) > 0 {
			v.rows[row.ID] = row.Score
		}
	}
}

// eventNumber is that of an event among those of its batch.
func eventNumber(t *testing.T, id string) int {
	t.Helper()
	_, text, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// inBook is the score that a student of the sample class must get for a lesson.
func inBook(t *testing.T, student, lesson string) int {
	t.Helper()
	f, err := os.Open(classBook)
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	i := slices.IndexFunc(lines, func(line []string) bool { return line[0] == student })
	j := slices.Index(lines[0], lesson)
	require.Positive(t, min(i, j))
	n, err := strconv.Atoi(lines[i][j])
	require.NoError(t, err)
	return n
}
