#!/bin/sh
# image.sh BOARD OUT: builds the image of a board (amd64, rpi) into the file OUT,
# or an update bundle if OUT ends in .gaf. Needs Go and git.
#   SETTINGS=FILE   factory settings to put into it (default image/settings.yml)
#   IMAGE_BYTES=N   size of a disk image (default 2 GiB)
set -eu
if [ $# -ne 2 ]; then
	sed -n '2,5s/^# //p' "$0" >&2
	exit 2
fi
here=$(pwd)
cd "$(dirname "$0")/.."
absolute() { case $1 in /*) echo "$1" ;; *) echo "$here/$1" ;; esac; }

version=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)
set -- -board "$1" -out "$(absolute "$2")" -version "$version"
[ -z "${SETTINGS:-}" ] || set -- "$@" -settings "$(absolute "$SETTINGS")"
[ -z "${IMAGE_BYTES:-}" ] || set -- "$@" -size "$IMAGE_BYTES"
# Not GOARCH: this program is for the machine it is built on.
exec env -u GOOS -u GOARCH go run ./image/pack "$@"
