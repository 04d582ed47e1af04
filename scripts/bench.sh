#!/usr/bin/env bash
# Runs the benchmarks RUNS times and prints the median of each figure.
#
# The DHCP rows need root, for a private LAN; dnsmasq, ISC dhcpd and Kea are rows of
# their own where they are installed, with their leases on the same disk as ours.
#
# Where python3 has Jinja2 the same packages run in CPython beside ours; PEER_PYTHON
# names another one, or none when it is empty. PROVBOX_PACKAGES=DIR measures the
# plugin packages installed in DIR instead of our own. cpu-ns/op is processor time,
# the best of several means; the time on the clock also counts what else runs.
#
# Garbage is collected as often as `provbox serve` does it; GOGC=... tries another.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-5}
if [ -z "${PEER_PYTHON+set}" ]; then
	PEER_PYTHON=
	for python in python3 /usr/bin/python3; do
		if "$python" -c 'import jinja2' 2>/dev/null; then
			PEER_PYTHON=$python
			break
		fi
	done
fi
export PEER_PYTHON
if [ -n "$PEER_PYTHON" ]; then
	echo "peer: $("$PEER_PYTHON" -c 'import sys, jinja2; print("CPython", sys.version.split()[0], "with Jinja2", jinja2.__version__)')"
else
	echo "peer: none; rows of CPython need python3 with Jinja2 (python3-jinja2)"
fi
if [ -z "${GOGC:-}" ]; then
	GOGC=$(sed -n 's/^const gcPercent = \([0-9]*\)$/\1/p' appliance/cmd/provbox/memory.go)
	: "${GOGC:?appliance/cmd/provbox/memory.go has no gcPercent}"
fi
export GOGC
echo "garbage collection: GOGC=$GOGC"
# Packages are measured one after the other: the rows of one must not disturb
# those of another.
go test -p 1 ./appliance ./appliance/dhcpload ./provd/plugin ${BENCH_PACKAGES:-} -run '^$' -bench "${BENCH:-.}" -benchtime "${BENCHTIME:-1s}" -timeout "${TIMEOUT:-60m}" -count "$runs" |
	awk -v runs="$runs" '
	/^(goos|goarch|cpu):/ { print; next }
	/^Benchmark/ {
		for (i = 3; i < NF; i += 2) {
			# The clock says nothing of a peer, which starts anew each time.
			if ($1 ~ /\/cpython/ && $(i + 1) == "ns/op") continue
			key = $1 " " $(i + 1)
			if (!(key in n)) order[++count] = key
			value[key, ++n[key]] = $i
		}
		next
	}
	/FAIL|panic|error/ { print; failed = 1 }
	END {
		for (c = 1; c <= count; c++) {
			key = order[c]
			for (i = 1; i <= n[key]; i++) for (j = i + 1; j <= n[key]; j++)
				if (value[key, j] + 0 < value[key, i] + 0) { t = value[key, i]; value[key, i] = value[key, j]; value[key, j] = t }
			split(key, part, " ")
			printf "%-50s %14.1f %-10s (%d runs, %.1f to %.1f)\n", part[1], value[key, int((n[key] + 1) / 2)], part[2], n[key], value[key, 1], value[key, n[key]]
		}
		exit failed
	}'
