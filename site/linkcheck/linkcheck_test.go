package linkcheck

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// bad is a server that does what links do.
func bad(t *testing.T) *httptest.Server {
	t.Helper()
	page := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, body)
	}
	mux := http.NewServeMux()
	status := func(path string, code int) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	redirect := func(path, to string, code int) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, code) })
	}
	mux.HandleFunc("/good", func(w http.ResponseWriter, _ *http.Request) { page(w, `<h1 id="here">x</h1><a name="old">y</a>`) })
	mux.HandleFunc("/text", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "plain") })
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) { page(w, strings.Repeat("<p>long", readable/7+1)) })
	status("/gone", http.StatusGone)
	status("/none", http.StatusNotFound)
	status("/robots", http.StatusForbidden)
	status("/busy", http.StatusTooManyRequests)
	status("/broken", http.StatusInternalServerError)
	redirect("/moved", "/good", http.StatusMovedPermanently)
	redirect("/moved-away", "/none", http.StatusMovedPermanently)
	redirect("/elsewhere", "/good", http.StatusFound)
	redirect("/for-good-then-not", "/elsewhere", http.StatusPermanentRedirect)
	redirect("/round", "/round", http.StatusFound)
	redirect("/nowhere", "http://", http.StatusFound)
	mux.HandleFunc("/silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) {
		page(w, "<p>the rest does not come")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		page(w, "<p>cut")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/hang-up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// check checks addresses and returns what became of each.
func check(t *testing.T, c *Checker, addresses ...string) map[string]Result {
	t.Helper()
	var links []Link
	for _, a := range addresses {
		links = append(links, Link{Address: a})
	}
	results := map[string]Result{}
	require.NoError(t, c.Check(t.Context(), links, func(r Result) { results[r.Address] = r }))
	require.Len(t, results, len(addresses))
	return results
}

func TestAllTheBadThingsThatLinksDo(t *testing.T) {
	srv := bad(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	c := New(2*time.Second, nil)
	defer c.Close()
	wants := map[string]struct {
		verdict Verdict
		why     string
	}{
		srv.URL + "/good":                     {Good, ""},
		srv.URL + "/good#here":                {Good, ""},
		srv.URL + "/good#old":                 {Good, ""},
		srv.URL + "/good#there":               {Broken, `no anchor "there"`},
		srv.URL + "/good#:~:text=x":           {Good, ""},
		srv.URL + "/good#!/route":             {Good, ""},
		srv.URL + "/text#anything":            {Good, ""},
		srv.URL + "/long#far-down":            {Good, ""},
		srv.URL + "/gone":                     {Broken, "410"},
		srv.URL + "/none#x":                   {Broken, "404"},
		srv.URL + "/robots":                   {Unsure, "403"},
		srv.URL + "/busy":                     {Unsure, "429"},
		srv.URL + "/broken":                   {Unsure, "500"},
		srv.URL + "/moved":                    {Moved, "for good"},
		srv.URL + "/moved#there":              {Broken, "no anchor"},
		srv.URL + "/moved-away":               {Broken, "404"},
		srv.URL + "/elsewhere":                {Good, ""},
		srv.URL + "/for-good-then-not":        {Good, ""},
		srv.URL + "/round":                    {Broken, "more than 10 redirects"},
		srv.URL + "/nowhere":                  {Broken, ""},
		srv.URL + "/silent":                   {Unsure, "no answer within 2s"},
		srv.URL + "/drip":                     {Good, ""},
		srv.URL + "/drip#x":                   {Unsure, "in the middle of the page"},
		srv.URL + "/cut#x":                    {Unsure, "in the middle of the page"},
		srv.URL + "/hang-up":                  {Broken, "EOF"},
		closed.URL:                            {Broken, "refused"},
		"http://%zz":                          {Broken, "no address"},
		"http://wirelab.invalid.localhost:1/": {Broken, ""},
	}
	var addresses []string
	for a := range wants {
		addresses = append(addresses, a)
	}
	delete(wants, srv.URL+"/drip") // what is asked for once answers for both; see below
	for address, r := range check(t, c, addresses...) {
		want, ok := wants[address]
		if !ok {
			continue
		}
		assert.Equal(t, want.verdict, r.Verdict, "%s: %s", address, r.Why)
		assert.Contains(t, r.Why, want.why, address)
		assert.False(t, r.Cached)
	}
	assert.Equal(t, srv.URL+"/good", check(t, c, srv.URL+"/moved")[srv.URL+"/moved"].Leads)
	assert.Equal(t, Good, check(t, c, srv.URL+"/drip")[srv.URL+"/drip"].Verdict, "nobody needs the rest of it")
}

// The third request to a host waits until one of two has been answered; another host's do not.
func TestTwoAtOncePerHost(t *testing.T) {
	var now, most, all atomic.Int32
	var third sync.WaitGroup
	third.Add(2) // both places at the host are taken
	busy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		if all.Add(1) <= perHost {
			third.Done()
			third.Wait()
		}
	}))
	defer busy.Close()
	c := New(20*time.Second, nil)
	defer c.Close()
	var addresses []string
	for i := range 12 {
		addresses = append(addresses, fmt.Sprintf("%s/%d", busy.URL, i))
	}
	for address, r := range check(t, c, addresses...) {
		assert.Equal(t, Good, r.Verdict, "%s: %s", address, r.Why)
	}
	assert.EqualValues(t, perHost, most.Load())
	assert.EqualValues(t, 12, all.Load())
}

func TestAPageIsAskedForOnceAndThenRemembered(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/none" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, `<p id="a"><p id="b">`)
	}))
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "new", "links.json")
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	checkAll := func() map[string]Result {
		cache, err := OpenCache(file, func() time.Time { return now })
		require.NoError(t, err)
		c := New(20*time.Second, cache)
		defer c.Close()
		results := check(t, c, srv.URL+"/p", srv.URL+"/p#a", srv.URL+"/p#b", srv.URL+"/none")
		require.NoError(t, cache.Save())
		return results
	}
	for _, step := range []struct {
		later time.Duration
		asked int32
	}{
		{0, 2},                // one for all anchors, and the one that is not there
		{30 * time.Minute, 0}, // all are remembered
		{time.Hour, 1},        // a fault is looked at again soon
		{8 * 24 * time.Hour, 2},
	} {
		now = now.Add(step.later)
		asked.Store(0)
		results := checkAll()
		assert.Equal(t, step.asked, asked.Load(), "after %s", step.later)
		assert.Equal(t, step.asked == 0 || step.asked == 1, results[srv.URL+"/p#a"].Cached)
		assert.Equal(t, Good, results[srv.URL+"/p#a"].Verdict)
		assert.Equal(t, Broken, results[srv.URL+"/none"].Verdict)
	}
}

func TestACheckThatIsStoppedEnds(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(t.Context())
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer srv.Close()
	c := New(time.Hour, nil)
	defer c.Close()
	var links []Link
	for i := range 50 {
		links = append(links, Link{Address: fmt.Sprintf("%s/%d", srv.URL, i)})
	}
	require.ErrorIs(t, c.Check(ctx, links, func(Result) {}), context.Canceled)
}

func TestLinksOfASite(t *testing.T) {
	site := map[string][]byte{
		"en/index.html": []byte(`<a href="a.html#x">1</a><a href="a.html#none">2</a><a href="../assets/s.css"></a><img src="gone.svg"><a href="https://example.org/#y">3</a><a href="mailto:a@example.org">m</a>`),
		"en/a.html":     []byte(`<p id="x"><a href="https://example.org/#y">3</a><a href="/en/">dir</a><a href="#x"></a><a href="/en/index.html">5</a>`),
		"assets/s.css":  []byte("x"),
		"assets/a.json": []byte(`<a href="nowhere">`),
		"es/404.html":   []byte(`<a href="/assets/s.css"></a>`),
	}
	outside, inside, err := Links(site)
	require.NoError(t, err)
	assert.Equal(t, []Link{{"https://example.org/#y", []string{"en/a.html", "en/index.html"}}}, outside)
	var whys []string
	for _, r := range inside {
		whys = append(whys, r.Pages[0]+": "+r.Why)
	}
	assert.Equal(t, []string{
		"en/a.html: the site has no en",
		`en/index.html: en/a.html has no anchor "none"`,
		"en/index.html: the site has no en/gone.svg",
	}, whys)
}
