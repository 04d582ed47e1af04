package direct_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"provbox/provd"
	"provbox/provd/notify"
	"provbox/provd/notify/direct"
)

// phone answers SIP requests on the loopback interface.
type phone struct {
	port int
	got  chan string
}

// newPhone starts a phone that answers with a status; 0 is silence.
func newPhone(t *testing.T, status int) *phone {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &phone{conn.LocalAddr().(*net.UDPAddr).Port, make(chan string, 16)}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			p.got <- string(buf[:n])
			// What is no answer to the request is not to harm.
			_, _ = conn.WriteToUDP([]byte("INVITE sip:a@b SIP/2.0\r\n\r\n"), from)
			_, _ = conn.WriteToUDP([]byte("SIP/2.0 nonsense\x00\xff"), from)
			if status != 0 {
				_, _ = conn.WriteToUDP(respond(string(buf[:n]), status), from)
			}
		}
	}()
	return p
}

// respond copies what RFC 3261 section 8.2.6.2 wants of a response.
func respond(request string, status int) []byte {
	lines := []string{fmt.Sprintf("SIP/2.0 %d Because", status)}
	for line := range strings.SplitSeq(request, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch name {
		case "Via", "From", "Call-ID", "CSeq":
			lines = append(lines, line)
		case "To":
			lines = append(lines, line+";tag=phone")
		}
	}
	return []byte(strings.Join(append(lines, "Content-Length: 0", "", ""), "\r\n"))
}

func (p *phone) job(user string) notify.Job {
	return notify.Job{Device: "d", IP: "127.0.0.1", Port: p.port, User: user}
}

var checkSync = notify.Message{URI: "sip:anonymous@127.0.0.1", Variables: []string{"Event=check-sync;reboot=false"}}

func TestSend(t *testing.T) {
	t.Parallel()
	p := newPhone(t, 200)
	s := direct.New(direct.Config{Timeout: time.Minute})
	m := notify.Message{Endpoint: "alice", Variables: []string{
		"Event=service-control", "Content-Type=text/plain", "Content=action=restart", "Content=RegisterCallId={}",
	}}
	if err := s.Send(context.Background(), p.job("ap1234"), m); err != nil {
		t.Fatal(err)
	}
	got := <-p.got
	head, body, _ := strings.Cut(got, "\r\n\r\n")
	for _, want := range []string{
		fmt.Sprintf("NOTIFY sip:alice@127.0.0.1:%d SIP/2.0\r\n", p.port), "\r\nEvent: service-control", "\r\nSubscription-State: terminated",
		"\r\nContent-Type: text/plain", "\r\nVia: SIP/2.0/UDP 127.0.0.1:", ";rport", "\r\nContact: <sip:provbox@127.0.0.1:",
		"\r\nMax-Forwards: 70", "\r\nFrom: \"provbox\" <sip:provbox@127.0.0.1>;tag=", "\r\nTo: <sip:alice@127.0.0.1",
	} {
		if !strings.Contains(head+"\r\n", want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if body != "action=restart\r\nRegisterCallId={}\r\n" {
		t.Errorf("the body is %q", body)
	}
}

func TestUserAndPort(t *testing.T) {
	t.Parallel()
	p := newPhone(t, 202)
	s := direct.New(direct.Config{Address: netip.MustParseAddr("127.0.0.1"), Timeout: time.Minute})
	tests := []struct {
		name string
		job  notify.Job
		m    notify.Message
		want string
	}{
		{name: "the account it took", job: p.job("bob"), m: checkSync, want: "sip:bob@127.0.0.1"},
		{name: "none known", job: p.job(""), m: checkSync, want: "sip:anonymous@127.0.0.1"},
		{
			name: "the package's own port", job: notify.Job{Device: "d", IP: "127.0.0.1"},
			m: notify.Message{URI: fmt.Sprintf("sip:x@127.0.0.1:%d", p.port), Variables: checkSync.Variables}, want: "sip:x@127.0.0.1",
		},
		{
			name: "no address of the device", job: notify.Job{Device: "d"},
			m: notify.Message{URI: fmt.Sprintf("sip:127.0.0.1:%d", p.port), Variables: checkSync.Variables}, want: "sip:127.0.0.1",
		},
		{name: "escaped", job: p.job("a@b>;\" x"), m: checkSync, want: "sip:a%40b%3E;%22%20x@127.0.0.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := s.Send(context.Background(), tt.job, tt.m); err != nil {
				t.Fatal(err)
			}
			line, _, _ := strings.Cut(<-p.got, "\r\n")
			if want := fmt.Sprintf("NOTIFY %s:%d SIP/2.0", tt.want, p.port); line != want {
				t.Errorf("got %s, want %s", line, want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for status, tt := range map[int]struct {
		code provd.Code
		text string
	}{
		401: {provd.Denied, "wants a password for NOTIFY (401)"}, 407: {provd.Denied, "wants a password"},
		403: {provd.Denied, "trust that address"}, 404: {provd.Invalid, `does not know the account "bob"`},
		405: {provd.Invalid, `does not support the event "check-sync;reboot=false"`}, 489: {provd.Invalid, "does not support the event"},
		481: {provd.Denied, "registrar only"}, 500: {provd.Invalid, "answered the NOTIFY with 500"}, 302: {provd.Invalid, "302"},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			p := newPhone(t, status)
			err := direct.New(direct.Config{Timeout: time.Minute}).Send(context.Background(), p.job("bob"), checkSync)
			if provd.CodeOf(err) != tt.code || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	// It ends when it has asked twice.
	p := newPhone(t, 0)
	ctx, asked := context.WithCancel(t.Context())
	go func() {
		defer asked()
		if first, again := <-p.got, <-p.got; first != again {
			t.Errorf("repeated with a difference:\n%s\n%s", first, again)
		}
	}()
	silent := func(ctx context.Context, p *phone, timeout time.Duration) {
		t.Helper()
		err := direct.New(direct.Config{Timeout: timeout}).Send(ctx, p.job("bob"), checkSync)
		if err == nil || !strings.Contains(err.Error(), "did not answer at 127.0.0.1:") || !strings.Contains(err.Error(), "from 127.0.0.1") {
			t.Errorf("got %v", err)
		}
	}
	silent(ctx, p, time.Minute)
	if ctx.Err() == nil {
		t.Error("it was not asked twice")
	}
	silent(t.Context(), newPhone(t, 0), time.Millisecond)
}

// Nothing is sent to what is no phone, or with what is no header.
func TestRefused(t *testing.T) {
	t.Parallel()
	vars := func(v ...string) notify.Message { return notify.Message{Endpoint: "u", Variables: v} }
	tests := []struct {
		name string
		job  notify.Job
		m    notify.Message
		text string
	}{
		{name: "no address", job: notify.Job{}, m: notify.Message{Endpoint: "u", Variables: []string{"Event=x"}}, text: "does not know the phone's address"},
		{name: "name", job: notify.Job{IP: "phone.example.org"}, m: checkSync, text: "not an address of a phone"},
		{name: "multicast", job: notify.Job{IP: "224.0.1.75"}, m: checkSync, text: "one phone"},
		{name: "broadcast", job: notify.Job{IP: "255.255.255.255"}, m: checkSync, text: "one phone"},
		{name: "any", job: notify.Job{IP: "0.0.0.0"}, m: checkSync, text: "one phone"},
		{name: "no event", job: notify.Job{IP: "127.0.0.1"}, m: vars("Content=x"), text: "without an Event"},
		{name: "reserved", job: notify.Job{IP: "127.0.0.1"}, m: vars("Event=x", "Via=SIP/2.0/UDP evil"), text: "not for a package to set"},
		{name: "short form", job: notify.Job{IP: "127.0.0.1"}, m: vars("Event=x", "v=SIP/2.0/UDP evil"), text: "not for a package to set"},
		{name: "two lines", job: notify.Job{IP: "127.0.0.1"}, m: vars("Event=x\r\nVia: y"), text: "more than one line"},
		{name: "no name", job: notify.Job{IP: "127.0.0.1"}, m: vars("Event=x", "=y"), text: "not a header"},
		{name: "bad name", job: notify.Job{IP: "127.0.0.1"}, m: vars("Event=x", "a b=y"), text: "not a header"},
		{name: "no value", job: notify.Job{IP: "127.0.0.1"}, m: vars("Event"), text: "not a header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := direct.New(direct.Config{Timeout: time.Minute}).Send(context.Background(), tt.job, tt.m)
			if provd.CodeOf(err) != provd.Invalid || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v", err)
			}
		})
	}
}
