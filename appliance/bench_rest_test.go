package appliance_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/journal"
	"provbox/appliance/settings"
	"provbox/appliance/store"
	"provbox/provd"
	"provbox/provd/document"
)

// fullBox is a box that starts with many devices, each with a config of its own as
// wazo-confd writes it, below the configs "base" and "defaultconfigdevice".
type fullBox struct {
	app  *appliance.App
	n    int
	http *http.Client
}

func newFullBox(tb testing.TB, n int) *fullBox {
	tb.Helper()
	dir := tb.TempDir()
	fillStore(tb, filepath.Join(dir, "store"), n)
	stack := httptest.NewServer(centraltest.New())
	tb.Cleanup(stack.Close)
	s, err := settings.Parse(fmt.Appendf(nil, loopback+`
auth: {host: 127.0.0.1, port: %d, https: false, username: provbox, password: secret}
amid: {host: 127.0.0.1, port: %[2]d, https: false}
`, dir, stack.Listener.Addr().(*net.TCPAddr).Port))
	if err != nil {
		tb.Fatal(err)
	}
	b := &fullBox{n: n, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}
	b.app = appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.DiscardHandler)})
	if err := b.app.Start(context.Background()); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.app.Stop(); err != nil {
			tb.Error(err)
		}
	})
	for _, a := range b.await(tb, "rendered devices").Attrs {
		if a.Key == "failed" && a.Value.Int64() != 0 {
			tb.Fatalf("%v devices could not be rendered", a.Value)
		}
	}
	return b
}

// await waits for an event of the journal.
func (b *fullBox) await(tb testing.TB, text string) journal.Event {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	for seq := uint64(0); ; {
		events, _, wake := b.app.Journal().After(seq, 1000)
		for _, e := range events {
			seq = e.Seq
			if e.Text == text {
				return e
			}
		}
		if wake == nil {
			continue
		}
		select {
		case <-wake:
		case <-ctx.Done():
			tb.Fatalf("no event %q", text)
		}
	}
}

func fillStore(tb testing.TB, dir string, n int) {
	tb.Helper()
	s, _, err := store.Open(context.Background(), store.Config{Dir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	for from := 0; from < n; from += 1000 {
		err := s.Update(func(tx provd.Tx) error {
			if from == 0 {
				for _, doc := range provd.AutoprovConfigs(provd.AutoprovSettings{Registrar: "10.0.0.1", NTP: "10.0.0.1"}) {
					if err := tx.Configs().Put(doc.String("id"), doc); err != nil {
						return err
					}
				}
			}
			for i := from; i < min(from+1000, n); i++ {
				id := fullID(i)
				config, err := document.Decode(fullConfig(i))
				if err != nil {
					return err
				}
				if err := tx.Configs().Put(id, config); err != nil {
					return err
				}
				if err := tx.Devices().Put(id, fullDevice(i, "")); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
}

func fullID(i int) string { return fmt.Sprintf("%032x", i+1) }

func fullMAC(i int) string { return fmt.Sprintf("00:15:65:%02x:%02x:%02x", i>>16&255, i>>8&255, i&255) }

func fullDevice(i int, version string) *document.Object {
	return document.New("id", fullID(i), "mac", fullMAC(i), "ip", fmt.Sprintf("10.%d.%d.%d", 1+i>>16, i>>8&255, i&255),
		"vendor", "Yealink", "model", "T46S", "version", "66.86.0.15"+version, "plugin", "provbox-yealink", "config", fullID(i),
		"tenant_uuid", centraltest.Sub1, "is_new", false, "configured", true, "added", "auto")
}

func fullConfig(i int) []byte {
	var keys []string
	for k := range 8 {
		keys = append(keys, fmt.Sprintf(`"%d":{"type":"blf","value":"1%03d","label":"Colleague %[1]d","line":1}`, k+1, k))
	}
	return fmt.Appendf(nil, `{"id":%q,"configdevice":"defaultconfigdevice","parent_ids":["base","defaultconfigdevice"],"deletable":true,
"raw_config":{"X_key":"","config_version":1,"exten_dnd":"*25","exten_fwd_unconditional":"*21","exten_pickup_call":"*8","exten_voicemail":"*98",
"funckeys":{%s},"protocol":"SIP",
"sip_lines":{"1":{"auth_username":"u%[3]d","username":"u%[3]d","password":"p%[3]d","display_name":"User %[3]d","number":"%[3]d","registrar_ip":"10.0.0.1","proxy_ip":"10.0.0.1"}}}}`,
		fullID(i), strings.Join(keys, ","), i)
}

// call makes one REST request and wants a success.
func (b *fullBox) call(method, path, body string) error {
	req, err := http.NewRequest(method, "http://"+b.app.REST().String()+"/0.2"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("X-Auth-Token", "root")
	req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
	resp, err := b.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s %s", method, path, resp.Status, answer)
	}
	return err
}

// phones are the phones of the first devices, each with an address of its own, that
// have fetched their files before.
func (b *fullBox) phones(tb testing.TB) []*http.Client {
	tb.Helper()
	clients := make([]*http.Client, min(b.n, 50))
	for i := range clients {
		dial := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 9, 0, byte(i)+1)}}
		clients[i] = &http.Client{Transport: &http.Transport{DialContext: dial.DialContext}}
		tb.Cleanup(clients[i].CloseIdleConnections)
		if err := b.fetch(clients[i], i); err != nil {
			tb.Fatal(err)
		}
	}
	return clients
}

// fetch gets a phone's file as the phone does.
func (b *fullBox) fetch(client *http.Client, i int) error {
	req, err := http.NewRequest(http.MethodGet, "http://"+b.app.HTTP().String()+"/"+strings.ReplaceAll(fullMAC(i), ":", "")+".cfg", nil)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "Yealink SIP-T46S 66.86.0.15 "+fullMAC(i))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	file, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || !strings.Contains(string(file), "account.1.user_name")) {
		err = fmt.Errorf("phone %d: %s %s", i, resp.Status, file)
	}
	return err
}

func (b *fullBox) putDevice(i int, version string) error {
	doc, err := document.Encode(document.New("device", fullDevice(i, version)))
	if err != nil {
		return err
	}
	return b.call("PUT", "/dev_mgr/devices/"+fullID(i), string(doc))
}

// memory reports what the heap holds, and what the process took from the system,
// per device.
func (b *fullBox) memory(tb *testing.B) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	tb.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MiB")
	tb.ReportMetric(float64(m.Sys-m.HeapReleased)/(1<<20), "sys-MiB")
}

// BenchmarkREST is what an operation costs while a box has so many devices: it must
// not follow their number. The renderings of the devices that change are part of it.
func BenchmarkREST(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprintf("devices=%d", n), func(b *testing.B) {
			box := newFullBox(b, n)
			phones := box.phones(b)
			ops := []struct {
				name string
				run  func(i int) error
			}{
				{"phone-file", func(i int) error { return box.fetch(phones[i%len(phones)], i%len(phones)) }},
				{"put-device", func(i int) error { return box.putDevice(i%n, fmt.Sprint(".", i)) }},
				{"post-config", func(i int) error {
					id := fmt.Sprintf("new%d", i)
					body := strings.Replace(string(fullConfig(0)), fullID(0), id, 1)
					if err := box.call("POST", "/cfg_mgr/configs", `{"config":`+body+`}`); err != nil {
						return err
					}
					return box.call("DELETE", "/cfg_mgr/configs/"+id, "")
				}},
				{"get-device", func(i int) error { return box.call("GET", "/dev_mgr/devices/"+fullID(i%n), "") }},
				{"list-by-mac", func(i int) error {
					return box.call("GET", "/dev_mgr/devices?recurse=True&q="+url.QueryEscape(`{"mac":"`+fullMAC(i%n)+`"}`), "")
				}},
				{"list-by-ip", func(i int) error {
					return box.call("GET", "/dev_mgr/devices?recurse=True&q="+url.QueryEscape(fmt.Sprintf(`{"ip":"10.1.%d.%d"}`, i%n>>8&255, i%n&255)), "")
				}},
			}
			for _, op := range ops {
				b.Run(op.name, func(b *testing.B) {
					i := 0
					for b.Loop() {
						if err := op.run(i); err != nil {
							b.Fatal(err)
						}
						i++
					}
				})
			}
			b.Run("memory", func(b *testing.B) {
				for b.Loop() {
					runtime.KeepAlive(box)
				}
				b.ReportMetric(0, "ns/op") // says nothing
				box.memory(b)
			})
		})
	}
}

// BenchmarkParent is a change of a config that 1,000 devices inherit from, until the
// answer: every file is rendered then.
func BenchmarkParent(b *testing.B) {
	const n = 1000
	box := newFullBox(b, n)
	i := 0
	for b.Loop() {
		i++
		body := fmt.Sprintf(`{"config":{"X_type":"internal","deletable":false,"parent_ids":[],"raw_config":{"ntp_enabled":true,"ntp_ip":"10.0.%d.1"}}}`, i%250)
		if err := box.call("PUT", "/cfg_mgr/configs/base", body); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(i)/b.Elapsed().Seconds(), "devices/s")
}
