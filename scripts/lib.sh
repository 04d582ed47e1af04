# Shared by the scripts; sourced, not run.

# need PROGRAM:PACKAGE... installs the Debian packages of programs that are
# missing, as root; otherwise it says in one line what is missing, and the tests
# that need them skip themselves.
need() {
	local missing=() p
	PATH=$PATH:/usr/sbin:/sbin
	for p in "$@"; do
		command -v "${p%%:*}" >/dev/null || missing+=("${p##*:}")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		[ -n "${apt_updated:-}" ] || apt-get update -qq >/dev/null 2>&1 || true
		apt_updated=1
		install_quietly "${missing[@]}" && return 0
	fi
	echo "missing: ${missing[*]} (tests that need them are skipped)" >&2
}

# install_quietly installs packages without starting the services in them, which
# are for the tests to start: on a machine of somebody's nothing new may listen.
install_quietly() {
	local policy=/usr/sbin/policy-rc.d own= code=0
	if [ ! -e "$policy" ]; then
		own=1
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
	fi
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 || code=$?
	[ -z "$own" ] || rm -f "$policy"
	return "$code"
}
