package guard

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	here      = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	elsewhere = &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 8080}
)

// asked asks an exercise behind door, and returns what it saw, nil if it saw nothing.
func asked(t *testing.T, door *Door, method, target string, header http.Header) (answer *http.Response, saw *http.Request) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	door.Exercise(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { saw = r })).ServeHTTP(w, r)
	return w.Result(), saw
}

func TestLoopback(t *testing.T) {
	for _, host := range []string{"localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:1", "127.9.9.9", "[::1]:8013", "[::1]", "::1"} {
		assert.True(t, Loopback(host), host)
	}
	for _, host := range []string{
		"", ":80", "example.org", "example.org:80", "localhost.example.org", "127.0.0.1.example.org", "192.0.2.1:80", "0.0.0.0", "[::]:80", "localhost.", "127.1",
	} {
		assert.False(t, Loopback(host), host)
	}
}

func TestOnLoopbackOnlyItsNamesAreAnswered(t *testing.T) {
	door, err := New(here, NewToken())
	require.NoError(t, err)
	assert.Equal(t, "http://127.0.0.1:8080/", door.URL)
	assert.Empty(t, door.Token)
	for _, target := range []string{"http://127.0.0.1:8080/ws?a=1", "http://localhost:8080/ws", "http://[::1]:8080/ws"} {
		_, saw := asked(t, door, http.MethodGet, target, nil)
		assert.NotNil(t, saw, target)
	}
	for _, host := range []string{"rebound.example:8080", "127.0.0.1.rebound.example", "192.0.2.1"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			answer, saw := asked(t, door, method, "http://"+host+"/ws", nil)
			assert.Nil(t, saw, host)
			assert.Equal(t, http.StatusMisdirectedRequest, answer.StatusCode, host)
		}
	}
}

// What lessons teach about Origin is the exercise's own work; what acts on this machine for a page of another is not.
func TestOtherPagesReachExercisesButDoNotAct(t *testing.T) {
	door, err := New(here, "")
	require.NoError(t, err)
	for _, c := range []struct {
		method, origin string
		reaches        bool
	}{
		{http.MethodGet, "https://example.org", true},
		{http.MethodGet, "null", true},
		{http.MethodOptions, "https://example.org", true},
		{http.MethodPost, "", true},
		{http.MethodPost, "http://127.0.0.1:8013", true}, // the site's consoles
		{http.MethodPost, "http://localhost:3000", true},
		{http.MethodPost, "https://example.org", false},
		{http.MethodPut, "http://127.0.0.1.example.org", false},
		{http.MethodDelete, "null", false},
		{http.MethodPost, "http://%zz", false},
		{"ANYTHING", "https://example.org", false},
	} {
		header := http.Header{}
		if c.origin != "" {
			header.Set("Origin", c.origin)
		}
		answer, saw := asked(t, door, c.method, "http://127.0.0.1:8080/run?url=x", header)
		assert.Equal(t, c.reaches, saw != nil, "%s %s", c.method, c.origin)
		if saw == nil {
			assert.Equal(t, http.StatusForbidden, answer.StatusCode)
		} else {
			assert.Equal(t, c.origin, saw.Header.Get("Origin"), "as it was sent")
		}
	}
}

func TestElsewhereItTakesTheToken(t *testing.T) {
	_, err := New(elsewhere, "")
	require.ErrorContains(t, err, "192.0.2.1:8080")
	door, err := New(elsewhere, "secret")
	require.NoError(t, err)
	assert.Equal(t, "http://192.0.2.1:8080/?wirelab=secret", door.URL)

	for _, target := range []string{"/", "/?wirelab=", "/?wirelab=secre", "/?wirelab=secrett", "/?token=secret", "/secret", "http://127.0.0.1:8080/"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			answer, saw := asked(t, door, method, target, http.Header{"Cookie": {"wirelab-8080=guess; wirelab=secret"}})
			assert.Nil(t, saw, target)
			assert.Equal(t, http.StatusForbidden, answer.StatusCode, target)
		}
	}
	_, saw := asked(t, door, http.MethodGet, "/ws?b=%31&wirelab=secret&a=2&token=mine", nil)
	require.NotNil(t, saw)
	assert.Equal(t, "b=%31&a=2&token=mine", saw.URL.RawQuery, "the rest as it was written")
	assert.Equal(t, "/ws?b=%31&a=2&token=mine", saw.RequestURI)
	_, saw = asked(t, door, http.MethodPost, "/ws?%77irelab=secret", http.Header{"Accept": {"text/html"}, "Origin": {"http://192.0.2.1:8080"}})
	require.NotNil(t, saw)
	assert.Equal(t, "/ws", saw.RequestURI)
}

func TestABrowserKeepsTheTokenInACookie(t *testing.T) {
	door, err := New(elsewhere, "secret")
	require.NoError(t, err)
	page := http.Header{"Accept": {"text/html,*/*;q=0.8"}}
	for target, to := range map[string]string{
		"/?wirelab=secret":                 "/",
		"/members?a=1&wirelab=secret":      "/members?a=1",
		"/%C3%B1?wirelab=secret":           "/%C3%B1",
		"//evil.example?wirelab=secret":    "/evil.example",
		"/%5Cevil.example/?wirelab=secret": "/%5Cevil.example/",
	} {
		answer, saw := asked(t, door, http.MethodGet, "http://192.0.2.1:8080"+target, page)
		assert.Nil(t, saw, target)
		assert.Equal(t, http.StatusSeeOther, answer.StatusCode, target)
		assert.Equal(t, to, answer.Header.Get("Location"))
		require.Len(t, answer.Cookies(), 1)
		cookie := answer.Cookies()[0]
		assert.True(t, cookie.HttpOnly)
		assert.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
		_, saw = asked(t, door, http.MethodGet, to, http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}})
		assert.NotNil(t, saw, target)
	}
}

func TestEveryAddressIsKnownByTheMachinesName(t *testing.T) {
	door, err := New(&net.TCPAddr{IP: net.IPv6unspecified, Port: 8080}, "secret")
	require.NoError(t, err)
	u, err := url.Parse(door.URL)
	require.NoError(t, err)
	assert.Equal(t, "8080", u.Port())
	assert.NotEmpty(t, strings.Trim(u.Hostname(), "[]:"))
}

func TestTokensDiffer(t *testing.T) {
	assert.NotEqual(t, NewToken(), NewToken())
	assert.GreaterOrEqual(t, len(NewToken()), 26) // 128 bits
}
