package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"wirelab/grader/intake/archive"
	"wirelab/grader/intake/listing"
)

// small is the size of a file that is read at once, in bytes. Of a larger one nobody wants the whole.
const small = 1 << 20

// runner runs git over the objects of one repository.
type runner struct {
	git, scratch, objects string
	ctx                   context.Context // for as long as the snapshot is open
	cancel                func()
	batch                 *batch
}

func (r *runner) close() error {
	r.cancel()
	if r.batch != nil {
		r.batch.in.Close()
		_ = r.batch.cmd.Wait() // it was ended by force
	}
	return os.RemoveAll(r.scratch)
}

// command is git with nothing of this machine's or the stranger's configuration.
func (r *runner) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(r.ctx, r.git, append([]string{
		"-c", "core.commitGraph=false", "-c", "core.multiPackIndex=false",
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull,
	}, args...)...)
	cmd.Dir = r.scratch
	cmd.Env = []string{
		"GIT_DIR=" + r.scratch, "GIT_OBJECT_DIRECTORY=" + r.objects, "HOME=" + r.scratch, "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
		"PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
	}
	return cmd
}

// output runs git and returns what it printed, which is little.
func (r *runner) output(ctx context.Context, args ...string) ([]byte, error) {
	cmd := r.command(args...)
	out, err := cmd.Output()
	return out, r.failure(ctx, err)
}

// failure says what it means that git failed.
func (r *runner) failure(ctx context.Context, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case r.ctx.Err() != nil:
		return ErrTooLong
	case errors.As(err, &exit):
		first, _, _ := strings.Cut(strings.TrimSpace(string(exit.Stderr)), "\n")
		return fmt.Errorf("%w: %s", ErrDamaged, first)
	}
	return err
}

// list lists the commit's files.
func (s *Snapshot) list(ctx context.Context, entries int) error {
	cmd := s.run.command("ls-tree", "-r", "-z", "-l", "--full-tree", s.Hash)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	listErr := s.scan(out, entries)
	if listErr != nil {
		_ = cmd.Process.Kill()
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		exit.Stderr = stderr.Bytes()
	}
	if listErr != nil {
		return listErr
	}
	return s.run.failure(ctx, err)
}

// scan reads lines of ls-tree: mode, type, hash, size, a tab, the name, and a NUL.
func (s *Snapshot) scan(out io.Reader, entries int) error {
	lines := bufio.NewScanner(out)
	lines.Split(func(data []byte, end bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, 0); i >= 0 {
			return i + 1, data[:i], nil
		}
		return 0, nil, nil
	})
	for lines.Scan() {
		if len(s.Files)+len(s.Outside) >= entries {
			return ErrTooMany
		}
		about, name, _ := strings.Cut(lines.Text(), "\t")
		fields := strings.Fields(about)
		if len(fields) != 4 || !isHash(fields[2]) {
			return fmt.Errorf("%w: git listed %q", ErrDamaged, lines.Text())
		}
		clean, ok := listing.Clean(archive.Decode(name))
		if !ok {
			s.Outside = append(s.Outside, archive.Decode(name))
			continue
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			size = 0 // of something that is no file, or that is missing
		}
		hash := fields[2]
		s.Files = append(s.Files, listing.File{
			Name: clean, Size: size, Mode: modeOf(fields[0]),
			Open: func() (io.ReadCloser, error) { return s.run.open(hash, size) },
		})
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("%w: a file's name is too long", ErrDamaged)
	}
	return lines.Err()
}

func modeOf(mode string) fs.FileMode {
	switch mode {
	case "120000":
		return fs.ModeSymlink
	case "160000": // another repository within this one
		return fs.ModeIrregular
	}
	return 0
}

// open opens a file. Small ones come from one process, one after the other.
func (r *runner) open(hash string, size int64) (io.ReadCloser, error) {
	if size > small {
		return r.stream(hash)
	}
	if r.batch == nil {
		b, err := newBatch(r.command("cat-file", "--batch"))
		if err != nil {
			return nil, err
		}
		r.batch = b
	}
	src, err := r.batch.get(hash)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return io.NopCloser(bytes.NewReader(src)), nil
}

// stream runs git for one file, for as long as it is read.
func (r *runner) stream(hash string) (io.ReadCloser, error) {
	cmd := r.command("cat-file", "blob", hash)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return stream{out, cmd}, cmd.Start()
}

type stream struct {
	io.ReadCloser
	cmd *exec.Cmd
}

func (s stream) Close() error {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // it was ended by force
	return nil
}

// batch is a running git cat-file --batch.
type batch struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func newBatch(cmd *exec.Cmd) (*batch, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &batch{cmd, in, bufio.NewReader(out)}, cmd.Start()
}

// get returns one file, which git announces with its hash, type and size.
func (b *batch) get(hash string) ([]byte, error) {
	if _, err := fmt.Fprintln(b.in, hash); err != nil {
		return nil, err
	}
	head, err := b.out.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) != 3 || fields[1] != "blob" {
		return nil, fmt.Errorf("git answered %q", strings.TrimSpace(head))
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size > small {
		return nil, fmt.Errorf("git answered %q", strings.TrimSpace(head))
	}
	src := make([]byte, size+1) // and a line's end
	if _, err := io.ReadFull(b.out, src); err != nil {
		return nil, err
	}
	return src[:size], nil
}
