// Package process says how a command that is about to start belongs to others: what ends with it, and what it shares
// the cores with. It changes no more than the [os/exec.Cmd].
package process
