// Package writethetests examines notice boards: it finds out whether a server keeps the contract in README.md.
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

const longest = 1000 // bytes of a notice

// Examine finds out whether the notice board at url keeps the contract in README.md. It returns nil for one that does,
// and for one that does not an error that says what was expected and what came instead.
//
// Every request is made by client, to url + "/topics/…". When ctx is done before something came that should have,
// Examine returns an error, soon. When it returns it has left every stream. Any number of examinations may go on at
// the same time, of one board or of many.
func Examine(ctx context.Context, client *http.Client, url string) error {
	// Each check is by itself, on topics of its own. Those in which something wrong comes stand before those in which
	// something right does not come, since that is known only when ctx is done.
	for _, check := range []struct {
		about string
		run   func(*examination) error
	}{
		{"two streams of a topic", everyStream},
		{"difficult texts, one by one", texts},
		{"a newcomer", newcomer},
		{"coming back with Last-Event-ID", resume},
		{"two topics", topicsApart},
		{"the length of a notice", limits},
		{"other methods", otherMethods},
	} {
		if err := run(ctx, client, url, check.run); err != nil {
			return fmt.Errorf("%s: %w", check.about, err)
		}
	}
	return nil
}

// run makes one check, and leaves the streams that it has opened.
func run(ctx context.Context, client *http.Client, url string, check func(*examination) error) error {
	e := &examination{ctx: ctx, client: client, topics: url + "/topics/"}
	defer e.leave()
	return check(e)
}

func everyStream(e *examination) error {
	topic := rand.Text()
	var streams []*stream
	for range 2 {
		st, err := e.open(topic, "")
		if err != nil {
			return err
		}
		streams = append(streams, st)
	}
	notices, err := e.pinAll(topic, rand.Text(), rand.Text(), rand.Text(), rand.Text())
	if err != nil {
		return err
	}
	for _, st := range streams {
		if err := st.expect(notices...); err != nil {
			return err
		}
	}
	return nil
}

func texts(e *examination) error {
	topic := rand.Text()
	st, err := e.open(topic, "")
	if err != nil {
		return err
	}
	for _, text := range []string{
		rand.Text() + "\n\n" + rand.Text() + "\n",
		"  " + rand.Text() + " ",
		"<b>" + rand.Text() + ` & "it's"</b>`,
		"¡" + rand.Text() + "! ñ 日本 🦊",
		"data: " + rand.Text(),
	} {
		if err := e.hear(st, text); err != nil {
			return err
		}
	}
	return nil
}

func newcomer(e *examination) error {
	topic := rand.Text()
	if _, err := e.pinAll(topic, rand.Text(), rand.Text()); err != nil {
		return err
	}
	st, err := e.open(topic, "")
	if err != nil {
		return err
	}
	return e.hear(st, rand.Text())
}

func resume(e *examination) error {
	topic := rand.Text()
	pinned, err := e.pinAll(topic, rand.Text(), rand.Text(), rand.Text(), rand.Text(), rand.Text())
	if err != nil {
		return err
	}
	seen, missed := pinned[:2], pinned[2:]
	st, err := e.open(topic, seen[1].ID)
	if err != nil {
		return err
	}
	live, err := e.pinAll(topic, rand.Text(), rand.Text())
	if err != nil {
		return err
	}
	return st.expect(append(missed, live...)...)
}

// topicsApart looks at what is live and at what is missed. That nothing comes from the other topic shows in what comes
// after it.
func topicsApart(e *examination) error {
	here, there := rand.Text(), rand.Text()
	live, err := e.open(here, "")
	if err != nil {
		return err
	}
	if _, err := e.open(there, ""); err != nil { // who listens there must not change anything here
		return err
	}
	var notices []Event
	for range 2 {
		if _, err := e.pinAll(there, rand.Text()); err != nil {
			return err
		}
		more, err := e.pinAll(here, rand.Text())
		if err != nil {
			return err
		}
		notices = append(notices, more...)
	}
	if err := live.expect(notices...); err != nil {
		return err
	}
	missed, err := e.open(here, notices[0].ID)
	if err != nil {
		return err
	}
	return missed.expect(notices[1])
}

// limits looks at the stream as well: what was refused would have to come before the notice that was taken.
func limits(e *examination) error {
	topic := rand.Text()
	st, err := e.open(topic, "")
	if err != nil {
		return err
	}
	text := strings.Repeat(rand.Text(), longest)[:longest]
	if err := e.refuses(topic, "", http.StatusBadRequest); err != nil {
		return err
	}
	if err := e.refuses(topic, text+"!", http.StatusRequestEntityTooLarge); err != nil {
		return err
	}
	return e.hear(st, text)
}

func otherMethods(e *examination) error {
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		res, err := e.do(method, rand.Text(), "", "")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if err := expectStatus(res, http.StatusMethodNotAllowed); err != nil {
			return err
		}
		for _, allowed := range []string{http.MethodGet, http.MethodPost} {
			if err := expectListed(res, "Allow", allowed); err != nil {
				return err
			}
		}
	}
	return nil
}

// examination is what the checks have in common.
type examination struct {
	ctx    context.Context
	client *http.Client
	topics string // URL of all topics
	opened []io.Closer
}

func (e *examination) leave() {
	for _, body := range e.opened {
		body.Close()
	}
}

func (e *examination) do(method, topic, body, lastEventID string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(e.ctx, method, e.topics+topic, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	res, err := e.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("expected an answer: %w", err)
	}
	return res, nil
}

// hear pins a text and expects it on a stream of the topic, before anything else is done.
func (e *examination) hear(st *stream, text string) error {
	notices, err := e.pinAll(st.topic, text)
	if err != nil {
		return err
	}
	return st.expect(notices...)
}

// pinAll pins texts and returns the events that they should become. Their IDs have to grow.
func (e *examination) pinAll(topic string, texts ...string) ([]Event, error) {
	var notices []Event
	last := int64(-1)
	for _, text := range texts {
		answer, err := e.pin(topic, text)
		if err != nil {
			return nil, err
		}
		id, err := strconv.ParseInt(answer, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("expected the ID of the notice as answer to POST, got %q", answer)
		}
		if id <= last {
			return nil, fmt.Errorf("expected an ID above %d, got %d", last, id)
		}
		last = id
		notices = append(notices, Event{answer, text})
	}
	return notices, nil
}

func (e *examination) pin(topic, text string) (answer string, err error) {
	res, err := e.do(http.MethodPost, topic, text, "")
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if err := expectStatus(res, http.StatusCreated); err != nil {
		return "", err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 100))
	if err != nil {
		return "", fmt.Errorf("expected an answer to POST: %w", err)
	}
	return string(body), nil
}

// refuses checks that a text is not taken.
func (e *examination) refuses(topic, text string, status int) error {
	res, err := e.do(http.MethodPost, topic, text, "")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return expectStatus(res, status)
}

type stream struct {
	topic  string
	events *bufio.Reader
}

// open opens a stream, which ends with the check.
func (e *examination) open(topic, lastEventID string) (*stream, error) {
	res, err := e.do(http.MethodGet, topic, "", lastEventID)
	if err != nil {
		return nil, err
	}
	e.opened = append(e.opened, res.Body)
	if err := expectStatus(res, http.StatusOK); err != nil {
		return nil, err
	}
	got := res.Header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(got); err != nil || media != "text/event-stream" {
		return nil, fmt.Errorf("expected Content-Type text/event-stream, got %q", got)
	}
	if err := expectListed(res, "Cache-Control", "no-cache"); err != nil {
		return nil, err
	}
	return &stream{topic, bufio.NewReader(res.Body)}, nil
}

// expect reads as many events and compares them.
func (st *stream) expect(notices ...Event) error {
	for _, want := range notices {
		got, err := ReadEvent(st.events)
		if err != nil {
			return fmt.Errorf("expected the event %q, got none: %w", want, err)
		}
		if got != want {
			return fmt.Errorf("expected the event %q, got %q", want, got)
		}
	}
	return nil
}

func expectStatus(res *http.Response, want int) error {
	if res.StatusCode != want {
		return fmt.Errorf("expected status %d of %s, got %d", want, res.Request.Method, res.StatusCode)
	}
	return nil
}

// expectListed checks that a header, which is a list, names something. What else it names is the board's business.
func expectListed(res *http.Response, key, want string) error {
	got := res.Header.Get(key)
	for part := range strings.SplitSeq(got, ",") {
		if strings.EqualFold(strings.TrimSpace(part), want) {
			return nil
		}
	}
	return fmt.Errorf("expected %s with %s in it, got %q", key, want, got)
}

// Event is one event of a stream.
type Event struct {
	ID   string // "" if the event has none
	Data string // lines joined by "\n"
}

// ReadEvent reads the next event of a stream that is read from its beginning. It passes over comments, over all fields
// but id and data, and over blocks without data. When the stream ends or breaks it returns an error; what it has read
// of an unfinished event is lost.
//
// It is done, for a lesson about tests is not one about parsers. Change it if you like.
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
