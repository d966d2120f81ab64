// Package sandbox runs untrusted programs, each behind walls of its own. It is the only package that knows namespaces,
// seccomp, landlock and control groups; the stages of a batch ask it to run a compiler, a linker or a subject, and
// learn how that ended. It must never be talked into running anything of a submission elsewhere, and it knows nothing
// of lessons or scores.
//
//	func main() {
//		sandbox.Main() // the inner stage of a sandbox is this same program
//		…
//	}
//
//	box, err := sandbox.Open(ctx, sandbox.Options{})
//	p, err := box.Start(ctx, sandbox.Command{Path: program, Listener: f, Binds: libs})
//	… speak to the listener …
//	p.Kill()
//	fmt.Println(p.Wait().Text().EN) // "was killed: it used more than 256 MiB of memory"
//
// # A program's view
//
// A program finds an empty, read-only root, with nothing in it but its [Command]'s Binds. It is executed from a
// descriptor, so it need not be there itself. It is process 1 of a machine without other processes, without a network,
// named "sandbox". Descriptor 0 is empty, 1 and 2 are counted and kept, 3 is the Unix listener that it may accept on: its
// one way in. It is a Unix listener since a TCP one can be disconnected and made a client of the host's network. No
// environment comes along but Env.
//
// What it may call is an allow-list, one for each [Profile]. None lets it start a process or another program.
//
// # How the walls are built
//
// [Box.Start] hands the command to a slot: an OS thread, with a throw-away user (where the grader is root) and a control
// group (where it may have one). The thread starts the grader's own file again, as process 1 of new namespaces. This
// inner stage (file inner_linux.go, which reads from top to bottom) builds the root, gives up every right, sets the
// limits, shuts itself in with landlock and seccomp and turns into the program. What it cannot build is Start's error.
// The kernel kills it when the slot's thread ends, by whatever cause; with process 1 its whole namespace ends.
//
// An ordinary user gets the other namespaces by way of a user namespace. Root needs none: its programs run as users that
// exist nowhere else, and start faster.
//
// # What holds what
//
// Each of these is tried, as root and as an ordinary user, in every profile and against every fence that the machine
// allows, with witnesses on the host (attacks_linux_test.go). The first wall named holds it; the others would if that one fell.
//
//	attempt                                             walls
//	read /etc/passwd, another submission, /proc         root, landlock
//	write anywhere                                      root, landlock; limits where a bind is writable
//	connect to loopback, the network, abstract sockets  namespaces, seccomp, landlock
//	turn the listener into a client                     seccomp; a Unix listener has nowhere to go
//	fork, vfork, clone3, exec                           seccomp; limits
//	a daemon in a session of its own                    seccomp, namespaces
//	signal, trace, renice or limit other processes      namespaces, seccomp, landlock; throw-away user
//	mount, unshare, a namespace of its own              seccomp; no rights to
//	io_uring, bpf, keyctl, userfaultfd, x32 calls, …    seccomp
//	4 GiB, a million goroutines, shared memory          memory
//	spin, hang, print for ever, threads, big files      limits
//	the grader's own SIGKILL                            parent-death signal, namespaces
//
// # Memory
//
// A race-enabled program maps terabytes, so no limit on its address space can bound it. Control groups do (version 1 or
// 2, what the machine has); where they are not to be had, a watchdog looks at the resident size of every process of a
// program 50 times a second.
//
// # Less than all
//
// [Open] proves what it builds: a program really tries to get out, and to take more than it may. Where namespaces are
// refused, in many containers and on some distributions, it goes on with the weaker wall (seccomp, landlock, limits;
// another user where the grader is root), and [Box.Head] says so for the report's head. Behind it a client
// exercise is refused, unless the grader is root or landlock is new enough to keep it from the user's own sockets. Where
// even these are missing Open fails with a [WallError] that says how to get them. Options.Off is the explicit word to
// go on with nothing: programs are plain children of the grader, as they always are outside of Linux. Windows cannot hand
// a listener to a child, so there a [Command] with one is an error.
package sandbox
