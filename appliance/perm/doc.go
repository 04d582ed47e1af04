// Package perm makes the persistent partition of a gokrazy image usable: it
// finds the partition, formats it on the first boot, and mounts it, before the
// program writes anything.
//
// gokrazy's init mounts the fourth partition of the boot disk on /perm if it
// holds a file system. A freshly written image leaves that partition blank, and
// /perm is then an empty directory of the read-only root (spec/image.md, "Disk
// and /perm"). Ensure closes that gap.
//
// Promises:
//
//   - A partition on which any file system, or anything else that is not blank,
//     is recognised is never formatted. If it cannot be mounted Ensure returns
//     ErrDamaged or ErrForeign and leaves every byte as it was.
//   - A format that lost power half way is recognised at the next boot and done
//     again. There is no moment at which a half-made file system looks whole:
//     the sector that makes it an ext4 is written last, alone, after everything
//     else is on the medium, and until then holds a marker instead.
//   - After a format, Ensure returns only when the file system is on the medium.
//
// The file system is ext4 with a journal and metadata checksums, made by
// go-diskfs. The journal is not optional here: a box loses power without
// warning and carries no fsck. What go-diskfs makes passes e2fsck and is mounted
// by the kernel, also when the partition was full of old data before; the tests
// check the first, the VM test under image/ the second.
package perm
