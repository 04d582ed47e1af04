// Package firmware reads the descriptions of the firmware that plugin packages
// can install (spec/plugins.md section 7): which packages there are, which files
// they consist of, and by which steps the files become what phones fetch. And it
// installs and removes that firmware.
//
// Promises of the Installer: a downloaded file is used only when its size and its
// SHA-1 are the ones the plugin package states, also when it was in the cache
// already; nothing in an archive can name a place outside the folder it is
// unpacked in, and links and devices are refused; what is unpacked, copied and
// kept is bounded, and so is the memory that takes on a box that
// unpacks one archive at a time (341 MiB for one method of old RAR archives, see
// unrar, less for all others); a firmware package is in place whole or not at all, also
// after a power cut; removing one removes what it installed and nothing else; files
// of an operator are verified like downloaded ones, and nothing is begun that has no
// room in the Space it was given.
package firmware
