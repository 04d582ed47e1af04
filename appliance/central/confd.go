package central

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"provbox/provd"
)

// Line is one line of a device, as wazo-confd knows it.
type Line struct {
	Name       string   // the line's own name
	Position   int      // its place on the phone, from 1
	Extensions []string // "1001@default"
	Users      []string // "Alice Martin"
	CallerID   string
	Registrar  Registrar
}

// Registrar is where a line registers. Host is "" when it could not be read.
type Registrar struct {
	ID, Name, Host string
	Port           int // 0 is the default port
}

// ConfdConfig is what a Confd is made from.
type ConfdConfig struct {
	Endpoint
	// Cache is how long what was read is shown again without asking.
	Cache time.Duration
}

// Bounds of what is read and remembered.
const (
	maxLines      = 32 // of one device
	maxConfdCache = 1024
	maxName       = 256 // bytes of one text
)

// short cuts a text that is too long to be a name: they are all remembered.
func short(s string) string {
	if len(s) <= maxName {
		return s
	}
	return strings.ToValidUTF8(s[:maxName], "") + "…"
}

// Confd reads from wazo-confd what the box shows beside a device: its lines,
// whose they are, and where they register. It is for pages and status calls,
// never for what a phone waits for. It is safe for concurrent use.
//
// It asks with the box's own token, whose policy then needs
// confd.devices.*.lines.read, confd.lines.*.read and confd.registrars.*.read.
type Confd struct {
	cfg    ConfdConfig
	http   *client
	tokens Tokens

	mu    sync.Mutex
	known map[string]knownLines // by device id
}

type knownLines struct {
	at    time.Time
	lines []Line
}

// NewConfd returns a client that acts with the box's own tokens.
func NewConfd(cfg ConfdConfig, tokens Tokens) *Confd {
	return &Confd{cfg: cfg, http: newClient("wazo-confd", cfg.Endpoint, "/1.1"), tokens: tokens, known: make(map[string]knownLines)}
}

// Lines returns the lines of a device in the order of their positions, and when
// they were read; the slice must not be changed. tenant is the device's. While wazo-confd does not answer it
// returns what was read last together with the *provd.Error, so that a page can
// show both.
func (c *Confd) Lines(ctx context.Context, device, tenant string) ([]Line, time.Time, error) {
	c.mu.Lock()
	old, ok := c.known[device]
	c.mu.Unlock()
	now := time.Now()
	if ok && now.Sub(old.at) < c.cfg.Cache {
		return old.lines, old.at, nil
	}
	lines, err := c.read(ctx, device, tenant)
	if err != nil {
		return old.lines, old.at, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.known[device]; !ok && len(c.known) >= maxConfdCache {
		c.evict()
	}
	c.known[device] = knownLines{now, lines}
	return lines, now, nil
}

// evict forgets what was read longest ago.
func (c *Confd) evict() {
	oldest := ""
	for id, k := range c.known {
		if oldest == "" || k.at.Before(c.known[oldest].at) {
			oldest = id
		}
	}
	delete(c.known, oldest)
}

func (c *Confd) read(ctx context.Context, device, tenant string) ([]Line, error) {
	if !segment(device) {
		return nil, provd.Errorf(provd.Invalid, "wazo-confd has no device with the id %q", device)
	}
	var associations struct {
		Items []struct {
			Line int `json:"line_id"`
		} `json:"items"`
	}
	found, err := c.get(ctx, "/devices/"+device+"/lines", tenant, &associations)
	if err != nil || !found {
		return nil, err // wazo-confd knows no device of this id: no lines
	}
	lines := []Line{}
	registrars := make(map[string]Registrar)
	for _, a := range associations.Items[:min(len(associations.Items), maxLines)] {
		line, found, err := c.line(ctx, a.Line, tenant, registrars)
		if err != nil {
			return nil, err
		}
		if found {
			lines = append(lines, line)
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return a.Position - b.Position })
	return lines, nil
}

func (c *Confd) line(ctx context.Context, id int, tenant string, registrars map[string]Registrar) (line Line, found bool, err error) {
	var doc struct {
		Name       string `json:"name"`
		Position   int    `json:"position"`
		CallerID   string `json:"caller_id_name"`
		Registrar  string `json:"registrar"`
		Extensions []struct {
			Exten   string `json:"exten"`
			Context string `json:"context"`
		} `json:"extensions"`
		Users []struct {
			First string `json:"firstname"`
			Last  string `json:"lastname"`
		} `json:"users"`
	}
	found, err = c.get(ctx, "/lines/"+strconv.Itoa(id), tenant, &doc)
	if err != nil || !found {
		return Line{}, false, err
	}
	line = Line{Name: short(doc.Name), Position: doc.Position, CallerID: short(doc.CallerID)}
	for _, e := range doc.Extensions[:min(len(doc.Extensions), maxLines)] {
		line.Extensions = append(line.Extensions, short(strings.Trim(e.Exten+"@"+e.Context, "@")))
	}
	for _, u := range doc.Users[:min(len(doc.Users), maxLines)] {
		line.Users = append(line.Users, short(strings.TrimSpace(u.First+" "+u.Last)))
	}
	line.Registrar, err = c.registrar(ctx, doc.Registrar, tenant, registrars)
	return line, true, err
}

// registrar reads a registrar, once per device.
func (c *Confd) registrar(ctx context.Context, id, tenant string, known map[string]Registrar) (Registrar, error) {
	if r, ok := known[id]; ok || !segment(id) || len(id) > maxName {
		return r, nil
	}
	var doc struct {
		Name string `json:"name"`
		Host string `json:"main_host"`
		Port int    `json:"main_port"`
	}
	found, err := c.get(ctx, "/registrars/"+id, tenant, &doc)
	if err != nil {
		return Registrar{}, err
	}
	r := Registrar{ID: id}
	if found {
		r = Registrar{ID: id, Name: short(doc.Name), Host: short(doc.Host), Port: doc.Port}
	}
	known[id] = r
	return r, nil
}

// get reads one resource; false is one that does not exist.
func (c *Confd) get(ctx context.Context, path, tenant string, out any) (found bool, err error) {
	err = withToken(ctx, c.tokens, func(token string) (int, error) {
		code, err := c.http.do(ctx, request{method: http.MethodGet, path: path, token: token, tenant: tenant}, out,
			http.StatusOK, http.StatusNotFound, http.StatusUnauthorized)
		found = code == http.StatusOK
		return code, err
	})
	if err != nil && provd.CodeOf(err) == provd.Denied {
		err = provd.Errorf(provd.Denied, "wazo-confd does not accept the box's token; see docs/centre.md for the policy it needs")
	}
	return found && err == nil, err
}
