package live

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// listen opens the hub's stream and returns what reads its next event.
func listen(t *testing.T, url string) (next func() string, leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	assert.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	lines := bufio.NewScanner(res.Body)
	next = func() string {
		var event []string
		for lines.Scan() && lines.Text() != "" {
			event = append(event, lines.Text())
		}
		return strings.Join(event, "|")
	}
	return next, func() {
		cancel()
		_ = res.Body.Close()
	}
}

func TestEveryPageIsTold(t *testing.T) {
	defer goleak.VerifyNone(t)
	var hub Hub
	srv := httptest.NewServer(&hub)
	defer srv.Close()
	defer http.DefaultClient.CloseIdleConnections()
	one, leaveOne := listen(t, srv.URL)
	two, leaveTwo := listen(t, srv.URL)
	defer leaveTwo()
	for _, next := range []func() string{one, two} {
		assert.Equal(t, "retry: 1000|event: hello|data: {}", next())
	}
	require.NoError(t, hub.Publish("pages", []string{"en/a\nb.html"}))
	for _, next := range []func() string{one, two} {
		assert.Equal(t, `event: pages|data: ["en/a\nb.html"]`, next(), "a line break stays within the data")
	}
	leaveOne()
	require.NoError(t, hub.Publish("pages", nil))
	assert.Equal(t, "event: pages|data: null", two())
	require.Error(t, hub.Publish("wrong", func() {}))
}

func TestASlowPageDelaysNobody(t *testing.T) {
	var hub Hub
	slow, quick := hub.join(), hub.join()
	for range backlog + 1 {
		require.NoError(t, hub.Publish("x", 1))
		<-quick
	}
	n := 0
	for range slow { // ends, since the hub has let it go
		n++
	}
	assert.Equal(t, backlog, n)
	hub.leave(slow)
	hub.leave(quick)
	assert.Empty(t, hub.pages)
}
