package probe

import (
	"fmt"
	"os"
	"time"

	"wirelab/grader/subject"
	"wirelab/lessons"
)

// failure is why a test failed: the first reason counts, what follows from it is noise.
type failure struct {
	message lessons.Text
	bound   bool // an event did not come in time
}

// Failf fails the test and stops it. Say what was expected and what came instead, in English and in Spanish; the
// arguments are the same for both.
func (s *Subject) Failf(en, es string, args ...any) {
	s.t.Helper()
	s.fail(failure{message: lessons.Text{EN: fmt.Sprintf(en, args...), ES: fmt.Sprintf(es, args...)}})
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

// until looks again and again, for what cannot be waited for in another way.
func (s *Subject) until(cond func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(s.bound); !cond(); <-tick.C {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func (s *Subject) expectNoConns() {
	if !s.until(func() bool { return s.OpenConns() == 0 }) {
		s.errorNow(failure{message: lessons.Text{
			EN: fmt.Sprintf("expected  every connection to be let go once the client is gone\ngot       %d still held by the subject", s.OpenConns()),
			ES: fmt.Sprintf("se esperaba  que se suelte cada conexión cuando el cliente se va\nllegó        el ejercicio aún retiene %d", s.OpenConns()),
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
	if end := s.run.state(s.patience()); end.Ended || end.Race != "" {
		why := endText(end)
		f.message = lessons.Text{EN: why.EN + "\n\n" + f.message.EN, ES: why.ES + "\n\n" + f.message.ES}
		if f.message.EN == why.EN+"\n\n"+why.EN {
			f.message = why
		}
		f.bound = false
	}
	s.own.mu.Lock()
	first := s.own.failure == nil
	if first {
		s.own.failure = &f
	}
	s.own.mu.Unlock()
	if first {
		s.t.Errorf("\n%s\n\n%s", f.message.In(os.Getenv(subject.LangEnv)), s.log)
	}
}

// patience is how long to wait for word of the subject's end: a process that dies closes its connections a
// moment before the grader hears of it.
func (s *Subject) patience() time.Duration {
	if s.log.ended() {
		return time.Second
	}
	return 0
}

func (s *Subject) failure() *failure {
	s.own.mu.Lock()
	defer s.own.mu.Unlock()
	return s.own.failure
}

func endText(st subject.State) lessons.Text {
	if st.Race == "" {
		return st.Text
	}
	return lessons.Text{
		EN: "a data race: two goroutines use the same memory, and at least one writes\n" + st.Race,
		ES: "una carrera de datos: dos goroutines usan la misma memoria y al menos una escribe\n" + st.Race,
	}
}
