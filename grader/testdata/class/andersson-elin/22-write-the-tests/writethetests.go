// Package writethetests examines notice boards. Elin Andersson.
package writethetests

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// exam is one question to a board. It has topics, texts and streams of its own.
type exam struct {
	ctx     context.Context
	client  *http.Client
	url     string
	streams []*http.Response
}

// Examine asks everything that I could think of.
func Examine(ctx context.Context, client *http.Client, url string) error {
	for _, question := range []func(*exam) error{
		(*exam).listeners, (*exam).spelling, (*exam).newcomer, (*exam).comeback, (*exam).walls, (*exam).lengths, (*exam).methods,
	} {
		x := &exam{ctx: ctx, client: client, url: url + "/topics/"}
		err := question(x)
		for _, r := range x.streams {
			r.Body.Close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Two people listen and hear the same.
func (x *exam) listeners() error {
	topic := rand.Text()
	first, err := x.listen(topic, "")
	if err != nil {
		return err
	}
	second, err := x.listen(topic, "")
	if err != nil {
		return err
	}
	var all []Event
	for range 4 {
		e, err := x.pin(topic, rand.Text(), all...)
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	return errors.Join(heard(first, all...), heard(second, all...))
}

// Texts that somebody will spoil. Each is awaited before the next one is pinned.
func (x *exam) spelling() error {
	topic := rand.Text()
	stream, err := x.listen(topic, "")
	if err != nil {
		return err
	}
	for _, text := range []string{
		" %s  ", "one\n\n%s\ntwo\n", "<i>%s</i> & 'so' \"on\"", "blåbärssoppa %s 🫐", "id: 1\ndata: %s",
	} {
		e, err := x.pin(topic, fmt.Sprintf(text, rand.Text()))
		if err != nil {
			return err
		}
		if err := heard(stream, e); err != nil {
			return err
		}
	}
	return nil
}

// Who is new hears nothing old: what is heard first is new.
func (x *exam) newcomer() error {
	topic := rand.Text()
	for range 3 {
		if _, err := x.pin(topic, rand.Text()); err != nil {
			return err
		}
	}
	stream, err := x.listen(topic, "")
	if err != nil {
		return err
	}
	e, err := x.pin(topic, rand.Text())
	if err != nil {
		return err
	}
	return heard(stream, e)
}

// Who comes back hears what was missed, and then what is new.
func (x *exam) comeback() error {
	topic := rand.Text()
	var all []Event
	for range 6 {
		e, err := x.pin(topic, rand.Text(), all...)
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	stream, err := x.listen(topic, all[2].ID)
	if err != nil {
		return err
	}
	if err := heard(stream, all[3:]...); err != nil {
		return err
	}
	e, err := x.pin(topic, rand.Text(), all...)
	if err != nil {
		return err
	}
	return heard(stream, e)
}

// Two topics have a wall between them, for what is live and for what was missed.
func (x *exam) walls() error {
	mine, yours := rand.Text(), rand.Text()
	stream, err := x.listen(mine, "")
	if err != nil {
		return err
	}
	var all []Event
	for range 3 {
		if _, err := x.pin(yours, rand.Text()); err != nil {
			return err
		}
		e, err := x.pin(mine, rand.Text(), all...)
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	if err := heard(stream, all...); err != nil {
		return err
	}
	again, err := x.listen(mine, all[0].ID)
	if err != nil {
		return err
	}
	return heard(again, all[1:]...)
}

// 0, 1001 and 1000 bytes.
func (x *exam) lengths() error {
	topic := rand.Text()
	stream, err := x.listen(topic, "")
	if err != nil {
		return err
	}
	long := rand.Text() + strings.Repeat("å", 500)
	long = long[len(long)-1000:]
	for text, want := range map[string]int{"": 400, long + "x": 413} {
		res, err := x.ask("POST", topic, text, "")
		if err != nil {
			return err
		}
		res.Body.Close()
		if res.StatusCode != want {
			return fmt.Errorf("%d bytes: want status %d, got %d", len(text), want, res.StatusCode)
		}
	}
	text := rand.Text()
	e, err := x.pin(topic, text+strings.Repeat("-", 1000-len(text)))
	if err != nil {
		return err
	}
	return heard(stream, e)
}

func (x *exam) methods() error {
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		res, err := x.ask(method, rand.Text(), "", "")
		if err != nil {
			return err
		}
		res.Body.Close()
		if res.StatusCode != 405 {
			return fmt.Errorf("%s: want status 405, got %d", method, res.StatusCode)
		}
		if allow := res.Header.Get("Allow"); !list(allow, "GET") || !list(allow, "POST") {
			return fmt.Errorf("%s: want Allow with GET and POST, got %q", method, allow)
		}
	}
	return nil
}

func (x *exam) ask(method, topic, body, last string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(x.ctx, method, x.url+topic, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	return x.client.Do(req)
}

// pin pins a text after some others, and returns what must come of it.
func (x *exam) pin(topic, text string, before ...Event) (Event, error) {
	res, err := x.ask("POST", topic, text, "")
	if err != nil {
		return Event{}, err
	}
	defer res.Body.Close()
	if res.StatusCode != 201 {
		return Event{}, fmt.Errorf("POST: want status 201, got %d", res.StatusCode)
	}
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return Event{}, err
	}
	id, err := strconv.ParseUint(string(answer), 10, 63)
	if err != nil {
		return Event{}, fmt.Errorf("POST: want an ID, got %q", answer)
	}
	for _, e := range before {
		if old, _ := strconv.ParseUint(e.ID, 10, 63); id <= old {
			return Event{}, fmt.Errorf("POST: want an ID above %d, got %d", old, id)
		}
	}
	return Event{ID: string(answer), Data: text}, nil
}

func (x *exam) listen(topic, last string) (*bufio.Reader, error) {
	res, err := x.ask("GET", topic, "", last)
	if err != nil {
		return nil, err
	}
	x.streams = append(x.streams, res)
	if res.StatusCode != 200 {
		return nil, fmt.Errorf("GET: want status 200, got %d", res.StatusCode)
	}
	if typ, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); typ != "text/event-stream" {
		return nil, fmt.Errorf("GET: want Content-Type text/event-stream, got %q", typ)
	}
	if cache := res.Header.Get("Cache-Control"); !list(cache, "no-cache") {
		return nil, fmt.Errorf("GET: want Cache-Control with no-cache, got %q", cache)
	}
	return bufio.NewReader(res.Body), nil
}

func heard(stream *bufio.Reader, all ...Event) error {
	for _, want := range all {
		got, err := ReadEvent(stream)
		if err != nil {
			return fmt.Errorf("want event %q, got %w", want, err)
		}
		if got != want {
			return fmt.Errorf("want event %q, got %q", want, got)
		}
	}
	return nil
}

// list reports whether a header that is a list has an item.
func list(header, item string) bool {
	return slices.ContainsFunc(strings.Split(header, ","), func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), item) })
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
