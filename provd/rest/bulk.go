package rest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/query"
)

// createBulk takes {"action": …, "selector": {…} or "ids": […], "plugin": …,
// "synchronize": …, "recurse": …}. Besides the route's ACL it wants one that names
// the action, e.g. provd.dev_mgr.bulk.delete.create.
func (c *call) createBulk() error {
	body, ok := c.body.(*document.Object)
	if !ok {
		return provd.Errorf(provd.Invalid, `the body must be {"action": …, "selector": …}`)
	}
	req, recurse, err := bulkRequest(body)
	if err != nil {
		return err
	}
	if err := unauthorized(c.cfg.Auth.Check(c.r.Context(), c.token, "provd.dev_mgr.bulk."+req.Action+".create", c.wanted)); err != nil {
		return err
	}
	scope := c.own()
	if recurse {
		if scope, err = c.scope(); err != nil {
			return err
		}
	}
	bulk, err := c.cfg.Own.Bulks.StartBulk(c.background(), req, scope)
	if err != nil {
		return err
	}
	c.w.Header().Set("Location", location("/0.2"+bulkPath, strconv.Itoa(bulk.ID)))
	c.w.WriteHeader(http.StatusCreated)
	return nil
}

func bulkRequest(body *document.Object) (req provd.BulkRequest, recurse bool, err error) {
	for _, key := range body.Keys() {
		v, _ := body.Get(key)
		ok := false
		switch key {
		case "action":
			req.Action, ok = v.(string)
			ok = ok && slices.Contains(provd.BulkActions(), req.Action)
		case "plugin":
			req.Plugin, ok = v.(string)
		case "synchronize":
			req.Synchronize, ok = v.(bool)
		case "recurse":
			recurse, ok = v.(bool)
		case "selector":
			var selector *document.Object
			if selector, ok = v.(*document.Object); ok {
				req.Query = &query.Query{Selector: selector}
			}
		case "ids":
			req.IDs, ok = texts(v)
		}
		if !ok {
			return req, false, provd.Errorf(provd.Invalid,
				"%q: want action (one of %v), selector (an object) or ids (a list of texts), and plugin (a text), synchronize, recurse (true or false)",
				key, provd.BulkActions())
		}
	}
	if req.Action == "" {
		return req, false, provd.Errorf(provd.Invalid, "the action is missing: one of %v", provd.BulkActions())
	}
	return req, recurse, nil
}

func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	out := make([]string, 0, len(list))
	for _, e := range list {
		s, isText := e.(string)
		ok = ok && isText
		out = append(out, s)
	}
	return out, ok
}

// bulk finds the bulk change that a path names. Its tenant's and those above may
// see it.
func (c *call) bulk() (*provd.Bulk, provd.Scope, error) {
	scope, err := c.scope()
	if err != nil {
		return nil, scope, err
	}
	id, err := strconv.Atoi(c.params["bulk"])
	if err != nil {
		return nil, scope, provd.Errorf(provd.NotFound, "No such resource")
	}
	b, err := c.cfg.Own.Bulks.Bulk(id, scope)
	return b, scope, err
}

func (c *call) getBulk() error {
	b, _, err := c.bulk()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "status", b.Operation.String())
}

func (c *call) bulkResults() error {
	b, _, err := c.bulk()
	if err != nil {
		return err
	}
	results := b.Results()
	list := make([]any, len(results))
	for i, r := range results {
		doc := document.New("id", r.Device, "state", string(r.State))
		if r.Reason != "" {
			doc.Set("reason", r.Reason)
		}
		list[i] = doc
	}
	return c.answer(http.StatusOK, document.New("action", b.Action, "status", b.Operation.String(), "reason", b.Operation.Reason(), "results", list))
}

// deleteBulk cancels one that is under way and forgets one that has ended: what was
// done when it was cancelled can still be read.
func (c *call) deleteBulk() error {
	b, scope, err := c.bulk()
	if err != nil {
		return err
	}
	if err := c.cfg.Own.Bulks.EndBulk(b.ID, scope); err != nil {
		return err
	}
	return c.noContent()
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
