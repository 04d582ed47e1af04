package host

import (
	"provbox/provd"
	"provbox/provd/python"
)

// synchronizeError is synchronize.SynchronizeException.
var synchronizeError = exception("wazo_provd.synchronize", "SynchronizeException", python.ExceptionClass)

// amiError is synchronize.AMIError.
var amiError = exception("wazo_provd.synchronize", "AMIError", python.ExceptionClass)

// syncService is the object get_sync_service returns. It holds nothing.
type syncService struct{}

// Type returns its class.
func (syncService) Type() *python.Class { return syncServiceClass }

var syncServiceClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "AsteriskAMISynchronizeService", Module: "wazo_provd.synchronize", NoNew: true, Final: true,
	Attrs: map[string]python.Value{"TYPE": python.Str("AsteriskAMI")},
	Methods: map[string]python.MethodFunc{
		"sip_notify":         notifyMethod("ip"),
		"sip_notify_by_ip":   notifyMethod("ip"),
		"sip_notify_by_peer": notifyMethod("peer"),
	},
})

// notifyMethod notifies by IP address or by peer, and raises when that fails.
func notifyMethod(by string) python.MethodFunc {
	return func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var whom, event python.Value
		extra := python.Value(python.None)
		if err := python.Unpack("sip_notify", args, kwargs, by, &whom, "event", &event, "extra_vars?", &extra); err != nil {
			return nil, err
		}
		return python.None, notify(t, by, whom, event, extra)
	}
}

func notify(t *python.Thread, by string, whom, event, extra python.Value) error {
	var n Notification
	name, err := python.ToStr(t, whom)
	if err != nil {
		return err
	}
	if by == "ip" {
		n.URI = "sip:anonymous@" + name
	} else {
		n.Endpoint = name
	}
	ev, err := python.ToStr(t, event)
	if err != nil {
		return err
	}
	n.Variables = []string{"Event=" + ev}
	if more, err := python.Truth(t, extra); err != nil {
		return err
	} else if more {
		err := python.Iterate(t, extra, func(v python.Value) error {
			s, err := python.ToStr(t, v)
			n.Variables = append(n.Variables, s)
			return err
		})
		if err != nil {
			return err
		}
	}
	notifier := callOf(t).Notifier
	if notifier == nil {
		return python.Raise(synchronizeError, "no connection to the central stack is configured")
	}
	if err := notifier.Notify(t.Context(), n); err != nil {
		return python.Raise(amiError, "%v", err)
	}
	return nil
}

// standardSIPSynchronize asks for a NOTIFY by the name the phone is known to be
// registered with, else by its address (spec/wazo-link.md section 3).
func standardSIPSynchronize(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var device python.Value
	event, extra := python.Value(python.Str("check-sync")), python.Value(python.None)
	err := python.Unpack("standard_sip_synchronize", args, kwargs, "device", &device, "event?", &event, "extra_vars?", &extra)
	if err != nil {
		return nil, err
	}
	if callOf(t).Notifier == nil {
		return failed(python.NewException(synchronizeError, python.Str("Incompatible sync service: None"))), nil
	}
	peer, ok, err := truthy(t, device, python.NewKey("remote_state_sip_username"))
	if err != nil {
		return nil, err
	}
	if ok {
		name, err := python.ToStr(t, peer)
		if err != nil {
			return nil, err
		}
		// All phones nobody assigned yet share one account; notifying it would
		// restart each of them.
		if !provd.AutoprovAccount(name) {
			return deferredResult(python.None, notify(t, "peer", peer, event, extra))
		}
	}
	ip, ok, err := truthy(t, device, python.NewKey("ip"))
	if err != nil {
		return nil, err
	}
	if ok {
		return deferredResult(python.None, notify(t, "ip", ip, event, extra))
	}
	return failed(python.NewException(synchronizeError, python.Str("not enough information to synchronize device"))), nil
}

func synchronizeModule() module {
	return module{
		"AMIError":                      amiError,
		"AsteriskAMISynchronizeService": syncServiceClass,
		"SynchronizeException":          synchronizeError,
		"get_sync_service": function("get_sync_service", func(t *python.Thread, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			if callOf(t).Notifier == nil {
				return python.None, nil
			}
			return syncService{}, nil
		}),
		"standard_sip_synchronize": function("standard_sip_synchronize", standardSIPSynchronize),
	}
}
