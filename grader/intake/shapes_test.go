package intake

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// One lesson that was found does not end the search for the others.
func TestLessonsInSeveralShapes(t *testing.T) {
	hub, echo := zipped(t, map[string]string{"16-hub/hub.go": work}), zipped(t, map[string]string{"10-echo/echo.go": echoWork})
	for name, tt := range map[string]struct {
		files map[string]string
		notes string
	}{
		"a folder and an archive": {
			map[string]string{"16-hub/hub.go": work, "10-echo.zip": echo},
			"taken from the archive 10-echo.zip\n",
		},
		"a folder and a loose file":     {map[string]string{"16-hub/hub.go": work, "echo.go": echoWork}, "taken as 10-echo by name: echo.go\n"},
		"an archive and a loose file":   {map[string]string{"16.zip": hub, "echo.go": echoWork}, "taken from the archive 16.zip\ntaken as 10-echo by name: echo.go\n"},
		"an archive of both":            {map[string]string{"x.zip": zipped(t, map[string]string{"16-hub/hub.go": work, "echo.go": echoWork})}, "taken from the archive x.zip\ntaken as 10-echo by name: x.zip/echo.go\n"},
		"files alone":                   {map[string]string{"hub.go": work, "echo.go": echoWork}, "taken as 10-echo by name: echo.go\ntaken as 16-hub by name: hub.go\n"},
		"files in a folder of any name": {map[string]string{"my work/hub.go": work, "my work/echo.go": echoWork}, "taken as 10-echo by name: my work/echo.go\ntaken as 16-hub by name: my work/hub.go\n"},
		"files in such a folder, packed": {
			map[string]string{"x.zip": zipped(t, map[string]string{"my work/hub.go": work, "my work/echo.go": echoWork})},
			"taken as 10-echo by name: x.zip/my work/echo.go\ntaken as 16-hub by name: x.zip/my work/hub.go\n",
		},
		"a file twice": {
			map[string]string{"16-hub/hub.go": work, "echo.go": echoWork, "old/echo.go": "package echo // old\n"},
			"taken as 10-echo by name: echo.go\n10-echo is there twice: old/echo.go is ignored\n",
		},
		"a folder, and the same in an archive": {
			map[string]string{"a/b/16-hub/hub.go": work, "10-echo/echo.go": echoWork, "x.zip": zipped(t, map[string]string{"16-hub/hub.go": "package hub // packed\n"})},
			"16-hub is there twice: a/b/16-hub is graded, x.zip/16-hub is ignored\n",
		},
		"an archive of something else": {
			map[string]string{"16-hub/hub.go": work, "10-echo/echo.go": echoWork, "x.zip": zipped(t, map[string]string{"a.txt": "x", "b.txt": "x"})},
			"ignored, being no part of a lesson: x.zip\n",
		},
		"an archive of too much": {
			map[string]string{"16-hub/hub.go": work, "10-echo/echo.go": echoWork, "x.zip": zipped(t, heap(MaxEntries-2))},
			"x.zip holds too much to look through; hand in the lesson folders alone\n",
		},
		"a damaged archive": {
			map[string]string{"16-hub/hub.go": work, "10-echo/echo.go": echoWork, "x.zip": hub[:len(hub)-10]},
			"x.zip cannot be read: the archive is damaged or cut off; pack it and hand it in again; what is in it was not graded\n",
		},
		"underscores":   {map[string]string{"16_hub/hub.go": work, "10 Echo/echo.go": echoWork}, "10 Echo is taken as 10-echo\n16_hub is taken as 16-hub\n"},
		"copies":        {map[string]string{"16-hub (1)/hub.go": work, "10-echo - copia/echo.go": echoWork}, "10-echo - copia is taken as 10-echo\n16-hub (1) is taken as 16-hub\n"},
		"more copies":   {map[string]string{"16-hub copy 2/hub.go": work, "10-echo - Copy (2)/echo.go": echoWork}, "10-echo - Copy (2) is taken as 10-echo\n16-hub copy 2 is taken as 16-hub\n"},
		"packed copies": {map[string]string{"16-hub (copia).zip": zipped(t, map[string]string{"hub.go": work}), "echo_2/echo.go": echoWork}, "taken from the archive 16-hub (copia).zip\necho_2 is taken as 10-echo\n16-hub (copia).zip is taken as 16-hub\n"},
		"a copy beside the folder": {
			map[string]string{"16-hub/hub.go": work, "16-hub (1)/hub.go": "package hub // copy\n", "10-echo/echo.go": echoWork},
			"16-hub is there twice: 16-hub is graded, 16-hub (1) is ignored\n",
		},
		"second downloads": {
			map[string]string{"16-hub/hub (1).go": "package hub // old\n", "16-hub/hub (2).go": work, "10-echo/echo.go": echoWork, "10-echo/echo (1).go": "package echo // old\n"},
			"16-hub/hub (2).go is taken as hub.go\nignored, being no part of a lesson: 10-echo/echo (1).go, 16-hub/hub (1).go\n",
		},
		"second downloads without folders": {
			map[string]string{"hub.go": work, "echo (1).go": echoWork},
			"taken as 10-echo by name: echo (1).go\ntaken as 16-hub by name: hub.go\necho (1).go is taken as echo.go\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := readOne(t, tt.files)
			assert.Nil(t, s.Problem)
			assert.Equal(t, map[string]Files{"16-hub": {"hub.go": []byte(work)}, "10-echo": {"echo.go": []byte(echoWork)}}, s.Lessons)
			assert.Equal(t, tt.notes, texts(s))
		})
	}
}

// heap is many files that are no lesson's.
func heap(n int) map[string]string {
	files := make(map[string]string)
	for i := range n {
		files[fmt.Sprintf("%d.txt", i)] = ""
	}
	return files
}

// The copies in one student's folder make no class of it.
func TestOneStudentsCopies(t *testing.T) {
	all := readClass(t, map[string]string{"ana/16_hub/hub.go": work, "ana/16-hub (1)/hub.go": work})
	assert.Equal(t, []string{"ana: 16-hub"}, summary(all))
}
