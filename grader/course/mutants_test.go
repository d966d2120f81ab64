package course

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMutantApplies(t *testing.T) {
	for name, patch := range map[string]string{
		"plain text above the diff": mutant,
		"line ends of Windows":      strings.ReplaceAll(mutant, "\n", "\r\n"),
		"git format-patch": "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n" +
			"From: A B <a@b.example>\nDate: Mon, 2 Jan 2006 15:04:05 +0000\n" +
			"Subject: [PATCH] Forgets the one who joined, so that nobody ever\n hears from them.\n\n" +
			"Killed-by: TestEverybodyReceives\n---\n hub.go | 2 +-\n 1 file changed\n\n" +
			"diff --git a/solutions/16-hub/hub.go b/solutions/16-hub/hub.go\n" + mutant[strings.Index(mutant, "--- a/"):],
	} {
		t.Run(name, func(t *testing.T) {
			files := small()
			files["solutions/16-hub/mutants/lost.patch"] = patch
			l := find(t, files)
			require.Len(t, l.Mutants, 1)
			m := l.Mutants[0]
			assert.Equal(t, "lost", m.Name)
			assert.Equal(t, "Forgets the one who joined, so that nobody ever hears from them.", joinLines(m.Message))
			assert.Equal(t, "TestEverybodyReceives", m.KilledBy)

			ref, err := l.Reference()
			require.NoError(t, err)
			got, err := m.Apply(ref)
			require.NoError(t, err)
			assert.Equal(t, strings.Replace(reference, "1", "0", 1), string(got["hub.go"]))
			assert.Equal(t, reference, string(ref["hub.go"]), "the reference stays")
		})
	}
}

func TestMutantDoesNotApply(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"reference has moved on": {" func Join() int {", " func Enter() int {", "does not fit the reference"},
		"another file":           {"hub.go", "peer.go", "only change the reference's files"},
		"subject.go":             {"hub.go", "subject.go", "only change the reference's files"},
		"nothing changed":        {"return 0", "return 1", "changes nothing"},
		"a file is deleted":      {"+++ b/hub.go\n@@ -1,5 +1,5 @@", "+++ /dev/null\n@@ -1,5 +0,0 @@", "not a patch"},
	} {
		t.Run(name, func(t *testing.T) {
			files := small()
			patch := strings.ReplaceAll(mutant, tt.old, tt.new)
			require.NotEqual(t, mutant, patch)
			files["solutions/16-hub/mutants/lost.patch"] = patch
			l := find(t, files)
			if len(l.Mutants) == 0 {
				assert.Contains(t, l.Problems[len(l.Problems)-1].Text.EN, tt.want)
				return
			}
			ref, err := l.Reference()
			require.NoError(t, err)
			_, err = l.Mutants[0].Apply(ref)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestMutantProblems(t *testing.T) {
	for name, tt := range map[string]struct{ patch, want string }{
		"no trailer":   {strings.Replace(mutant, "Killed-by: TestEverybodyReceives", "", 1), "no trailer Killed-by"},
		"unknown test": {strings.Replace(mutant, "TestEverybodyReceives", "TestNobody", 1), `"TestNobody" is not a hidden test`},
		"no message":   {mutant[strings.Index(mutant, "Killed-by"):], "no message above the diff"},
		"no diff":      {"Only words.\n\nKilled-by: TestEverybodyReceives\n", "no diff in it"},
		"cut off":      {mutant[:len(mutant)-12], "not a patch"},
	} {
		t.Run(name, func(t *testing.T) {
			files := small()
			files["solutions/16-hub/mutants/lost.patch"] = tt.patch
			l := find(t, files)
			p := l.Problems[len(l.Problems)-1]
			assert.Equal(t, "solutions/16-hub/mutants/lost.patch", p.File)
			assert.Contains(t, p.Text.EN, tt.want)
			assert.NotEmpty(t, p.Text.ES)
		})
	}
}
