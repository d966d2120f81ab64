//go:build !unix

package intake

// nonBlocking is nothing where there are no FIFOs among the files.
const nonBlocking = 0
