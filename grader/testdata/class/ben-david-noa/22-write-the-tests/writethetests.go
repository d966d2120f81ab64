package writethetests

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

type board struct {
	ctx    context.Context
	client *http.Client
	url    string
}

// Examine pins and listens.
func Examine(ctx context.Context, client *http.Client, url string) error {
	b := board{ctx, client, url}
	for _, check := range []func() error{b.checkTexts, b.checkHistory, b.checkTopics, b.checkLimits, b.checkMethods} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (b board) checkTexts() error {
	topic := rand.Text()
	body, err := b.open(topic)
	if err != nil {
		return err
	}
	defer body.Close()
	stream := bufio.NewReader(body)
	var last int64 = -1
	for _, text := range []string{
		rand.Text(),
		" " + rand.Text() + "  ",
		rand.Text() + "\n" + rand.Text() + "\n\n",
		"שלום " + rand.Text(),
		"<a href=\"x\">" + rand.Text() + "</a> & 'co'",
	} {
		id, err := b.pin(topic, text)
		if err != nil {
			return err
		}
		if id <= last {
			return fmt.Errorf("id %d after id %d", id, last)
		}
		last = id
		if err := next(stream, id, text); err != nil {
			return err
		}
	}
	return nil
}

func (b board) checkHistory() error {
	topic := rand.Text()
	for range 2 {
		if _, err := b.pin(topic, rand.Text()); err != nil {
			return err
		}
	}
	body, err := b.open(topic)
	if err != nil {
		return err
	}
	defer body.Close()
	text := rand.Text()
	id, err := b.pin(topic, text)
	if err != nil {
		return err
	}
	return next(bufio.NewReader(body), id, text)
}

func (b board) checkTopics() error {
	topic, other := rand.Text(), rand.Text()
	body, err := b.open(topic)
	if err != nil {
		return err
	}
	defer body.Close()
	if _, err := b.pin(other, rand.Text()); err != nil {
		return err
	}
	text := rand.Text()
	id, err := b.pin(topic, text)
	if err != nil {
		return err
	}
	return next(bufio.NewReader(body), id, text)
}

func (b board) checkLimits() error {
	topic := rand.Text()
	body, err := b.open(topic)
	if err != nil {
		return err
	}
	defer body.Close()
	text := strings.Repeat(rand.Text(), 100)[:1000]
	for _, wrong := range []struct {
		text   string
		status int
	}{{"", 400}, {text + ".", 413}} {
		res, err := b.do("POST", topic, wrong.text)
		if err != nil {
			return err
		}
		res.Body.Close()
		if res.StatusCode != wrong.status {
			return fmt.Errorf("expected %d for %d bytes, got %d", wrong.status, len(wrong.text), res.StatusCode)
		}
	}
	id, err := b.pin(topic, text)
	if err != nil {
		return err
	}
	return next(bufio.NewReader(body), id, text)
}

func (b board) checkMethods() error {
	for _, method := range []string{"PUT", "DELETE"} {
		res, err := b.do(method, rand.Text(), "")
		if err != nil {
			return err
		}
		res.Body.Close()
		allow := res.Header.Get("Allow")
		if res.StatusCode != 405 || !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
			return fmt.Errorf("expected 405 with GET and POST allowed, got %d with %q", res.StatusCode, allow)
		}
	}
	return nil
}

func (b board) do(method, topic, text string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(b.ctx, method, b.url+"/topics/"+topic, strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	return b.client.Do(req)
}

func (b board) pin(topic, text string) (int64, error) {
	res, err := b.do("POST", topic, text)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != 201 {
		return 0, fmt.Errorf("expected 201, got %d", res.StatusCode)
	}
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(answer), 10, 64)
}

func (b board) open(topic string) (io.ReadCloser, error) {
	res, err := b.do("GET", topic, "")
	if err != nil {
		return nil, err
	}
	typ, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch {
	case res.StatusCode != 200:
		err = fmt.Errorf("expected 200, got %d", res.StatusCode)
	case typ != "text/event-stream":
		err = fmt.Errorf("expected text/event-stream, got %s", typ)
	case !strings.Contains(res.Header.Get("Cache-Control"), "no-cache"):
		err = fmt.Errorf("expected no-cache, got %s", res.Header.Get("Cache-Control"))
	}
	if err != nil {
		res.Body.Close()
		return nil, err
	}
	return res.Body, nil
}

func next(stream *bufio.Reader, id int64, text string) error {
	e, err := ReadEvent(stream)
	if err != nil {
		return err
	}
	if e.ID != strconv.FormatInt(id, 10) || e.Data != text {
		return fmt.Errorf("expected %d %q, got %s %q", id, text, e.ID, e.Data)
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
