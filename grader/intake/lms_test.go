package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/verdict"
)

func TestParseLMS(t *testing.T) {
	lms := func(system, name, id string) verdict.LMS { return verdict.LMS{System: system, Name: name, ID: id} }
	for name, want := range map[string]handed{
		"Ana García_123_assignsubmission_file/":                         {LMS: lms("moodle", "Ana García", "123")},
		"Ana García_123_assignsubmission_file_/":                        {LMS: lms("moodle", "Ana García", "123")},
		"Ana García_123_assignsubmission_file_my_hub.go":                {LMS: lms("moodle", "Ana García", "123"), file: "my_hub.go"},
		"Participant_7_assignsubmission_file/":                          {LMS: lms("moodle", "Participant", "7")},
		"Team_Rot_9_assignsubmission_file/":                             {LMS: lms("moodle", "Team_Rot", "9")},
		"Default group_assignsubmission_file/":                          {LMS: lms("moodle", "Default group", "")},
		"Ana García_123_assignsubmission_onlinetext/":                   {LMS: lms("moodle", "Ana García", "123"), other: "onlinetext"},
		"Ana García_123_assignsubmission_onlinetext_onlinetext.html":    {LMS: lms("moodle", "Ana García", "123"), other: "onlinetext", file: "onlinetext.html"},
		"Ana García_123_assignfeedback_file/":                           {LMS: lms("moodle", "Ana García", "123"), other: "file"},
		"garcíalópezana_12_345_hub.go":                                  {LMS: lms("canvas", "garcíalópezana", "12"), attachment: 345, file: "hub.go"},
		"garcíalópezana_LATE_12_345_my_2_3_hub-1.go":                    {LMS: lms("canvas", "garcíalópezana", "12"), attachment: 345, file: "my_2_3_hub-1.go", late: true},
		"anon_x4f2B_345_hub.go":                                         {LMS: lms("canvas", "anon", "x4f2B"), attachment: 345, file: "hub.go"},
		"LATE_anon_x4f2B_345_hub.go":                                    {LMS: lms("canvas", "anon", "x4f2B"), attachment: 345, file: "hub.go", late: true},
		"garcíalópezana_12_text.html":                                   {LMS: lms("canvas", "garcíalópezana", "12"), other: "text"},
		"garcíalópezana_LATE_12_link.html":                              {LMS: lms("canvas", "garcíalópezana", "12"), other: "link", late: true},
		"garcíalópezana_12_" + strings.Repeat("9", 30) + "_" + "hub.go": {LMS: lms("canvas", "garcíalópezana", "12"), attachment: 1<<63 - 1, file: "hub.go"},
	} {
		plain, isDir := strings.CutSuffix(name, "/")
		got, ok := parseLMS(plain, isDir)
		assert.True(t, ok, name)
		assert.Equal(t, want, got, name)
	}
	for _, name := range []string{
		"ana/", "ana.zip", "ana_garcia/", "_123_assignsubmission_file/", "Ana_123_assignsubmission_file", "garciaana_12_345_hub.go/",
		"garciaana_12_hub.go", "12_345_hub.go", "roster_2026.csv",
		"attendance_2026_11_20.csv", "attendance_20_11_2026.csv", "grades_2026_11_final.csv", "LATE_anon_2026_11_20.csv",
	} {
		plain, isDir := strings.CutSuffix(name, "/")
		_, ok := parseLMS(plain, isDir)
		assert.False(t, ok, name)
	}
}

func TestMoodle(t *testing.T) {
	hub := zipped(t, map[string]string{"16-hub/hub.go": work})
	for name, ending := range map[string]string{"today": "", "before 4.1": "_"} {
		folder := "_assignsubmission_file" + ending + "/"
		files := map[string]string{
			"Ana García López_101" + folder + "16-hub/hub.go":                                work,
			"Bo Li_102" + folder + "work.zip":                                                hub,
			"Bo Li_103" + folder + "hub.go":                                                  work, // another Bo Li, and no folder
			"Cy Young_104_assignsubmission_onlinetext" + ending + "/onlinetext.html":         "<p>I did not manage</p>",
			"Di Fu_105" + folder + "hub.docx":                                                "x",
			"Ana García López_101_assignsubmission_onlinetext" + ending + "/onlinetext.html": "<p>done</p>",
			"Participant_9001" + folder + "16-hub/hub.go":                                    work,
			"Participant_9002" + folder + "lessons/10-echo/echo.go":                          echoWork,
		}
		want := []string{
			"Ana García López (moodle 101): 16-hub", "Bo Li (102) (moodle 102): 16-hub", "Bo Li (103) (moodle 103): 16-hub",
			"Cy Young (moodle 104):",
			`Di Fu (moodle 105): no lesson was found: no folder has the name of one, such as "16-hub", and Go files in it`,
			"Participant 9001 (moodle 9001): 16-hub", "Participant 9002 (moodle 9002): 10-echo",
		}
		t.Run(name+", packed", func(t *testing.T) {
			class := readZip(t, files)
			assert.Equal(t, want, summary(class.Submissions))
			assert.Contains(t, texts(class.Submissions[0]), "ignored, being no files that were handed in: Ana García López_101_assignsubmission_onlinetext")
			assert.Equal(t, "taken as 16-hub by name: hub.go\n", texts(class.Submissions[2]))
			assert.Equal(t, verdict.NotSubmitted, class.Submissions[3].Decided["16-hub"].Status)
			assert.Equal(t, &verdict.LMS{System: "moodle", ID: "102", Name: "Bo Li"}, class.Submissions[1].Origin.LMS)
		})
		t.Run(name+", unpacked", func(t *testing.T) {
			assert.Equal(t, want, summary(readClass(t, files)))
		})
		t.Run(name+", in a folder", func(t *testing.T) {
			below := make(map[string]string)
			for name, src := range files {
				below["Web-Hubs-77/"+name] = src
			}
			assert.Equal(t, want, summary(readZip(t, below).Submissions))
			assert.Equal(t, want, summary(readClass(t, below)))
		})
	}
	t.Run("without folders", func(t *testing.T) {
		class := readZip(t, map[string]string{
			"Ana García_101_assignsubmission_file_hub.go":  work,
			"Ana García_101_assignsubmission_file_room.go": "package hub // mine\n",
			"Bo Li_102_assignsubmission_file_work.zip":     hub,
		})
		assert.Equal(t, []string{"Ana García (moodle 101): 16-hub", "Bo Li (moodle 102): 16-hub"}, summary(class.Submissions))
		assert.Len(t, class.Submissions[0].Lessons["16-hub"], 2)
	})
}

func TestCanvas(t *testing.T) {
	hub := zipped(t, map[string]string{"16-hub/hub.go": work})
	files := map[string]string{
		"garcíaana_11_501_work.zip":      hub,
		"libo_LATE_12_502_hub-1.go":      work,
		"libo_LATE_12_503_room.go":       "package hub // mine\n",
		"libo_LATE_12_504_helper.go":     "package hub // new\n",
		"youngcy_13_505_hub.go":          "package hub // old\n",
		"youngcy_13_506_hub-2.go":        work,
		"fudi_14_text.html":              "<p>done</p>",
		"fudi_15_507_10-echo-1.zip":      zipped(t, map[string]string{"echo.go": echoWork}),
		"anon_x4f2B_508_16-hub-3.zip":    hub,
		"LATE_anon_y4f2B_509_hub.go":     work,
		"notes of whoever downloaded it": "x",
	}
	want := []string{
		"anon x4f2B (canvas x4f2B): 16-hub", "anon y4f2B (canvas y4f2B): 16-hub",
		"fudi (14) (canvas 14):", "fudi (15) (canvas 15): 10-echo", "garcíaana (canvas 11): 16-hub", "libo (canvas 12): 16-hub", "youngcy (canvas 13): 16-hub",
	}
	check := func(t *testing.T, all []Submission) {
		require.Equal(t, want, summary(all))
		assert.Equal(t, Files{"hub.go": []byte(work), "room.go": []byte("package hub // mine\n"), "helper.go": []byte("package hub // new\n")}, all[5].Lessons["16-hub"])
		assert.Equal(t, work, string(all[6].Lessons["16-hub"]["hub.go"]), "the newer one")
		assert.Contains(t, texts(all[6]), "an older hub.go is ignored")
		for i, late := range []bool{false, true, false, false, false, true, false} {
			assert.Equal(t, late, all[i].Origin.LMS.Late, all[i].ID)
		}
	}
	t.Run("packed", func(t *testing.T) {
		class := readZip(t, files)
		check(t, class.Submissions)
		assert.Equal(t, "ignored beside the submissions: notes of whoever downloaded it\n", texts(Submission{Notes: class.Notes}))
	})
	t.Run("unpacked", func(t *testing.T) { check(t, readClass(t, files)) })
	t.Run("in a folder", func(t *testing.T) {
		below := make(map[string]string)
		for name, src := range files {
			below["submissions/"+name] = src
		}
		check(t, readClass(t, below))
	})
}

// An autograder has the files of one student, as they were uploaded.
func TestSubmissionOfAnAutograder(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"a file alone": {"hub.go": work},
		"with another": {"hub.go": work, "notes.txt": "x"},
		"a folder":     {"16-hub/hub.go": work},
		"an archive":   {"work.zip": zipped(t, map[string]string{"hub.go": work})},
		"copies":       {"new/16-hub/hub.go": work, "old/16-hub/hub.go": "package hub // old\n"},
	} {
		t.Run(name, func(t *testing.T) {
			class := make(map[string]string)
			for name, src := range files {
				class[Autograded+"/"+name] = src
			}
			all := readClass(t, class)
			require.Len(t, all, 1)
			assert.Equal(t, Autograded, all[0].ID)
			assert.Nil(t, all[0].Problem)
			assert.Equal(t, map[string]Files{"16-hub": {"hub.go": []byte(work)}}, all[0].Lessons)
		})
	}
	t.Run("a name that is no lesson's", func(t *testing.T) {
		all := readClass(t, map[string]string{Autograded + "/main.go": work})
		require.NotNil(t, all[0].Problem)
		assert.Contains(t, all[0].Problem.Text.EN, "no lesson was found")
	})
}

// Reading the same class twice gives the same, whatever order the files have in the archive.
func TestReadIsStable(t *testing.T) {
	at := filepath.Join(t.TempDir(), "class.zip")
	files := map[string]string{}
	for _, name := range []string{"Bo Li_1", "Bo Li_2", "Al_3"} {
		files[name+"_assignsubmission_file/16-hub/hub.go"] = work
		files[name+"_assignsubmission_file/10-echo/echo.go"] = echoWork
	}
	require.NoError(t, os.WriteFile(at, []byte(zipped(t, files)), 0o644))
	c := newCourse(t)
	first, err := Read(t.Context(), at, c)
	require.NoError(t, err)
	for range 5 {
		again, err := Read(t.Context(), at, c)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}
