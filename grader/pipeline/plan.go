package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"wirelab/grader/build"
	"wirelab/grader/course"
	"wirelab/grader/intake"
	"wirelab/grader/store"
	"wirelab/grader/verdict"
)

// unit is one lesson that a student has handed in.
type unit struct {
	key    store.Key // of its verdict
	known  bool      // the store has it
	flight *flight   // otherwise: the grading of this work, whoever else has handed in the same
	mine   bool      // and this unit is the one that is graded
}

// flight is a grading that other units wait for. It belongs to the first of them, in the order of the class: those
// who wait hold places that it does not need any more.
type flight struct {
	done chan struct{}
	res  verdict.LessonResult // once done is closed
}

// plan says of each student, by lesson ID, what is to be done, before anything is compiled; todo is how many lessons
// are to be graded.
func (p *Pipeline) plan(ctx context.Context, subs []intake.Submission) (plans []map[string]unit, todo int, err error) {
	common, err := p.commonKeys(ctx)
	if err != nil {
		return nil, 0, err
	}
	flights := map[store.Key]*flight{}
	for _, sub := range subs {
		units := map[string]unit{}
		for _, l := range p.lessons {
			if _, ok := p.without(sub, l); ok {
				continue
			}
			u := unit{key: workKey(common[l.ID], sub.Lessons[l.ID])}
			again := p.options.Again != nil && p.options.Again(sub.ID, l.ID)
			u.known = p.options.Store != nil && !again && p.options.Store.Has(u.key)
			if !u.known {
				if u.flight = flights[u.key]; u.flight == nil {
					u.flight, u.mine = &flight{done: make(chan struct{})}, true
					flights[u.key] = u.flight
					todo++
				}
			}
			units[l.ID] = u
		}
		plans = append(plans, units)
	}
	return plans, todo, nil
}

// due is how many tests of a student are found out about, rather than known before.
func (p *Pipeline) due(units map[string]unit) (n int) {
	for _, l := range p.lessons {
		if u, ok := units[l.ID]; ok && !u.known {
			n += len(l.Tests)
		}
	}
	return n
}

// commonKeys returns for each lesson what a verdict about it depends on, whoever's work it is about: the grader, the
// hidden tests, the given files, the toolchain, the walls, the language of transcripts.
func (p *Pipeline) commonKeys(ctx context.Context) (map[string][]byte, error) {
	grader, err := p.course.Fingerprint(false,
		"wirelab/grader/policy", "wirelab/grader/build", "wirelab/grader/harness", "wirelab/grader/run")
	if err != nil {
		return nil, err
	}
	toolchain, err := build.Version(ctx)
	if err != nil {
		return nil, err
	}
	keys := map[string][]byte{}
	for _, l := range p.lessons {
		tests, err := p.course.Fingerprint(true, "wirelab/lessons/"+l.ID+"/hidden")
		if err != nil {
			return nil, err
		}
		given, err := l.Given()
		if err != nil {
			return nil, err
		}
		keys[l.ID] = fmt.Appendf(nil, "%q", []any{
			grader, toolchain, p.race, p.options.NoSandbox, p.Head(), p.options.Lang,
			l.ID, l.Kind, l.Library, l.Files, names(l.Tests), tests, workKey(nil, given),
		})
	}
	return keys, nil
}

func names(tests []verdict.Test) []string {
	var list []string
	for _, t := range tests {
		list = append(list, t.Name)
	}
	return list
}

// workKey is the key of the verdict about these files.
func workKey(common []byte, files map[string][]byte) store.Key {
	parts := [][]byte{common}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		parts = append(parts, []byte(name), files[name])
	}
	return store.NewKey(parts...)
}

// keep files a verdict, if it says something of the work rather than of the moment.
func (p *Pipeline) keep(key store.Key, res verdict.LessonResult) error {
	if p.options.Store == nil || res.Status == verdict.NotGradable {
		return nil
	}
	for _, t := range res.Tests {
		if res.Status == verdict.Graded && t.Outcome == verdict.NotRun {
			return nil
		}
	}
	if err := p.options.Store.Put(key, res); err != nil {
		return &course.Error{
			Text: err.Error(),
			Tip:  "what was graded until now is kept: make room, or name another folder with WIRELAB_CACHE, and give the same command again; it goes on where it stopped",
			ES:   course.Spanish{Text: err.Error(), Tip: "lo calificado hasta ahora se conserva: libera espacio, o nombra otra carpeta con WIRELAB_CACHE, y repite el mismo comando; sigue donde se detuvo"},
		}
	}
	return nil
}
