package policy

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const quietHead = `package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	ws "github.com/gorilla/websocket"
)

type Hub struct{ peers map[string]*Hub }
type op int
type ops []op
type four [4]byte
type alias = four
type table map[string]int
type huge struct{ a [1000][1000][1000]int }
type pair struct{ a, b [1 << 10]huge }

const text, mega op = 1, 1 << 30

var variable any

func (h *Hub) init() {}

func f() int { return 1 }

`

func isQuiet(t *testing.T, src string) bool {
	t.Helper()
	clean, r := Check(hub(), one(quietHead+src+"\n"))
	require.Nil(t, r)
	return clean.Quiet
}

func TestQuiet(t *testing.T) {
	for _, src := range []string{
		`var x int`,
		`var mu, mv atomic.Int64`,
		`var p atomic.Pointer[Hub]`,
		`var x, y = 1, "a" + "b"`,
		`var _ http.Handler = (*Hub)(nil)`,
		`var errClosed, errX = errors.New("closed"), fmt.Errorf("x %d", 1)`,
		`var d = 5 * time.Second`,
		`var d = time.Duration(3) * time.Second / 2`,
		`var size = 1 << 20`,
		`var m = map[string]int{}`,
		`var m = make(map[string]*Hub, 16)`,
		`var c = make(chan []byte, 256)`,
		`var h = &Hub{peers: make(map[string]*Hub)}`,
		`var h = new(Hub)`,
		`var up = ws.Upgrader{CheckOrigin: func(*http.Request) bool { return f() == 1 }}`,
		`var names = map[op]string{text: "text", 2: "two", -1: "none"}`,
		`var names = [4]string{text: "text", 2: "two"}`,
		`var list = []Hub{{}, {}}`,
		`var list = []*Hub{{}, {peers: map[string]*Hub{"a": {}}}}`,
		`var headers = http.Header{"Content-Type": {"text/event-stream"}}`,
		`var t = table{"a": 1}`,
		`var n = op(3)`,
		`var b = []byte("hello")`,
		`var r = regexp.MustCompile("^[a-z]+$")`,
		"var r = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}$`)",
		`var r = strings.NewReplacer("\r", "", "\n", "")`,
		`var eof = io.EOF`,
		`var g = f`,
		`var g = func() int { return f() }`,
		`var h = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})`,
		`var j = json.RawMessage("{}")`,
		`var ctx = context.Background()`,
		`var n = len("abc")`,
		`var s = append([]int{1}, 2, 3)`,
		`const z = len("abc")`,
		`func g() { var x = f(); _ = x; panic(1) }`,
	} {
		assert.True(t, isQuiet(t, src), src)
	}
}

func TestLoud(t *testing.T) {
	for _, src := range []string{
		// code of the student's
		`func init() { http.DefaultClient = nil }`,
		`func init() {}`,
		`var x = f()`,
		`var x = func() int { for {} }()`,
		`var _, x = 1, f()`,
		`var x = []int{1, f()}`,
		`var x = map[string]int{"a": f()}`,
		`var x = &Hub{peers: map[string]*Hub{"a": g()}}; func g() *Hub { return nil }`,
		`var x = -f()`,
		`var x = 1 + f()`,
		`var x = op(f())`,
		`var x = (f)()`,
		`var x = make(chan int, f())`,
		`type e struct{}; func (e) Error() string { for {} }; var x = fmt.Errorf("%v", e{})`,
		`var x = errors.New(string(rune(f())))`,
		`func errors() {}; var x = errors.New("a")`,
		`func len(string) int { for {} }; var x = len("a")`,
		`func make(int) int { for {} }; var x = make(1)`,
		`var int = func(x any) any { for {} }; var x = int(1)`,
		`var x = time.AfterFunc(0, func() {})`,
		`var x = http.ListenAndServe("", nil)`,
		`var x = http.DefaultClient.Do`,

		// waiting
		`var x = <-make(chan int)`,
		`var x = []int{<-c}; var c chan int`,

		// panicking
		`var x = *p; var p *int`,
		`var x = p.peers; var p *Hub`,
		`var x = r.Read; var r io.Reader`,
		`var x = s[3]; var s []int`,
		`var x = s[1:]; var s []int`,
		`var x = variable.(int)`,
		`var x = 1 / y; var y int`,
		`var x = 1 << y; var y = -1`,
		`var x = variable == variable`,
		`var x = map[any]int{variable: 1}`,
		`var x = map[any]int{[]byte("a"): 1}`,
		`var x = map[any]int{ops(nil): 1}`,
		`var x = [4]byte(s); var s []byte`,
		`var x = four(s); var s []byte`,
		`var x = alias(s); var s []byte`,
		`var x = (*[4]byte)(s); var s []byte`,
		`var x = (*four)(s); var s []byte`,
		`var x = regexp.MustCompile("(")`,
		`var x = strings.NewReplacer("a")`,

		// taking memory
		`var x huge`,
		`var x pair`,
		`var x [1 << 30]byte`,
		`var x [mega]byte`,
		`var x [999999]byte`,
		`var x = new(huge)`,
		`var x = &huge{}`,
		`var x = []huge{{}}`,
		`var x = make([]byte, 1<<40)`,
		`var x = make([]byte, 1000000000)`,
		`var x = make([]huge, 1)`,
		`var x = make(ops, 65536); var y = make([][1000]byte, 65536)`,
		`var x = []byte{1000000000: 1}`,
		`var x = []byte{mega: 1}`,
		`var x = [...]byte{mega: 1}`,
		`var x = ops{1000000000: 1}`,
		`var x = map[string][]byte{"a": {1000000000: 1}}`,
		`var x = regexp.MustCompile("(abcdefgh){999}")`,
		`var x = append(y, y...); var y = []int{1, 2}`,
		`var x = y + y; var y = "ab"`,
		`var x = append(y, 1); var y = []int{1, 2}`,
		`var x = []byte(y); const y = "ab"`,
		`var x = string(y); var y = []byte("ab")`,
		`var x = json.RawMessage(y); const y = "ab"`,
		`var x = make(map[[1000]byte]bool, 65536)`,

		// taking it little by little
		`var x = [][]byte{` + strings.Repeat("make([]byte, 65536), ", 200) + `}`,
		`var ` + strings.Repeat("x, ", 100) + `y [100000]byte`,
		strings.Repeat("var _ [100000]byte\n", 100),
		`var x = []*four{` + strings.Repeat("new([100000]byte), ", 100) + `}`,
		strings.Repeat("var _ = regexp.MustCompile(\"(abcdef){99}\")\n", 300),

		// what does not parse
		`var x = `,
	} {
		assert.False(t, isQuiet(t, src), src)
	}
}

// A name that another file of the package declares hides Go's own just the same.
func TestQuietLooksAtAllFiles(t *testing.T) {
	files := map[string][]byte{
		"a.go": []byte("package hub\n\nvar x = len(\"a\")\n"),
		"b.go": []byte("package hub\n\nfunc len(string) int { for {} }\n"),
	}
	clean, r := Check(hub(), files)
	require.Nil(t, r)
	assert.False(t, clean.Quiet)

	delete(files, "b.go")
	clean, r = Check(hub(), files)
	require.Nil(t, r)
	assert.True(t, clean.Quiet)
}
