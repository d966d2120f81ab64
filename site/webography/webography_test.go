package webography

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/lessons"
)

func load(t *testing.T) List {
	t.Helper()
	l, err := Load()
	require.NoError(t, err)
	return l
}

// The list that the course grew from, in its order. Nothing of it may be lost, and its addresses stay as they were.
func TestEveryEntryOfTheOriginalIsHere(t *testing.T) {
	original := []struct {
		section string
		entries []string
	}{
		{"official", []string{
			"fastapi-websockets https://fastapi.tiangolo.com/advanced/websockets/",
			"fastapi-testing https://fastapi.tiangolo.com/advanced/testing-websockets/",
			"fastapi-background https://fastapi.tiangolo.com/tutorial/background-tasks/",
			"starlette-websockets https://www.starlette.io/websockets/",
			"starlette-testclient https://www.starlette.io/testclient/",
			"sse-starlette https://github.com/sysid/sse-starlette",
			"sse-starlette-pypi https://github.com/sysid/sse-starlette",
			"mdn-websocket https://developer.mozilla.org/en-US/docs/Web/API/WebSocket",
			"mdn-sse https://developer.mozilla.org/en-US/docs/Web/API/Server-sent_events",
			"mdn-eventsource https://developer.mozilla.org/en-US/docs/Web/API/EventSource",
		}},
		{"articles", []string{
			"rfc6455 https://datatracker.ietf.org/doc/html/rfc6455",
			"testdriven https://testdriven.io/blog/fastapi-websocket/",
			"chat-tutorials https://dev.to/search?q=fastapi%20websocket%20chat",
			"ably-sse https://ably.com/topic/server-sent-events",
			"medium-sse https://medium.com/search?q=server%20sent%20events%20python",
		}},
		{"patterns", []string{
			"connection-manager https://fastapi.tiangolo.com/advanced/websockets/#handling-disconnections",
			"observer https://refactoring.guru/design-patterns/observer",
			"ably-scaling https://ably.com/topic/scaling-websockets",
			"redis-pubsub https://redis.io/docs/manual/pubsub/",
		}},
		{"testing", []string{
			"pytest-asyncio https://pytest-asyncio.readthedocs.io/",
			"httpx-websocket https://www.python-httpx.org/advanced/#websocket-support",
		}},
		{"tools", []string{
			"websocket-king https://chrome.google.com/webstore/detail/websocket-king-client",
			"postman https://learning.postman.com/docs/sending-requests/websocket/websocket/",
			"devtools https://developer.chrome.com/docs/devtools/network/reference/#websockets",
		}},
		{"libraries", []string{
			"websockets https://websockets.readthedocs.io/",
			"sse-starlette-lib https://github.com/sysid/sse-starlette",
			"python-socketio https://python-socketio.readthedocs.io/",
			"httpx https://www.python-httpx.org/",
		}},
		{"examples", []string{
			"fastapi-examples https://github.com/tiangolo/fastapi/tree/master/docs_src/websockets",
			"awesome-fastapi https://github.com/mjhea0/awesome-fastapi",
		}},
	}
	l := load(t)
	require.Len(t, l.Sections, len(original))
	for i, want := range original {
		assert.Equal(t, want.section, l.Sections[i].ID)
		var entries []string
		for _, e := range l.Sections[i].Entries {
			entries = append(entries, e.ID+" "+e.Address)
		}
		assert.Equal(t, want.entries, entries)
	}
	var quick []string
	for _, q := range l.Quick {
		quick = append(quick, q.Entry)
	}
	assert.Equal(t, []string{"fastapi-websockets", "mdn-websocket", "mdn-eventsource"}, quick)
}

// Links that are known not to lead where they should.
func TestDoubtfulLinksHaveANote(t *testing.T) {
	l := load(t)
	for _, id := range []string{
		"starlette-websockets", "starlette-testclient", "sse-starlette-pypi", "mdn-websocket", "testdriven",
		"chat-tutorials", "ably-sse", "medium-sse", "connection-manager", "observer", "ably-scaling", "redis-pubsub",
		"httpx-websocket", "websocket-king", "postman", "devtools", "fastapi-examples",
	} {
		e, ok := l.Entry(id)
		require.True(t, ok, id)
		assert.NotEmpty(t, e.Note.EN, id)
	}
}

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	both := func(text lessons.Text, what string) {
		t.Helper()
		assert.NotEmpty(t, text.EN, what)
		assert.NotEmpty(t, text.ES, what)
	}
	seen := map[string]bool{}
	for _, s := range load(t).Sections {
		both(s.Title, s.ID)
		for _, e := range s.Entries {
			assert.False(t, seen[e.ID], "%s stands twice", e.ID)
			seen[e.ID] = true
			both(e.Title, e.ID)
			both(e.Text, e.ID)
			assert.NotEqual(t, e.Text.EN, e.Text.ES, e.ID)
			if !e.Note.IsZero() {
				both(e.Note, e.ID)
			}
			for _, text := range []string{e.Text.EN, e.Text.ES} {
				assert.LessOrEqual(t, strings.Count(text, ". "), 3, "%s: an annotation is short", e.ID)
			}
			for _, n := range e.Lessons {
				assert.True(t, n >= 1 && n <= 24, "%s: lesson %d", e.ID, n)
			}
			for _, g := range e.Go {
				assert.NotEmpty(t, g.Name.EN, e.ID)
				assert.True(t, g.Address == "" || strings.HasPrefix(g.Address, "https://"), "%s: %s", e.ID, g.Address)
			}
		}
	}
}
