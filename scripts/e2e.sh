#!/usr/bin/env bash
# Boots the amd64 image in QEMU and provisions phones from it. Needs root, for a
# network of its own; nothing on the host's network is touched.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
PATH=$PATH:/usr/sbin:/sbin
need qemu-system-x86_64:qemu-system-x86 ip:iproute2 udhcpc:udhcpc dhclient:isc-dhcp-client curl:curl tftp:tftp-hpa e2fsck:e2fsprogs
# The test removes what it makes; what a killed one leaves is in here.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
go test -count=1 -v -tags e2e -timeout 40m -run '^(TestImage|TestUplink)$' ./image
