package repo

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxRefs bounds a file of refs, in bytes.
const maxRefs = 4 << 20

// defaultBranch returns the newest commit of the default branch, and the branch's name.
func defaultBranch(root *os.Root) (hash, branch string, err error) {
	for _, head := range []string{"refs/remotes/origin/HEAD", "HEAD"} {
		hash, at, err := resolve(root, head)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", "", err
		}
		if at == "HEAD" {
			at = "" // of no branch
		}
		for _, prefix := range []string{"refs/remotes/origin/", "refs/heads/", "refs/"} {
			at = strings.TrimPrefix(at, prefix)
		}
		return hash, at, nil
	}
	return "", "", ErrNoCommit
}

// resolve follows a ref to a commit's hash, and says which ref names that.
func resolve(root *os.Root, ref string) (hash, at string, err error) {
	for range 5 {
		text, err := readSmall(root, ref)
		if errors.Is(err, fs.ErrNotExist) {
			hash, err = packed(root, ref)
			return hash, ref, err
		}
		if err != nil {
			return "", "", err
		}
		line := strings.TrimSpace(string(text))
		next, symbolic := strings.CutPrefix(line, "ref:")
		if !symbolic {
			if !isHash(line) {
				return "", "", ErrDamaged
			}
			return line, ref, nil
		}
		ref = strings.TrimSpace(next)
		if ref == "refs/heads/.invalid" { // that is how git puts off programs that know only files
			return "", "", ErrReftable
		}
		if !strings.HasPrefix(ref, "refs/") || !fs.ValidPath(ref) {
			return "", "", ErrDamaged
		}
	}
	return "", "", ErrDamaged
}

// packed looks a ref up among those that lie in one file.
func packed(root *os.Root, ref string) (string, error) {
	text, err := readSmall(root, "packed-refs")
	if err != nil {
		return "", err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		hash, name, _ := strings.Cut(lines.Text(), " ")
		if name == ref && isHash(hash) {
			return hash, nil
		}
	}
	return "", fs.ErrNotExist
}

// readSmall reads a regular file of a repository.
func readSmall(root *os.Root, name string) ([]byte, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxRefs {
		return nil, ErrDamaged
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxRefs))
}

// isHash reports whether s is the name of an object, in SHA-1 or SHA-256.
func isHash(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}
