// Package host holds what plugin packages import from wazo-provd, twisted and
// jinja2, written in Go on the values of the Python dialect.
//
// The names, arguments and results are those packages rely on (spec/ident.md
// section 13, spec/plugins.md section 11); behind them is the box: files go to
// the package's layers, a synchronization to the Notifier, time to the thread's
// clock. Nothing else of the machine can be reached.
//
// The classes and functions here are immutable and shared by all packages. What
// belongs to one package is in the Call that the thread carries.
package host

import (
	"context"
	"time"

	"provbox/provd/plugin/layer"
	"provbox/provd/python"
)

// Notification is one SIP NOTIFY a package asks for (spec/wazo-link.md section
// 3). Exactly one of Endpoint and URI is set.
type Notification struct {
	// Endpoint is the SIP user name the phone is registered with.
	Endpoint string
	// URI addresses the phone directly, "sip:anonymous@" and its IP address.
	URI string
	// Variables are headers and body, "Event=check-sync" first.
	Variables []string
}

// Notifier hands a notification to the central stack. It returns when the stack
// accepted or refused it.
type Notifier interface {
	Notify(ctx context.Context, n Notification) error
}

// Template is a template of the package.
type Template interface {
	python.Value
	// Render renders the template with a dict of variables.
	Render(t *python.Thread, context python.Value) (string, error)
}

// Templates finds the templates of a package: custom ones before its own.
type Templates interface {
	// Template returns the template. The error raises what jinja2 raises.
	Template(t *python.Thread, name string) (Template, error)
	// Lookup is Template for one that may be missing: found is false then.
	Lookup(t *python.Thread, name string) (tpl Template, found bool, err error)
}

// Call is what one call into a package may reach. It is attached to the thread
// of the call.
type Call struct {
	// Root is the directory the package believes to live in, absolute.
	Root string
	// Files are the package's files as this call sees them.
	Files *layer.Scratch
	// Templates are the package's templates.
	Templates Templates
	// Notifier takes notifications; nil refuses them.
	Notifier Notifier
	// Device reaches the phone the call is about; nil refuses.
	Device Device
	// Thread, when not nil, is told of work that the package hands to a thread,
	// and skips it by returning true.
	Thread func(function string, args []python.Value) (skip bool)
	// Learn takes what a package found out about the phone it talked to; nil
	// ignores it.
	Learn func(info map[string]string)
	// Dumped, when not nil, is told by which template, by its name, a file was
	// written, by its path below Root.
	Dumped func(file, template string)
	// MaxFile bounds what is read of one file, in bytes; 0 means DefaultMaxFile.
	MaxFile int64

	open []*file // for writing
}

// DefaultMaxFile bounds what a package may read of one file of its own.
const DefaultMaxFile = 4 << 20

type callKey struct{}

// Attach makes c the call that t is for.
func Attach(t *python.Thread, c *Call) { t.SetValue(callKey{}, c) }

// callOf returns the call of a thread; one without files or peers when the host
// attached none.
func callOf(t *python.Thread) *Call {
	if c, ok := t.Value(callKey{}).(*Call); ok {
		return c
	}
	return &Call{Root: "/", Files: layer.New(layer.Limits{}, time.Time{}).ReadOnly()}
}

// Loader makes a module of the given name. Each program gets modules of its own.
type Loader func(name string) *python.Module

// Modules returns the loaders of every module here, by full name. The names
// below provd are aliases that packages for releases before 24.02 use; the
// importer treats "provd" as "wazo_provd".
func Modules() map[string]Loader {
	return map[string]Loader{
		"wazo_provd":                      empty,
		"wazo_provd.abstract_plugin":      members(abstractPluginModule),
		"wazo_provd.devices":              empty,
		"wazo_provd.devices.config":       members(configModule),
		"wazo_provd.devices.ident":        members(identModule),
		"wazo_provd.devices.pgasso":       members(pgassoModule),
		"wazo_provd.phonebook":            members(phonebookModule),
		"wazo_provd.phoned_users":         members(phonedModule),
		"wazo_provd.plugins":              members(pluginsModuleMembers),
		"wazo_provd.servers":              empty,
		"wazo_provd.servers.http":         members(httpModule),
		"wazo_provd.servers.http_site":    members(httpSiteModule),
		"wazo_provd.servers.tftp":         empty,
		"wazo_provd.servers.tftp.packet":  members(packetModule),
		"wazo_provd.servers.tftp.service": members(tftpModule),
		"wazo_provd.services":             members(servicesModule),
		"wazo_provd.synchronize":          members(synchronizeModule),
		"wazo_provd.tzinform":             members(tzinformModule),
		"wazo_provd.util":                 members(utilModule),

		"twisted":                  empty,
		"twisted.internet":         empty,
		"twisted.internet.defer":   members(deferModule),
		"twisted.internet.reactor": members(reactorModule),
		"twisted.internet.threads": members(threadsModule),
		"twisted.python":           empty,
		"twisted.python.failure":   members(failureModule),
		"twisted.web":              empty,
		"twisted.web.http":         members(webHTTPModule),
		"twisted.web.resource":     members(resourceModule),
		"twisted.web.server":       members(webServerModule),

		"http":           empty,
		"http.cookiejar": members(cookieModule),
		"pexpect":        members(pexpectModule),
		"urllib.error":   members(urlErrorModule),
		"urllib.request": members(urlRequestModule),

		"jinja2":            members(jinjaModule),
		"jinja2.exceptions": members(jinjaModule),
	}
}

// module is what a module holds, by name.
type module map[string]python.Value

func members(m func() module) Loader {
	return func(name string) *python.Module {
		ns := python.NewDict(8)
		ns.SetStr("__name__", python.Str(name))
		for k, v := range m() {
			ns.SetStr(k, v)
		}
		return python.NewModule(name, ns)
	}
}

func empty(name string) *python.Module {
	return members(func() module { return nil })(name)
}

// function is short for a module's function.
func function(name string, fn python.BuiltinFunc) python.Value { return python.NewBuiltin(name, fn) }

// exception makes an exception class of a module.
func exception(module, name string, base *python.Class) *python.Class {
	return python.NewBuiltinClass(python.ClassSpec{Name: name, Module: module, Bases: []*python.Class{base}})
}

// get returns mapping.get(key, fallback).
func get(t *python.Thread, mapping python.Value, key python.Key, fallback python.Value) (python.Value, error) {
	if d, ok := mapping.(*python.Dict); ok {
		if v, ok := d.GetKey(key); ok {
			return v, nil
		}
		return fallback, nil
	}
	return python.CallMethod(t, mapping, "get", key.Value(), fallback)
}

// truthy returns mapping.get(key) and whether it is true.
func truthy(t *python.Thread, mapping python.Value, key python.Key) (python.Value, bool, error) {
	v, err := get(t, mapping, key, python.None)
	if err != nil {
		return nil, false, err
	}
	ok, err := python.Truth(t, v)
	return v, ok, err
}
