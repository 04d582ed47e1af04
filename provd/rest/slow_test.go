package rest_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"provbox/provd/rest"
)

// dial opens a connection to a server and sends text.
func dial(t *testing.T, s server, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.(*net.TCPConn).SetReadBuffer(16 << 10)
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return c
}

// Clients that stop in the middle of a request's header or body, or do not take the
// answer, keep nobody from being served: three times as many of them as there are
// places, all at once.
func TestSlowClientsHoldNothing(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	f.Close()
	f.described = &described{}
	f.Server = httptest.NewUnstartedServer(f.handler)
	f.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(16 << 10)
		return ctx
	}
	f.Start()
	t.Cleanup(f.Close)
	for i := range 40 { // an answer that fits no socket's buffer
		body := fmt.Sprintf(`{"config":{"id":"big%d","parent_ids":[],"raw_config":{"X_a":%q}}}`, i, strings.Repeat("a", 40<<10))
		if a := f.send(t, request{method: "POST", path: "/0.2/cfg_mgr/configs", body: body}); a.code != http.StatusCreated {
			t.Fatalf("%d %s", a.code, a.body)
		}
	}
	const head = " HTTP/1.1\r\nHost: box\r\nX-Auth-Token: root\r\n"
	post := "POST /0.2/cfg_mgr/configs" + head + "Content-Type: " + prov + "\r\nContent-Length: 1000\r\n"
	serves := func(when string) {
		t.Helper()
		id := strings.ReplaceAll(when, " ", "-")
		for _, r := range []request{
			{method: "POST", path: "/0.2/cfg_mgr/configs", body: `{"config":{"id":"` + id + `","parent_ids":[],"raw_config":{}}}`},
			{method: "PUT", path: "/0.2/cfg_mgr/configs/" + id, body: `{"config":{"parent_ids":[],"raw_config":{"X_a":1}}}`},
			{method: "PUT", path: "/0.2/dev_mgr/devices/d.1", body: `{"device":{"config":"` + id + `"}}`},
			{method: "GET", path: "/0.2/dev_mgr/devices"},
			{method: "DELETE", path: "/0.2/cfg_mgr/configs/" + id},
		} {
			if a := f.do(t, r); a.code >= 300 {
				t.Errorf("%s: %s %s: %d %s", when, r.method, r.path, a.code, a.body)
			}
		}
	}
	for range rest.MaxConcurrent {
		dial(t, f.server, post)
	}
	serves("headers that do not end")
	for range rest.MaxConcurrent {
		c := dial(t, f.server, post+"Expect: 100-continue\r\n\r\n")
		// The box has got so far that it wants the body.
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
			t.Fatalf("%q %v", line, err)
		}
		if _, err := c.Write([]byte(`{"config":`)); err != nil {
			t.Fatal(err)
		}
	}
	serves("bodies that do not end")
	for range rest.MaxConcurrent {
		c := dial(t, f.server, "GET /0.2/cfg_mgr/configs"+head+"\r\n")
		// The answer has begun.
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
			t.Fatalf("%q %v", line, err)
		}
	}
	serves("answers that nobody reads")
}

// What is more than the box takes is refused at once, and nothing of it stays.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	const head = "POST /0.2/cfg_mgr/configs HTTP/1.1\r\nHost: box\r\nX-Auth-Token: root\r\nContent-Type: " + prov + "\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n"
	var held []net.Conn
	for refused := false; !refused; {
		c := dial(t, f.server, head)
		line, err := bufio.NewReader(c).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
		switch {
		case strings.Contains(line, "503"):
			refused = true
		case !strings.Contains(line, "100"), len(held) > 1000:
			t.Fatalf("request %d: %q", len(held), line)
		}
	}
	if len(held) < 4*rest.MaxConcurrent {
		t.Errorf("refused already when %d requests were under way", len(held)-1)
	}
	for _, c := range held {
		_ = c.Close()
	}
	for { // the server sees that they are gone when it reads
		if a := f.do(t, request{method: "GET", path: "/0.2/dev_mgr/devices"}); a.code == http.StatusOK {
			return
		} else if a.code != http.StatusServiceUnavailable {
			t.Fatalf("afterwards: %d %s", a.code, a.body)
		}
	}
}
