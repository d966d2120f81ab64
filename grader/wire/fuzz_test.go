package wire

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever an entry holds, be it the probe's or read from the file of a report, its line is one line of plain text.
func FuzzLine(f *testing.F) {
	for _, entry := range []string{
		`{"at":1,"conn":"ana","dir":"receive","kind":"text","length":5,"data":"hello"}`,
		`{"kind":"close","code":1000,"data":"\u001b[2J","event":"\u202e","event_id":"\n"}`,
		`{"kind":"\r\nPASS","conn":"\u0000","dir":"?","encoding":"hex","data":"zz\u009b"}`,
		`{"kind":"event","at":1e308,"length":-9223372036854775808,"fin":false,"cut":true,"wrong":true}`,
	} {
		f.Add([]byte(entry))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var e Entry
		if json.Unmarshal(src, &e) != nil {
			return
		}
		plain(t, e.Line())
	})
}

// A hostile peer's bytes become frames, as many as there are, and every frame a line of the transcript.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x81\x05Hello\x89\x01p\x88\x05\x03\xe8bye"))
	f.Add([]byte("\x01\x03Hel\x80\x02lo\x82\x7e\x00\x05\x1b[2J\x07\x88\x01x"))
	f.Add([]byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, src []byte) {
		const limit = 1 << 16
		r := bytes.NewReader(src)
		for {
			before := r.Len()
			frame, err := ReadFrame(r, limit)
			if err != nil {
				return
			}
			require.Less(t, r.Len(), before, "a frame of no bytes would never end")
			require.LessOrEqual(t, len(frame.Payload), limit)
			e := Entry{Conn: "ws1", Dir: Receive, Kind: Kind(frame.Opcode.String()), Masked: frame.Masked, Fin: &frame.Fin}
			e.SetData(frame.Payload)
			if code, reason, ok := ParseClose(frame.Payload); ok && frame.Opcode == OpClose {
				e.Code, e.Data, e.Encoding = code, reason, ""
			}
			plain(t, e.Line())
		}
	})
}
