#!/usr/bin/env bash
# Runs the tests, after installing the stock programs they play against.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
need ip:iproute2 udhcpc:udhcpc dhclient:isc-dhcp-client curl:curl tftp:tftp-hpa e2fsck:e2fsprogs
need dhcpcd:dhcpcd-base dnsmasq:dnsmasq-base
need rabbitmq-server:rabbitmq-server # large, and not in every mirror
go test -timeout 30m ./...
