package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Foreign lists the file name extensions, besides .go, that the go command would compile or link into a package.
// Intake hands such files on by name, so that they can be refused here instead of being passed over in silence.
func Foreign() []string {
	return []string{
		".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90",
		".s", ".S", ".sx", ".swig", ".swigcxx", ".syso",
	}
}

// checkName refuses a file for its name alone.
func checkName(name string) *Refusal {
	if ext := path.Ext(name); slices.Contains(Foreign(), ext) {
		return refuse(name, 0,
			fmt.Sprintf("a %s file is not allowed: a lesson consists of Go files alone", ext),
			fmt.Sprintf("un archivo %s no está permitido: una lección consta solo de archivos Go", ext))
	}
	if part := systemPart(name); part != "" {
		return refuse(name, 0,
			fmt.Sprintf("a file name that ends in %q builds on some systems only; give it another name", "_"+part),
			fmt.Sprintf("un nombre que termina en %q solo se compila en algunos sistemas; dale otro nombre", "_"+part))
	}
	return nil
}

// systemPart returns the part of a file name that makes the go command leave the file out on other systems
// (go help buildconstraint): "windows" of hub_windows.go. A name that is nothing but a system's has no such part.
func systemPart(name string) string {
	base, _, _ := strings.Cut(name, ".")
	parts := strings.Split(base, "_")
	if n := len(parts); n > 1 && slices.Contains(systems(), parts[n-1]) {
		return parts[n-1]
	}
	return ""
}

// systems lists the operating systems and architectures that a file name can be bound to.
func systems() []string {
	return []string{
		"aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
		"openbsd", "plan9", "solaris", "wasip1", "windows", "zos",
		"386", "amd64", "amd64p32", "arm", "arm64", "arm64be", "armbe", "loong64", "mips", "mips64", "mips64le",
		"mips64p32", "mips64p32le", "mipsle", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc",
		"sparc64", "wasm",
	}
}
