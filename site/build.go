package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"wirelab/site/pages"
)

func buildCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "build --out DIR",
		Short: "Write the site as static files",
		Long: "Write the same pages as files that need no server: open DIR/index.html, or put the folder anywhere\n" +
			"on a web site. Files of the same names are replaced, others stay.",
		Example: "  go run ./site build --out public",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return errors.New("build: no --out: which folder shall the files go to?")
			}
			return failed(build(cmd, out))
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder to write to, made if missing")
	return cmd
}

func build(cmd *cobra.Command, out string) error {
	renderer, err := pages.New()
	if err != nil {
		return err
	}
	notes, _ := source()
	site, err := render(cmd, renderer, notes)
	if err != nil {
		return err
	}
	if err := writeSite(out, site); err != nil {
		return err
	}
	cmd.Printf("%d files in %s\n", len(site), out)
	return nil
}

func writeSite(dir string, site pages.Site) error {
	for name, body := range site {
		if path.Base(name) == "404.html" {
			continue // shown at any address, so its links lead from the root, where a copy need not be
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("build: %w", err)
		}
		if err := os.WriteFile(file, body, 0o644); err != nil {
			return fmt.Errorf("build: %w", err)
		}
	}
	return nil
}
