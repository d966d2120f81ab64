package intake

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"wirelab/grader/course"
	"wirelab/grader/verdict"
)

var due = time.Date(2026, 11, 20, 23, 59, 0, 0, time.FixedZone("", -5*3600))

// commits makes a repository with one commit for each text of hub.go, at hours after the due date.
func commits(t *testing.T, dir string, work map[int]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "git is not installed: %v", err)
		t.Skip("git is not installed")
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "16-hub"), 0o755))
	git := func(hours int, args ...string) string {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		when := due.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b",
			"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b", "GIT_COMMITTER_DATE="+when)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return strings.TrimSpace(string(out))
	}
	git(0, "init", "-q", "-b", "main")
	for hours := -100; hours < 100; hours++ {
		if src, ok := work[hours]; ok {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "16-hub", "hub.go"), []byte(src), 0o644))
			git(hours, "add", "-A")
			git(hours, "commit", "-q", "-m", "x")
		}
	}
	return git(0, "rev-parse", "HEAD")
}

func TestClonesAtADate(t *testing.T) {
	dir := t.TempDir()
	commits(t, filepath.Join(dir, "ana"), map[int]string{-2: "package hub // first\n", -1: work, 1: "package hub // late\n"})
	commits(t, filepath.Join(dir, "luz"), map[int]string{2: work})
	put(t, dir, map[string]string{"zoe/16-hub/hub.go": work, "README.md": "x"})
	class, err := ReadAt(t.Context(), dir, newCourse(t), due)
	require.NoError(t, err)
	all := class.Submissions
	assert.Equal(t, "ignored beside the submissions: README.md\n", texts(Submission{Notes: class.Notes}))
	require.Equal(t, []string{"ana: 16-hub", "luz:", "zoe: the repository cannot be read: there is no repository, or it cannot be reached"}, summary(all))
	assert.Equal(t, work, string(all[0].Lessons["16-hub"]["hub.go"]))
	assert.Regexp(t, `^graded: commit [0-9a-f]{10} of 2026-11-20 22:59:00 -05:00 on main\n$`, texts(all[0]))
	assert.Equal(t, "main", all[0].Origin.Commit.Branch)
	assert.True(t, all[0].Origin.Commit.Time.Equal(due.Add(-time.Hour)))
	assert.Equal(t, verdict.NotSubmitted, all[1].Decided["16-hub"].Status)
	assert.Equal(t, "there is no commit on the default branch until 2026-11-20 23:59:00 -05:00", all[1].Decided["16-hub"].Message.EN)

	t.Run("as they lie there", func(t *testing.T) {
		class, err := Read(t.Context(), dir, newCourse(t))
		require.NoError(t, err)
		assert.Equal(t, []string{"ana: 16-hub", "luz: 16-hub", "zoe: 16-hub"}, summary(class.Submissions))
		assert.Equal(t, "package hub // late\n", string(class.Submissions[0].Lessons["16-hub"]["hub.go"]))
		assert.Nil(t, class.Submissions[0].Origin.Commit)
	})
}

// At a date nobody is left out because there is no repository.
func TestNoRepositoriesAtADate(t *testing.T) {
	const undated = "only a repository knows what was there at a date, and this is none; put a clone here, or grade without --at"
	dir := t.TempDir()
	commits(t, filepath.Join(dir, "ana"), map[int]string{-1: work})
	put(t, dir, map[string]string{"luz.zip": zipped(t, map[string]string{"16-hub/hub.go": work}), "garciabo_12_345_hub.go": work, "zoe.rar": "Rar!"})
	want := []string{"ana: 16-hub", "garciabo (canvas 12): " + undated, "luz: " + undated, "zoe.rar: " + undated}
	if err := os.Symlink("ana", filepath.Join(dir, "eva")); err == nil { // which not everybody may do everywhere
		want = slices.Insert(want, 1, "eva: the folder is a symbolic link, and those are not followed; put the folder itself here")
	}
	class, err := ReadAt(t.Context(), dir, newCourse(t), due)
	require.NoError(t, err)
	assert.Equal(t, want, summary(class.Submissions))
	assert.Contains(t, class.Submissions[len(want)-1].Problem.Text.ES, "solo un repositorio")
}

// One bare repository, or what looks like one, makes no repositories of all that lies beside it.
func TestBareRepositoriesAmongFolders(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	commits(t, elsewhere, map[int]string{-1: work})
	for _, to := range []string{"luz.git", "Luz_102_assignsubmission_file"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, to), os.DirFS(filepath.Join(elsewhere, ".git"))))
	}
	put(t, dir, map[string]string{
		"ana/16-hub/hub.go": work, "Ana_101_assignsubmission_file/16-hub/hub.go": work, "bo.zip": zipped(t, map[string]string{"16-hub/hub.go": work}),
		"eve/HEAD": "x", "eve/objects": "x", "eve/refs": "x",
	})
	want := []string{
		"Ana (moodle 101): 16-hub", "Luz (moodle 102): 16-hub", "ana: 16-hub", "bo: 16-hub",
		"eve: the repository cannot be read: its files lie in another repository (a worktree, alternates or a link); clone it anew", "luz: 16-hub",
	}
	class, err := Read(t.Context(), dir, newCourse(t))
	require.NoError(t, err)
	assert.Equal(t, want, summary(class.Submissions))
	assert.NotNil(t, class.Submissions[1].Origin.Commit)
	assert.NotNil(t, class.Submissions[5].Origin.Commit)

	t.Run("without git", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		class, err := Read(t.Context(), dir, newCourse(t))
		require.NoError(t, err)
		for _, i := range []int{1, 4, 5} {
			name, _, _ := strings.Cut(want[i], ": ")
			want[i] = strings.TrimSuffix(name, ":") + ": the repository cannot be read: git is not installed here"
		}
		assert.Equal(t, want, summary(class.Submissions))
	})
}

// Clones and bare repositories in a folder of their own are a class, at a date or without one.
func TestFolderAroundRepositories(t *testing.T) {
	dir := t.TempDir()
	for _, to := range []string{"clones/ana", "clones/luz"} {
		commits(t, filepath.Join(dir, to), map[int]string{-1: work, 1: "package hub // late\n"})
	}
	class, err := ReadAt(t.Context(), dir, newCourse(t), due)
	require.NoError(t, err)
	assert.Equal(t, []string{"ana: 16-hub", "luz: 16-hub"}, summary(class.Submissions))
	assert.Equal(t, work, string(class.Submissions[0].Lessons["16-hub"]["hub.go"]))
	assert.Equal(t, "the submissions are those in clones\n", texts(Submission{Notes: class.Notes}))

	t.Run("one alone is none", func(t *testing.T) {
		dir := t.TempDir()
		commits(t, filepath.Join(dir, "clones", "ana"), map[int]string{-1: work})
		put(t, dir, map[string]string{"clones/luz/16-hub/hub.go": work, "clones/zoe/16-hub/hub.go": work})
		class, err := ReadAt(t.Context(), dir, newCourse(t), due)
		require.NoError(t, err)
		assert.Equal(t, []string{"clones: the repository cannot be read: there is no repository, or it cannot be reached"}, summary(class.Submissions))
	})
	for _, name := range []string{"ana", "luz"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, "bare", "hand-in", name+".git"), os.DirFS(filepath.Join(dir, "clones", name, ".git"))))
	}
	class, err = Read(t.Context(), filepath.Join(dir, "bare"), newCourse(t))
	require.NoError(t, err)
	assert.Equal(t, []string{"ana: 16-hub", "luz: 16-hub"}, summary(class.Submissions))
}

// Servers that take a connection and never answer hold up one another for a moment only, and nobody else.
func TestServersThatHang(t *testing.T) {
	dir := t.TempDir()
	commits(t, dir, map[int]string{-1: work})
	hanging, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var all []*student
	for range 3 * reposAtOnce {
		all = append(all, &student{id: "slow", where: "git://" + hanging.Addr().String() + "/x"})
	}
	all = append(all, &student{id: "zoe", where: dir})
	came := make(chan int, 1)
	go func() { // until all of them hang at once
		defer hanging.Close()
		_ = hanging.(*net.TCPListener).SetDeadline(time.Now().Add(30 * time.Second))
		n := 0
		for ; n < len(all)-1; n++ {
			conn, err := hanging.Accept()
			if err != nil {
				break
			}
			defer conn.Close()
		}
		came <- n
	}()
	known, err := learn(newCourse(t))
	require.NoError(t, err)
	r := &reading{known: known, listed: true, haste: time.Millisecond}
	class, err := r.each(t.Context(), all)
	require.NoError(t, err)
	assert.Equal(t, len(all)-1, <-came)
	assert.Contains(t, class.Submissions[0].Problem.Text.EN, "the repository cannot be read")
	assert.Equal(t, "zoe", class.Submissions[len(all)-1].ID)
	assert.Contains(t, class.Submissions[len(all)-1].Lessons, "16-hub")
}

func TestListOfRepositories(t *testing.T) {
	dir := t.TempDir()
	hash := commits(t, filepath.Join(dir, "ana repo"), map[int]string{-1: work})
	commits(t, filepath.Join(dir, "luz"), map[int]string{-1: work})
	commits(t, filepath.Join(dir, "eva"), map[int]string{-1: work})
	at := filepath.Join(dir, "repos.txt")
	require.NoError(t, os.WriteFile(at, []byte("\ufeff# the class\r\n\r\n\"ana repo\" Ana García\r\nluz\r\nfile://"+
		filepath.ToSlash(filepath.Join(dir, "eva"))+", Eva\r\nnowhere\tNobody\r\n"), 0o644))
	class, err := Read(t.Context(), at, newCourse(t))
	require.NoError(t, err)
	all := class.Submissions
	assert.Equal(t, []string{
		"Ana García: 16-hub", "Eva: 16-hub", "Nobody: the repository cannot be read: there is no repository, or it cannot be reached", "luz: 16-hub",
	}, summary(all))
	assert.Equal(t, hash, all[0].Origin.Commit.Hash)

	t.Run("bare ones in a folder", func(t *testing.T) {
		bare := t.TempDir()
		out, err := exec.CommandContext(t.Context(), "git", "clone", "-q", "--bare", filepath.Join(dir, "luz"), filepath.Join(bare, "luz.git")).CombinedOutput()
		require.NoError(t, err, "%s", out)
		class, err := Read(t.Context(), bare, newCourse(t))
		require.NoError(t, err)
		assert.Equal(t, []string{"luz: 16-hub"}, summary(class.Submissions))
	})
	t.Run("with branches in a format that is not read", func(t *testing.T) {
		mine := t.TempDir()
		put(t, mine, map[string]string{
			"ana/.git/HEAD": "ref: refs/heads/.invalid\n", "ana/.git/refs/heads": "this repository uses the reftable format\n",
			"ana/.git/reftable/tables.list": "x\n", "ana/.git/objects/info/x": "", "repos.txt": "ana\n",
		})
		class, err := Read(t.Context(), filepath.Join(mine, "repos.txt"), newCourse(t))
		require.NoError(t, err)
		assert.Equal(t, []string{
			"ana: the repository cannot be read: its branches are in git's reftable format, which is not read here; run git refs migrate --ref-format=files in it",
		}, summary(class.Submissions))
		assert.Contains(t, class.Submissions[0].Problem.Text.ES, "formato reftable")
	})
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":        {"# nobody yet\n", "no repositories in"},
		"an open quote":  {"x\n\"ana repo Ana\n", "repos.txt:2: a quote is not closed"},
		"another list":   {"name,id\nAna,7\n", "no line of"},
		"no list at all": {"\x00\x01\x02", "is no zip, or it is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(at, []byte(tt.text), 0o644))
			_, err := Read(t.Context(), at, newCourse(t))
			var e *course.Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Error(), tt.want)
		})
	}
	t.Run("without git", func(t *testing.T) {
		require.NoError(t, os.WriteFile(at, []byte("luz\n"), 0o644))
		t.Setenv("PATH", t.TempDir())
		_, err := Read(t.Context(), at, newCourse(t))
		var e *course.Error
		require.ErrorAs(t, err, &e)
		assert.Contains(t, e.Error(), "git is not installed")
		assert.Contains(t, e.Hint(), "install git")
	})
}

func TestArchiveAtADate(t *testing.T) {
	at := filepath.Join(t.TempDir(), "class.zip")
	require.NoError(t, os.WriteFile(at, []byte(zipped(t, map[string]string{"ana/16-hub/hub.go": work})), 0o644))
	_, err := ReadAt(t.Context(), at, newCourse(t), due)
	var e *course.Error
	require.ErrorAs(t, err, &e)
	assert.Contains(t, e.Error(), "does not know what was there when")
}
