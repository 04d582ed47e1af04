package ident

import (
	"provbox/provd"
)

// retrieve finds the device that a request comes from: by mac, sn, uuid, then
// by an address that only one device fits (spec/ident.md section 4).
func retrieve(tx provd.Tx, info provd.Info) (provd.Device, bool) {
	for _, key := range [...]string{"mac", "sn", "uuid"} {
		if info[key] == "" {
			continue
		}
		for _, doc := range tx.Devices().Find(key, info[key]) {
			return provd.Device{Object: doc}, true
		}
	}
	if info["ip"] == "" {
		return provd.Device{}, false
	}
	var found []provd.Device
	for _, doc := range tx.Devices().Find("ip", info["ip"]) {
		if dev := (provd.Device{Object: doc}); fits(dev, info) {
			found = append(found, dev)
		}
	}
	if len(found) != 1 {
		return provd.Device{}, false
	}
	return found[0], true
}

// fits reports whether nothing the request shows speaks against the device.
func fits(dev provd.Device, info provd.Info) bool {
	for _, key := range [...]string{"mac", "vendor", "model"} {
		if have, seen := dev.String(key), info[key]; have != "" && seen != "" && have != seen {
			return false
		}
	}
	return true
}

// keys of a device that identification may fill, in the order in which they
// are written.
var keys = [...]string{"mac", "ip", "vendor", "model", "version", "sn", "uuid"}

// refresh brings a device up to date with what the request shows: what it lacks
// is added, its address and firmware version follow the phone (spec/ident.md
// section 5, AddInfo and Dynamic). It reports whether anything changed.
func refresh(dev provd.Device, info provd.Info) (changed bool) {
	for _, key := range keys {
		seen := info[key]
		if seen == "" {
			continue
		}
		if dev.Has(key) && (key != "ip" && key != "version" || dev.String(key) == seen) {
			continue
		}
		dev.Set(key, seen)
		changed = true
	}
	return changed
}

// outdated returns the other devices that still claim this device's address.
func outdated(tx provd.Tx, dev provd.Device, info provd.Info) (list []provd.Device) {
	if info["ip"] == "" || provd.NAT(tx) {
		return nil
	}
	for id, doc := range tx.Devices().Find("ip", info["ip"]) {
		if id != dev.ID() {
			list = append(list, provd.Device{Object: doc})
		}
	}
	return list
}
