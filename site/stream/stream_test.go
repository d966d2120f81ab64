package stream

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// open listens and returns a function that reads the next event as "topic data".
func open(t *testing.T, h *Hub, query string) func() string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+query, nil)
	require.NoError(t, err)
	res, err := srv.Client().Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	require.Equal(t, http.StatusOK, res.StatusCode)
	lines := bufio.NewScanner(res.Body)
	return func() string {
		t.Helper()
		topic := ""
		for lines.Scan() {
			if v, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				topic = v
			}
			if v, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return topic + " " + v
			}
		}
		return "the end"
	}
}

func TestAPageHearsWhatIsAndWhatComes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := New(ctx)
	h.First("exercise", func(key string) any { return map[string]string{"lesson": key} })
	h.First("quiet", func(string) any { return nil })
	next := open(t, h, "?topic=quiet&topic=exercise/10-echo&topic=frames/abc")
	assert.Equal(t, `exercise/10-echo {"lesson":"10-echo"}`, next())
	h.Publish("frames/other", 1)
	h.Publish("frames/abc", []string{"line\nbreak"})
	assert.Equal(t, `frames/abc ["line\nbreak"]`, next())
	cancel()
	assert.Equal(t, "the end", next())
}

func TestASlowPageLosesMessagesAndLearnsIt(t *testing.T) {
	h := New(t.Context())
	p := &page{topics: map[string]bool{"a": true}, queue: make(chan message, maxQueue)}
	require.True(t, h.join(p))
	for i := range maxQueue + 10 {
		h.Publish("a", i) // never waits
	}
	for range maxQueue {
		<-p.queue
	}
	h.Publish("a", "after")
	assert.Equal(t, Lost, (<-p.queue).topic)
	assert.Equal(t, `"after"`, string((<-p.queue).data))
}

func TestWhatIsNoTopicIsRefused(t *testing.T) {
	for _, query := range []string{"", "?topic=", "?topic=A", "?topic=a%0Ab", "?topic=a/" + strings.Repeat("x", 65), strings.Repeat("?topic=a", 1) + strings.Repeat("&topic=a", maxTopics)} {
		w := httptest.NewRecorder()
		New(t.Context()).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+query, nil))
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
	}
}
