#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME, one after the other. The corpora under
# testdata/fuzz are committed; a finding is written there and fails the run.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${FUZZTIME:-30s}
git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u | while read -r dir; do
	grep -h '^func Fuzz' "$dir"/*_test.go | sed 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/' | sort -u | while read -r target; do
		echo "== $dir $target"
		go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time"
	done
done
