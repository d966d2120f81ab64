package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"

	"wirelab/lessons"
)

// Open finds the strongest walls that this machine has, proves each by trying to get through it, and returns a box
// of them. The error is a [*WallError] where too little stands to run untrusted code.
func Open(ctx context.Context, o Options) (*Box, error) {
	if o.Off {
		return openOff(fence{off: true}, o)
	}
	return open(ctx, o, candidates())
}

// candidates are the fences to try, the strongest first.
func candidates() []fence {
	root := os.Geteuid() == 0
	f := fence{namespaces: true, root: true, throwaway: root, userNS: !root, seccomp: true, landlock: landlockVersion(), limits: true}
	list := []fence{f}
	if root { // in a container root may be refused the plain way and allowed the ordinary user's
		f.throwaway, f.userNS = false, true
		list = append(list, f)
	}
	f.namespaces, f.root, f.userNS, f.throwaway = false, false, false, root
	return append(list, f)
}

// open returns a box behind the first of the fences that stands.
func open(ctx context.Context, o Options, fences []fence) (*Box, error) {
	var refused error
	for _, f := range fences {
		if !f.namespaces && f.landlock == 0 {
			break // nothing would keep the program from reading the grader's files
		}
		b, err := openFence(ctx, o, f)
		if err == nil {
			b.describe(refused)
			return b, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("sandbox: self-test: %w", context.Cause(ctx))
		}
		if refused == nil {
			refused = err
		}
	}
	if wall := (*WallError)(nil); errors.As(refused, &wall) {
		return nil, wall
	}
	return nil, &WallError{Wall: "namespaces", Err: refused, Hint: namespacesHint()}
}

// openFence opens a box and lets its self-test decide. Where control groups do not work the watchdog takes over.
func openFence(ctx context.Context, o Options, f fence) (*Box, error) {
	tree, err := newTree()
	if err == nil {
		f.tree = tree
		b, err := newBox(f, o.Slots)
		if err == nil {
			err = b.selfTest(ctx)
		}
		if err == nil {
			return b, nil
		}
		if b != nil {
			_ = b.Close()
		}
		f.tree = nil
	}
	b, err := newBox(f, o.Slots)
	if err != nil {
		return nil, err
	}
	if err := b.selfTest(ctx); err != nil {
		_ = b.Close()
		return nil, err
	}
	return b, nil
}

func (f *fence) newGroup(slot int) (*group, error) { return f.tree.newGroup(slot) }

func (f *fence) close() error { return f.tree.close() }

// mayDial reports whether a program that may connect to Unix sockets is kept from all but those that it was given.
func (f *fence) mayDial() bool { return f.namespaces || f.throwaway || f.landlock >= 9 }

var errNoDial = errors.New("a client exercise could reach the sockets of the grader's own user: " +
	"that takes namespaces, root or landlock 9")

// describe says what stands, once the self-test has passed. refused is why a stronger fence does not.
func (b *Box) describe(refused error) {
	f := b.fence
	up := func(name string, ok bool, yes, no lessons.Text) {
		w := Wall{Name: name, Up: ok, Why: yes}
		if !ok {
			w.Why = no
		}
		b.walls = append(b.walls, w)
	}
	up("namespaces", f.namespaces, whyNamespaces(), textf("refused: %v", "denegados: %v", refused))
	up("root", f.root, whyRoot(), whyNoRoot())
	up("seccomp", f.seccomp, whySeccomp(), lessons.Text{})
	up("landlock", f.landlock > 0, textf("version %d: files by path, signals, sockets", "versión %d: archivos por ruta, señales, sockets", f.landlock), whyNoLandlock())
	up("memory", true, whyMemory(f.tree), lessons.Text{})
	up("limits", f.limits, whyLimits(), lessons.Text{})
	if !f.namespaces {
		b.head = append(b.head, headWeaker())
	}
}
