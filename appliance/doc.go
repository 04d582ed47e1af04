// Package appliance is the box: it opens the store, loads the plugins, and runs
// the DHCP server, the file plane and the REST API as one program. wire.go is
// the one place that knows every part; the parts know interfaces of their own.
//
// Promises: parts start in an order in which each finds what it needs, and stop
// in the reverse order within a bounded time; a part that cannot start stops the
// program with an error that names it; two boxes in one process share nothing.
package appliance
