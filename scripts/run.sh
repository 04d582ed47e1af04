#!/usr/bin/env bash
# The demonstration: a box and three virtual phones on a private LAN.
set -euo pipefail
cd "$(dirname "$0")/.."
go build -trimpath -o bin/provbox-demo ./appliance/cmd/demo
exec bin/provbox-demo
