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
		apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && return 0
	fi
	echo "missing: ${missing[*]} (tests that need them are skipped)" >&2
}
