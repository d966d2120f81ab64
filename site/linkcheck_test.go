package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/site/linkcheck"
	"wirelab/site/pages"
)

func TestLinksWithinTheSiteAreSound(t *testing.T) {
	var out bytes.Buffer
	code := run(t.Context(), []string{"linkcheck", "--inside", "--cache", filepath.Join(t.TempDir(), "links.json")}, &out, &out)
	assert.Zero(t, code, "%s", &out)
	assert.Contains(t, out.String(), "0 addresses on the network\n")
	assert.Contains(t, out.String(), "0 good, 0 moved, 0 unsure, 0 broken\n")
}

func TestWhatTheWebographyKnowsIsNoFault(t *testing.T) {
	var out bytes.Buffer
	cmd := &cobra.Command{}
	cmd.SetOut(&out)
	broken := linkcheck.Result{Link: linkcheck.Link{Address: "https://example.org/x", Pages: []string{"en/a.html", "es/a.html"}}, Verdict: linkcheck.Broken, Why: "404 Not Found"}
	moved := linkcheck.Result{Link: linkcheck.Link{Address: "https://example.org/y", Pages: []string{"en/a.html"}}, Verdict: linkcheck.Moved, Leads: "https://example.org/z", Why: "moved for good"}
	results := []linkcheck.Result{broken, moved}

	require.NoError(t, reportLinks(cmd, results, map[string]bool{broken.Address: true}))
	assert.Equal(t, "moved   https://example.org/y\n        moved for good, now https://example.org/z; on en/a.html\n"+
		"broken  https://example.org/x\n        404 Not Found (the webography says so); on en/a.html, es/a.html\n"+
		"0 good, 1 moved, 0 unsure, 1 broken\n", out.String())
	require.ErrorContains(t, reportLinks(cmd, results, nil), "1 links lead nowhere")

	renderer, err := pages.New()
	require.NoError(t, err)
	assert.NotEmpty(t, renderer.KnownFaults())
}

// A site with one link to the network, to a server of ours.
func TestLinkcheckAsksTheNetwork(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	site := map[string][]byte{"en/a.html": fmt.Appendf(nil, `<a href="%s/x">x</a>`, srv.URL)}
	outside, inside, err := linkcheck.Links(site)
	require.NoError(t, err)
	require.Empty(t, inside)
	file := filepath.Join(t.TempDir(), "links.json")
	cache, err := linkCache(file)
	require.NoError(t, err)
	checker := linkcheck.New(20*time.Second, cache)
	defer checker.Close()
	require.NoError(t, checker.Check(t.Context(), outside, func(r linkcheck.Result) { assert.Equal(t, linkcheck.Broken, r.Verdict) }))
	require.NoError(t, cache.Save())
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(src), srv.URL+"/x")
}
