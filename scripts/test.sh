#!/usr/bin/env bash
# Runs the tests, after installing the stock programs they play against.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
need ip:iproute2 udhcpc:udhcpc dhclient:isc-dhcp-client curl:curl tftp:tftp-hpa e2fsck:e2fsprogs
go test -timeout 30m ./...
