package fileserver

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"

	"github.com/pin/tftp/v3"
)

func (r rig) tftp(t *testing.T) *net.UDPAddr {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- NewTFTP(TFTPConfig{Router: r.router}).Serve(ctx, conn) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return conn.LocalAddr().(*net.UDPAddr)
}

func fetch(t *testing.T, addr *net.UDPAddr, name string, blksize int) (string, int64, error) {
	t.Helper()
	c, err := tftp.NewClient(addr.String())
	if err != nil {
		t.Fatal(err)
	}
	c.SetBlockSize(blksize)
	c.RequestTSize(true)
	w, err := c.Receive(name, "octet")
	if err != nil {
		return "", 0, err
	}
	var size int64
	if in, ok := w.(tftp.IncomingTransfer); ok {
		size, _ = in.Size()
	}
	var b bytes.Buffer
	_, err = w.WriteTo(&b)
	return b.String(), size, err
}

func TestTFTP(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	addr := r.tftp(t)
	for _, blksize := range []int{512, 1468, 8192} {
		got, size, err := fetch(t, addr, "firmware/t.rom", blksize)
		if err != nil || len(got) != 64<<10 || size != 64<<10 || !strings.HasPrefix(got, "0123456789abcdef01") {
			t.Errorf("blksize %d: %d bytes, tsize %d, %v", blksize, len(got), size, err)
		}
	}
	if got, _, err := fetch(t, addr, "/001565aabbcc.cfg", 512); err != nil || got != "account.1.user_name = u1\n" {
		t.Errorf("leading slash: %q, %v", got, err)
	}
	for name, want := range map[string]string{"nope.cfg": "file not found", "firmware": "file not found", strings.Repeat("x", 300): "invalid filename"} {
		if _, _, err := fetch(t, addr, name, 512); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: %v", name, err)
		}
	}
	if !strings.Contains(r.events.String(), "RRQ ok") {
		t.Errorf("journal: %s", r.events)
	}
}

func TestTFTPRefusesWrites(t *testing.T) {
	t.Parallel()
	addr := newRig(nil).tftp(t)
	c, err := tftp.NewClient(addr.String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send("y.cfg", "octet"); err == nil {
		t.Error("a write was accepted")
	}
}

func TestTFTPSurvivesGarbage(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	addr := r.tftp(t)
	// From an address of its own: some of the garbage starts transfers that
	// nobody acknowledges, and those use up the sender's places.
	c, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)}, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, packet := range []string{
		"", "\x00", "\x00\x01", "\x00\x01y.cfg", "\x00\x01y.cfg\x00", "\x00\x01\x00\x00", "\x00\x09abc", "\x00\x05\x00\x00x\x00",
		"\x00\x01y.cfg\x00octet\x00blksize\x00-1\x00", "\x00\x01y.cfg\x00octet\x00blksize\x0099999999999999999999\x00", "\x00\x01y.cfg\x00octet\x00tsize\x00", "\x00\x03\x00\x01data", "\x00\x04\x00\x01",
	} {
		if _, err := c.Write([]byte(packet)); err != nil {
			t.Fatal(err)
		}
	}
	if got, _, err := fetch(t, addr, "y.cfg", 512); err != nil || got != "y" {
		t.Errorf("after garbage: %q, %v", got, err)
	}
}
