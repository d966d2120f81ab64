package server

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/pages"
	"wirelab/site/pages/pagestest"
)

func get(t *testing.T, target string, change func(*http.Request)) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.Host = "127.0.0.1:8013"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	New(pagestest.Site(t)).ServeHTTP(w, r)
	return w.Result()
}

func speaks(header string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Accept-Language", header) }
}

func TestEveryFileIsServedAsItIs(t *testing.T) {
	site := pagestest.Site(t)
	srv := httptest.NewServer(New(site))
	defer srv.Close()
	types := map[string]string{
		"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
		"js": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "json": "application/json",
	}
	for name, want := range site {
		if name == "index.html" {
			continue // the server chooses by itself
		}
		res, err := srv.Client().Get(srv.URL + "/" + name)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.Equal(t, http.StatusOK, res.StatusCode, name)
		assert.Equal(t, string(want), string(body), name)
		assert.Equal(t, types[name[strings.LastIndexByte(name, '.')+1:]], res.Header.Get("Content-Type"), name)
	}
}

func TestFrontDoorSpeaksTheReadersLanguage(t *testing.T) {
	for header, want := range map[string]string{
		"":                             "/en/",
		"es":                           "/es/",
		"es-CO,es;q=0.9,en;q=0.8":      "/es/",
		"en-GB, es;q=0.5":              "/en/",
		"de, es;q=0.3, en;q=0.2":       "/es/",
		"fr-FR, fr;q=0.9":              "/en/",
		"en;q=0, es;q=0.1":             "/es/",
		"es;q=nonsense":                "/en/",
		"ES-mx":                        "/es/",
		strings.Repeat("x,", 500) + "": "/en/",
	} {
		res := get(t, "/", speaks(header))
		assert.Equal(t, http.StatusFound, res.StatusCode, header)
		assert.Equal(t, want, res.Header.Get("Location"), header)
		assert.Equal(t, "Accept-Language", res.Header.Get("Vary"))
	}
}

func TestAddressesThatMeanAPage(t *testing.T) {
	for target, want := range map[string]string{
		"/index.html":           "/es/",
		"/webography.html":      "/es/webography.html",
		"/lessons/16-hub.html":  "/es/lessons/16-hub.html",
		"/en":                   "/en/",
		"/en/../glossary.html":  "/es/glossary.html",
		"//example.org/":        "",
		"/en/lessons/none.html": "",
		"/assets/":              "",
	} {
		res := get(t, "/", func(r *http.Request) {
			speaks("es")(r)
			r.URL.Path = target
		})
		if want == "" {
			assert.Equal(t, http.StatusNotFound, res.StatusCode, target)
		} else {
			assert.Equal(t, http.StatusFound, res.StatusCode, target)
		}
		assert.Equal(t, want, res.Header.Get("Location"), target)
	}
	assert.Equal(t, http.StatusOK, get(t, "/en/", nil).StatusCode)
}

func TestNotFoundKeepsTheLanguageOfItsAddress(t *testing.T) {
	res := get(t, "/es/lessons/99-none.html", speaks("en"))
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotFound, res.StatusCode)
	assert.Contains(t, string(body), `<html lang="es">`)
}

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	for host, want := range map[string]int{
		"localhost:8013": 200, "LOCALHOST": 200, "127.0.0.1": 200, "127.0.0.1:1": 200, "[::1]:8013": 200, "[::1]": 200,
		"example.org": 421, "example.org:8013": 421, "localhost.example.org": 421, "192.0.2.1:8013": 421, "": 421,
		"0.0.0.0:8013": 421,
	} {
		res := get(t, "/en/", func(r *http.Request) { r.Host = host })
		assert.Equal(t, want, res.StatusCode, "%q", host)
	}
}

func TestNothingButReading(t *testing.T) {
	res := get(t, "/en/", func(r *http.Request) { r.Method = http.MethodPost })
	assert.Equal(t, http.StatusMethodNotAllowed, res.StatusCode)
	assert.Equal(t, "GET, HEAD", res.Header.Get("Allow"))
	assert.Equal(t, http.StatusOK, get(t, "/en/", func(r *http.Request) { r.Method = http.MethodHead }).StatusCode)
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	for _, target := range []string{"/", "/en/", "/assets/site.css", "/none"} {
		h := get(t, target, nil).Header
		policy := h.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'", target)
		assert.Contains(t, policy, "script-src 'self';", target)
		assert.NotContains(t, policy, "unsafe", target)
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), target)
	}
}

func TestUnchangedPagesAreNotSentAgain(t *testing.T) {
	tag := get(t, "/en/glossary.html", nil).Header.Get("ETag")
	require.NotEmpty(t, tag)
	res := get(t, "/en/glossary.html", func(r *http.Request) { r.Header.Set("If-None-Match", tag) })
	assert.Equal(t, http.StatusNotModified, res.StatusCode)
}

func TestReplaceShowsTheNewSite(t *testing.T) {
	s := New(pages.Site{"en/index.html": []byte("old")})
	s.Replace(pages.Site{"en/index.html": []byte("new")})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/en/", nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	assert.Equal(t, "new", w.Body.String())
}

func TestListenTakesAnotherPortIfItMust(t *testing.T) {
	first, taken, err := Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, first.Close()) }()
	assert.False(t, taken)

	second, taken, err := Listen(t.Context(), first.Addr().String())
	require.NoError(t, err)
	defer func() { assert.NoError(t, second.Close()) }()
	assert.True(t, taken)
	assert.True(t, second.Addr().(*net.TCPAddr).IP.IsLoopback())
	assert.NotEqual(t, first.Addr().String(), second.Addr().String())
}

func TestListenRefusesWhatOthersCouldReach(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:8013", ":8013", "192.0.2.1:80", "example.org:80", "127.0.0.1", "127.0.0.1:http:x"} {
		_, _, err := Listen(t.Context(), addr)
		assert.ErrorContains(t, err, addr)
	}
}
