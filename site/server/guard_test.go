package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"wirelab/site/pages"
)

// acting asks a Server that has something to act on, and says whether it was reached.
func acting(t *testing.T, method, host string, header http.Header) (status int, reached bool) {
	t.Helper()
	s := New(pages.Site{})
	s.Handle("/api/act", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached = true
		_, _ = io.WriteString(w, "done")
	}))
	r := httptest.NewRequestWithContext(t.Context(), method, "/api/act", nil)
	r.Host = host
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, reached
}

func TestOnlyTheSitesOwnPagesAct(t *testing.T) {
	const host = "127.0.0.1:8013"
	for name, c := range map[string]struct {
		host   string
		header http.Header
		want   int
	}{
		"own page":               {host, http.Header{"Origin": {"http://127.0.0.1:8013"}, "Sec-Fetch-Site": {"same-origin"}}, 200},
		"own page, by name":      {"localhost:8013", http.Header{"Origin": {"http://localhost:8013"}}, 200},
		"own page, IPv6":         {"[::1]:8013", http.Header{"Origin": {"http://[::1]:8013"}}, 200},
		"no browser":             {host, nil, 200},
		"address bar":            {host, http.Header{"Sec-Fetch-Site": {"none"}}, 200},
		"page of the network":    {host, http.Header{"Origin": {"https://example.org"}}, 403},
		"image on such a page":   {host, http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"another port":           {host, http.Header{"Origin": {"http://127.0.0.1:8080"}}, 403},
		"another port's link":    {host, http.Header{"Sec-Fetch-Site": {"same-site"}}, 403},
		"another name":           {host, http.Header{"Origin": {"http://localhost:8013"}}, 403},
		"a file, a sandbox":      {host, http.Header{"Origin": {"null"}}, 403},
		"another scheme":         {host, http.Header{"Origin": {"https://127.0.0.1:8013"}}, 403},
		"two origins":            {host, http.Header{"Origin": {"http://127.0.0.1:8013", "http://example.org"}}, 403},
		"nonsense":               {host, http.Header{"Origin": {"http://%zz"}}, 403},
		"a name that leads here": {"example.org:8013", http.Header{"Origin": {"http://example.org:8013"}}, 421},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			status, reached := acting(t, method, c.host, c.header)
			assert.Equal(t, c.want, status, "%s: %s", name, method)
			assert.Equal(t, c.want == 200, reached, "%s: %s", name, method)
		}
	}
}

func TestNothingElseActs(t *testing.T) {
	for _, target := range []string{"/api/none", "/api/", "/en/../api/act"} {
		assert.Equal(t, http.StatusNotFound, get(t, target, nil).StatusCode, target)
	}
}

func TestConsolesReachThisMachineOnly(t *testing.T) {
	policy := get(t, "/en/", nil).Header.Get("Content-Security-Policy")
	assert.Contains(t, policy, "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*;")
	assert.Contains(t, policy, "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}
