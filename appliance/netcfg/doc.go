// Package netcfg gives the box its network addresses from the settings: static
// IPv4 addresses, one default gateway, DNS servers. It is for the appliance
// image, where nobody else does it; on an ordinary Linux server the operating
// system does, and without a network section in the settings this package
// touches nothing.
//
// What has to change is decided by Plan, a function of the kernel's state and
// the settings; Manager carries it out and keeps at it when an interface
// appears late or again, as USB network adapters do.
//
// Promises: interfaces that the settings do not name are left alone, except for
// the loopback, which is brought up, and for a default route where the settings
// name a gateway. On a named interface IPv4 addresses other
// than the wanted one are removed. IPv6 is left to the kernel. Applying the same
// settings twice changes nothing the second time.
package netcfg
