// Package ident turns requests into devices (spec/ident.md): the extractors of
// all loaded plugins say what a request shows of the phone, the device is
// retrieved or added, its document brought up to date, and the plugin that knows
// it best associated.
//
// Promises: a plugin whose extractor or associator fails harms no request but
// its own vote; a request that shows nothing new writes nothing; no plugin runs
// while a transaction is open.
package ident

import (
	"context"

	"provbox/provd"
)

// Plugin is a loaded plugin as identification needs it.
type Plugin interface {
	// ID returns the plugin id.
	ID() string
	// Extract returns what the request shows of the phone; nil or empty when
	// the plugin does not know the request.
	Extract(ctx context.Context, req provd.Request) (provd.Info, error)
	// Score tells how well the plugin supports such a phone (the levels below).
	Score(ctx context.Context, info provd.Info) (int, error)
}

// Devices is what identification needs of the Manager.
type Devices interface {
	View(fn func(provd.Tx) error) error
	Change(ctx context.Context, fn func(*provd.Change) error) error
	// Ensure renders a device's files unless that was done already.
	Ensure(ctx context.Context, id string)
	// Requested notes that the device's phone asked for a file.
	Requested(id, name string) error
	MasterTenant() string
}

// Security is told of every device that a request made (spec/ident.md section 12);
// *provd.Security is one.
type Security interface {
	NewDevice(ip, id string)
}

// Levels of support that associators return (spec/ident.md section 6). Plugins
// may return numbers in between.
const (
	None       = 0
	Improbable = 100
	Unknown    = 200
	Probable   = 300 // the least that is accepted
	Incomplete = 400
	Complete   = 500
	Exact      = 600
)
