package probe

import "sync"

// Together calls f(0) to f(n-1) at the same time and returns when all have returned. An expectation that fails
// in one of them fails the test, after the others are done.
func (s *Subject) Together(n int, f func(i int)) {
	s.t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) }) // a failure ends this goroutine by runtime.Goexit, which runs wg's deferred Done
	}
	wg.Wait()
	if s.t.Failed() {
		s.t.FailNow()
	}
}
