package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCopyLog(t *testing.T) {
	t.Parallel()
	// As gokrazy answers: server-sent events, and what is no log line.
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "text/event-stream" {
			http.Error(w, "want events", http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, "data: one\n\ndata: two\n\n: a comment\n\ndata: three\n\n")
	}))
	defer s.Close()
	for _, tt := range []struct {
		skip int
		want string
	}{
		{0, "provbox| one\r\nprovbox| two\r\nprovbox| three\r\n"},
		{2, "provbox| three\r\n"},
		{3, ""},
	} {
		var got strings.Builder
		n, err := copyLog(&got, s.Client(), s.URL, tt.skip)
		if n != 3 || err != nil || got.String() != tt.want {
			t.Errorf("after %d lines: %d, %v, %q; want 3 and %q", tt.skip, n, err, got.String(), tt.want)
		}
	}
}

func TestCopyLogRefused(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	if _, err := copyLog(new(strings.Builder), s.Client(), s.URL, 0); err == nil {
		t.Error("a refusal is no error")
	}
}
