package notify

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

func TestUpdate(t *testing.T) {
	t.Parallel()
	vars := []string{"Event=check-sync"}
	job := func(ip, user string, m ...Message) Job {
		for i := range m {
			m[i].Variables = vars
		}
		return Job{Device: "d", MAC: "00:15:65:aa:bb:01", IP: ip, User: user, Messages: m}
	}
	by := func(endpoint string) Message { return Message{Endpoint: endpoint} }
	at := func(ip string) Message { return Message{URI: "sip:anonymous@" + ip} }
	tests := []struct {
		name       string
		ip, user   any // of the device now
		queue, now Job
	}{
		{name: "nothing changed", ip: "10.0.0.5", user: "alice", queue: job("10.0.0.5", "alice", by("alice")), now: job("10.0.0.5", "alice", by("alice"))},
		{name: "another address", ip: "10.0.0.6", queue: job("10.0.0.5", "", at("10.0.0.5")), now: job("10.0.0.6", "", at("10.0.0.6"))},
		{name: "another account", ip: "10.0.0.5", user: "bob", queue: job("10.0.0.5", "alice", by("alice")), now: job("10.0.0.5", "bob", by("bob"))},
		{
			name: "back to the shared account", ip: "10.0.0.6", user: "ap12345678",
			queue: job("10.0.0.5", "alice", by("alice")), now: job("10.0.0.6", "ap12345678", at("10.0.0.6")),
		},
		{name: "both lost", queue: job("10.0.0.5", "alice", by("alice"), at("10.0.0.5")), now: job("10.0.0.5", "alice", by("alice"), at("10.0.0.5"))},
		{
			name: "a package's own choice", ip: "10.0.0.6", user: "bob",
			queue: job("10.0.0.5", "alice", by("other"), Message{URI: "sip:x@10.0.0.5:5062"}), now: job("10.0.0.6", "bob", by("other"), Message{URI: "sip:x@10.0.0.5:5062"}),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dev := provd.NewDevice("id", "d", "mac", "00:15:65:aa:bb:01", "ip", tt.ip, "remote_state_sip_username", tt.user)
			if diff := cmp.Diff(tt.now, tt.queue.update(dev)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPort(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value any
		want  int
	}{{nil, 0}, {"5062", 5062}, {"5062x", 0}, {"-1", 0}, {"65536", 0}, {true, 0}, {"", 0}} {
		if got := port(provd.NewDevice(PortMember, tt.value)); got != tt.want {
			t.Errorf("%v: %d", tt.value, got)
		}
	}
}
