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

// Response is what a plugin with an HTTP service of its own answers.
type Response struct {
	Status int
	Header map[string]string
	Body   []byte
	File   File // sent in place of Body when not nil
}

// Services are the plugins that answer HTTP requests with code of their own
// instead of serving files (spec/ident.md section 13.1).
type Services interface {
	// Own reports whether the device's plugin is one.
	Own(dev provd.Device) bool
	// Respond answers a request. route is its path without a provisioning key,
	// undecoded. The error is a failure of the plugin.
	Respond(ctx context.Context, dev provd.Device, req provd.Request, route string) (Response, error)
}

// Secrets tells which files may hold secrets.
type Secrets interface {
	// Sensitive reports whether the device's plugin serves the protocol and says
	// that a file of this base name holds secrets.
	Sensitive(ctx context.Context, dev provd.Device, kind provd.Kind, name string) bool
}

// Security is told of requests for files that may hold secrets, whether they are
// there or not (spec/ident.md section 12); *provd.Security is one.
type Security interface {
	SensitiveFile(ip, name string)
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
