package late

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/intake"
	"wirelab/grader/verdict"
)

var due = time.Date(2026, 11, 20, 23, 59, 0, 0, time.FixedZone("", -5*3600))

func TestDays(t *testing.T) {
	p := Policy{Due: due, Grace: 15 * time.Minute, Percent: 30, MaxDays: 5}
	for after, want := range map[time.Duration]verdict.Late{
		-time.Hour:          {},
		0:                   {},
		15 * time.Minute:    {},
		15*time.Minute + 1:  {Days: 1, Percent: 30},
		day:                 {Days: 1, Percent: 30},
		day + 1:             {Days: 2, Percent: 60},
		4 * day:             {Days: 4, Percent: 100},
		300 * day:           {Days: 300, Percent: 100},
		3*day - time.Second: {Days: 3, Percent: 90},
		3*day + time.Second: {Days: 4, Percent: 100},
	} {
		want.Handed = due.Add(after)
		assert.Equal(t, want, p.judge(due.Add(after)), "%s", after)
	}
	p = Policy{Due: due, Percent: 1, MaxDays: 2}
	assert.Equal(t, 2, p.judge(due.Add(2*day)).Percent)
	assert.Equal(t, 100, p.judge(due.Add(2*day+1)).Percent, "nothing is left")
	p.MaxDays = 0
	assert.Equal(t, 30, p.judge(due.Add(30*day)).Percent)
}

func TestApply(t *testing.T) {
	some := map[string]intake.Files{"16-hub": {}}
	commit := func(after time.Duration) verdict.Origin {
		return verdict.Origin{Commit: &verdict.Commit{Time: due.Add(after).UTC()}}
	}
	all := []intake.Submission{
		{Origin: commit(-1), Lessons: some},
		{Origin: commit(30 * time.Hour), Lessons: some},
		{Origin: verdict.Origin{LMS: &verdict.LMS{System: verdict.Canvas, Late: true}}, Lessons: some},
		{Origin: verdict.Origin{LMS: &verdict.LMS{System: verdict.Canvas}}, Lessons: some},
		{Origin: verdict.Origin{LMS: &verdict.LMS{System: verdict.Moodle}}, Lessons: some},
		{Lessons: some},
		{}, // who handed in nothing is not late
	}
	notes := Policy{Due: due, Percent: 10}.Apply(all)
	var got []verdict.Late
	for _, s := range all {
		require.NotNil(t, s.Origin.Late)
		s.Origin.Late.Handed = time.Time{}
		got = append(got, *s.Origin.Late)
	}
	assert.Equal(t, []verdict.Late{
		{Source: verdict.FromGit},
		{Source: verdict.FromGit, Days: 2, Percent: 20},
		{Source: verdict.FromCanvas, Days: 1, Percent: 10},
		{Source: verdict.FromCanvas},
		{Source: verdict.Unknown},
		{Source: verdict.Unknown},
		{Source: verdict.Unknown},
	}, got)
	require.Len(t, notes, 3)
	assert.Equal(t, "Due 2026-11-20 23:59 -05:00. Each day begun after that takes 10 % off the score.", notes[0].EN)
	assert.Contains(t, notes[1].EN, "Canvas says that 1 of")
	assert.Contains(t, notes[2].EN, "not known when 2 of")
	assert.Contains(t, notes[1].ES, "llegaron tarde, sin decir cuánto: 1.", "one or many: the number agrees with no verb")
	assert.Contains(t, notes[2].ES, "no se sabe cuándo llegaron: 2.")
	for _, n := range notes {
		assert.NotEqual(t, n.EN, n.ES)
	}
	assert.Equal(t, "Due 2026-11-20 23:59 -05:00. Each day begun after that takes 10 % off the score. After 3 days nothing counts. The first 1h30m are not late.",
		Policy{Due: due, Percent: 10, MaxDays: 3, Grace: 90 * time.Minute}.text().EN)
}

func TestApplyToClones(t *testing.T) {
	some := map[string]intake.Files{"16-hub": {}}
	notes := Policy{Due: due}.Apply([]intake.Submission{{Lessons: some, Clone: true}, {Lessons: some}})
	require.Len(t, notes, 3)
	assert.Contains(t, notes[1].EN, "1 of the submissions are git repositories, graded as their files lie there: with --at now")
	assert.Contains(t, notes[2].EN, "not known when 2 of")
}

func TestParsePercent(t *testing.T) {
	for s, want := range map[string]int{"10%/day": 10, "10%": 10, "10": 10, "0": 0, "100 % / day": 100} {
		got, err := ParsePercent(s)
		require.NoError(t, err)
		assert.Equal(t, want, got, s)
	}
	for _, s := range []string{"", "x", "-1", "101%", "10%/week", "1.5"} {
		_, err := ParsePercent(s)
		assert.Error(t, err, s)
	}
}

func TestParseTime(t *testing.T) {
	now := due.Add(time.Hour)
	for s, want := range map[string]time.Time{
		"2026-11-20T23:59:00-05:00": due, "2026-11-21T04:59:00Z": due, "2026-11-20T23:59": due, "2026-11-20 23:59:00": due,
		"2026-11-20": due.Add(59 * time.Second), "now": now,
	} {
		got, err := ParseTime(s, now)
		require.NoError(t, err, s)
		assert.True(t, want.Equal(got), "%s: %s", s, got)
	}
	for _, s := range []string{"", "tomorrow", "20/11/2026", "2026-13-01"} {
		_, err := ParseTime(s, now)
		assert.Error(t, err, s)
	}
}
