package appliance

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/journal"
	"provbox/appliance/settings"
	"provbox/dhcp"
	"provbox/dhcp/option"
)

// The URL has the key of the tenant in it where keys are in use, and is not
// sent at all before there is one.
func TestDHCPValues(t *testing.T) {
	t.Parallel()
	http := &net.TCPAddr{IP: net.IPv4zero, Port: 8667}
	server := netip.MustParseAddr("192.168.77.1")
	base := option.Values{TFTPHost: "192.168.77.1", TFTPIP: server}
	held := func(key string) *siteKey {
		return &siteKey{now: func() time.Time { return time.Unix(1, 0) }, read: time.Unix(1, 0), key: key}
	}
	for name, tc := range map[string]struct {
		key *siteKey
		url string
	}{
		"no keys": {nil, "http://192.168.77.1:8667"}, "a key": {held("abcdefgh"), "http://192.168.77.1:8667/abcdefgh"}, "no key yet": {held(""), ""},
	} {
		want := base
		want.URI = tc.url
		got := dhcpValues(settings.Default(), http, tc.key)(netip.Prefix{}, server)
		if d := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestDHCPJournal(t *testing.T) {
	t.Parallel()
	j := journal.New(time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	d := dhcpJournal{j, func() string { return "abcdefgh" }}
	for _, e := range []dhcp.Event{
		{Message: "REQUEST", Reply: "ACK", Sent: "http://box/abcdefgh/x", Reason: "renewed"},
		{Message: dhcp.MessageServer, Reason: "heard a DHCP server"},
		{Reason: "pool is nearly full"},
		{Reply: "FORCERENEW", Reason: "the settings have changed"},
	} {
		d.DHCP(context.Background(), e)
	}
	var got []string
	for _, e := range j.Recent(10) {
		line := e.Text
		for _, a := range e.Attrs {
			line += " " + a.String()
		}
		got = append(got, line)
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{"REQUEST ACK sent=http://box/KEY/x reason=renewed", "heard a DHCP server", "pool is nearly full", "FORCERENEW the settings have changed"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "abcdefgh") {
		t.Errorf("the key is in the journal:\n%s", text)
	}
}
