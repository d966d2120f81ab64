package intake

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wirelab/grader/intake/listing"
	"wirelab/grader/intake/roster"
	"wirelab/grader/verdict"
)

// handed is what the name of an item in a learning platform's download says.
type handed struct {
	verdict.LMS
	late       bool   // the platform says that it came late
	file       string // name of the file, where the item is one
	attachment int    // Canvas: the file's number, higher in later ones
	other      string // what it is, when it is no files: text typed into the platform, a link
}

// The names in downloads.
var (
	moodleName = regexp.MustCompile(`^([^_].*?)(?:_(\d+))?_assign(submission|feedback)_([a-z]+)(?:_(.*))?$`)
	canvasName = regexp.MustCompile(`^(?P<name>.+?)_(?P<late>LATE_)?(?P<id>\d+)_(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<other>text|link)\.html)$`)
	canvasAnon = regexp.MustCompile(`^(?P<late>LATE_)?anon_(?P<id>[0-9A-Za-z]+)_(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<other>text|link)\.html)$`)
	numbered   = regexp.MustCompile(`-\d+$`)
)

// parseLMS reads the name of a folder or file of a download from Moodle or Canvas.
//
// Moodle (mod/assign/classes/downloader.php) writes "Ana García_123_assignsubmission_file/…", with an underscore at
// the folder's end before 4.1, or "…_file_hub.go" where files are not put into folders. The number is that of the
// grading worksheet's Identifier, or the group's; a group that is nobody's has none. In blind marking the name is
// "Participant".
//
// Canvas (lib/content_zipper.rb) writes "garcíalópezana_LATE_12_345_hub.go": name, user, attachment; or
// "LATE_anon_x4f2B_345_hub.go". In "attendance_2026_11_20.csv" there is a date: a site's first attachments are nobody's
// homework.
func parseLMS(name string, isDir bool) (handed, bool) {
	if m := moodleName.FindStringSubmatch(name); m != nil && isDir == (m[5] == "") {
		h := handed{LMS: verdict.LMS{System: verdict.Moodle, Name: m[1], ID: m[2]}, file: m[5]}
		if m[3]+m[4] != "submissionfile" {
			h.other = m[4]
		}
		return h, true
	}
	if isDir {
		return handed{}, false
	}
	for _, canvas := range []*regexp.Regexp{canvasAnon, canvasName} {
		m := canvas.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		h := handed{LMS: verdict.LMS{System: verdict.Canvas, Name: "anon"}}
		for i, field := range canvas.SubexpNames() {
			switch field {
			case "name":
				h.Name = m[i]
			case "late":
				h.late = m[i] != ""
			case "id":
				h.ID = m[i]
			case "attachment":
				h.attachment, _ = strconv.Atoi(m[i]) // one too long for a number counts as the newest
			case "file":
				h.file = m[i]
			case "other":
				h.other = m[i]
			}
		}
		return h, h.file == "" || h.attachment > 31
	}
	return handed{}, false
}

// idOf is what a report calls somebody whom the platform knows.
func idOf(lms verdict.LMS) string {
	if roster.Anonymous(lms.Name) && lms.ID != "" {
		return lms.Name + " " + lms.ID
	}
	return lms.Name
}

// attachment is a file that a platform gave a longer name.
type attachment struct {
	item
	handed
}

// attachments shows files under the names that they had before. Canvas numbers a file that is handed in once more
// ("hub-1.go"): where a lesson has a file of the name without the number, that is the name. Of several with one
// name the newest is there; the others are returned.
func attachments(files []attachment, known *catalog) (*listing.FS, []string) {
	slices.SortStableFunc(files, func(a, b attachment) int { return cmp.Compare(b.attachment, a.attachment) })
	var all []listing.File
	var older []string
	taken := make(map[string]bool)
	for _, f := range files {
		name := f.file
		if f.System == verdict.Canvas {
			name = known.unnumbered(name)
		}
		name, ok := listing.Clean(name)
		if !ok || taken[name] {
			older = append(older, f.file)
			continue
		}
		taken[name] = true
		all = append(all, listing.File{Name: name, Mode: f.mode, Open: reader(f.item)})
	}
	return listing.New(all), older
}

// unnumbered takes the number off a file's name that some lesson has without.
func (k *catalog) unnumbered(name string) string {
	ending := path.Ext(name)
	plain := numbered.ReplaceAllString(strings.TrimSuffix(name, ending), "") + ending
	if len(k.starterOf(plain)) > 0 && len(k.starterOf(name)) == 0 {
		return plain
	}
	return name
}

// starterOf returns the lessons in which a student writes a file of this name.
func (k *catalog) starterOf(name string) []string {
	var ids []string
	for id, o := range k.lessons {
		if o.starter[name] != nil {
			ids = append(ids, id)
		}
	}
	return ids
}
