package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"wirelab/grader/course"
	"wirelab/grader/report"
	"wirelab/grader/verdict"
)

// The students of the sample, by position.
const (
	hostile = iota // a name, output and payloads that a spreadsheet, a browser or a terminal would take seriously
	ana            // everything right
	noor           // handed in nothing
	zoe            // crashed, and not gradable
	silva          // one lesson does not compile
	juan           // one test failed
)

// strict reads a file of a format, in which nothing may stand that the format does not know, and nothing that a page
// would take for markup or a terminal for a command.
func strict(t *testing.T, raw []byte, into any) {
	t.Helper()
	assert.NotContains(t, string(raw), "<", "a page would take it for a tag")
	assert.NotRegexp(t, "[\x00-\x09\x0b-\x1f\x7f\u202e]", string(raw))
	assert.NotContains(t, string(raw), `\u001b`)
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(into))
}

// everyone runs a check over every student in both languages.
func everyone(t *testing.T, check func(t *testing.T, b *Batch, i int)) {
	t.Helper()
	for _, lang := range []string{"en", "es"} {
		b := class(t, lang)
		require.Len(t, b.Students, 6)
		for i := range b.Students {
			t.Run(fmt.Sprintf("%s/%d", lang, i), func(t *testing.T) { check(t, b, i) })
		}
	}
}

func TestGradescopeIsWhatItsSpecificationSays(t *testing.T) {
	everyone(t, func(t *testing.T, b *Batch, i int) {
		raw, err := Gradescope(b, i, "after_published")
		require.NoError(t, err)
		var r struct {
			Score            *float64
			ExecutionTime    float64 `json:"execution_time"`
			Output           string
			OutputFormat     string `json:"output_format"`
			TestOutputFormat string `json:"test_output_format"`
			TestNameFormat   string `json:"test_name_format"`
			Visibility       string
			StdoutVisibility string `json:"stdout_visibility"`
			Tests            []struct {
				Score    *float64
				MaxScore *float64 `json:"max_score"`
				Status   string
				Name     string
				Number   string
				Output   string
				Tags     []string
			}
		}
		strict(t, raw, &r)
		require.NotNil(t, r.Score)
		assert.InDelta(t, b.Students[i].Score, *r.Score, 0)
		formats := []string{"text", "html", "simple_format", "md", "ansi"}
		for _, f := range []string{r.OutputFormat, r.TestOutputFormat, r.TestNameFormat} {
			assert.Contains(t, formats, f)
		}
		assert.Equal(t, "after_published", r.Visibility)
		assert.Equal(t, "hidden", r.StdoutVisibility, "the grader's own output is for instructors")
		sum, most := 0.0, 0.0
		for _, one := range r.Tests {
			require.NotNil(t, one.Score)
			require.NotNil(t, one.MaxScore)
			sum, most = sum+*one.Score, most+*one.MaxScore
			assert.Contains(t, []string{"passed", "failed"}, one.Status)
			assert.Equal(t, one.Status == "passed", *one.Score == *one.MaxScore)
			assert.NotEmpty(t, one.Name)
			assert.Equal(t, one.Status == "failed", one.Output != "", "what broke is said of what broke, and of nothing else")
		}
		assert.InDelta(t, *r.Score, sum, 0)
		assert.InDelta(t, 12, most, 0)
	})
	_, err := Gradescope(class(t, "en"), ana, "always")
	assert.ErrorContains(t, err, "after_due_date")

	raw, err := Gradescope(class(t, "en"), juan, "visible")
	require.NoError(t, err)
	for _, want := range []string{
		`"name": "01-first-sse: TestFlushes"`, `"output": "An event leaves the server when it happens.\n\nexpected`, `"number": "01.2"`, "nothing within 10s", "◀", "Hint: Who empties the buffer?",
		"The race detector is off", "subject.go was changed", `"execution_time": 10.1`,
	} {
		assert.Contains(t, string(raw), want)
	}
}

func TestPrairieLearnIsWhatItsDocumentationSays(t *testing.T) {
	everyone(t, func(t *testing.T, b *Batch, i int) {
		raw, err := PrairieLearn(b, i)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(raw), 1_000_000)
		var r struct {
			Gradable     *bool
			Score        *float64
			Message      string
			FormatErrors []string `json:"format_errors"`
			Tests        []struct {
				Name, Description, Message, Output string
				Points                             *float64
				MaxPoints                          *float64 `json:"max_points"`
			}
		}
		strict(t, raw, &r)
		require.NotNil(t, r.Gradable)
		assert.Equal(t, i != noor, *r.Gradable)
		require.NotNil(t, r.Score)
		assert.InDelta(t, float64(b.Students[i].Score)/12, *r.Score, 1e-9)
		if i == noor {
			assert.Len(t, r.FormatErrors, 2)
			assert.Empty(t, r.Tests)
			return
		}
		assert.Empty(t, r.FormatErrors)
		for _, one := range r.Tests {
			require.NotNil(t, one.Points, "one test without points hides those of all")
			require.NotNil(t, one.MaxPoints)
			assert.NotEmpty(t, one.Name)
		}
	})
}

func TestPrairieLearnStaysBelowItsBound(t *testing.T) {
	b := class(t, "en")
	for j := range b.Students[juan].Lessons {
		for k := range b.Students[juan].Lessons[j].Tests {
			one := &b.Students[juan].Lessons[j].Tests[k]
			one.Status, one.Score, one.Message = "failed", 0, strings.Repeat("<ñ", 500_000)
		}
	}
	raw, err := PrairieLearn(b, juan)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(raw), 1_000_000)
	assert.Greater(t, len(raw), 100_000, "cut more than it had to be")
	assert.True(t, json.Valid(raw))
}

func TestExercismIsWhatItsInterfaceSays(t *testing.T) {
	everyone(t, func(t *testing.T, b *Batch, i int) {
		for j, l := range b.Students[i].Lessons {
			raw, err := Exercism(b, i, j)
			require.NoError(t, err)
			var r struct {
				Version int
				Status  string
				Message *string
				Tests   []struct {
					Name, Status string
					Message      *string
				}
			}
			strict(t, raw, &r)
			assert.Equal(t, 3, r.Version)
			require.NotNil(t, r.Tests)
			if l.Status != "graded" {
				assert.Equal(t, "error", r.Status)
				require.NotNil(t, r.Message)
				assert.NotEmpty(t, *r.Message)
				continue
			}
			assert.Nil(t, r.Message, "only an error has one")
			require.Len(t, r.Tests, len(b.Lessons[j].Tests))
			statuses := []string{}
			for k, one := range r.Tests {
				assert.Equal(t, spoken(b.Lessons[j].Tests[k].Name), one.Name, "in the order of the source")
				assert.Contains(t, []string{"pass", "fail", "error"}, one.Status)
				assert.Equal(t, one.Status == "pass", one.Message == nil)
				statuses = append(statuses, one.Status)
			}
			all := !slices.ContainsFunc(statuses, func(s string) bool { return s != "pass" })
			assert.Equal(t, map[bool]string{true: "pass", false: "fail"}[all], r.Status)
		}
	})
}

func TestExercismNamesAreForPeople(t *testing.T) {
	for name, want := range map[string]string{
		"TestSlowReaderDoesNotStall": "Slow reader does not stall", "TestNotAHandshake": "Not a handshake", "TestClose1001": "Close1001", "TestHTTPServerEnds": "HTTP server ends", "Test": "Test",
	} {
		assert.Equal(t, want, spoken(name))
	}
}

func TestExercismBoundsItsMessages(t *testing.T) {
	b := class(t, "en")
	b.Students[silva].Lessons[1].Message = strings.Repeat("ñandú ", 20_000)
	raw, err := Exercism(b, silva, 1)
	require.NoError(t, err)
	var r struct{ Message string }
	require.NoError(t, json.Unmarshal(raw, &r))
	assert.LessOrEqual(t, len(r.Message), 65_535)
	assert.Greater(t, len(r.Message), 65_000)
	assert.NotContains(t, r.Message, "\ufffd", "cut within a character")
}

func source() Classroom50Source {
	return Classroom50Source{
		Classroom: "cs-principles", Assignment: "wirelab", Type: "individual",
		Submission: "submit/2026-06-01T14-32-05Z-a1b2c3d", Commit: "https://github.com/x/cs-principles-wirelab-{student}/commit/a1b2c3d",
		Release: "https://github.com/x/cs-principles-wirelab-{student}/releases/tag/submit%2F2026-06-01T14-32-05Z-a1b2c3d",
	}
}

// The rules are those that its collector checks before it takes a result.
func TestClassroom50IsWhatItsContractSays(t *testing.T) {
	everyone(t, func(t *testing.T, b *Batch, i int) {
		raw, err := Classroom50(b, i, source())
		require.NoError(t, err)
		var r struct {
			Schema, Classroom, Assignment, Owner, Submission, Commit, Release, Review, Datetime string

			Type     string `json:"assignment_type"`
			GradedAt string `json:"graded_at"`
			Score    int
			MaxScore int `json:"max-score"`
			Tests    []struct {
				Name     string `json:"test-name"`
				Passed   *bool
				Score    int
				MaxScore int `json:"max-score"`
				Output   string
			}
		}
		strict(t, raw, &r)
		assert.Equal(t, "classroom50/result/v1", r.Schema)
		assert.Equal(t, "cs-principles", r.Classroom)
		if i == silva {
			assert.Equal(t, "bsilva", r.Owner)
			assert.Equal(t, "https://github.com/x/cs-principles-wirelab-bsilva/commit/a1b2c3d", r.Commit)
		}
		assert.True(t, strings.HasPrefix(r.Submission, "submit/"))
		assert.Equal(t, r.Commit, r.Review)
		for _, when := range []string{r.Datetime, r.GradedAt} {
			parsed, err := time.Parse(time.RFC3339, when)
			require.NoError(t, err)
			assert.Equal(t, time.UTC, parsed.Location())
		}
		sum, most := 0, 0
		for _, one := range r.Tests {
			assert.NotEmpty(t, one.Name)
			require.NotNil(t, one.Passed)
			assert.True(t, 0 <= one.Score && one.Score <= one.MaxScore)
			assert.Equal(t, *one.Passed, one.Score == one.MaxScore)
			sum, most = sum+one.Score, most+one.MaxScore
		}
		assert.Equal(t, []int{r.Score, r.MaxScore}, []int{sum, most})
		assert.Equal(t, 12, r.MaxScore)
	})
}

func TestClassroom50AsksForWhatItNeeds(t *testing.T) {
	for flag, spoil := range map[string]func(*Classroom50Source){
		"--classroom": func(c *Classroom50Source) { c.Classroom = "" }, "--assignment": func(c *Classroom50Source) { c.Assignment = "" },
		"--submission": func(c *Classroom50Source) { c.Submission = "v1" }, "--commit": func(c *Classroom50Source) { c.Commit = "" },
		"--release": func(c *Classroom50Source) { c.Release = "" },
	} {
		from := source()
		spoil(&from)
		_, err := Classroom50(class(t, "en"), ana, from)
		var told *course.Error
		require.ErrorAs(t, err, &told)
		assert.Contains(t, told.Text, flag)
	}
	from := source()
	from.Time = time.Date(2026, 11, 20, 23, 59, 0, 0, time.FixedZone("", -5*3600))
	raw, err := Classroom50(class(t, "en"), ana, from)
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"datetime": "2026-11-21T04:59:00Z"`)
}

// The form that Jenkins and GitLab read: https://github.com/windyroad/JUnit-Schema and its looser relatives.
func TestJUnitCountsWhatItHolds(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		var out bytes.Buffer
		require.NoError(t, JUnit(&out, class(t, lang)))
		assert.True(t, strings.HasPrefix(out.String(), `<?xml version="1.0" encoding="UTF-8"?>`))
		assert.NotContains(t, out.String(), "\x1b")
		assert.NotContains(t, out.String(), "\ufffe")
		type result struct {
			Message string `xml:"message,attr"`
			Text    string `xml:",chardata"`
		}
		var r struct {
			XMLName                          xml.Name `xml:"testsuites"`
			Tests, Failures, Errors, Skipped int      `xml:",attr"`
			Suites                           []struct {
				Name                             string `xml:"name,attr"`
				Tests, Failures, Errors, Skipped int    `xml:",attr"`
				Time                             string `xml:"time,attr"`
				Cases                            []struct {
					Name    string  `xml:"name,attr"`
					Class   string  `xml:"classname,attr"`
					Failure *result `xml:"failure"`
					Error   *result `xml:"error"`
					Skipped *result `xml:"skipped"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		text := strings.NewReplacer(" tests=", " Tests=", " failures=", " Failures=", " errors=", " Errors=", " skipped=", " Skipped=").Replace(out.String())
		require.NoError(t, xml.Unmarshal([]byte(text), &r))
		require.Len(t, r.Suites, 12)
		failures, errs, skipped := 0, 0, 0
		for _, s := range r.Suites {
			f, e, k := 0, 0, 0
			for _, c := range s.Cases {
				assert.NotEmpty(t, c.Name)
				assert.Equal(t, s.Name, c.Class)
				f, e, k = f+has(c.Failure), e+has(c.Error), k+has(c.Skipped)
			}
			assert.Equal(t, []int{s.Tests, s.Failures, s.Errors, s.Skipped}, []int{len(s.Cases), f, e, k}, s.Name)
			failures, errs, skipped = failures+f, errs+e, skipped+k
		}
		assert.Equal(t, []int{30, failures, errs, skipped}, []int{r.Tests, r.Failures, r.Errors, r.Skipped})
		assert.Equal(t, []int{2, 3 + 2 + 1 + 3 + 2, 5}, []int{failures, errs, skipped}, "what did not run is an error, never a pass")
	}
}

func has[T any](p *T) int {
	if p == nil {
		return 0
	}
	return 1
}

// Students see what Gradescope and PrairieLearn are given.
func TestNothingOfTheClassGoesToStudents(t *testing.T) {
	b := class(t, "en")
	b.About = []string{"Not on the roster: Zoë Quispe."}
	for _, write := range []func() ([]byte, error){
		func() ([]byte, error) { return Gradescope(b, ana, "visible") },
		func() ([]byte, error) { return PrairieLearn(b, ana) },
	} {
		raw, err := write()
		require.NoError(t, err)
		assert.NotContains(t, string(raw), "Quispe")
		assert.Contains(t, string(raw), "race detector is off")
	}
	var out bytes.Buffer
	require.NoError(t, Markdown(&out, b))
	assert.Contains(t, out.String(), "> Not on the roster: Zoë Quispe.")
}

func TestMarkdownIsATableAndNothingElse(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Markdown(&out, class(t, "es")))
	var page bytes.Buffer
	require.NoError(t, goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(out.Bytes(), &page))
	for _, never := range []string{"<script", "<a ", "<img", "<!--", "\x1b"} {
		assert.NotContains(t, page.String(), never)
	}
	assert.Equal(t, 1+6+1, strings.Count(page.String(), "<tr>"), "a line for each student, a head, and the points")
	assert.Contains(t, page.String(), `<td style="text-align:right">no compila</td>`)
	assert.Contains(t, page.String(), `<td style="text-align:right"><strong>12</strong></td>`)
	assert.Contains(t, out.String(), "> El detector de carreras está apagado")
}

func TestCSVIsTheGradebook(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, report.WriteCSV(&out, class(t, "es").Report))
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	assert.Len(t, rows, 7)
	assert.True(t, strings.HasPrefix(rows[1][0], "'=cmd"), "a spreadsheet would run it")
}

func TestWarningsAreForWhatNobodyCouldGrade(t *testing.T) {
	b := class(t, "en")
	assert.Equal(t, []string{"Zoë O’Connor: not gradable (16-hub), counts 0"}, b.Warnings())
	for j := range b.Students[zoe].Lessons {
		b.Students[zoe].Lessons[j].Status = verdict.NotGradable
	}
	assert.Equal(t, []string{"Zoë O’Connor: not gradable (01-first-sse, 16-hub), counts 0"}, b.Warnings(), "a student, a note")
}

// What was taken off for lateness counts everywhere, and is said where there is room for it.
func TestLateness(t *testing.T) {
	b := class(t, "en")
	b.Students[juan].Late = &report.Late{Source: "git", Days: 2, Percent: 30, Score: 6.3}
	raw, err := Gradescope(b, juan, "visible")
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"score": 6.3,`)
	assert.Contains(t, string(raw), "2 days")
	raw, err = PrairieLearn(b, juan)
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"score": 0.525,`)
	raw, err = Classroom50(b, juan, source())
	require.NoError(t, err)
	assert.Contains(t, string(raw), "\"score\": 6,\n  \"max-score\": 12,")
	var table bytes.Buffer
	require.NoError(t, Markdown(&table, b))
	assert.Contains(t, table.String(), "| **6.3** |")
	out, err := Moodle(b, "testdata/moodle-en.csv")
	require.NoError(t, err)
	assert.Contains(t, string(out.Data), `Graded",52.50,100.00`)
	out, err = Canvas(b, "testdata/canvas.csv", "Wirelab")
	require.NoError(t, err)
	assert.Contains(t, string(out.Data), "jperez,001,26.25,")
}

func TestClassroom50KnowsACommit(t *testing.T) {
	b := class(t, "en")
	b.Students[ana].ID = "cs-principles-wirelab-alice"
	b.Students[ana].Commit = &report.Commit{
		Repository: "https://github.com/x/cs-principles-wirelab-alice.git", Hash: "a1b2c3d4e5f6",
		Time: time.Date(2026, 11, 20, 22, 59, 0, 0, time.FixedZone("", -5*3600)),
	}
	raw, err := Classroom50(b, ana, Classroom50Source{Classroom: "cs-principles", Assignment: "wirelab", Type: "individual"})
	require.NoError(t, err)
	for _, want := range []string{
		`"owner": "alice"`, `"submission": "submit/2026-11-21T03-59-00Z-a1b2c3d"`, `"datetime": "2026-11-21T03:59:00Z"`,
		`"commit": "https://github.com/x/cs-principles-wirelab-alice/commit/a1b2c3d4e5f6"`,
		`"release": "https://github.com/x/cs-principles-wirelab-alice/releases/tag/submit%2F2026-11-21T03-59-00Z-a1b2c3d"`,
	} {
		assert.Contains(t, string(raw), want)
	}
}
