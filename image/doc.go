// Package image builds the bootable images of Provbox: a Linux kernel, gokrazy's
// init, and the provbox program, for one kind of board each. It is used by
// scripts/image.sh and by the tests that boot an image; the program itself does
// not import it.
//
// What is in an image is said by the config.json of its board, in the format of
// the packer (bradfitz/monogok, the same as gokrazy's), and by settings.yml, the
// factory settings. The choices in config.json that are not a matter of taste,
// from spec/image.md:
//
//   - Update.NoPassword: gokrazy's own web page, which can update and reboot the
//     box, then listens on a unix socket that only root can open, and port 80 is
//     free for Provbox.
//   - No gokrazy/cmd/dhcp: it would take an address of its own on the interface
//     that Provbox sets (appliance/netcfg) and may serve DHCP on.
//   - rootdelay=0: the kernel package's default waits ten seconds.
//   - KernelPackage and FirmwarePackage of the board, at the versions in go.mod.
//
// deps.go keeps the packages in go.mod that only an image needs.
package image
