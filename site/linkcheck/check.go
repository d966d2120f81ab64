package linkcheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	perHost   = 2       // requests at once to one host
	atOnce    = 16      // and to all of them
	redirects = 10      // in a row
	readable  = 4 << 20 // bytes of a page that are searched for an anchor
	agent     = "wirelab-linkcheck/1 (a course checks its reading list)"
)

// A Result is what became of a link.
type Result struct {
	Link
	Verdict Verdict
	Leads   string // where it led in the end, if elsewhere
	Why     string // what was wrong; empty for Good
	Cached  bool   // known from an earlier check
}

// A Checker checks addresses on the network.
type Checker struct {
	Timeout time.Duration // for one answer; waiting for one's turn does not count
	Cache   *Cache        // nil to ask everybody

	client *http.Client
	mu     sync.Mutex
	hosts  map[string]chan struct{}
}

// New returns a Checker.
func New(timeout time.Duration, cache *Cache) *Checker {
	c := &Checker{Timeout: timeout, Cache: cache, hosts: map[string]chan struct{}{}}
	c.client = &http.Client{
		Transport: polite{c, &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: perHost, ForceAttemptHTTP2: true}},
	}
	return c
}

// Close lets go of connections that are kept for later.
func (c *Checker) Close() { c.client.CloseIdleConnections() }

// Check checks links and tells each result as it comes, one at a time, in no order. It ends early with ctx.
func (c *Checker) Check(ctx context.Context, links []Link, tell func(Result)) error {
	// A page is asked for once, for all the anchors that links have in it.
	pages := map[string][]Link{}
	for _, l := range links {
		page, _, _ := strings.Cut(l.Address, "#")
		pages[page] = append(pages[page], l)
	}
	var group sync.WaitGroup
	var one sync.Mutex
	slots := make(chan struct{}, atOnce)
	for page, all := range pages {
		group.Go(func() {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			defer func() { <-slots }()
			for _, r := range c.page(ctx, page, all) {
				one.Lock()
				tell(r)
				one.Unlock()
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// page judges the links that lead to one page.
func (c *Checker) page(ctx context.Context, address string, links []Link) []Result {
	results := make([]Result, len(links))
	missing := 0
	for i, l := range links {
		known, ok := c.Cache.find(l.Address)
		if !ok {
			missing++
		}
		results[i] = Result{Link: l, Verdict: known.Verdict, Leads: known.Leads, Why: known.Why, Cached: ok}
	}
	if missing == 0 {
		return results
	}
	var anchors bool
	for _, l := range links {
		anchors = anchors || fragment(l.Address) != ""
	}
	found, doc := c.fetch(ctx, address, anchors)
	for i, l := range links {
		r := found
		if f := fragment(l.Address); f != "" && doc != nil && !doc.anchors[f] {
			r = Result{Verdict: Broken, Leads: found.Leads, Why: fmt.Sprintf("the page has no anchor %q", f)}
		}
		r.Link = l
		results[i] = r
		if ctx.Err() == nil {
			c.Cache.keep(r)
		}
	}
	return results
}

// fragment is the anchor that an address names; not one for scripts (#!…, #/…) or for a piece of text (#:~:text=).
func fragment(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(u.Fragment, ":~:")
	if strings.HasPrefix(name, "!") || strings.HasPrefix(name, "/") {
		return ""
	}
	return name
}

// fetch asks for a page. The document is nil if nobody wants its anchors, or there is none to look at.
func (c *Checker) fetch(ctx context.Context, address string, anchors bool) (Result, *document) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	bound := time.AfterFunc(c.Timeout, func() { cancel(context.DeadlineExceeded) })
	defer bound.Stop()
	ctx = context.WithValue(ctx, boundKey{}, bound)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Result{Verdict: Broken, Why: "no address at all"}, nil
	}
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Accept", "text/html, */*;q=0.5")
	forGood := true
	client := *c.client
	client.CheckRedirect = func(to *http.Request, via []*http.Request) error {
		if status := to.Response.StatusCode; status != http.StatusMovedPermanently && status != http.StatusPermanentRedirect {
			forGood = false
		}
		if len(via) > redirects {
			return fmt.Errorf("more than %d redirects", redirects)
		}
		return nil
	}
	res, err := client.Do(r)
	if err != nil {
		err = cause(ctx, err)
		return Result{Verdict: blame(err), Why: reason(err, c.Timeout)}, nil
	}
	defer func() { _ = res.Body.Close() }() // whatever of it was wanted has been read
	found := judge(res, address, forGood)
	if !anchors || found.Verdict == Broken || found.Verdict == Unsure || !isHTML(res.Header) {
		return found, nil
	}
	src, err := io.ReadAll(io.LimitReader(res.Body, readable))
	if err != nil {
		err = cause(ctx, err)
		return Result{Verdict: blame(err), Leads: found.Leads, Why: "in the middle of the page: " + reason(err, c.Timeout)}, nil
	}
	doc, err := parse(src)
	if err != nil || len(src) == readable {
		return found, nil // it may stand further down
	}
	return found, &doc
}

// judge judges an answer by its status.
func judge(res *http.Response, asked string, forGood bool) Result {
	var r Result
	if at := res.Request.URL.String(); at != asked {
		r.Leads = at
	}
	switch status := res.StatusCode; {
	case status >= 200 && status < 300 && r.Leads != "" && forGood:
		r.Verdict, r.Why = Moved, "moved for good"
	case status >= 200 && status < 300:
		r.Verdict = Good
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusTooManyRequests,
		status == http.StatusMethodNotAllowed, status == http.StatusUnavailableForLegalReasons, status == 999, status >= 500:
		r.Verdict, r.Why = Unsure, res.Status // closed to programs, busy, or being mended
	default:
		r.Verdict, r.Why = Broken, res.Status
	}
	return r
}

func isHTML(h http.Header) bool {
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return media == "text/html" || media == "application/xhtml+xml"
}

// cause is why something failed: that its context was cancelled says only that somebody knows more.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// blame tells a failure that may pass from one that will not.
func blame(err error) Verdict {
	var name *net.DNSError
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return Broken
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.As(err, &name), errors.Is(err, io.ErrUnexpectedEOF):
		return Unsure
	}
	return Broken
}

// reason is what is wrong, in a few words.
func reason(err error, timeout time.Duration) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %s", timeout)
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}

// boundKey is the key, in a request's context, of the timer that bounds it; it stands still while a request waits for
// its turn.
type boundKey struct{}

// polite is a transport that makes at most perHost requests at once to each host. A request lasts until its body is
// closed.
type polite struct {
	c    *Checker
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (p polite) RoundTrip(r *http.Request) (*http.Response, error) {
	bound, bounded := r.Context().Value(boundKey{}).(*time.Timer)
	if bounded {
		bound.Stop()
	}
	p.c.mu.Lock()
	slots, ok := p.c.hosts[r.URL.Host]
	if !ok {
		slots = make(chan struct{}, perHost)
		p.c.hosts[r.URL.Host] = slots
	}
	p.c.mu.Unlock()
	select {
	case slots <- struct{}{}:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if bounded {
		bound.Reset(p.c.Timeout)
	}
	res, err := p.next.RoundTrip(r)
	if err != nil {
		<-slots
		return nil, err
	}
	res.Body = &releasing{ReadCloser: res.Body, release: sync.OnceFunc(func() { <-slots })}
	return res, nil
}

type releasing struct {
	io.ReadCloser
	release func()
}

// Close implements io.Closer.
func (r *releasing) Close() error {
	defer r.release()
	return r.ReadCloser.Close()
}
