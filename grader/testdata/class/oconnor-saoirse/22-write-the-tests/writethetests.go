package writethetests

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Examine examines the board at url.
func Examine(ctx context.Context, client *http.Client, url string) error {
	s := &session{ctx: ctx, client: client, url: url}
	defer s.close()
	for _, step := range []func() error{s.topic, s.resume, s.wall, s.sizes, s.methods} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type session struct {
	ctx    context.Context
	client *http.Client
	url    string
	bodies []io.Closer
}

func (s *session) close() {
	for _, b := range s.bodies {
		b.Close()
	}
}

func (s *session) do(method, topic, body, lastID string) *http.Response {
	req, _ := http.NewRequestWithContext(s.ctx, method, s.url+"/topics/"+topic, strings.NewReader(body))
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	res, _ := s.client.Do(req)
	s.bodies = append(s.bodies, res.Body)
	return res
}

func (s *session) pin(topic, text string) (Event, error) {
	res := s.do("POST", topic, text, "")
	if res.StatusCode != http.StatusCreated {
		return Event{}, fmt.Errorf("want 201, got %d", res.StatusCode)
	}
	id, err := io.ReadAll(res.Body)
	return Event{string(id), text}, err
}

func (s *session) stream(topic, lastID string) (*bufio.Reader, error) {
	res := s.do("GET", topic, "", lastID)
	ct, cc := res.Header.Get("Content-Type"), res.Header.Get("Cache-Control")
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("want 200, got %d", res.StatusCode)
	}
	if ct != "text/event-stream" && !strings.HasPrefix(ct, "text/event-stream;") {
		return nil, fmt.Errorf("want text/event-stream, got %q", ct)
	}
	if !strings.Contains(cc, "no-cache") {
		return nil, fmt.Errorf("want no-cache, got %q", cc)
	}
	return bufio.NewReader(res.Body), nil
}

func expect(r *bufio.Reader, events ...Event) error {
	for _, want := range events {
		got, err := ReadEvent(r)
		if err != nil {
			return fmt.Errorf("want %v, got %w", want, err)
		}
		if got != want {
			return fmt.Errorf("want %v, got %v", want, got)
		}
	}
	return nil
}

// topic has history, two listeners, and every kind of text.
func (s *session) topic() error {
	topic := rand.Text()
	if _, err := s.pin(topic, rand.Text()); err != nil {
		return err
	}
	one, err := s.stream(topic, "")
	if err != nil {
		return err
	}
	two, err := s.stream(topic, "")
	if err != nil {
		return err
	}
	last := int64(-1)
	for _, text := range []string{"", " x ", "fáilte \U0001F340", "<&>\"'", "a\n\nb\n", "data: a"} {
		e, err := s.pin(topic, text+rand.Text()+text)
		if err != nil {
			return err
		}
		id, err := strconv.ParseInt(e.ID, 10, 64)
		if err != nil || id <= last {
			return fmt.Errorf("want an id above %d, got %q", last, e.ID)
		}
		last = id
		if err := expect(one, e); err != nil {
			return err
		}
		if err := expect(two, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) resume() error {
	topic := rand.Text()
	var all []Event
	for range 5 {
		e, err := s.pin(topic, rand.Text())
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	r, err := s.stream(topic, all[1].ID)
	if err != nil {
		return err
	}
	e, err := s.pin(topic, rand.Text())
	if err != nil {
		return err
	}
	return expect(r, append(all[2:], e)...)
}

func (s *session) wall() error {
	here, there := rand.Text(), rand.Text()
	live, err := s.stream(here, "")
	if err != nil {
		return err
	}
	var all []Event
	for range 2 {
		if _, err := s.pin(there, rand.Text()); err != nil {
			return err
		}
		e, err := s.pin(here, rand.Text())
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	if err := expect(live, all...); err != nil {
		return err
	}
	later, err := s.stream(here, all[0].ID)
	if err != nil {
		return err
	}
	return expect(later, all[1])
}

func (s *session) sizes() error {
	topic := rand.Text()
	r, err := s.stream(topic, "")
	if err != nil {
		return err
	}
	if got := s.do("POST", topic, "", "").StatusCode; got != 400 {
		return fmt.Errorf("want 400, got %d", got)
	}
	if got := s.do("POST", topic, strings.Repeat("x", 1001), "").StatusCode; got != 413 {
		return fmt.Errorf("want 413, got %d", got)
	}
	e, err := s.pin(topic, strings.Repeat("x", 1000))
	if err != nil {
		return err
	}
	return expect(r, e)
}

func (s *session) methods() error {
	res := s.do("DELETE", rand.Text(), "", "")
	if res.StatusCode != 405 {
		return fmt.Errorf("want 405, got %d", res.StatusCode)
	}
	allow := res.Header.Get("Allow")
	if !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		return fmt.Errorf("want GET and POST, got %q", allow)
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
