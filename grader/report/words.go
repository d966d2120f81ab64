package report

import "wirelab/lessons"

// interrupted is said of a lesson that nothing was found out about.
func interrupted() lessons.Text {
	return lessons.Text{
		EN: "the batch ended before this lesson was graded",
		ES: "la corrección terminó antes de llegar a esta lección",
	}
}
