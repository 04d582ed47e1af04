package appliance_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"provbox/appliance/central/centraltest"
	"provbox/appliance/lan"
	"provbox/dhcp/client"
)

// lostRole begins the roles of a centre that misbehaves in a way.
const lostRole = "lost-"

// playLost is a centre that misbehaves for all of the time, with a bus that takes
// connections and says nothing.
func playLost(how string) {
	mode, ok := map[string]centraltest.Mode{
		"away": {Away: true}, "slow": {Delay: time.Hour}, "nonsense": {Nonsense: true},
	}[how]
	l, err := net.Listen("tcp", "127.0.0.1:9499")
	if err != nil || !ok {
		fmt.Println("error", how, err)
		os.Exit(1)
	}
	bus, err := net.Listen("tcp", "127.0.0.1:9500")
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	go func() {
		for {
			conn, err := bus.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn) }()
		}
	}()
	stack := centraltest.New()
	stack.Set(mode)
	fmt.Println("ready")
	fmt.Println("error", (&http.Server{Handler: stack, ReadHeaderTimeout: time.Second}).Serve(l))
}

// swarmSize is how many phones boot at once.
const swarmSize = 50

// playSwarm is the phones: each gets its address by DHCP and fetches its files
// from where the lease says, all at once.
func playSwarm() {
	fmt.Println("ready")
	failed := make(chan error, swarmSize)
	var wait sync.WaitGroup
	for i := range swarmSize {
		wait.Go(func() {
			if err := bootOne(i); err != nil {
				failed <- fmt.Errorf("phone %d: %w", i, err)
			}
		})
	}
	wait.Wait()
	close(failed)
	for err := range failed {
		fmt.Println("error", err)
	}
	fmt.Println("done")
	select {} // until the test ends this process
}

func bootOne(i int) error {
	ctx, cancel := context.WithTimeout(context.Background(), outcomeWait)
	defer cancel()
	mac := net.HardwareAddr{0x00, 0x15, 0x65, 0xaa, byte(i >> 8), byte(i)}
	c, err := client.Open(ctx, client.Config{
		Interface: "eth0", MAC: mac, VendorClass: "yealink", Parameters: []byte{1, 3, 6, 66, 67}, Retry: time.Second,
	})
	if err != nil {
		return err
	}
	defer c.Close()
	lease, err := c.Acquire(ctx)
	if err != nil {
		return err
	}
	if err := lan.SetAddr(os.Getpid(), "eth0", netip.PrefixFrom(lease.IP, 24)); err != nil {
		return err
	}
	server := strings.TrimRight(string(lease.Options[66]), "\x00")
	web := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: lease.IP.AsSlice()}}).DialContext}}
	for _, name := range []string{"y000000000066.cfg", strings.ReplaceAll(mac.String(), ":", "") + ".cfg"} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/"+name, nil)
		if err != nil {
			return err
		}
		req.Header.Set("User-Agent", "Yealink SIP-T46S 66.86.0.15 "+mac.String())
		resp, err := web.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", name, resp.Status)
		}
	}
	return nil
}

// On a LAN, with a centre that is lost in any way, 50 phones get addresses and
// files.
func TestBranchWithoutTheCentre(t *testing.T) {
	t.Parallel()
	needs(t, "nsenter")
	settings := strings.ReplaceAll(siteSettings, "9497", "9499") + "bus: {host: 127.0.0.1, port: 9500}\n"
	for _, how := range []string{"away", "slow", "nonsense"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := newLAN(t, settings)
			s.role(s.switchHost, lostRole+how)
			s.start()
			lines := s.role(s.phone("02:00:5e:00:53:01"), "swarm")
			for lines.Scan() && lines.Text() != "done" {
				t.Error(lines.Text())
			}
			if lines.Text() != "done" {
				t.Errorf("the phones ended early; the box:\n%s", s.log)
			}
		})
	}
}
