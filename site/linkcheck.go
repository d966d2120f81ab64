package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wirelab/site/linkcheck"
	"wirelab/site/pages"
)

func linkcheckCommand() *cobra.Command {
	var inside, fresh bool
	var timeout time.Duration
	var cache string
	cmd := &cobra.Command{
		Use:   "linkcheck",
		Short: "Find links that lead nowhere",
		Long: "Check every link of the site and its webography: between its own pages, and to the network, with\n" +
			"redirects and anchors. No host is asked for more than two pages at once, and what is known is not\n" +
			"asked again: good links for a week, others for an hour. It ends with 1 if a link is broken, unless\n" +
			"the webography says so of it.",
		Example: "  go run ./site linkcheck\n  go run ./site linkcheck --inside",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if timeout <= 0 {
				return fmt.Errorf("linkcheck: --timeout %s: want more than nothing", timeout)
			}
			return failed(checkLinks(cmd, inside, fresh, timeout, cache))
		},
	}
	cmd.Flags().BoolVar(&inside, "inside", false, "only links between the site's own pages; nothing is asked of the network")
	cmd.Flags().BoolVar(&fresh, "fresh", false, "ask again even for what is known")
	cmd.Flags().DurationVar(&timeout, "timeout", 20*time.Second, "for one answer")
	cmd.Flags().StringVar(&cache, "cache", "", "file that remembers results (default: in the user's cache)")
	return cmd
}

func checkLinks(cmd *cobra.Command, inside, fresh bool, timeout time.Duration, file string) error {
	renderer, err := pages.New()
	if err != nil {
		return err
	}
	notes, _ := source()
	site, err := render(cmd, renderer, notes)
	if err != nil {
		return err
	}
	outside, results, err := linkcheck.Links(site)
	if err != nil {
		return err
	}
	if inside {
		outside = nil
	}
	cache, err := linkCache(file)
	if err != nil {
		return err
	}
	used := cache
	if fresh {
		used = nil
	}
	cmd.Printf("%d addresses on the network\n", len(outside))
	checker := linkcheck.New(timeout, used)
	defer checker.Close()
	err = checker.Check(cmd.Context(), outside, func(r linkcheck.Result) { results = append(results, r) })
	if used != nil {
		if saveErr := cache.Save(); saveErr != nil {
			cmd.PrintErrf("note: %v; the next check asks everybody again\n", saveErr)
		}
	}
	if err != nil {
		return fmt.Errorf("linkcheck: %w", err)
	}
	return reportLinks(cmd, results, renderer.KnownFaults())
}

func linkCache(file string) (*linkcheck.Cache, error) {
	if file == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("linkcheck: %w", err)
		}
		file = filepath.Join(dir, "wirelab", "links.json")
	}
	return linkcheck.OpenCache(file, time.Now)
}

// reportLinks prints every link that is not simply good, the worst last, where one sees it.
func reportLinks(cmd *cobra.Command, results []linkcheck.Result, known map[string]bool) error {
	order := []linkcheck.Verdict{linkcheck.Good, linkcheck.Moved, linkcheck.Unsure, linkcheck.Broken}
	slices.SortFunc(results, func(a, b linkcheck.Result) int {
		if a.Verdict != b.Verdict {
			return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
		}
		return strings.Compare(a.Address, b.Address)
	})
	count, faults := map[linkcheck.Verdict]int{}, 0
	for _, r := range results {
		count[r.Verdict]++
		if r.Verdict == linkcheck.Good {
			continue
		}
		why := r.Why
		if r.Leads != "" {
			why += ", now " + r.Leads
		}
		switch {
		case r.Verdict != linkcheck.Broken:
		case known[r.Address]:
			why += " (the webography says so)"
		default:
			faults++
		}
		cmd.Printf("%-7s %s\n        %s; on %s\n", r.Verdict, r.Address, why, strings.Join(r.Pages, ", "))
	}
	cmd.Printf("%d good, %d moved, %d unsure, %d broken\n",
		count[linkcheck.Good], count[linkcheck.Moved], count[linkcheck.Unsure], count[linkcheck.Broken])
	if faults > 0 {
		return fmt.Errorf("linkcheck: %d links lead nowhere", faults)
	}
	return nil
}
