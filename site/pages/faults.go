package pages

// KnownFaults returns the addresses of which the webography says that something is wrong with them: a check of links
// need not.
func (r *Renderer) KnownFaults() map[string]bool {
	known := map[string]bool{}
	for _, s := range r.list.Sections {
		for _, e := range s.Entries {
			if !e.Note.IsZero() {
				known[e.Address] = true
			}
		}
	}
	return known
}
