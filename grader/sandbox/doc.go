// Package sandbox runs one untrusted program at a time behind walls, many at once. It is the only package that knows
// namespaces, seccomp, landlock and control groups.
package sandbox
