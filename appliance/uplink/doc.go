// Package uplink is the way to the centre for a box behind NAT: a WireGuard
// interface that the box makes, keeps and removes itself. Where the kernel has
// WireGuard, as it has on the image, the interface is the kernel's; elsewhere
// golang.zx2c4.com/wireguard runs it in this process over a tun device. Keys and
// peers are set the same way for both.
//
// The private key is made on the box at its first start and never leaves it; the
// centre is given the public key, which Status shows.
//
// What has to change in the kernel is decided by plan, a function of the
// kernel's state and the settings. Uplink carries it out and keeps at it.
//
// Promises: a failing uplink harms nothing else, it reports and tries again; a
// route never takes the box's own networks away, and the default route only when
// the settings say so; a damaged key is never overwritten; no secret is in a log,
// an error or a Status; what Serve made is gone when it has returned.
package uplink
