// Package report turns the verdicts on a class into what people and programs read: the instructor's overview,
// a page and a Markdown file for each student, a gradebook, and report.json. The commands batch and run call
// it; it never decides anything, runs anything or reaches for the network.
//
// Whatever a student may have chosen (names, output, payloads, compiler messages that quote source) is hostile
// here: it is escaped for the form it goes into, and characters that would hide, reorder or move text on a
// screen are shown as what they are.
//
// # Files
//
// [Write] fills a folder:
//
//	report.json         everything, for programs; see below
//	gradebook.csv       student,<lesson id>…,total,points; where a date was due also late_days,penalty,final
//	index.html          the class at a glance
//	students/<id>.html  every failed test of a student, with what went over the wire
//	students/<id>.md    the same as feedback to hand back
//
// Each file appears whole or not at all. The name of a student's files is the student's ID where that is a
// plain name, and otherwise a plain form of it that ends in a hash.
//
// # report.json
//
// The file holds one [Report] in UTF-8. Other programs rely on it: within "wirelab/report/1" a field may be
// added, but none is removed, renamed or given another meaning.
//
// Arrays are never null. Students are in the order of their IDs, lessons in the order of the course, tests in
// the order of their source. Two runs over the same class differ only in times, ports and payloads. Texts for
// people (title, text, message, hint, head, notes) are in the language that "lang" names; everything else
// does not depend on it. Strings hold what was found, with nothing made visible or cut: whoever shows them on
// a screen has to escape them.
//
//	{
//	  "schema": "wirelab/report/1",
//	  "lang": "en",
//	  "batch": ["/home/ines/submissions", "--lang=en", "--lesson=16-hub"],
//	  "notes": ["ignored beside the submissions: old.txt"],
//	  "head": ["the race detector is off: no C compiler was found"],
//	  "lessons": [{
//	    "id": "16-hub", "title": "A hub", "points": 9,
//	    "tests": [{"name": "TestEverybodyReceives", "points": 2, "text": "Everybody in the room receives …"}]
//	  }],
//	  "students": [{
//	    "id": "Ana García", "score": 7, "points": 9, "notes": ["subject.go was put back"],
//	    "lms": {"system": "moodle", "id": "101", "name": "Ana García"},
//	    "person": {"name": "Ana García", "id": "20261101", "email": "ana@example.org"},
//	    "commit": {"repository": "https://…", "branch": "main", "hash": "…", "time": "2026-11-20T22:59:00-05:00"},
//	    "late": {"source": "git", "handed_in": "2026-11-22T08:00:00-05:00", "days": 2, "percent": 20, "score": 5.6},
//	    "lessons": [{
//	      "id": "16-hub", "status": "graded", "score": 7, "points": 9, "message": "",
//	      "tests": [{
//	        "name": "TestEverybodyReceives", "status": "failed", "score": 0, "points": 2,
//	        "message": "expected …", "hint": "Who do you range over …?", "seconds": 0.412,
//	        "transcript": [{"at": 0.003, "conn": "ana", "dir": "send", "kind": "text", "length": 6, "data": "w-3f9a"}]
//	      }]
//	    }]
//	  }]
//	}
//
// Who came from no learning platform has no lms, and so on: person is there with a roster, commit with repositories,
// late with a due date. The arguments in batch are for regrade; what only one batch decides, such as where its reports
// go, is not among them. Interrupted is there, and true, where a batch was stopped before its end. Before is there where
// the folder had a report of the class that said something else. Score stays what it was before lateness.
//
// The fields are documented at the types: [Report], [Lesson], [Test], [Student], [LMS], [Person], [Commit], [Late],
// [LessonResult], [TestResult]
// [Before] and, for the lines of a transcript, [wirelab/grader/wire.Entry].
package report
