package policy

import "slices"

// Imports returns the packages that a lesson of the given library ("std", "coder", "gorilla", "go-redis" or "any",
// as front matter has it) may import, sorted. An unknown library allows what "std" does. The build stage hands the
// compiler these packages and no others, so this is the one list.
//
// What is not here: packages that reach files, processes or memory (os, syscall, unsafe; reflect, whose
// UnsafePointer is unsafe by another name; runtime, whose RaceDisable hides data races), packages that only tests
// need, and templates, which make every binary larger for no lesson's sake.
func Imports(library string) []string {
	all := slices.Concat(standard(), libraries()[library])
	if library == "any" {
		for _, packages := range libraries() {
			all = append(all, packages...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// libraries maps a library's name to the packages of its module that lessons may import.
func libraries() map[string][]string {
	return map[string][]string{
		"coder":    {"github.com/coder/websocket", "github.com/coder/websocket/wsjson"},
		"gorilla":  {"github.com/gorilla/websocket"},
		"go-redis": {"github.com/redis/go-redis/v9", "github.com/gorilla/websocket"}, // nodes of a broker serve WebSockets
	}
}

// standard lists what every lesson may import of the standard library.
func standard() []string {
	return []string{
		"bufio", "bytes", "cmp", "container/heap", "container/list", "container/ring", "context",
		"crypto/hmac", "crypto/rand", "crypto/sha1", "crypto/sha256", "crypto/sha512", "crypto/subtle",
		"encoding", "encoding/base32", "encoding/base64", "encoding/binary", "encoding/csv", "encoding/hex",
		"encoding/json", "errors", "fmt",
		"hash", "hash/adler32", "hash/crc32", "hash/crc64", "hash/fnv", "hash/maphash", "html",
		"io", "iter", "log", "log/slog", "maps", "math", "math/big", "math/bits", "math/cmplx", "math/rand", "math/rand/v2",
		"mime", "mime/multipart", "mime/quotedprintable", "net", "net/http", "net/netip", "net/textproto", "net/url",
		"path", "regexp", "regexp/syntax", "slices", "sort", "strconv", "strings", "sync", "sync/atomic",
		"time", "unicode", "unicode/utf16", "unicode/utf8",
	}
}
