package probe

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"wirelab/grader/subject"
	"wirelab/grader/wire"
	"wirelab/lessons"
)

// failure is why a test failed: the first reason counts, what follows from it is noise.
type failure struct {
	message lessons.Text
	bound   bool // an event did not come in time

	transcript []wire.Entry
}

// inLang is a text in the language that the grader asked for: a transcript has only one.
func inLang(t lessons.Text) string { return t.In(os.Getenv(subject.LangEnv)) }

// Failf fails the test and stops it. Say what was expected and what came instead, in English and in Spanish; the
// arguments are the same for both. If one of them is the error of a deadline that has passed, it fails as [Subject.Latef].
func (s *Subject) Failf(en, es string, args ...any) {
	s.t.Helper()
	s.failf(slices.ContainsFunc(args, timedOut), en, es, args...)
}

// Latef is Failf for what did not come in time: a busy machine may be why, so the grader may run the test again.
func (s *Subject) Latef(en, es string, args ...any) {
	s.t.Helper()
	s.failf(true, en, es, args...)
}

func (s *Subject) failf(bound bool, en, es string, args ...any) {
	s.t.Helper()
	s.fail(failure{bound: bound, message: lessons.Text{EN: fmt.Sprintf(en, args...), ES: fmt.Sprintf(es, args...)}})
}

// timedOut reports whether what it is given is the error of a deadline.
func timedOut(v any) bool {
	err, _ := v.(error)
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}

// Eventually waits until cond holds, for what no event on a connection tells. The texts say what was expected.
func (s *Subject) Eventually(en, es string, cond func() bool) {
	s.t.Helper()
	if !s.until(cond) {
		s.fail(failure{bound: true, message: lessons.Text{
			EN: fmt.Sprintf("expected  %s\ngot       nothing of the kind within %s", en, s.bound),
			ES: fmt.Sprintf("se esperaba  %s\nllegó        nada parecido en %s", es, s.bound),
		}})
	}
}

// until looks again and again, for what cannot be waited for in another way: soon at first, then less and less often.
func (s *Subject) until(cond func() bool) bool {
	const soon, often = 2 * time.Millisecond, 32 * time.Millisecond
	pause := soon
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for end := time.Now().Add(s.bound); !cond(); <-timer.C {
		if time.Now().After(end) {
			return false
		}
		pause = min(2*pause, often)
		timer.Reset(pause)
	}
	return true
}

func (s *Subject) expectNoConns() {
	held := func() (n int) {
		for _, run := range s.own.runs {
			n += run.now(0).Conns
		}
		return n
	}
	if !s.until(func() bool { return held() == 0 }) {
		s.errorNow(failure{bound: true, message: lessons.Text{
			EN: fmt.Sprintf("expected  every connection to be let go once the client is gone\ngot       %d still held by the subject", held()),
			ES: fmt.Sprintf("se esperaba  que se suelte cada conexión cuando el cliente se va\nllegó        el ejercicio aún retiene %d", held()),
		}})
	}
}

// mismatch fails with what was expected and what came; seq is the entry that broke the expectation, or -1.
func (s *Subject) mismatch(seq int, expected, got lessons.Text) {
	s.t.Helper()
	s.log.wrong(seq)
	s.fail(failure{message: expectedGot(expected, got)})
}

// unmet fails because nothing came within the bound.
func (s *Subject) unmet(expected lessons.Text) {
	s.t.Helper()
	s.fail(failure{bound: true, message: expectedGot(expected, lessons.Text{
		EN: fmt.Sprintf("nothing within %s", s.bound),
		ES: fmt.Sprintf("nada en %s", s.bound),
	})})
}

// lost fails because reading or writing did: nothing more came within the bound, or the connection ended.
func (s *Subject) lost(name string, expected lessons.Text, err error) {
	s.t.Helper()
	if timedOut(err) {
		s.unmet(expected)
	}
	s.mismatch(s.logEnd(name, err), expected, broken(err))
}

// unsent fails because the subject does not take what is sent.
func (s *Subject) unsent(name string, err error) {
	s.t.Helper()
	s.lost(name, lessons.Text{
		EN: "a connection that takes what " + name + " sends",
		ES: "una conexión que acepta lo que envía " + name,
	}, err)
}

func expectedGot(expected, got lessons.Text) lessons.Text {
	return lessons.Text{
		EN: "expected  " + expected.EN + "\ngot       " + got.EN,
		ES: "se esperaba  " + expected.ES + "\nllegó        " + got.ES,
	}
}

// fail fails the test and stops the calling goroutine.
func (s *Subject) fail(f failure) {
	s.t.Helper()
	s.errorNow(f)
	s.t.FailNow()
}

// errorNow marks the test as failed. What the subject's process did to itself comes before what that looked like
// from outside: a panic or a data race explains every broken connection.
func (s *Subject) errorNow(f failure) {
	s.t.Helper()
	if end := s.state(); end.Ended {
		why := s.endText(end)
		if f.message.IsZero() || !s.log.answered() {
			f.message = why // what its death looked like from outside says nothing more
		} else {
			f.message = lessons.Text{EN: why.EN + "\n\n" + f.message.EN, ES: why.ES + "\n\n" + f.message.ES}
		}
		f.bound = false
	}
	s.own.mu.Lock()
	first := s.own.failure == nil
	if first {
		f.message = lessons.Text{EN: cut(f.message.EN), ES: cut(f.message.ES)}
		f.transcript = s.log.entries() // before the test's own end adds to it
		s.own.failure = &f
	}
	s.own.mu.Unlock()
	if first {
		s.t.Errorf("\n%s\n\n%s", inLang(f.message), s.log)
	}
}

// state is how the test's subjects are: that of the first that ended by itself, if one did. If a connection has just
// ended it waits for word of that: a process that dies closes its connections a moment before the grader hears of it.
func (s *Subject) state() subject.State {
	var wait time.Duration
	if s.log.ended() {
		wait = time.Second
	}
	s.own.mu.Lock()
	runs := s.own.runs
	s.own.mu.Unlock()
	for _, run := range runs {
		st := run.now(wait)
		if st.Ended {
			return st
		}
	}
	return subject.State{}
}

func (s *Subject) failure() *failure {
	s.own.mu.Lock()
	defer s.own.mu.Unlock()
	return s.own.failure
}

// endText says how the subject ended by itself.
func (s *Subject) endText(st subject.State) lessons.Text {
	switch {
	case !st.Race.IsZero():
		return lessons.Text{
			EN: "a data race: two goroutines use the same memory, and at least one writes\n" + st.Race.EN,
			ES: "una carrera de datos: dos goroutines usan la misma memoria y al menos una escribe\n" + st.Race.ES,
		}
	case s.log.answered():
		return st.Text
	}
	first, rest, _ := strings.Cut(st.Text.EN, "\n")
	primero, resto, _ := strings.Cut(st.Text.ES, "\n")
	return lessons.Text{
		EN: strings.TrimSpace(first + " before answering\n" + rest),
		ES: strings.TrimSpace(primero + " antes de responder\n" + resto),
	}
}
