package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/rawconfig"
)

// recorder notes the notifications a package asks for.
type recorder struct{ calls *[]string }

// Notify notes n and accepts it.
func (r recorder) Notify(_ context.Context, n plugin.Notification) error {
	params := map[string]any{"Variable": n.Variables}
	if n.Endpoint != "" {
		params["Endpoint"] = n.Endpoint
	} else {
		params["URI"] = n.URI
	}
	data, err := json.Marshal(params)
	*r.calls = append(*r.calls, "PJSIPNotify "+string(data))
	return err
}

func threadCall(function string, args []any) string {
	return "thread " + function + " " + canonical(args)
}

// canonical shows a value with the members of objects sorted.
func canonical(v any) string {
	data, err := document.Encode(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return string(data)
	}
	if data, err = json.Marshal(plain); err != nil {
		return err.Error()
	}
	return string(data)
}

// canonicalJSON shows decoded JSON the same way.
func canonicalJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// synchronizeConfig is the config that synchronizations were recorded with.
const synchronizeConfig = "full_us_tls"

// variants are the states of a device that synchronizations were recorded in:
// the name it is known to be registered with, and whether it has an address.
var variants = []struct {
	name, peer string
	noIP       bool
}{
	{name: "by_ip"},
	{name: "by_peer", peer: "user1"},
	{name: "autoprov_peer", peer: "apabcd1234"},
	{name: "no_ip", noIP: true},
}

func (c *check) synchronize() error {
	devices := c.devices()
	for _, model := range slices.Sorted(maps.Keys(c.rec.Sync)) {
		base := device(devices, model)
		if base == nil {
			c.skip(skipDevice)
			continue
		}
		for _, v := range variants {
			rec := c.rec.Sync[model][v.name]
			if rec == nil {
				continue
			}
			dev := base.Clone()
			dev.Set("config", "c")
			if v.peer != "" {
				dev.Set("remote_state_sip_username", v.peer)
			}
			if v.noIP {
				dev.Delete("ip")
			}
			raw, err := c.rec.Config(synchronizeConfig)
			if err != nil {
				return err
			}
			rawconfig.SetDefaults(raw)
			*c.calls = nil
			err = c.plugin.Synchronize(c.ctx, provd.Device{Object: dev}, raw)
			c.compare("synchronize", model+" "+v.name, rec.text(), outcome(*c.calls, err))
		}
	}
	return nil
}

// text shows a recorded synchronization as outcome does.
func (s *syncCase) text() string {
	var calls []string
	for _, call := range s.Calls {
		if call.Thread != "" {
			calls = append(calls, "thread "+call.Thread+" "+canonicalJSON(call.Args))
			continue
		}
		var params any
		if err := json.Unmarshal(call.Params, &params); err != nil {
			return err.Error()
		}
		calls = append(calls, call.Action+" "+canonicalJSON(params))
	}
	if s.OK {
		return outcome(calls, nil)
	}
	return outcome(calls, errors.New(s.Error+s.Raised))
}

func outcome(calls []string, err error) string {
	return strings.Join(append(calls, "error: "+errorText(err)), "\n")
}
