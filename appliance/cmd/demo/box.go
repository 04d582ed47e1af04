package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"time"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/lan"
	"provbox/appliance/phone"
	"provbox/appliance/settings"
)

const lanSettings = `
general:
  base_storage_dir: %s
  advertised_http_url: http://192.168.77.1:8667
  http_proxied_listen_interface: 192.168.77.1
  tftp_listen_interface: 192.168.77.1
  base_raw_config: {sip_registrar_ip: 192.168.77.1, ntp_ip: 192.168.77.1}
rest_api: {ip: 127.0.0.1, port: 0}
web: {listen: "127.0.0.1:0"}
auth: {host: 127.0.0.1, port: %d, username: provbox, password: secret}
amid: {host: 127.0.0.1, port: %[2]d}
dhcp:
  mode: server
  interfaces:
    - name: lan0
      subnets:
        - {subnet: 192.168.77.0/24, pools: [{start: 192.168.77.50, end: 192.168.77.199}], router: 192.168.77.1, serve: all}
`

const loopbackSettings = `
general:
  base_storage_dir: %s
  http_proxied_listen_interface: 127.0.0.1
  http_proxied_listen_port: 0
  tftp_listen_interface: 127.0.0.1
  tftp_port: 0
  base_raw_config: {sip_registrar_ip: 127.0.0.1}
rest_api: {ip: 127.0.0.1, port: 0}
web: {listen: "127.0.0.1:0"}
auth: {host: 127.0.0.1, port: %d, username: provbox, password: secret}
amid: {host: 127.0.0.1, port: %[2]d}
`

// demo is a running box with its stand-in for the central stack.
type demo struct {
	app   *appliance.App
	stack *http.Server
	dir   string
}

// boot starts a box from one of the settings above.
func boot(ctx context.Context, format string) (*demo, error) {
	dir, err := os.MkdirTemp("", "provbox-demo-")
	if err != nil {
		return nil, err
	}
	d := &demo{dir: dir}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return d, err
	}
	d.stack = &http.Server{Handler: centraltest.New(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = d.stack.Serve(l) }() // ends with Close in stop
	s, err := settings.Parse(fmt.Appendf(nil, format, dir, l.Addr().(*net.TCPAddr).Port))
	if err != nil {
		return d, err
	}
	d.app = appliance.New(appliance.Options{Settings: s, Logger: slog.New(newPrinter(os.Stdout)), Version: "demo"})
	return d, d.app.Start(ctx)
}

// showPage tells where the local page is.
func (d *demo) showPage() {
	fmt.Printf("Its page is at http://%s/, the claim code is %s.\n\n", d.app.Web(), d.app.ClaimCode())
}

// stop ends the box and removes what it wrote.
func (d *demo) stop() {
	if d.app != nil {
		if err := d.app.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "demo:", err)
		}
	}
	if d.stack != nil {
		_ = d.stack.Close()
	}
	_ = os.RemoveAll(d.dir)
}

// runLAN is the process inside the namespace: switch, box and the parent of the
// phones.
func runLAN(ctx context.Context) error {
	// Two sockets come from outside, by the protocol of systemd.
	for k, v := range map[string]string{"LISTEN_PID": strconv.Itoa(os.Getpid()), "LISTEN_FDS": "2", "LISTEN_FDNAMES": "rest:web"} {
		if err := os.Setenv(k, v); err != nil {
			return err
		}
	}
	if err := lan.Bridge(0, "lan0", mustPrefix("192.168.77.1/24")); err != nil {
		return err
	}
	d, err := boot(ctx, lanSettings)
	defer d.stop()
	if err != nil {
		return err
	}
	fmt.Printf("A box at 192.168.77.1 on a private LAN; three phones are being plugged in.\n")
	d.showPage()
	phones := make(map[string]*plugged)
	for _, k := range phone.Kinds() {
		p, err := plug(ctx, k)
		if err != nil {
			return err
		}
		phones[k.Name] = p
	}
	for _, k := range phone.Kinds() {
		phones[k.Name].wait()
	}
	ready := os.NewFile(5, "ready")
	for lines := bufio.NewScanner(os.Stdin); ctx.Err() == nil; phones["yealink"].again() {
		if _, err := ready.WriteString("ready\n"); err != nil {
			return err
		}
		if !lines.Scan() {
			break
		}
	}
	<-ctx.Done()
	return nil
}

// runLoopback is the demonstration where namespaces are not permitted.
func runLoopback(ctx context.Context) error {
	d, err := boot(ctx, loopbackSettings)
	defer d.stop()
	if err != nil {
		return err
	}
	d.showPage()
	fetch := func(k phone.Kind) {
		server := "http://" + d.app.HTTP().String()
		if k.TFTP {
			server = d.app.TFTP().String()
		}
		content, err := k.Account(ctx, server)
		show(k, content, err)
	}
	kinds := phone.Kinds()
	for _, k := range kinds {
		fetch(k)
	}
	return assign(ctx, d.app.REST().String(), func() { fetch(kinds[0]) })
}

// plugged is a virtual phone in a process and a namespace of its own.
type plugged struct {
	lines chan struct{}
	again func()
}

// plug powers a phone on.
func plug(ctx context.Context, k phone.Kind) (*plugged, error) {
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "phone", k.Name)
	cmd.Stderr = os.Stderr
	lan.Isolate(cmd)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("phone %s: %w", k.Name, err)
	}
	if err := lan.Plug(0, "lan0", cmd.Process.Pid, k.MAC); err != nil {
		return nil, fmt.Errorf("phone %s: %w", k.Name, err)
	}
	p := &plugged{lines: make(chan struct{})}
	go relay(out, p.lines)
	p.again = func() {
		_, _ = in.Write([]byte("again\n")) // a phone that died has said so itself
		p.wait()
	}
	_, err = in.Write([]byte("boot\n"))
	return p, err
}

// wait returns when the phone has fetched its files.
func (p *plugged) wait() { <-p.lines }
