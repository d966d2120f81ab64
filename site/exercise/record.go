package exercise

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"wirelab/grader/wire"
	"wirelab/site/tap"
)

// Visible tests are ordinary Go: they talk to a server of net/http/httptest, and nobody writes down what passes. To
// show it all the same, they are built with a httptest whose listeners do: go's -overlay puts another file in the
// place of its server.go, and one more beside it. Nothing on the student's disk changes.

// recordEnv names the environment variable with the file to write to.
const recordEnv = "WIRELAB_RECORD"

//go:embed record.go.txt
var recorder []byte

const plainListener = "func newLocalListener() net.Listener {"

// recorderOverlay writes the files that go's -overlay needs into dir and returns the path of the overlay.
func recorderOverlay(ctx context.Context, dir string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	httptest := filepath.Join(strings.TrimSpace(string(out)), "src", "net", "http", "httptest")
	src, err := os.ReadFile(filepath.Join(httptest, "server.go"))
	if err != nil {
		return "", err
	}
	changed := strings.Replace(string(src), plainListener, "func plainLocalListener() net.Listener {", 1)
	if changed == string(src) {
		return "", errNoRecorder
	}
	replace := map[string]string{}
	for name, text := range map[string][]byte{"server.go": []byte(changed), "wirelab_record.go": recorder} {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, text, 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(httptest, name)] = at
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	at := filepath.Join(dir, "overlay.json")
	return at, os.WriteFile(at, overlay, 0o600)
}

// maxRecord is how much of a recording is read, in bytes.
const maxRecord = 16 << 20

// readRecord decodes a recording: what went over the connections of each test, by its name.
func readRecord(file string, begun time.Time) map[string][]tap.Row {
	pieces, first := map[string][]tap.Piece{}, map[string]time.Time{}
	f, err := os.Open(file)
	if err != nil {
		return nil // no test has listened
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxRecord)
	for size := 0; lines.Scan() && size < maxRecord; size += len(lines.Bytes()) {
		fields := strings.Split(lines.Text(), "\t") // nanoseconds, test, connection, direction, bytes
		if len(fields) != 5 {
			continue
		}
		nanos, err := strconv.ParseInt(fields[0], 10, 64)
		payload, errHex := hex.DecodeString(fields[4])
		if err != nil || errHex != nil {
			continue // somebody else has written it
		}
		at, test := time.Unix(0, nanos), fields[1]
		if first[test].IsZero() {
			first[test] = at
		}
		pieces[test] = append(pieces[test], tap.Piece{Time: at, Conn: fields[2], Dir: wire.Dir(fields[3]), Bytes: payload})
	}
	transcripts := map[string][]tap.Row{}
	for test, p := range pieces {
		if rows := tap.Transcript(p, first[test]); len(rows) > 0 && !first[test].Before(begun) {
			transcripts[test] = rows
		}
	}
	return transcripts
}
