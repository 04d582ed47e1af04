// Command rigserver runs the DHCP server alone, with the subnets that the
// conformance checker of the rig expects, and a log file as its store. It is a
// tool for people who work on the server and is built by nobody else.
//
//	rigserver -dir STATE -profile check|short|perf|swarm
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	_ "net/http/pprof"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"provbox/dhcp"
	"provbox/dhcp/lease"
	"provbox/dhcp/option"
)

// logStore appends records to a file and syncs it.
type logStore struct {
	mu   sync.Mutex
	path string
	f    *os.File
	sync bool
}

func (s *logStore) LoadLeases(context.Context) ([]lease.Lease, error) {
	all := map[netip.Addr]lease.Lease{}
	f, err := os.Open(s.path)
	if err == nil {
		sc := bufio.NewScanner(f)
		for sc.Scan() {
			var l lease.Lease
			if json.Unmarshal(sc.Bytes(), &l) == nil {
				all[l.IP] = l
			}
		}
		f.Close()
	}
	var out []lease.Lease
	for _, l := range all {
		out = append(out, l)
	}
	s.f, err = os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return out, err
}

func (s *logStore) PutLeases(_ context.Context, ls []lease.Lease) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b []byte
	for _, l := range ls {
		j, err := json.Marshal(l)
		if err != nil {
			return err
		}
		b = append(append(b, j...), '\n')
	}
	if _, err := s.f.Write(b); err != nil {
		return err
	}
	if !s.sync {
		return nil
	}
	return s.f.Sync()
}

func (s *logStore) DeleteLeases(context.Context, []netip.Addr) error { return nil }

func main() {
	dir := flag.String("dir", ".", "state directory")
	profile := flag.String("profile", "check", "check, short, perf or swarm")
	ifname := flag.String("if", "eth0", "interface")
	noSync := flag.Bool("nosync", false, "do not sync the store")
	prof := flag.String("pprof", "", "address for profiles")
	flag.Parse()
	if *prof != "" {
		go http.ListenAndServe(*prof, nil)
	}
	big := strings.Repeat("Z", 200)
	rules, err := option.Builtin()
	if err != nil {
		panic(err)
	}
	extra, err := option.Parse("rig", []byte(`
- vendor: rig
  set: {224: "`+big+`", 225: "`+big+`", 226: "`+big+`"}
  classes:
    big: {starts: BIGOPTS}
`))
	if err != nil {
		panic(err)
	}
	ip := netip.MustParseAddr
	pools := func(p string) []lease.Range {
		if *profile == "perf" || *profile == "swarm" {
			return []lease.Range{{Start: ip(p + ".16.0"), End: ip(p + ".255.250")}}
		}
		return []lease.Range{{Start: ip(p + ".100.10"), End: ip(p + ".100.29")}}
	}
	term := 600 * time.Second
	switch *profile {
	case "short":
		term = 8 * time.Second
	case "perf", "swarm":
		term = time.Hour
	}
	var subnets []dhcp.Subnet
	for _, p := range []string{"10.77", "10.78", "10.80"} {
		s := dhcp.Subnet{
			Prefix: netip.MustParsePrefix(p + ".0.0/16"), Pools: pools(p),
			Routers: []netip.Addr{ip(p + ".0.1")}, DNS: []netip.Addr{ip("10.77.0.1")}, NTP: []netip.Addr{ip("10.77.0.1")},
			Domain: "rig.test", LeaseTime: term, Serve: dhcp.ServeAll,
		}
		if p == "10.77" {
			s.Reservations = []lease.Reservation{{MAC: "02:de:ad:00:00:01", IP: ip("10.77.50.50")}}
		}
		if *profile == "swarm" {
			s.Options = []option.Option{{Code: 66, Data: []byte("http://10.77.0.1:8667")}}
		}
		subnets = append(subnets, s)
	}
	cfg := dhcp.Config{
		Interfaces: []dhcp.Interface{{Name: *ifname, Subnets: subnets}}, Rules: rules.With(extra), RapidCommit: true,
		Values: func(_ netip.Prefix, server netip.Addr) option.Values {
			return option.Values{URI: "http://" + server.String() + ":8667", TFTPHost: server.String(), TFTPIP: server}
		},
	}
	if *profile == "perf" || *profile == "swarm" {
		cfg.ProbeWait = -1
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	srv, err := dhcp.New(cfg, dhcp.Deps{Store: &logStore{path: filepath.Join(*dir, "leases"), sync: !*noSync}, Log: log, Journal: journal{log, *profile}})
	if err != nil {
		log.Error("settings", "err", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := srv.Serve(ctx); err != nil {
		log.Error("serve", "err", err)
		os.Exit(1)
	}
	log.Info("stopped", "stats", srv.Stats())
}

type journal struct {
	log     *slog.Logger
	profile string
}

func (j journal) DHCP(_ context.Context, e dhcp.Event) {
	if j.profile == "check" || j.profile == "short" {
		j.log.Info("dhcp", "msg", e.Message, "reply", e.Reply, "mac", e.MAC, "ip", e.IP, "rules", e.Rules, "sent", e.Sent, "reason", e.Reason)
	}
}
