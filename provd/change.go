package provd

import (
	"provbox/provd/document"
	"provbox/provd/rawconfig"
)

// Change is one transaction on the documents that keeps the rules between them:
// server-owned members, transient configs, and which devices have stale files.
// It is only valid inside the function given to Manager.Change.
type Change struct {
	Tx
	master  string
	stale   map[string]struct{}
	removed []Device
	cause   string  // what made devices stale, in one line
	events  []Event // what happened, recorded once it is stored
}

// renderError is the member that tells why a device's files could not be
// rendered; it is ours, and absent while all is well.
const renderError = "X_provbox_error"

// InsertDevice stores a new device and gives it an id when it has none. Whether
// it is new and configured is decided here, whatever the document says.
func (c *Change) InsertDevice(dev Device) (id string, err error) {
	if v, _ := dev.Get("id"); v == nil || v == any("") {
		dev.Set("id", newID())
	}
	if err := c.own(dev); err != nil {
		return "", err
	}
	id = dev.ID()
	if _, err := c.Devices().Get(id); err == nil {
		return "", &Error{Code: Conflict, Message: id}
	}
	if c.Devices().Len() >= MaxDevices {
		return "", Errorf(Unavailable, "the box keeps at most %d devices; delete some first", MaxDevices)
	}
	dev.Set("configured", false)
	dev.Delete(renderError)
	c.stale[id] = struct{}{}
	c.tell(dev, "added")
	return id, c.Devices().Put(id, dev.Object)
}

// InsertSeen is InsertDevice for a phone that was seen and that nobody announced.
func (c *Change) InsertSeen(dev Device) (id string, err error) {
	if c.Devices().Len() >= MaxSeen {
		return "", Errorf(Unavailable, "the box has %d devices, from then on it adds none by itself; delete some first, or create the device over REST", MaxSeen)
	}
	return c.InsertDevice(dev)
}

// tell keeps what happened to a device for the journal.
func (c *Change) tell(dev Device, text string) {
	c.events = append(c.events, Event{Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant(), Topic: "device", Text: text})
}

// UpdateDevice replaces a stored device. It reports false, and writes nothing,
// when the document says what the stored one says.
func (c *Change) UpdateDevice(dev Device) (changed bool, err error) {
	stored, err := c.Devices().Get(dev.ID())
	if err != nil {
		return false, err
	}
	old := Device{stored}
	if err := c.own(dev); err != nil {
		return false, err
	}
	dev.Set("configured", old.Configured())
	if reason := old.String(renderError); reason != "" {
		dev.Set(renderError, reason)
	} else {
		dev.Delete(renderError)
	}
	if document.Equal(old.Object, dev.Object) {
		return false, nil
	}
	if needsRender(old, dev) || old.Tenant() != dev.Tenant() {
		c.stale[dev.ID()] = struct{}{}
	}
	if err := c.Devices().Put(dev.ID(), dev.Object); err != nil {
		return false, err
	}
	if old.Tenant() != "" && old.Tenant() != dev.Tenant() {
		c.tell(old, "moved to another tenant")
	}
	c.tell(dev, "changed")
	if old.Config() != dev.Config() {
		return true, c.dropTransient(old.Config())
	}
	return true, nil
}

// DeleteDevice removes a device, and its config when that was transient and
// nothing else uses it.
func (c *Change) DeleteDevice(id string) error {
	doc, err := c.Devices().Get(id)
	if err != nil {
		return err
	}
	if err := c.Devices().Delete(id); err != nil {
		return err
	}
	dev := Device{doc}
	c.removed = append(c.removed, dev)
	c.tell(dev, "deleted")
	return c.dropTransient(dev.Config())
}

// own sets what only the server decides and checks the rest.
func (c *Change) own(dev Device) error {
	dev.Set("is_new", dev.Tenant() == c.master)
	return dev.validate()
}

// dropTransient deletes a transient config that no device refers to any more
// (spec/rest.md section 5.4, step 6).
func (c *Change) dropTransient(id string) error {
	doc, err := c.Configs().Get(id)
	if id == "" || CodeOf(err) == NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if !doc.Bool("transient") {
		return nil
	}
	for range c.Devices().Find("config", id) {
		return nil
	}
	return c.Configs().Delete(id)
}

// InsertConfig stores a new config and gives it an id when it has none. A
// config the box made for itself is replaced by one of the same id.
func (c *Change) InsertConfig(doc *document.Object) (id string, err error) {
	if _, ok := doc.Get("id"); !ok {
		doc.Set("id", newID())
	}
	id = doc.String("id")
	if stored, err := c.Configs().Get(id); err == nil && !stored.Bool(ownConfig) {
		return "", &Error{Code: Conflict, Message: id}
	}
	if c.Configs().Len() >= MaxConfigs {
		return "", Errorf(Unavailable, "the box keeps at most %d configs; delete some first", MaxConfigs)
	}
	return id, c.putConfig(id, doc)
}

// UpdateConfig replaces a stored config. It reports false, and writes nothing,
// when nothing differs.
func (c *Change) UpdateConfig(doc *document.Object) (changed bool, err error) {
	id := doc.String("id")
	old, err := c.Configs().Get(id)
	if err != nil {
		return false, err
	}
	rawconfig.StripNulls(doc)
	if document.Equal(old, doc) {
		return false, nil
	}
	return true, c.putConfig(id, doc)
}

func (c *Change) putConfig(id string, doc *document.Object) error {
	rawconfig.StripNulls(doc)
	if err := rawconfig.CheckConfig(doc); err != nil {
		return &Error{Code: Invalid, Message: err.Error()}
	}
	if problem := idProblem(id); problem != "" {
		return &Error{Code: Invalid, Message: problem}
	}
	if err := c.Configs().Put(id, doc); err != nil {
		return err
	}
	c.staleBelow(id)
	return nil
}

// DeleteConfig removes a config that is deletable.
func (c *Change) DeleteConfig(id string) error {
	doc, err := c.Configs().Get(id)
	if err != nil {
		return err
	}
	if v, ok := doc.Get("deletable"); ok && !document.Truthy(v) {
		return Errorf(Denied, "The document %s is not deletable", id)
	}
	c.staleBelow(id)
	return c.Configs().Delete(id)
}

// staleBelow marks every device whose config is this one or inherits from it.
func (c *Change) staleBelow(id string) {
	c.cause = "config " + id
	seen := map[string]struct{}{id: {}}
	for queue := []string{id}; len(queue) > 0; queue = queue[1:] {
		for dev := range c.Devices().Find("config", queue[0]) {
			c.stale[dev] = struct{}{}
		}
		for child := range c.Configs().Find("parent_ids", queue[0]) {
			if _, ok := seen[child]; !ok {
				seen[child] = struct{}{}
				queue = append(queue, child)
			}
		}
	}
}

// Autocreate stores a transient config that inherits from the first config with
// role autocreate, and returns its id (spec/rest.md section 6.2). Without a
// source that has a first SIP line it is an *Error with NotFound.
func (c *Change) Autocreate() (id string, err error) {
	for srcID, src := range c.Configs().Find("role", "autocreate") {
		raw := src.Object("raw_config")
		if raw.Object("sip_lines").Object("1") == nil {
			break
		}
		id = srcID + dashed(newUUID())
		return c.InsertConfig(document.New(
			"id", id, "parent_ids", []any{srcID}, "raw_config", raw.Clone(), "transient", true,
		))
	}
	return "", Errorf(NotFound, `no config with role "autocreate" and a sip_lines "1"; post one first`)
}
