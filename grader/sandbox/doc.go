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
//	p, err := box.Start(ctx, sandbox.Command{Path: program, Listeners: []*os.File{f}, Binds: libs})
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
// Every attack is tried, as root and as an ordinary user, in every profile and against every fence that the machine
// allows, with witnesses on the host (attacks_linux_test.go). And each wall is tried by itself: with all others down, and
// as the only one that is away (walls_table_linux_test.go, which prints these tables and compares them with this text).
//
// A wall that "holds" is enough by itself, where nothing else stands but that a program has no rights; "part" means that
// it stops some of the ways. With "!" it is the last one: take it away, and something gets through all others. The root
// stands on the namespaces, so it has what it adds to them. Landlock is that of version 6 or newer.
//
//	As root                                     namespaces  root   user  seccomp  landlock  limits  cgroup  watchdog
//	read another submission, /etc/passwd        ·           holds  ·     ·        holds     ·       ·       ·
//	read what only the grader's user may        ·           holds  part  ·        holds     ·       ·       ·
//	write where everybody may                   ·           holds  ·     part     holds     ·       ·       ·
//	fill the disk below a writable bind         ·           ·      ·     ·        ·         holds!  ·       ·
//	connect to the host's loopback              holds       ·      ·     holds    holds     ·       ·       ·
//	connect to an abstract socket               holds       ·      ·     holds    holds     ·       ·       ·
//	make a process                              ·           ·      ·     holds!   ·         ·       ·       ·
//	fork bomb                                   ·           ·      ·     holds    ·         ·       holds   holds
//	a daemon that outlives its program          holds       ·      ·     holds    ·         ·       ·       ·
//	become another program                      ·           holds  ·     ·        ·         ·       ·       ·
//	signal, trace, renice the user's processes  holds       ·      ·     holds    part      ·       ·       ·
//	signal, trace, renice the grader's          holds       ·      part  holds    part      ·       ·       ·
//	mount, a user namespace                     ·           ·      ·     holds!   ·         ·       ·       ·
//	io_uring, bpf, keyctl, userfaultfd, …       ·           ·      part  holds!   ·         ·       ·       ·
//	allocate more than it may                   ·           ·      ·     ·        ·         ·       holds   holds
//	shared memory past the limit                ·           ·      ·     holds    ·         ·       holds   holds
//	goroutines by the thousand                  ·           ·      ·     ·        ·         ·       holds   holds
//	threads                                     ·           ·      ·     ·        ·         ·       holds   holds
//	descriptors                                 ·           ·      ·     ·        ·         holds!  ·       ·
//	spin on all cores                           ·           ·      ·     ·        ·         holds   ·       holds
//	hang, never answer, deadlock                ·           ·      ·     ·        ·         ·       ·       holds!
//	print for ever                              ·           ·      ·     ·        ·         ·       ·       holds!
//
//	As an ordinary user                         namespaces  root   seccomp  landlock  limits  watchdog
//	read another submission, /etc/passwd        ·           holds  ·        holds     ·       ·
//	read what only the grader's user may        ·           holds  ·        holds     ·       ·
//	write where everybody may                   ·           holds  part     holds     ·       ·
//	fill the disk below a writable bind         ·           ·      ·        ·         holds!  ·
//	connect to the host's loopback              holds       ·      holds    holds     ·       ·
//	connect to an abstract socket               holds       ·      holds    holds     ·       ·
//	make a process                              ·           ·      holds!   ·         ·       ·
//	fork bomb                                   ·           ·      holds    ·         ·       holds
//	a daemon that outlives its program          holds       ·      holds    ·         ·       ·
//	become another program                      ·           holds  ·        ·         ·       ·
//	signal, trace, renice the user's processes  holds       ·      part     part      ·       ·
//	signal, trace, renice the grader's          holds       ·      part     part      ·       ·
//	mount, a user namespace                     ·           ·      holds!   ·         ·       ·
//	io_uring, bpf, keyctl, userfaultfd, …       ·           ·      holds!   ·         ·       ·
//	allocate more than it may                   ·           ·      ·        ·         ·       holds!
//	shared memory past the limit                ·           ·      holds    ·         ·       holds
//	goroutines by the thousand                  ·           ·      ·        ·         ·       holds!
//	threads                                     ·           ·      ·        ·         ·       holds
//	descriptors                                 ·           ·      ·        ·         holds!  ·
//	spin on all cores                           ·           ·      ·        ·         holds   holds
//	hang, never answer, deadlock                ·           ·      ·        ·         ·       holds!
//	print for ever                              ·           ·      ·        ·         ·       holds!
//
// What no wall holds by itself two do: without the root, nothing can be executed since seccomp allows one descriptor
// and the limits keep a program from having that one. A listener cannot be made a client at all: it is a Unix one, and
// has nowhere to go. When the grader itself is killed, its programs are by the parent-death signal, and whatever they
// started by the end of their namespace (grader_linux_test.go). Where there are no namespaces, or no control groups, and
// which settings a machine could not try, is what TestWallsInEverySetting says.
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
