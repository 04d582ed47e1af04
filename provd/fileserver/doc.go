// Package fileserver is the file plane: phones fetch their configuration and
// firmware from it over HTTP and TFTP. Both transports hand a request to one
// Router, which identifies the phone, picks the device's plugin and opens the
// file there; the transport only says it in its own protocol.
//
// Promises: a name never leaves the plugin's tree, whatever its encoding; a file
// of a plugin is served only to devices of that plugin; every transfer, wait and
// connection is bounded, in total and per client; what a request got, and why,
// is in the journal, and no secret is.
package fileserver

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"provbox/provd"
)

// Identifier finds the device that a request comes from. A device without a
// document means that there is none.
type Identifier interface {
	Identify(ctx context.Context, req provd.Request) (provd.Device, error)
}

// File is an open file of a plugin.
type File interface {
	fs.File
	io.Seeker
}

// Files opens what the device's plugin serves over the protocol of the request.
// The name is a valid path in the sense of fs.ValidPath. Errors are
// fs.ErrNotExist, ErrDirectory, ErrNoService, or a failure of the plugin.
type Files interface {
	Open(ctx context.Context, dev provd.Device, req provd.Request, name string) (File, error)
}

// Keys tells whether a provisioning key belongs to a tenant.
type Keys interface {
	HasKey(key string) bool
}

// ErrDirectory is the error for a name that is a directory.
var ErrDirectory = errors.New("is a directory")

// ErrNoService is the error for a device whose plugin is not loaded or does not
// serve the protocol.
var ErrNoService = errors.New("nowhere to route this request")
