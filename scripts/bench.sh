#!/usr/bin/env bash
# Runs the benchmarks RUNS times and prints the median of each figure.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-5}
go test ./appliance ${BENCH_PACKAGES:-} -run '^$' -bench "${BENCH:-.}" -benchtime "${BENCHTIME:-1s}" -count "$runs" |
	awk -v runs="$runs" '
	/^(goos|goarch|cpu):/ { print; next }
	/^Benchmark/ {
		for (i = 3; i < NF; i += 2) {
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
			printf "%-28s %14.1f %-8s (%d runs, %.1f to %.1f)\n", part[1], value[key, int((n[key] + 1) / 2)], part[2], n[key], value[key, 1], value[key, n[key]]
		}
		exit failed
	}'
