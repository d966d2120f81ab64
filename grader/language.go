package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"wirelab/grader/subject"
)

// lang is the language of the person at the terminal: WIRELAB_LANG says it, or else the locale, which Windows has none
// of in its environment. The visible tests look at the same names.
func lang() string {
	for _, name := range []string{subject.LangEnv, "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "es") {
				return "es"
			}
			return "en"
		}
	}
	return "en"
}

// langFlag adds --lang to a command.
func langFlag(cmd *cobra.Command, value *string) {
	cmd.Flags().StringVar(value, "lang", lang(), `language of what is written: "en" or "es"`)
}

func checkLang(l string) error {
	if l != "en" && l != "es" {
		return usageError{fmt.Errorf(`--lang %q: "en" or "es"`, l)}
	}
	return nil
}

// isTerminal reports whether w is a terminal, and how wide it is.
func isTerminal(w io.Writer) (bool, int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return false, 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return true, 80
	}
	return true, width
}
