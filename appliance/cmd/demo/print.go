package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"provbox/appliance/phone"
)

// printer is a log handler that shows the journal as a timeline: one line for
// each thing that happened to a phone, and warnings of everything else.
type printer struct {
	out   io.Writer
	mu    *sync.Mutex
	names map[string]string // phones by MAC
}

func newPrinter(out io.Writer) *printer {
	p := &printer{out: out, mu: new(sync.Mutex), names: make(map[string]string)}
	for _, k := range phone.Kinds() {
		p.names[k.MAC] = k.Name
	}
	return p
}

// Enabled drops what is less than information.
func (p *printer) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle prints one line.
func (p *printer) Handle(_ context.Context, r slog.Record) error {
	var topic, mac, ip string
	var facts []string
	r.Attrs(func(a slog.Attr) bool {
		switch v := a.Value.String(); a.Key {
		case "topic":
			topic = v
		case "mac":
			mac = v
		case "ip":
			ip = v
		case "device", "interface", "took":
		default:
			if v != "" && v != "offered" {
				facts = append(facts, a.Key+"="+v)
			}
		}
		return true
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	if topic == "" && r.Level < slog.LevelWarn {
		return nil
	}
	name := p.names[mac]
	if name == "" {
		name = mac
	}
	_, err := fmt.Fprintf(p.out, "%s %-8s %-6s %-15s %s  %s\n", r.Time.Format("15:04:05.000"), name, strings.ToUpper(topic), ip, r.Message, strings.Join(facts, " "))
	return err
}

// WithAttrs is not used by the box's parts.
func (p *printer) WithAttrs([]slog.Attr) slog.Handler { return p }

// WithGroup is not used by the box's parts.
func (p *printer) WithGroup(string) slog.Handler { return p }
