#!/usr/bin/env bash
# What takes too long for make test: the DHCP server killed SOAK times while it
# binds leases, and attacked for a whole minute. Needs root, for networks of its
# own; nothing on the host's network is touched.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
need ip:iproute2 nsenter:util-linux
PROVBOX_SOAK=${SOAK:-1000} go test -count=1 -v -timeout 60m ./appliance/dhcpload
