package rest

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"provbox/provd"
	"provbox/provd/document"
)

// Own is what the routes need that wazo-provd does not have. All must be set.
type Own struct {
	Files      Files
	Bulks      Bulks
	Journal    Journal
	Renderings Renderings
	// Closing is closed when the server shuts down: streams end then.
	Closing <-chan struct{}
}

// Files shows what plugins write for devices; provd.Manager has them.
type Files interface {
	Files(ctx context.Context, id string, s provd.Scope) ([]provd.File, error)
	Preview(ctx context.Context, id string, config *document.Object, s provd.Scope) ([]provd.File, error)
}

// Bulks are the changes of many devices; provd.Manager has them.
type Bulks interface {
	StartBulk(ctx context.Context, req provd.BulkRequest, s provd.Scope) (*provd.Bulk, error)
	Bulk(id int, s provd.Scope) (*provd.Bulk, error)
	EndBulk(id int, s provd.Scope) error
}

// Renderings are the renderings of many devices, and what they all depend on;
// provd.Manager has them.
type Renderings interface {
	Renderings() []*provd.Rendering
	Needed(ctx context.Context) ([]provd.NeededState, error)
}

// Journal is what happened, in memory and bounded.
type Journal interface {
	// Boot tells the journals of two starts apart.
	Boot() string
	// Device returns what is remembered of a device, oldest first.
	Device(id string) []Entry
	// Last returns the number of the newest event, 0 when there is none.
	Last() uint64
	// After returns the events that came after one, oldest first, at most n; missed
	// tells that some are not remembered any more. When there are none, wake is
	// closed once there are; else it is nil.
	After(seq uint64, n int) (entries []Entry, missed bool, wake <-chan struct{})
}

// Entry is one event of the journal.
type Entry struct {
	Seq  uint64 // from 1 on since the box started
	Time time.Time
	provd.Event
}

// Paths of our own, and the header of an answer that names the rendering of many
// devices that the request caused.
const (
	devicePath      = "/dev_mgr/devices/{device_id}"
	renderingsPath  = "/dev_mgr/renderings"
	eventsPath      = "/dev_mgr/events"
	bulkPath        = "/dev_mgr/bulk"
	renderingHeader = "X-Provbox-Rendering"
)

// ownRows add to wazo-provd's API and change nothing of it. Devices and what
// happened to them are as visible as the devices are. Files hold what phones know,
// passwords included, and have an ACL of their own.
func ownRows() []row {
	const (
		get, post, del = http.MethodGet, http.MethodPost, http.MethodDelete
		device         = "provd.dev_mgr.devices.{device_id}"
	)
	return []row{
		{get, devicePath + "/files", device + ".files.read", (*call).listFiles},
		{post, devicePath + "/preview", device + ".preview.create", (*call).previewFiles},
		{get, devicePath + "/journal", device + ".journal.read", (*call).deviceJournal},
		{get, eventsPath, "provd.dev_mgr.events.read", (*call).events},
		{get, renderingsPath, "provd.dev_mgr.renderings.read", (*call).listRenderings},
		{get, renderingsPath + "/{rendering}", "provd.dev_mgr.renderings.read", (*call).getRendering},
		{post, bulkPath, "provd.dev_mgr.bulk.create", (*call).createBulk},
		{get, bulkPath + "/{bulk}", "provd.operation.read", (*call).getBulk},
		{get, bulkPath + "/{bulk}/results", "provd.operation.read", (*call).bulkResults},
		{del, bulkPath + "/{bulk}", "provd.operation.delete", (*call).deleteBulk},
		{get, "/cfg_mgr/needed", "provd.cfg_mgr.needed.read", (*call).neededConfigs},
	}
}

func (c *call) listFiles() error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	files, err := c.cfg.Own.Files.Files(c.r.Context(), c.params["device_id"], scope)
	if err != nil {
		return err
	}
	return c.files(files)
}

// previewFiles takes {"raw_config": …, "parent_ids": …}, the latter as one likes.
func (c *call) previewFiles() error {
	config, ok := c.body.(*document.Object)
	if !ok || config.Object("raw_config") == nil {
		return provd.Errorf(provd.Invalid, `the body must be {"raw_config": {…}}, with "parent_ids" if it inherits`)
	}
	scope, err := c.scope()
	if err != nil {
		return err
	}
	files, err := c.cfg.Own.Files.Preview(c.r.Context(), c.params["device_id"], config, scope)
	if err != nil {
		return err
	}
	return c.files(files)
}

// files answers with files. Text is content, other bytes are content_base64.
func (c *call) files(files []provd.File) error {
	list := make([]any, len(files))
	for i, f := range files {
		doc := document.New("name", f.Name, "template", nil, "custom", f.Custom, "sensitive", f.Sensitive, "size", document.Number(len(f.Content)))
		if f.Template != "" {
			doc.Set("template", f.Template)
		}
		if utf8.Valid(f.Content) {
			doc.Set("content", string(f.Content))
		} else {
			doc.Set("content_base64", base64Text(f.Content))
		}
		list[i] = doc
	}
	c.w.Header().Set("Cache-Control", "no-store")
	return c.json(http.StatusOK, "files", list)
}

func (c *call) deviceJournal() error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	id := c.params["device_id"]
	if _, err := c.cfg.Devices.Device(c.r.Context(), id, scope); err != nil {
		return err
	}
	list := []any{}
	for _, e := range c.cfg.Own.Journal.Device(id) {
		if e.Tenant == "" || scope.Has(e.Tenant) {
			list = append(list, c.entry(e))
		}
	}
	return c.json(http.StatusOK, "events", list)
}

// entry is how an event is written.
func (c *call) entry(e Entry) *document.Object {
	attrs := document.New()
	for _, a := range e.Attrs {
		attrs.Set(a.Key, plainValue(a.Value))
	}
	doc := document.New("id", c.eventID(e.Seq), "time", e.Time.UTC().Format(time.RFC3339Nano), "topic", e.Topic, "text", e.Text)
	for _, m := range [...][2]string{{"device", e.Device}, {"mac", e.MAC}, {"ip", e.IP}} {
		if m[1] != "" {
			doc.Set(m[0], m[1])
		}
	}
	doc.Set("attrs", attrs)
	return doc
}

func plainValue(v slog.Value) any {
	switch v = v.Resolve(); v.Kind() {
	case slog.KindInt64:
		return document.Number(int(v.Int64()))
	case slog.KindUint64:
		return document.Number(int(v.Uint64()))
	case slog.KindBool:
		return v.Bool()
	default:
		return v.String()
	}
}

func (c *call) listRenderings() error {
	list := []any{}
	for _, r := range c.cfg.Own.Renderings.Renderings() {
		list = append(list, rendering(r))
	}
	return c.json(http.StatusOK, "renderings", list)
}

func (c *call) getRendering() error {
	for _, r := range c.cfg.Own.Renderings.Renderings() {
		if strconv.Itoa(r.ID) == c.params["rendering"] {
			doc := rendering(r)
			// As operations have it, for the clients that follow those.
			return c.answer(http.StatusOK, document.New("status", r.Operation.String(), "rendering", doc))
		}
	}
	return provd.Errorf(provd.NotFound, "No such resource")
}

func rendering(r *provd.Rendering) *document.Object {
	return document.New("id", strconv.Itoa(r.ID), "cause", r.Cause, "state", string(r.Operation.State()),
		"devices", document.Number(r.Devices), "done", document.Number(r.Done()), "failed", document.Number(r.Failed()))
}

// neededConfigs tells which of wazo-confd's configs are there, and what does not
// work without the others.
func (c *call) neededConfigs() error {
	needed, err := c.cfg.Own.Renderings.Needed(c.r.Context())
	if err != nil {
		return err
	}
	list := make([]any, len(needed))
	for i, n := range needed {
		list[i] = document.New("id", n.ID, "present", n.Present, "own", n.Own, "without", n.Without)
	}
	return c.json(http.StatusOK, "needed", list)
}
