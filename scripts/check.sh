#!/usr/bin/env bash
# Formatting and static checks of the whole module.
set -euo pipefail
cd "$(dirname "$0")/.."
unformatted=$(git ls-files '*.go' ':!*_templ.go' | xargs go tool gofumpt -l)
if [ -n "$unformatted" ]; then
	echo "not formatted with gofumpt (run make fmt):"
	echo "$unformatted"
	exit 1
fi
go vet ./...
go vet -tags e2e ./image/...
go tool staticcheck ./...
GOARCH=arm64 go build -o /dev/null ./appliance/cmd/provbox
