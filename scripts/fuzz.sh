#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME, one after the other. The corpora under
# testdata/fuzz are committed; a finding is written there and fails the run.
# With "cover" it runs nothing new, but prints what the seeds and the committed
# corpora of the DHCP targets reach, per file: of the decision by FuzzDecide, of
# the live loop by FuzzServe. A block is what runs between two branches.
set -euo pipefail
cd "$(dirname "$0")/.."

# cover TARGET FILE... fails below 90 % of the blocks of the files together.
cover() {
	local target=$1 profile
	shift
	profile=$(mktemp)
	go test ./dhcp -run "^$target\$" -count 1 -coverprofile "$profile" >/dev/null
	echo "== $target"
	awk -v files="$*" '
		BEGIN { n = split(files, order, " "); for (i in order) wanted[order[i]] = 1 }
		NR > 1 {
			split($1, at, ":"); m = split(at[1], path, "/"); f = path[m]
			if (!(f in wanted) || $2 == 0) next
			blocks[f]++; statements[f] += $2; total++
			if ($3 > 0) { ranBlocks[f]++; ran[f] += $2; hit++ }
		}
		END {
			for (i = 1; i <= n; i++) {
				f = order[i]
				printf "%-14s statements %5.1f %%  blocks %5.1f %% (%d of %d)\n", f, 100 * ran[f] / statements[f], 100 * ranBlocks[f] / blocks[f], ranBlocks[f], blocks[f]
			}
			printf "%-14s                     blocks %5.1f %% (%d of %d)\n", "together", 100 * hit / total, hit, total
			exit hit < 0.9 * total
		}' "$profile" || { echo "below 90 %" >&2; rm -f "$profile"; exit 1; }
	rm -f "$profile"
}

if [ "${1:-}" = cover ]; then
	cover FuzzDecide decide.go bind.go reply.go packet.go
	cover FuzzServe work.go commit.go packet.go listen.go guard.go force.go overhear.go event.go stats.go rogue.go server.go
	exit
fi

time=${FUZZTIME:-30s}
git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u | while read -r dir; do
	grep -h '^func Fuzz' "$dir"/*_test.go | sed 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/' | sort -u | while read -r target; do
		echo "== $dir $target"
		go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time"
	done
done
