package sandbox

import "runtime"

// A slot runs one program at a time. It is an OS thread (the parent-death signal of a program belongs to the thread
// that forked it), a throw-away user where the grader is root, and a control group where there may be one.
type slot struct {
	uid   int    // 0: the grader's own user
	group *group // nil: none
	jobs  chan func()
	left  chan error // one value, when the thread has gone
}

func newSlot(f *fence, n int) (*slot, error) {
	s := &slot{uid: f.uid(n), jobs: make(chan func()), left: make(chan error, 1)}
	group, err := f.newGroup(n)
	if err != nil {
		return nil, err
	}
	s.group = group
	entered := make(chan error, 1)
	go s.work(entered)
	return s, <-entered
}

// work is the slot's thread. It must not be the first of the grader's: the kernel charges the memory of a process to
// the control group of its first thread.
func (s *slot) work(entered chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if isFirstThread() {
		again := make(chan error)
		go s.work(again) // on another thread, while this one is taken
		entered <- <-again
		return
	}
	err := s.group.enter()
	entered <- err
	if err != nil {
		return
	}
	for job := range s.jobs {
		job()
	}
	s.left <- s.group.leave()
}
