//go:build unix

package intake

import "syscall"

// nonBlocking makes opening a FIFO return at once, should one take a file's place after it was looked at, and
// keeps a terminal from becoming ours.
const nonBlocking = syscall.O_NONBLOCK | syscall.O_NOCTTY
