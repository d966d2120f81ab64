package verdict

import "time"

// Origin is where a submission came from, and whose it is.
type Origin struct {
	LMS    *LMS    // the learning platform that it was downloaded from
	Person *Person // whose it is by the roster
	Commit *Commit // what was graded of a repository
	Late   *Late   // when it came; nil where no date was due
}

// Learning platforms.
const (
	Moodle = "moodle"
	Canvas = "canvas"
)

// LMS is who somebody is to a learning platform.
type LMS struct {
	System string
	ID     string // Moodle: number of the participant, or of the group; Canvas: of the user, or the anonymous ID. May be ""
	Name   string // as the platform writes it in file names
	Late   bool   // Canvas: it says so, by its own due date
}

// Person is a line of a roster.
type Person struct {
	Name  string
	ID    string // may be ""
	Email string // may be ""
}

// Commit is one commit of a repository.
type Commit struct {
	Repository string // path or URL, without passwords
	Branch     string // "" where there is none
	Hash       string
	Time       time.Time // when it was committed, as the committer says
}

// Late says when a submission came, and what that costs.
type Late struct {
	Source  Source
	Handed  time.Time // zero where only the fact is known, or nothing
	Days    int       // days after the due date that had begun; 0 in time
	Percent int       // taken off the score, 0 to 100
}

// Source says how it is known when a submission came.
type Source string

// How it can be known.
const (
	FromGit    Source = "git"     // the commit's own time
	FromCanvas Source = "canvas"  // Canvas says that it was late, and not by how much
	Unknown    Source = "unknown" // nothing is said that could be trusted
)
