package writethetests

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// Examine looks at what the board answers. What comes out of its streams: to be done.
func Examine(ctx context.Context, client *http.Client, url string) error {
	status := func(method, body string, want int) (http.Header, error) {
		req, err := http.NewRequestWithContext(ctx, method, url+"/topics/"+rand.Text(), strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		res, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if res.StatusCode != want {
			return nil, fmt.Errorf("%s: expected %d, got %d", method, want, res.StatusCode)
		}
		return res.Header, nil
	}

	for n, want := range map[int]int{0: 400, 1: 201, 1000: 201, 1001: 413} {
		if _, err := status("POST", strings.Repeat("z", n), want); err != nil {
			return err
		}
	}
	h, err := status("GET", "", 200)
	if err != nil {
		return err
	}
	if got, _, _ := mime.ParseMediaType(h.Get("Content-Type")); got != "text/event-stream" {
		return fmt.Errorf("expected text/event-stream, got %s", got)
	}
	if got := h.Get("Cache-Control"); !strings.Contains(got, "no-cache") {
		return fmt.Errorf("expected no-cache, got %s", got)
	}
	h, err = status("PUT", "", 405)
	if err != nil {
		return err
	}
	if got := h.Get("Allow"); !strings.Contains(got, "GET") || !strings.Contains(got, "POST") {
		return fmt.Errorf("expected GET, POST, got %s", got)
	}
	return nil
}

// Event is one event of a stream.
type Event struct {
	ID   string // "" if the event has none
	Data string // lines joined by "\n"
}

// ReadEvent reads the next event of a stream that is read from its beginning.
func ReadEvent(stream *bufio.Reader) (Event, error) {
	var id string
	var data []string
	for {
		line, err := stream.ReadString('\n')
		if err != nil {
			return Event{}, err
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && data != nil:
			return Event{ID: id, Data: strings.Join(data, "\n")}, nil
		case line == "":
			id = ""
		case name == "id":
			id = value
		case name == "data":
			data = append(data, value)
		}
	}
}
