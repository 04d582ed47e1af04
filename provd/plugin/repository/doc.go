// Package repository gets plugin packages from a plugin server and installs,
// upgrades and removes them (spec/plugins.md sections 3 to 5).
//
// Promises: what a server sends is checked before anything of it is used, its
// size, its hash, and every name in the archive; a package is in place whole or
// not at all, also after a power cut; an upgrade that fails in any way leaves the
// version that was there, on disk and loaded; no connection is made to the box
// itself or to a link-local address because a server or a redirect names one.
// What is downloaded, unpacked, cached and waiting is bounded.
package repository
