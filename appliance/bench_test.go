package appliance_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"provbox/appliance"
	"provbox/appliance/phone"
	"provbox/appliance/settings"
	"provbox/dhcp"
	"provbox/dhcp/client"
)

const benchSettings = loopback + `
dhcp:
  mode: server
  interfaces:
    - name: lo
      subnets:
        - {subnet: 127.0.0.0/8, pools: [{start: 127.77.0.1, end: 127.77.63.254}], serve: all}
`

// benchBox is a box on loopback, with its DHCP server on an unprivileged port.
func benchBox(b *testing.B) (*appliance.App, netip.AddrPort) {
	b.Helper()
	probe, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	addr := probe.LocalAddr().(*net.UDPAddr).AddrPort()
	_ = probe.Close()
	s, err := settings.Parse(fmt.Appendf(nil, benchSettings, b.TempDir()))
	if err != nil {
		b.Fatal(err)
	}
	app := appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.DiscardHandler), DHCP: func(c *dhcp.Config) {
		c.Loopback, c.Port, c.ProbeWait = true, addr.Port(), -1
	}})
	if err := app.Start(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := app.Stop(); err != nil {
			b.Error(err)
		}
	})
	// The DHCP server opens its interface in its own time.
	c, err := client.Open(context.Background(), client.Config{Server: addr, MAC: benchMAC(0), Retry: 20 * time.Millisecond})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := c.Acquire(ctx); err != nil {
		b.Fatal(err)
	}
	return app, addr
}

// BenchmarkDORA is DISCOVER to ACK of new clients, each lease on disk before its
// ACK.
func BenchmarkDORA(b *testing.B) {
	_, server := benchBox(b)
	var next atomic.Uint32
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			mac := benchMAC(next.Add(1))
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			c, err := client.Open(ctx, client.Config{Server: server, MAC: mac, Parameters: []byte{1, 3, 66}})
			if err == nil {
				_, err = c.Acquire(ctx)
				_ = c.Close()
			}
			cancel()
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "DORA/s")
}

// BenchmarkHTTP fetches a phone's rendered file, identification included.
func BenchmarkHTTP(b *testing.B) {
	app, _ := benchBox(b)
	k := phone.Kinds()[0]
	b.RunParallel(func(pb *testing.PB) {
		c := &http.Client{Transport: &http.Transport{}}
		for pb.Next() {
			req, err := http.NewRequest(http.MethodGet, "http://"+app.HTTP().String()+"/001565aabb01.cfg", nil)
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("User-Agent", k.UserAgent)
			resp, err := c.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			n, err := io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != http.StatusOK || n < 1000 {
				b.Errorf("%s, %d bytes, %v", resp.Status, n, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "GET/s")
}

// BenchmarkTFTP fetches a phone's small file, identification included. The clients
// share one address, so there are as many as one address may have.
func BenchmarkTFTP(b *testing.B) {
	app, _ := benchBox(b)
	k := phone.Kinds()[1]
	b.SetParallelism(2)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := k.Fetch(context.Background(), app.TFTP().String(), k.Files[1]); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}

func benchMAC(n uint32) net.HardwareAddr {
	return net.HardwareAddr{2, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}
