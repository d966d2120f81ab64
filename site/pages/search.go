package pages

import "wirelab/site/search"

// How much a word says of a place that has it in its title.
const (
	pageWeight    = 60
	termWeight    = 50
	entryWeight   = 40
	headingWeight = 30
)

// find adds a place that a search can lead to.
func (e *edition) find(s search.Section) { e.found = append(e.found, s) }

// searchIndex writes the file that pages of this language search.
func (e *edition) searchIndex() error {
	index, err := search.Index(e.found)
	if err != nil {
		return err
	}
	e.site["assets/search-"+e.lang+".json"] = index
	return nil
}
