// Package late finds out what it costs that a submission came after its due date. Package main calls it between intake
// and grading; the score itself it never sees: it sets how much of it is taken off.
//
// When something came is believed of those alone who can know: a commit's own time, and Canvas' word that it was late.
// The times of files, in archives and folders, are whatever a student's or an instructor's machine made them.
package late

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/verdict"
	"wirelab/lessons"
)

const day = 24 * time.Hour

// Policy is what lateness costs.
type Policy struct {
	Due     time.Time
	Grace   time.Duration // how long after Due nothing counts as late
	Percent int           // taken off the score for each day after Due that has begun
	MaxDays int           // after so many days nothing is left; 0: never by this
}

// judge says how late something is that was handed in at a time.
func (p Policy) judge(handed time.Time) verdict.Late {
	after := handed.Sub(p.Due)
	if after <= p.Grace || after <= 0 {
		return verdict.Late{Handed: handed}
	}
	days := int((after + day - 1) / day)
	return verdict.Late{Handed: handed, Days: days, Percent: p.cost(days)}
}

func (p Policy) cost(days int) int {
	if p.MaxDays > 0 && days > p.MaxDays {
		return 100
	}
	return min(100, days*p.Percent)
}

// Apply sets for each submission whether it is late, and what that costs. It returns what a reader of the scores must
// know: first the policy, then of how many nothing is known.
func (p Policy) Apply(all []intake.Submission) []lessons.Text {
	unknown, clones, byCanvas := 0, 0, 0
	for i := range all {
		origin := &all[i].Origin
		late := verdict.Late{Source: verdict.Unknown}
		switch {
		case origin.Commit != nil:
			late = p.judge(origin.Commit.Time)
			late.Source = verdict.FromGit
		case origin.LMS != nil && origin.LMS.System == verdict.Canvas:
			late.Source = verdict.FromCanvas
			if origin.LMS.Late {
				late.Days, late.Percent = 1, p.cost(1)
				byCanvas++
			}
		case all[i].Lessons != nil:
			unknown++
			if all[i].Clone {
				clones++
			}
		}
		origin.Late = &late
	}
	notes := []lessons.Text{p.text()}
	if byCanvas > 0 {
		notes = append(notes, lessons.Text{
			EN: fmt.Sprintf("Canvas says that %d of the submissions came late, by its own due date, and not by how much: each counts as one day.", byCanvas),
			ES: fmt.Sprintf("Entregas que según Canvas y su propia fecha límite llegaron tarde, sin decir cuánto: %d. Cada una cuenta como un día.", byCanvas),
		})
	}
	if clones > 0 {
		notes = append(notes, lessons.Text{
			EN: fmt.Sprintf("%d of the submissions are git repositories, graded as their files lie there: with --at now, or --at and a time, their last commits until then are graded, and those tell when they came.", clones),
			ES: fmt.Sprintf("%d de las entregas son repositorios git, calificados con los archivos que hay en ellos: con --at now, o --at y una fecha, se califican sus últimos commits hasta entonces, y esos dicen cuándo llegaron.", clones),
		})
	}
	if unknown > 0 {
		notes = append(notes, lessons.Text{
			EN: fmt.Sprintf("It is not known when %d of the submissions came: folders, archives and Moodle's downloads don't tell. They count as in time.", unknown),
			ES: fmt.Sprintf("Entregas de las que no se sabe cuándo llegaron: %d. Ni las carpetas, ni los archivos comprimidos, ni las descargas de Moodle lo dicen. Cuentan como a tiempo.", unknown),
		})
	}
	return notes
}

// text is the policy in words.
func (p Policy) text() lessons.Text {
	due := p.Due.Format("2006-01-02 15:04 -07:00")
	t := lessons.Text{EN: "Due " + due + ".", ES: "Fecha límite: " + due + "."}
	if p.Percent > 0 {
		t.EN += fmt.Sprintf(" Each day begun after that takes %d %% off the score.", p.Percent)
		t.ES += fmt.Sprintf(" Cada día empezado después descuenta un %d %% del puntaje.", p.Percent)
	}
	if p.MaxDays > 0 {
		t.EN += fmt.Sprintf(" After %d days nothing counts.", p.MaxDays)
		t.ES += fmt.Sprintf(" Después de %d días ya nada cuenta.", p.MaxDays)
	}
	if p.Grace > 0 {
		t.EN += fmt.Sprintf(" The first %s are not late.", spell(p.Grace))
		t.ES += fmt.Sprintf(" El margen es de %s.", spell(p.Grace))
	}
	return t
}

// spell writes a duration without the parts that are zero: 15m, 1h30m.
func spell(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// ParsePercent reads a penalty: "10%/day", "10%" or "10", from 0 to 100.
func ParsePercent(s string) (int, error) {
	number, _ := strings.CutSuffix(strings.ReplaceAll(s, " ", ""), "/day")
	number, _ = strings.CutSuffix(number, "%")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 100 {
		return 0, &course.Error{
			Text: fmt.Sprintf("%q: a number of percent for each day, such as 10%%/day", s),
			ES:   course.Spanish{Text: fmt.Sprintf("%q: hace falta un porcentaje por día, como 10%%/day", s)},
		}
	}
	return n, nil
}

// ParseTime reads a point in time: RFC 3339, or without a zone, which is then that of zone. A date alone is its last
// second; "now" is now.
func ParseTime(s string, now time.Time) (time.Time, error) {
	if s == "now" {
		return now, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t, nil
		}
	}
	if t, err := time.ParseInLocation("2006-01-02", s, now.Location()); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	return time.Time{}, &course.Error{
		Text: fmt.Sprintf("%q: a time such as 2026-11-20T23:59:00-05:00, or a date", s),
		ES:   course.Spanish{Text: fmt.Sprintf("%q: hace falta un momento como 2026-11-20T23:59:00-05:00, o una fecha como 2026-11-20", s)},
	}
}
